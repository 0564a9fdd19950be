"""The endpoint, asked over HTTP: it says as much as is known, and no more."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from bybit_ext.loopback import LoopbackServer
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import Fault, drop_response, respond_with
from examples.cancel_endpoint import create_app
from tests.conftest import options_of

GONE = "http://127.0.0.1:9"  # nobody listens on the port `discard`


@contextmanager
def served(exchange: Sandbox, **more: Any) -> Generator[str]:
    """Serve the application on a port of its own."""
    app = create_app(**options_of(exchange, deadline=1.5, **more))
    with LoopbackServer(app, name="endpoint") as server:
        yield server.url


def ask(url: str, order_id: str = "c6f055d9-7f21-4079-913d-e6523a9cfffa", category: str = "linear") -> httpx.Response:
    return httpx.delete(f"{url}/orders/{category}/BTCUSDT/{order_id}", timeout=30)


def hide(exchange: Sandbox) -> None:
    """Let neither the stream nor a list show any order."""
    exchange.faults.stream.silent = True
    exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = 300


def test_it_answers_how_the_order_ended(exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT", qty="2")
    exchange.fill(order.order_id, "0.5")
    with served(exchange) as url:
        answer = ask(url, order.order_id)
    assert (answer.status_code, answer.json()) == (
        200,
        {"cancelled": True, "status": "Cancelled", "filledQty": "0.5", "remainingQty": "1.5"},
    )


def test_an_order_that_was_filled_is_no_error_and_not_cancelled(exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    exchange.fill(order.order_id)
    with served(exchange) as url:
        answer = ask(url, order.order_id)
    assert (answer.status_code, answer.json()["cancelled"], answer.json()["status"]) == (200, False, "Filled")


def test_an_unknown_outcome_is_a_gateway_timeout(exchange: Sandbox) -> None:
    exchange.faults.stream.silent = True
    exchange.faults.on_next([drop_response(carry_out=False)] * 20)
    order = exchange.place("linear", "BTCUSDT")
    with served(exchange) as url:
        answer = ask(url, order.order_id)
    assert (answer.status_code, answer.json()["error"]) == (504, "OutcomeUnknown")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (respond_with(10001), 422),
        (respond_with(10006, reset_in=60), 429),
        (respond_with(10024), 502),
        (respond_with(999999), 502),
    ],
)
def test_a_refusal_is_told_by_its_status(exchange: Sandbox, fault: Fault, status: int) -> None:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [fault] * 20)
    with served(exchange) as url:
        assert ask(url, order.order_id).status_code == status


def test_an_order_that_is_not_there_is_not_found(exchange: Sandbox) -> None:
    with served(exchange) as url:
        assert ask(url).status_code == 404


def test_an_order_that_had_ended_before_is_a_conflict(exchange: Sandbox) -> None:
    hide(exchange)
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [respond_with(110008)] * 20)
    with served(exchange) as url:
        answer = ask(url, order.order_id)
    assert (answer.status_code, answer.json()["error"]) == (409, "OrderClosed")


@pytest.mark.parametrize(("code", "error"), [(110001, "OrderNotFound"), (110008, "OrderClosed")])
def test_an_order_that_this_very_call_may_have_cancelled_is_unknown(exchange: Sandbox, code: int, error: str) -> None:
    hide(exchange)
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [drop_response(), *[respond_with(code)] * 20])
    with served(exchange) as url:
        answer = ask(url, order.order_id)
    assert (answer.status_code, answer.json()["error"]) == (504, error)


def test_a_path_that_does_not_exist_is_not_an_order_that_does_not_exist(exchange: Sandbox) -> None:
    with served(exchange) as url:
        answer = httpx.delete(f"{url}/orders/spot/BTC%2FUSDT/1", timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (422, "NoSuchPath")


def test_a_wrong_key_of_ours_is_not_the_callers_fault(exchange: Sandbox) -> None:
    with served(exchange, api_secret="wrong") as url:
        answer = ask(url)
    assert (answer.status_code, answer.json()["error"]) == (502, "AuthenticationFailed")
    assert "wrong" not in answer.text


def test_what_was_not_sent_may_be_asked_again(exchange: Sandbox) -> None:
    with served(exchange, base_url=GONE) as url:
        answer = ask(url)
    assert (answer.status_code, answer.json()["error"]) == (503, "NotSent")


def test_a_category_that_does_not_exist_is_the_callers_fault(exchange: Sandbox) -> None:
    with served(exchange) as url:
        assert ask(url, category="margin").status_code == 422
