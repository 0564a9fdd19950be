"""The verdict says all that the result or the error does, and no more."""

from typing import Any

import attrs
import pytest
from bybit_v5.models import Order, OrderIds

from bybit_ext.errors import BybitError, NotSent, OrderClosed, OrderNotFound, OutcomeUnknown, RateLimited
from bybit_ext.explorer.verdicts import verdict_of
from bybit_ext.orders.outcomes import CancelAllOutcome
from bybit_ext.results import CancelAccepted, Evidence, OrderAccepted
from bybit_ext.sandbox import Sandbox
from tests.explorer.conftest import Page

NOTHING = CancelAllOutcome(before=[], results=[], still_open=[], placed_meanwhile=[], named=[])


@pytest.fixture
def order(exchange: Sandbox) -> Order:
    return exchange.place("linear", "ETHUSDT")


def summary(outcome: CancelAllOutcome) -> tuple[str, str]:
    verdict = verdict_of(outcome)
    return verdict.kind, verdict.headline


def cancel_all(page: Page) -> dict[str, Any]:
    body = {"category": "linear", "symbol": "ETHUSDT"}
    verdict: dict[str, Any] = page.run("POST", "/v5/order/cancel-all", body)["verdict"]
    return verdict


def test_of_an_order_that_was_named_but_not_listed_nobody_knows_the_end(
    exchange: Sandbox, page: Page, order: Order
) -> None:
    exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = 60
    verdict = cancel_all(page)
    assert (verdict["kind"], verdict["headline"]) == ("unknown", "1 Outcome unknown")
    assert order.order_id in verdict["text"]


def test_without_any_order_it_is_done() -> None:
    assert summary(NOTHING) == ("done", "No order")
    assert "no open order of the kind that was asked for" in verdict_of(NOTHING).text


def test_what_is_still_open_is_not_done(order: Order) -> None:
    failure = OrderNotFound("It was not found.")
    outcome = attrs.evolve(NOTHING, before=[order], results=[failure], still_open=[order])
    assert summary(outcome) == ("refused", "1 Refused, 1 still open")
    assert f"Still open: {order.order_id}." in verdict_of(outcome).text


def test_an_order_placed_meanwhile_is_told(order: Order) -> None:
    outcome = attrs.evolve(NOTHING, still_open=[order], placed_meanwhile=[order])
    assert summary(outcome) == ("not done", "No order, 1 placed meanwhile")
    assert order.order_id in verdict_of(outcome).text


def test_an_order_that_was_named_is_not_called_placed_meanwhile(order: Order) -> None:
    named = [OrderIds(order_id=order.order_id, order_link_id="")]
    outcome = attrs.evolve(NOTHING, still_open=[order], placed_meanwhile=[order], named=named)
    assert summary(outcome) == ("unknown", "1 Outcome unknown, 1 still open")


def test_open_orders_that_could_not_be_read_are_unknown() -> None:
    outcome = attrs.evolve(NOTHING, still_open=None)
    assert summary(outcome) == ("unknown", "No order, open orders not read")
    assert verdict_of(outcome).advice


def test_a_refusal_of_the_request_for_all_is_told() -> None:
    outcome = attrs.evolve(NOTHING, refusal=OrderNotFound("There is none."))
    assert verdict_of(outcome).kind == "refused"
    assert "There is none." in verdict_of(outcome).text


@pytest.mark.parametrize("lost", [OrderNotFound, OrderClosed])
def test_what_an_earlier_send_may_have_cancelled_is_not_called_refused(lost: type[OrderNotFound | OrderClosed]) -> None:
    verdict = verdict_of(lost("It said no.", earlier_send_may_have_cancelled=True))
    assert (verdict.kind, verdict.headline, verdict.name) == ("unknown", "Outcome unknown", lost.__name__)
    assert "may be what cancelled the order" in verdict.text


@pytest.mark.parametrize(
    "error",
    [
        NotSent("Nothing left."),
        RateLimited("Too many.", Evidence(ret_code=10006, status_code=200)),
        OrderNotFound("It said no.", earlier_send_may_have_cancelled=True),
        OutcomeUnknown("Who knows.", accepted=CancelAccepted("1", None), order_link_id="mine"),
    ],
)
def test_text_and_advice_are_all_that_an_error_says_and_the_details_all_that_it_holds(error: BybitError) -> None:
    verdict = verdict_of(error)
    assert f"{verdict.text} {verdict.advice}" == str(error)
    assert verdict.details == error.to_dict()


@pytest.mark.parametrize(
    ("status", "kind"), [("New", "done"), ("Filled", "done"), ("Cancelled", "not done"), ("Rejected", "not done")]
)
def test_an_order_that_a_query_found_is_told_as_it_was_found(order: Order, status: str, kind: str) -> None:
    order.order_status, order.reject_reason = status, "EC_PostOnlyWillTakeLiquidity"
    verdict = verdict_of(OrderAccepted(order.order_id, order.order_link_id, order))
    assert (verdict.kind, verdict.headline) == (kind, status)
    assert "reject reason EC_PostOnlyWillTakeLiquidity" in verdict.text


def test_of_an_order_that_was_only_accepted_the_stream_tells_more() -> None:
    verdict = verdict_of(OrderAccepted("1", "mine"))
    assert (verdict.kind, verdict.headline) == ("done", "Accepted")
    assert "It can still be rejected" in verdict.text
