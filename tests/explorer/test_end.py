"""The end of the page's server, while requests are in flight."""

import threading
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from bybit_ext.cli.explore import describe_unknown
from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET, wait_until
from tests.engines.servers import Peer, RawServer, reply
from tests.explorer.conftest import LIMIT, Page, open_page

UNREADABLE = reply(b"no", status="404 Not Found")


def target_of(url: str) -> Target:
    return Target("testnet", lambda: RecordingBybit(API_KEY, API_SECRET, base_url=url, trust_env=False))


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
        with serve(target_of(server.url), on_unknown=unknown.append) as url:
            thread = threading.Thread(target=ask, args=(open_page(url), method))
            thread.start()
            assert seen.wait(LIMIT)
        thread.join(LIMIT)
    assert unknown == expected


def test_a_cancel_whose_end_is_unknown_while_the_server_ends_is_told() -> None:
    seen, closing, unknown = threading.Event(), threading.Event(), list[str]()

    def answer_while_closing(peer: Peer) -> None:
        while peer.read_request():
            seen.set()
            closing.wait(LIMIT)
            peer.send(UNREADABLE)

    def release(url: str) -> None:
        wait_until(lambda: is_closed(url), LIMIT)
        closing.set()

    with RawServer(answer_while_closing) as server:
        with serve(target_of(server.url), on_unknown=unknown.append) as url:
            page = open_page(url)
            threads = [threading.Thread(target=ask, args=(page, "POST")), threading.Thread(target=release, args=(url,))]
            for thread in threads:
                thread.start()
            assert seen.wait(LIMIT)
        for thread in threads:
            thread.join(LIMIT)
    assert unknown == ["/v5/order/cancel"]


def is_closed(url: str) -> bool:
    try:
        httpx.get(url.partition("#")[0], timeout=LIMIT)
    except httpx.HTTPError:
        return True
    return False


def test_what_was_unknown_before_is_not_told() -> None:
    unknown: list[str] = []

    def answer(peer: Peer) -> None:
        while peer.read_request():
            peer.send(UNREADABLE)

    with RawServer(answer) as server, serve(target_of(server.url), on_unknown=unknown.append) as url:
        page = open_page(url)
        with page.http:
            assert page.cancel(orderId="1")["verdict"]["kind"] == "unknown"
    assert unknown == []


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
