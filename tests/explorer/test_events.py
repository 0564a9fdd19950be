"""What the private stream reports, as the page hears it."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET
from tests.engines.servers import Peer, RawServer
from tests.explorer.conftest import Page, open_page, page_of


@contextmanager
def listening(page: Page) -> Generator[Iterator[dict[str, Any]], None, None]:
    """Return the events as they come, behind the first, which says that nothing is known of the stream yet."""
    with page.http.stream("GET", "/explorer/events", headers=page.headers) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        lines = response.iter_lines()
        events = (json.loads(line.removeprefix("data: ")) for line in lines if line)
        assert next(events) == {"type": "connecting"}
        yield events


def hear_open(events: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Read that the stream stands; return what is open by then."""
    assert next(events) == {"type": "open"}
    listed = next(events)
    assert listed["type"] == "listed"
    return listed


def test_the_stream_is_called_open_once_the_exchange_has_confirmed_it(exchange: Sandbox, page: Page) -> None:
    exchange.faults.stream.silent = True
    with listening(page) as events:
        order = exchange.place("linear", "BTCUSDT")
        listed = hear_open(events)
        assert exchange.subscriptions
    assert [one["id"] for one in listed["orders"]] == [order.order_id]


def test_a_stream_that_cannot_be_reached_is_never_called_open(exchange: Sandbox) -> None:
    with RawServer(Peer.ignore) as gone:
        stream_url = gone.url.replace("http", "ws")
    keys = (exchange.api_key, exchange.api_secret)
    with page_of(exchange.url, keys=keys, stream_url=stream_url) as page, listening(page) as events:
        assert next(events) == {"type": "gap"}


def test_after_a_gap_the_open_orders_are_read_again(exchange: Sandbox, page: Page) -> None:
    with listening(page) as events:
        assert hear_open(events)["orders"] == []
        exchange.faults.stream.silent = True
        order = exchange.place("linear", "BTCUSDT")  # the page does not hear of it
        exchange.drop_streams()
        assert next(events) == {"type": "gap"}
        assert [one["id"] for one in hear_open(events)["orders"]] == [order.order_id]


def test_updates_come_as_they_happen(exchange: Sandbox, page: Page) -> None:
    with listening(page) as events:
        hear_open(events)
        order = exchange.place("linear", "BTCUSDT")
        placed = next(events)["order"]
        assert (placed["id"], placed["status"], placed["isFinal"]) == (order.order_id, "New", False)
        exchange.fill(order.order_id)
        filled = next(events)["order"]
        assert (filled["id"], filled["status"], filled["isFinal"]) == (order.order_id, "Filled", True)
        assert filled["fields"]["cumExecQty"] == "1"


def test_a_cancel_of_the_page_is_heard(exchange: Sandbox, page: Page) -> None:
    order = exchange.place("linear", "BTCUSDT")
    other = open_page(exchange.page_url)
    with listening(page) as events, other.http:
        hear_open(events)
        other.cancel(orderId=order.order_id)
        assert next(events)["order"]["status"] == "Cancelled"


def test_a_refused_log_in_is_told_and_ends_the_events(exchange: Sandbox) -> None:
    target = Target(
        "testnet",
        lambda: RecordingBybit(
            API_KEY, API_SECRET, base_url=exchange.url, stream_url=exchange.stream_url, trust_env=False
        ),
    )
    with serve(target) as url:
        page = open_page(url)
        with page.http, listening(page) as events:
            (event,) = events
    assert event["type"] == "failed"
    assert event["verdict"]["name"] == "AuthenticationFailed"
    assert API_KEY not in json.dumps(event)


def test_pages_that_listen_do_not_hold_up_the_end() -> None:
    with Sandbox() as sandbox:
        page = open_page(sandbox.page_url)
        stream = page.http.stream("GET", "/explorer/events", headers=page.headers)
        lines = stream.__enter__().iter_lines()
        assert next(lines)
    thread = sandbox._server._thread
    assert not thread.is_alive()
    list(lines)  # they end, and not by an error
    stream.__exit__(None, None, None)
    page.http.close()
