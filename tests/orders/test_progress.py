"""What a batch tells of each order as soon as it is known."""

import logging
from typing import Any

import pytest
from bybit_v5.models import CancelAllBySymbol, CancelByOrderId, Order

from bybit_ext import BybitError, CancelAccepted, CancelOutcome, InvalidInput
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.flow import CallTime, run
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import respond_with
from tests.conftest import options_of
from tests.orders.conftest import Call
from tests.orders.market import Market
from tests.virtual_time import no_jitter

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

METHODS = pytest.mark.parametrize("method", ["cancel_batch", "cancel_batch_and_confirm"])


def by_id(order_id: str) -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", order_id)


@METHODS
def test_each_result_is_told_once_with_its_place(call: Call, exchange: Sandbox, method: str) -> None:
    told: dict[int, Any] = {}
    order_ids = [exchange.place("linear", "BTCUSDT").order_id for _ in range(3)]
    requests = [by_id(order_id) for order_id in [*order_ids, "none", order_ids[0]]]

    def note(index: int, result: CancelAccepted | CancelOutcome | BybitError) -> None:
        assert index not in told
        told[index] = result

    results = call(method, requests, times={"on_result": note}, **options_of(exchange))
    assert [told[index] for index in range(5)] == results
    assert isinstance(results[3], BybitError)


def test_a_result_is_told_while_others_are_waited_for() -> None:
    market = Market()
    told: list[tuple[int, float]] = []
    market.place_many(2)
    market.hidden.add("id-0")  # the stream does not report its end, which is read back later
    requests = [by_id("id-0"), by_id("id-1")]
    with market.client() as bybit:
        time = CallTime(lambda: market.now)
        flow = bybit._confirm_batch_flow(
            time, requests, GivenLimits(5.0), on_result=lambda index, _: told.append((index, market.now))
        )
        run(flow, market.perform, time)
    assert [index for index, _ in told] == [1, 0]
    assert told[0][1] + 0.1 < told[1][1]


def test_a_cancel_of_all_tells_each_order_that_was_open_before(call: Call, exchange: Sandbox) -> None:
    placed = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
    exchange.fill(placed.pop().order_id)
    told: list[tuple[str, CancelOutcome | BybitError]] = []

    def note(order: Order, result: CancelOutcome | BybitError) -> None:
        told.append((order.order_id, result))

    request = CancelAllBySymbol("linear", "BTCUSDT")
    outcome = call("cancel_all_and_confirm", request, times={"on_result": note}, **options_of(exchange))
    assert dict(told) == dict(zip([order.order_id for order in outcome.before], outcome.results, strict=True))
    assert sorted(order_id for order_id, _ in told) == sorted(order.order_id for order in placed)


@METHODS
def test_a_batch_whose_orders_are_sent_again_tells_each_at_its_last_answer(
    call: Call, exchange: Sandbox, method: str
) -> None:
    order_ids = [exchange.place("linear", "BTCUSDT").order_id for _ in range(2)]
    exchange.faults.on(order_ids[0], [respond_with(110079)])
    told: list[int] = []

    def note(index: int, _: Any) -> None:
        told.append(index)

    requests = [by_id(order_id) for order_id in order_ids]
    call(method, requests, times={"on_result": note}, **options_of(exchange))
    assert told == [1, 0]


@METHODS
def test_what_a_hook_raises_changes_no_result_and_is_logged_once(
    call: Call, exchange: Sandbox, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: int, __: Any) -> None:
        raise ZeroDivisionError

    order_ids = [exchange.place("linear", "BTCUSDT").order_id for _ in range(3)]
    requests = [by_id(order_id) for order_id in order_ids]
    results = call(method, requests, times={"on_result": fail}, **options_of(exchange))
    assert not [one for one in results if isinstance(one, BybitError)]
    said = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert said == ["on_result raised ZeroDivisionError; this is said once"]


@METHODS
def test_a_hook_that_would_have_to_be_awaited_is_refused_before_anything_is_sent(
    call: Call, exchange: Sandbox, method: str
) -> None:
    async def wait(_: int, __: Any) -> None: ...

    order = exchange.place("linear", "BTCUSDT")
    with pytest.raises(InvalidInput, match=r"^on_result: must be a plain function"):
        call(method, [by_id(order.order_id)], times={"on_result": wait}, **options_of(exchange))
    assert order.order_status == "New"
