"""What each fault of the sandbox does, seen by a plain HTTP client."""

import time
from typing import Any

import httpx
import pytest
from bybit_v5.models import Order

from bybit_ext import load_credentials
from bybit_ext.auth import BybitAuth
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import (Fault, Faults, StreamFaults, delay_response, drop_response, fill_first, respond_with, respond_with_body, respond_with_page, respond_with_status, truncate_response)

RESET = (httpx.ReadError, httpx.RemoteProtocolError)
BOTH = pytest.mark.parametrize("carry_out", [True, False])


@pytest.fixture
def order(exchange: Sandbox) -> Order:
    return exchange.place("linear", "BTCUSDT")


def ask(exchange: Sandbox, order: Order, *, read: bool = False) -> httpx.Request:
    """Write a signed request to cancel an order, or to read it."""
    name = {"category": "linear", "symbol": order.symbol, "orderId": order.order_id}
    url = exchange.url + ("/v5/order/realtime" if read else "/v5/order/cancel")
    request = httpx.Request("GET", url, params=name) if read else httpx.Request("POST", url, json=name)
    next(BybitAuth(load_credentials(exchange.api_key, exchange.api_secret)).auth_flow(request))
    return request


def send(request: httpx.Request) -> httpx.Response:
    with httpx.Client() as http:
        return http.send(request)


def cancel(exchange: Sandbox, order: Order, fault: Fault) -> httpx.Response:
    """Let a request to cancel an order go wrong, and return its answer."""
    exchange.faults.on(order.order_id, [fault])
    return send(ask(exchange, order))


def read_until_reset(answer: httpx.Response) -> bytes:
    arrived = b""
    try:
        for some in answer.iter_bytes():
            arrived += some
    except RESET:
        return arrived
    pytest.fail("the answer came whole")


def is_cancelled(exchange: Sandbox, order: Order) -> bool:
    # Once more through the server's loop: what is carried out has been by then.
    httpx.get(f"{exchange.url}/v5/market/time")
    return exchange.order(order.order_id).order_status == "Cancelled"


@BOTH
def test_an_answer_is_lost_before_or_after_the_cancel_was_taken(
    exchange: Sandbox, order: Order, *, carry_out: bool
) -> None:
    exchange.faults.on(order.order_id, [drop_response(carry_out=carry_out)])
    with httpx.Client() as http, pytest.raises(RESET):
        http.send(ask(exchange, order), stream=True)  # not one byte of an answer comes
    assert is_cancelled(exchange, order) is carry_out


def test_an_answer_is_late_and_the_cancel_is_carried_out(exchange: Sandbox, order: Order) -> None:
    started = time.monotonic()
    assert cancel(exchange, order, delay_response(0.2)).json()["retCode"] == 0
    assert time.monotonic() - started >= 0.2
    assert is_cancelled(exchange, order)


@pytest.mark.parametrize(("options", "length"), [({}, 20), ({"keep": 5}, 5)])
def test_an_answer_ends_in_its_middle(exchange: Sandbox, order: Order, options: dict[str, Any], length: int) -> None:
    exchange.faults.on(order.order_id, [truncate_response(**options)])
    with httpx.Client() as http:
        answer = http.send(ask(exchange, order), stream=True)
        arrived = read_until_reset(answer)
    assert arrived == b'{"retCode": 0, "retMsg": "OK"'[:length]
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(("options", "carried_out"), [({}, True), ({"carry_out": False}, False)])
def test_an_answer_is_truncated_before_or_after_the_cancel_was_taken(
    exchange: Sandbox, order: Order, options: dict[str, bool], *, carried_out: bool
) -> None:
    with pytest.raises(RESET):
        cancel(exchange, order, truncate_response(**options))
    assert is_cancelled(exchange, order) is carried_out


def test_a_ret_code_is_answered_in_the_place_of_the_true_one(exchange: Sandbox, order: Order) -> None:
    answer = cancel(exchange, order, respond_with(10016))
    assert answer.status_code == 200
    assert (answer.json()["retCode"], answer.json()["retMsg"]) == (10016, "a fault of the sandbox")
    assert answer.headers["X-Bapi-Limit-Status"] == "9"
    assert "X-Bapi-Limit-Reset-Timestamp" not in answer.headers
    assert not is_cancelled(exchange, order)


def test_a_ret_code_can_be_answered_though_the_cancel_is_carried_out(exchange: Sandbox, order: Order) -> None:
    assert cancel(exchange, order, respond_with(10016, carry_out=True)).json()["retCode"] == 10016
    assert is_cancelled(exchange, order)


def test_a_rate_limit_tells_when_it_resets(exchange: Sandbox, order: Order) -> None:
    earliest = time.time() + 60
    answer = cancel(exchange, order, respond_with(10006, reset_in=60))
    told = int(answer.headers["X-Bapi-Limit-Reset-Timestamp"]) / 1000
    assert earliest - 0.001 <= told <= time.time() + 60.001


