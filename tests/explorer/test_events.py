"""What the private stream reports, as the page hears it."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET, wait_until
from tests.explorer.conftest import LIMIT, Page, open_page


@contextmanager
def listening(page: Page) -> Generator[Iterator[dict[str, Any]], None, None]:
    """Return the events as they come; the first says that the page is heard."""
    with page.http.stream("GET", "/explorer/events", headers=page.headers) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        lines = response.iter_lines()
        events = (json.loads(line.removeprefix("data: ")) for line in lines if line)
        assert next(events) == {"type": "open"}
        yield events


def test_updates_come_as_they_happen(exchange: Sandbox, page: Page) -> None:
    with listening(page) as events:
        wait_until(lambda: exchange.subscriptions, LIMIT)
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
        wait_until(lambda: exchange.subscriptions, LIMIT)
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
    assert not any(lines)  # they end, and not by an error
    stream.__exit__(None, None, None)
    page.http.close()
