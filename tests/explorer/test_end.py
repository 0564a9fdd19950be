"""The end of the page's server, while requests are in flight."""

import threading
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from bybit_ext.cli.explore import describe_unknown
from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET
from tests.engines.servers import Peer, RawServer
from tests.explorer.conftest import LIMIT, Page, open_page


def never_answering(seen: threading.Event) -> Callable[[Peer], None]:
    def serve_connection(peer: Peer) -> None:
        peer.read_request()
        seen.set()
        peer.read_request()  # until the connection ends

    return serve_connection


def ask(page: Page, method: str) -> None:
    with page.http, suppress(httpx.HTTPError):
        if method == "GET":
            page.run("GET", "/v5/market/time")
        else:
            page.cancel(orderId="1")


@pytest.mark.parametrize(("method", "expected"), [("POST", ["/v5/order/cancel"]), ("GET", [])])
def test_a_cancel_in_flight_at_the_end_is_told(method: str, expected: list[str]) -> None:
    seen, unknown = threading.Event(), list[str]()
    with RawServer(never_answering(seen)) as server:
        target = Target("testnet", lambda: RecordingBybit(API_KEY, API_SECRET, base_url=server.url, trust_env=False))
        with serve(target, on_unknown=unknown.append) as url:
            thread = threading.Thread(target=ask, args=(open_page(url), method))
            thread.start()
            assert seen.wait(LIMIT)
        thread.join(LIMIT)
    assert unknown == expected


def test_what_has_ended_before_is_not_told(exchange: Sandbox) -> None:
    unknown: list[str] = []
    keys = (exchange.api_key, exchange.api_secret)
    target = Target("testnet", lambda: RecordingBybit(*keys, base_url=exchange.url, trust_env=False))
    with serve(target, on_unknown=unknown.append) as url:
        page = open_page(url)
        with page.http:
            page.cancel(orderId=exchange.place("linear", "BTCUSDT").order_id)
    assert unknown == []


@pytest.mark.parametrize(
    ("count", "text"), [(0, ""), (1, " 1 request was in flight"), (2, " 2 requests were in flight")]
)
def test_the_command_says_how_many_are_unknown(count: int, text: str) -> None:
    assert describe_unknown(count).startswith(text)
    assert bool(describe_unknown(count)) is bool(count)
