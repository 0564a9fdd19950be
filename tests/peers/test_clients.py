"""Other people's clients, unchanged, on the sandbox; and the signature vectors, made anew."""

import asyncio
import json
import os
import queue
import runpy
import subprocess
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bybit_ext.sandbox import Sandbox
from tests.peers.sessions import open_pybit, prepare_ccxt
from tests.sandbox.wire import OPEN, RSA_PUBLIC_KEY, wait_for_end
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
    return open_pybit(sandbox, *keys)


@pytest.fixture
def ccxt(sandbox: Sandbox, keys: tuple[str, str]) -> Any:
    return prepare_ccxt(pytest.importorskip("ccxt"), sandbox, *keys)


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
    with hearing_pybit(sandbox, keys) as heard:
        order = sandbox.place("linear", "BTCUSDT")
        sandbox.fill(order.order_id)
        assert wait_for_ends(heard, [order.order_id]) == {order.order_id: "Filled"}


def test_pybit_goes_through_the_life_of_orders(pybit: Any, sandbox: Sandbox, keys: tuple[str, str]) -> None:
    linear = {"category": "linear", "symbol": "BTCUSDT"}

    def place(number: int) -> str:
        link_id = f"pybit-{uuid.uuid4().hex[:8]}-{number}"
        order = {"side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "25000", "orderLinkId": link_id}
        answer = pybit.place_order(**linear, **order)
        assert answer["result"]["orderLinkId"] == link_id
        return str(answer["result"]["orderId"])

    with hearing_pybit(sandbox, keys) as heard:
        placed = [place(number) for number in range(5)]
        for order_id in placed:
            (order,) = pybit.get_open_orders(**linear, orderId=order_id)["result"]["list"]
            assert (order["orderStatus"], order["price"]) == ("New", "25000")
        pybit.cancel_order(**linear, orderId=placed[0])
        batch = [{"symbol": "BTCUSDT", "orderId": order_id} for order_id in placed[1:3]]
        answer = pybit.cancel_batch_order(category="linear", request=batch)
        assert [one["code"] for one in answer["retExtInfo"]["list"]] == [0, 0]
        assert wait_for_ends(heard, placed[:3]) == dict.fromkeys(placed[:3], "Cancelled")
        answer = pybit.cancel_all_orders(**linear)
        assert {one["orderId"] for one in answer["result"]["list"]} >= {*placed[3:]}
        assert wait_for_ends(heard, placed[3:]) == dict.fromkeys(placed[3:], "Cancelled")


@contextmanager
def hearing_pybit(sandbox: Sandbox, keys: tuple[str, str]) -> Generator[Callable[[], list[dict[str, Any]]]]:
    """Open a stream of pybit, and return what waits for the orders of its next event."""
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    # pybit notes a subscription after it has asked for it, and dies of an answer that is quicker: then it tries again.
    for _ in range(5):
        stream = open_pybit_stream(sandbox, keys, heard)
        try:
            sandbox.end(sandbox.place("linear", "BTCUSDT").order_id, "Rejected")
            heard.get(timeout=3)
        except queue.Empty:
            stream.exit()
            continue
        try:
            yield lambda: heard.get(timeout=10)["data"]
        finally:
            stream.exit()
        return
    pytest.fail("pybit heard nothing")


def wait_for_ends(next_orders: Callable[[], list[dict[str, Any]]], order_ids: list[str]) -> dict[str, str]:
    """Return the statuses in which orders end, by the stream of a client."""
    ends: dict[str, str] = {}
    while len(ends) < len(order_ids):
        orders = [order for order in next_orders() if order["orderId"] in order_ids]
        ends.update({order["orderId"]: order["orderStatus"] for order in orders if order["orderStatus"] not in OPEN})
    return ends


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
    """Point pybit's WebSockets to the sandbox: their URLs are constants."""
    module: Any = import_module("pybit._websocket_stream")
    manager = module._WebSocketManager
    connect = manager._connect

    def connect_here(self: Any, url: str) -> Any:
        return connect(self, sandbox.trade_url if url.endswith("/v5/trade") else sandbox.stream_url)

    manager._connect = connect_here
    try:
        yield
    finally:
        manager._connect = connect


def test_pybit_cancels_over_the_trade_websocket(sandbox: Sandbox, keys: tuple[str, str]) -> None:
    unified_trading: Any = pytest.importorskip("pybit.unified_trading")
    answers: queue.Queue[dict[str, Any]] = queue.Queue()
    with patched_url(sandbox):
        trading = unified_trading.WebSocketTrading(
            testnet=True, api_key=keys[0], api_secret=keys[1], rsa_authentication="PRIVATE KEY" in keys[1]
        )
    try:
        # pybit notes a request after it has sent it, and drops an answer that is quicker: then it tries again.
        for _ in range(5):
            order = sandbox.place("linear", "BTCUSDT")
            trading.cancel_order(answers.put, category="linear", symbol="BTCUSDT", orderId=order.order_id)
            assert wait_for_end(sandbox, order).order_status == "Cancelled"
            try:
                assert answers.get(timeout=3)["data"]["orderId"] == order.order_id
            except queue.Empty:
                continue
            return
    finally:
        trading.exit()
    pytest.fail("pybit took no answer")


def wait_for_subscription(sandbox: Sandbox) -> None:
    end = time.monotonic() + 10
    while not sandbox.subscriptions:
        assert time.monotonic() < end, "nobody subscribed"
        time.sleep(0.02)


def test_ccxt_goes_through_the_life_of_orders(sandbox: Sandbox) -> None:
    pro: Any = pytest.importorskip("ccxt.pro")

    async def run() -> None:
        exchange = prepare_ccxt(pro, sandbox, sandbox.api_key, sandbox.api_secret)
        exchange.urls["api"]["ws"] = {"private": {"contract": sandbox.stream_url}}
        try:
            async with asyncio.timeout(60):
                await go_through_life(exchange)
        finally:
            await exchange.close()

    async def go_through_life(exchange: Any) -> None:
        symbol, ends = "BTC/USDT:USDT", dict[str, str]()
        hearing = asyncio.create_task(hear_ends(exchange, ends))
        while not sandbox.subscriptions:  # noqa: ASYNC110 - it lives in another thread's loop
            await asyncio.sleep(0.02)
        placed = [(await exchange.create_order(symbol, "limit", "buy", 0.01, 25000))["id"] for _ in range(5)]
        for order_id in placed:
            order = await exchange.fetch_open_order(order_id, symbol)
            assert (order["status"], order["price"]) == ("open", 25000)
        await exchange.cancel_order(placed[0], symbol)
        assert [one["id"] for one in await exchange.cancel_orders(placed[1:3], symbol)] == placed[1:3]
        while len(ends) < 3:  # noqa: ASYNC110 - ccxt has no event for it
            await asyncio.sleep(0.02)
        assert {one["id"] for one in await exchange.cancel_all_orders(symbol)} >= {*placed[3:]}
        while len(ends) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert {order_id: ends[order_id] for order_id in placed} == dict.fromkeys(placed, "canceled")
        hearing.cancel()

    asyncio.run(run())


async def hear_ends(exchange: Any, ends: dict[str, str]) -> None:
    while True:
        for order in await exchange.watch_orders("BTC/USDT:USDT"):
            if order["status"] != "open":
                ends[order["id"]] = order["status"]


def run_bybit_api(program: str, settings: dict[str, str], sandbox: Sandbox) -> Any:
    """Run a program that uses bybit-api, and return what it prints last."""
    urls = {"url": sandbox.url, "stream": sandbox.stream_url, "trade": sandbox.trade_url}
    common = {**urls, "key": sandbox.api_key, "secret": sandbox.api_secret}
    done = subprocess.run(
        ["node", Path(__file__).with_name(program), json.dumps(common | settings)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NODE_PATH": str(JUDGES / "node_modules")},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(not JUDGES.is_dir(), reason="scripts/peers installs bybit-api")
def test_bybit_api_cancels_and_hears_of_it(sandbox: Sandbox) -> None:
    order = sandbox.place("linear", "BTCUSDT")
    printed = run_bybit_api("bybit_api.js", {"orderId": order.order_id}, sandbox)
    assert printed == {"cancelled": order.order_id, "status": "Cancelled"}


@pytest.mark.skipif(not JUDGES.is_dir(), reason="scripts/peers installs bybit-api")
def test_bybit_api_goes_through_the_life_of_orders(sandbox: Sandbox) -> None:
    printed = run_bybit_api("bybit_api_life.js", {}, sandbox)
    assert printed == {"queried": ["New"] * 5, "codes": [0, 0], "ends": ["Cancelled"] * 5}


@pytest.mark.skipif(not JUDGES.is_dir(), reason="scripts/peers installs bybit-api")
def test_bybit_api_cancels_over_the_trade_websocket(sandbox: Sandbox) -> None:
    order = sandbox.place("linear", "BTCUSDT")
    printed = run_bybit_api("bybit_api_trade.js", {"orderId": order.order_id}, sandbox)
    assert printed == {"cancelled": order.order_id, "refused": 110001}
    assert wait_for_end(sandbox, order).order_status == "Cancelled"
