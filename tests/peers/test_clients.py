"""Other people's clients, unchanged, on the sandbox; and the signature vectors, made anew."""

import json
import os
import queue
import runpy
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bybit_ext.sandbox import Sandbox
from tests.sandbox.wire import RSA_PUBLIC_KEY, wait_for_end
from tests.vectors import CONTENT, FILE

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("default")]

JUDGES = Path(__file__).parent.parent.parent / ".venv" / "judges"
RSA_KEY: str = CONTENT["secrets"]["RSA"]


@pytest.fixture(params=["HMAC", "RSA"])
def keys(request: pytest.FixtureRequest, sandbox: Sandbox) -> tuple[str, str]:
    if request.param == "HMAC":
        return sandbox.api_key, sandbox.api_secret
    sandbox.register_key("rsa-key", RSA_PUBLIC_KEY)
    return "rsa-key", RSA_KEY


@pytest.fixture
def pybit(sandbox: Sandbox, keys: tuple[str, str]) -> Any:
    unified_trading: Any = pytest.importorskip("pybit.unified_trading")
    session = unified_trading.HTTP(api_key=keys[0], api_secret=keys[1], rsa_authentication="PRIVATE KEY" in keys[1])
    session.endpoint = sandbox.url
    return session


@pytest.fixture
def ccxt(sandbox: Sandbox, keys: tuple[str, str]) -> Any:
    module: Any = pytest.importorskip("ccxt")
    exchange = module.bybit({"apiKey": keys[0], "secret": keys[1], "enableRateLimit": False})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], sandbox.url)
    # What it would ask the exchange for before the cancel; the sandbox has no list of markets.
    exchange.options |= {"enableUnifiedMargin": False, "enableUnifiedAccount": True}
    kinds: list[dict[str, Any]] = [
        {"symbol": "BTC/USDT", "type": "spot", "spot": True},
        {"symbol": "BTC/USDT:USDT", "type": "swap", "spot": False, "swap": True, "contract": True, "linear": True},
    ]
    common = {"id": "BTCUSDT", "base": "BTC", "quote": "USDT"}
    exchange.set_markets([exchange.safe_market_structure({**common, **kind}) for kind in kinds])
    return exchange


def test_pybit_cancels_by_order_id(pybit: Any, sandbox: Sandbox) -> None:
    order = sandbox.place("linear", "BTCUSDT")
    answer = pybit.cancel_order(category="linear", symbol="BTCUSDT", orderId=order.order_id)
    assert answer["result"]["orderId"] == order.order_id
    assert wait_for_end(sandbox, order).order_status == "Cancelled"


def test_pybit_cancels_a_spot_order_with_a_trigger_by_its_link_id(pybit: Any, sandbox: Sandbox) -> None:
    order = sandbox.place("spot", "BTCUSDT", order_filter="StopOrder", order_link_id="pybit-1")
    pybit.cancel_order(category="spot", symbol="BTCUSDT", orderLinkId="pybit-1", orderFilter="StopOrder")
    assert wait_for_end(sandbox, order).order_status == "Deactivated"


def test_pybit_reads_orders_and_the_clock(pybit: Any, sandbox: Sandbox) -> None:
    order = sandbox.place("linear", "PYBITUSDT", order_link_id="a b+c")
    listed = pybit.get_open_orders(category="linear", symbol="PYBITUSDT", orderId=order.order_id)
    assert [one["orderId"] for one in listed["result"]["list"]] == [order.order_id]
    assert int(pybit.get_server_time()["result"]["timeSecond"]) > 1_600_000_000
    sandbox.fill(order.order_id)  # the next of these tests uses the link id again


def test_pybit_is_told_that_an_order_does_not_exist(pybit: Any) -> None:
    exceptions: Any = import_module("pybit.exceptions")
    with pytest.raises(exceptions.InvalidRequestError) as caught:
        pybit.cancel_order(category="linear", symbol="BTCUSDT", orderId="unknown")
    assert caught.value.status_code == 110001


@pytest.mark.parametrize(("symbol", "category"), [("BTC/USDT", "spot"), ("BTC/USDT:USDT", "linear")])
def test_ccxt_cancels(ccxt: Any, sandbox: Sandbox, symbol: str, category: Any) -> None:
    order = sandbox.place(category, "BTCUSDT")
    assert ccxt.cancel_order(order.order_id, symbol)["id"] == order.order_id
    assert wait_for_end(sandbox, order).order_status == "Cancelled"


def test_ccxt_is_told_that_an_order_does_not_exist(ccxt: Any) -> None:
    module: Any = pytest.importorskip("ccxt")
    with pytest.raises(module.OrderNotFound):
        ccxt.cancel_order("unknown", "BTC/USDT:USDT")


def test_the_vectors_are_what_the_others_make_today() -> None:
    pytest.importorskip("pybit")
    pytest.importorskip("ccxt")
    made = runpy.run_path(str(FILE.with_name("make.py")))["make"]()
    assert made == CONTENT


def test_pybit_hears_of_orders_on_the_private_stream(sandbox: Sandbox, keys: tuple[str, str]) -> None:
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    # pybit notes a subscription after it has asked for it, and dies of an answer that is quicker: then it tries again.
    for _ in range(5):
        stream = open_pybit_stream(sandbox, keys, heard)
        order = sandbox.place("linear", "BTCUSDT")
        try:
            assert heard.get(timeout=3)["data"][0]["orderId"] == order.order_id
            sandbox.fill(order.order_id)
            assert heard.get(timeout=3)["data"][0]["orderStatus"] == "Filled"
        except queue.Empty:
            continue
        finally:
            stream.exit()
        return
    pytest.fail("pybit heard nothing")


def open_pybit_stream(sandbox: Sandbox, keys: tuple[str, str], heard: queue.Queue[dict[str, Any]]) -> Any:
    unified_trading: Any = pytest.importorskip("pybit.unified_trading")
    rsa = "PRIVATE KEY" in keys[1]
    with patched_url(sandbox):
        stream = unified_trading.WebSocket(
            channel_type="private", api_key=keys[0], api_secret=keys[1], rsa_authentication=rsa, testnet=True
        )
        stream.order_stream(heard.put)
    wait_for_subscription(sandbox)
    return stream


@contextmanager
def patched_url(sandbox: Sandbox) -> Generator[None]:
    """Point pybit's stream to the sandbox: its URL is a constant."""
    module: Any = import_module("pybit._websocket_stream")
    manager = module._WebSocketManager
    connect = manager._connect

    def connect_here(self: Any, _: str) -> Any:
        return connect(self, sandbox.stream_url)

    manager._connect = connect_here
    try:
        yield
    finally:
        manager._connect = connect


def wait_for_subscription(sandbox: Sandbox) -> None:
    end = time.monotonic() + 10
    while not sandbox._app.state.stream.subscriptions:
        assert time.monotonic() < end, "nobody subscribed"
        time.sleep(0.02)


@pytest.mark.skipif(not JUDGES.is_dir(), reason="scripts/peers installs bybit-api")
def test_bybit_api_cancels_and_hears_of_it(sandbox: Sandbox) -> None:
    order = sandbox.place("linear", "BTCUSDT")
    settings = {"url": sandbox.url, "stream": sandbox.stream_url, "key": sandbox.api_key, "secret": sandbox.api_secret}
    program = Path(__file__).with_name("bybit_api.js")
    done = subprocess.run(
        ["node", program, json.dumps(settings | {"orderId": order.order_id})],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NODE_PATH": str(JUDGES / "node_modules")},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"cancelled": order.order_id, "status": "Cancelled"}