@BOTH
def test_a_status_is_answered_with_any_body(exchange: Sandbox, order: Order, *, carry_out: bool) -> None:
    answer = cancel(exchange, order, respond_with_status(503, b"no", carry_out=carry_out))
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (503, b"no", "2")
    assert "Traceid" in answer.headers
    assert is_cancelled(exchange, order) is carry_out


def test_a_status_is_answered_without_a_body_and_nothing_is_carried_out(exchange: Sandbox, order: Order) -> None:
    answer = cancel(exchange, order, respond_with_status(404))
    assert (answer.status_code, answer.content) == (404, b"")
    assert not is_cancelled(exchange, order)


@BOTH
def test_any_body_is_answered(exchange: Sandbox, order: Order, *, carry_out: bool) -> None:
    answer = cancel(exchange, order, respond_with_body(b"[]", carry_out=carry_out))
    assert (answer.status_code, answer.content) == (200, b"[]")
    assert is_cancelled(exchange, order) is carry_out


def test_any_body_is_answered_and_the_cancel_carried_out(exchange: Sandbox, order: Order) -> None:
    cancel(exchange, order, respond_with_body(b"[]"))
    assert is_cancelled(exchange, order)


@pytest.mark.parametrize(
    ("options", "code", "carried_out"),
    [
        ({}, 200, False),
        ({"code": 403}, 403, False),
        ({"code": 502, "carry_out": True}, 502, True),
    ],
)
def test_a_page_is_answered(
    exchange: Sandbox, order: Order, options: dict[str, Any], code: int, *, carried_out: bool
) -> None:
    answer = cancel(exchange, order, respond_with_page(**options))
    assert (answer.status_code, answer.headers["Content-Type"]) == (code, "text/html")
    assert "<title>ERROR</title>" in answer.text
    assert is_cancelled(exchange, order) is carried_out


@pytest.mark.parametrize(("options", "ret_code"), [({}, 110008), ({"ret_code": 110001}, 110001)])
def test_an_order_is_filled_before_the_request_is_judged(
    exchange: Sandbox, order: Order, options: dict[str, int], ret_code: int
) -> None:
    assert cancel(exchange, order, fill_first(**options)).json()["retCode"] == ret_code
    assert exchange.order(order.order_id).order_status == "Filled"


def test_an_order_is_filled_after_the_acknowledgement(exchange: Sandbox, order: Order) -> None:
    other = exchange.place("linear", "BTCUSDT")
    assert cancel(exchange, order, Fault(lose_race_after=True)).json()["retCode"] == 0
    assert not is_cancelled(exchange, order)
    assert [exchange.order(one.order_id).order_status for one in (order, other)] == ["Filled", "New"]


def test_all_other_orders_are_filled_after_the_acknowledgement(exchange: Sandbox, order: Order) -> None:
    others = [exchange.place("linear", "BTCUSDT"), exchange.place("spot", "XRPUSDT")]
    assert cancel(exchange, order, Fault(fill_others=True)).json()["retCode"] == 0
    assert is_cancelled(exchange, order)
    assert [exchange.order(one.order_id).order_status for one in others] == ["Filled", "Filled"]


def test_headers_come_beside_the_true_ones(exchange: Sandbox, order: Order) -> None:
    answer = cancel(exchange, order, Fault(headers={"Retry-After": "1"}))
    assert (answer.headers["Retry-After"], answer.headers["Ret_code"]) == ("1", "0")


def test_a_read_goes_wrong_on_its_own(exchange: Sandbox, order: Order) -> None:
    exchange.faults.on_read([respond_with(10016)])
    assert send(ask(exchange, order)).json()["retCode"] == 0
    assert send(ask(exchange, order, read=True)).json()["retCode"] == 10016
    assert send(ask(exchange, order, read=True)).json()["retCode"] == 0


def test_the_next_request_goes_wrong_whatever_it_names_then_those_for_the_order() -> None:
    first, second, third = drop_response(), drop_response(), drop_response()
    faults = Faults().on("1", [second]).on_next([first]).on("1", [third])
    assert [faults.take(order_id) for order_id in (None, "2", "1", "1", "1")] == [first, None, second, third, None]


def test_faults_are_cleared_all_at_once() -> None:
    faults = Faults().on("1", [drop_response()]).on_next([drop_response()]).on_read([drop_response()]).at_random([drop_response()], rate=1.0, seed=1)
    faults.stream.silent = True
    faults.clear()
    assert (faults.take("1"), faults.take(None), faults.take_for_read()) == (None, None, None)
    assert faults.stream == StreamFaults()


def test_faults_at_random_are_the_same_for_the_same_seed() -> None:
    some = [drop_response(), respond_with_page()]

    def taken(seed: int) -> list[Fault | None]:
        faults = Faults().at_random(some, rate=0.5, seed=seed)
        return [faults.take("1") for _ in range(50)]

    assert taken(1) == taken(1) != taken(2)
    assert 10 < sum(fault is not None for fault in taken(1)) < 40
    assert {*taken(1)} == {None, *some}
