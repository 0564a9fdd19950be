"""Which raw reply a result or an error carries: the one that decided, sync and async."""

import json
from typing import Any

import pytest
from bybit_v5.models import CancelAllBySymbol, CancelByOrderId, FuturesLimitOrder

from bybit_ext import BybitError, NotSent, OrderNotFound, OutcomeUnknown, RedactedReply, Refused
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import drop_response, respond_with, respond_with_page
from tests.conftest import options_of, over_http
from tests.orders.conftest import Call

BUY = FuturesLimitOrder("linear", "BTCUSDT", "Buy", "1", "20000", order_link_id="mine")
ALL = CancelAllBySymbol("linear", "BTCUSDT")


def by_id(order_id: str) -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", order_id)


def content_of(reply: RedactedReply | None) -> Any:
    assert reply is not None
    assert (reply.status_code, reply.is_whole) == (200, True)
    return json.loads(reply.body)


def error_of(call: Call, method: str, request: Any, **options: Any) -> BybitError:
    with pytest.raises(BybitError) as caught:
        call(method, request, **options)
    return caught.value


def test_an_acknowledgement_has_its_answer(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    accepted = call("cancel_order", by_id(order.order_id), **options_of(exchange))
    assert content_of(accepted.reply)["result"]["orderId"] == order.order_id
    assert accepted.reply.headers["traceid"] == accepted.trace_id


def test_after_several_sends_it_is_the_answer_to_the_last(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [respond_with(10006, reset_in=0.01), drop_response(carry_out=False)])
    accepted = call("cancel_order", by_id(order.order_id), **options_of(exchange))
    assert accepted.sends == 3
    assert content_of(accepted.reply)["retCode"] == 0


def test_an_end_that_was_read_back_has_the_list_that_showed_it(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    outcome = call("cancel_and_confirm", by_id(order.order_id), **options_of(exchange, stream=False))
    (listed,) = content_of(outcome.reply)["result"]["list"]
    assert (outcome.confirmed_by, listed["orderId"], listed["orderStatus"]) == (
        "read-back",
        order.order_id,
        "Cancelled",
    )
    assert content_of(outcome.accepted.reply)["result"]["orderId"] == order.order_id


def test_lists_that_show_the_order_before_its_end_do_not_count(call: Call) -> None:
    with Sandbox(cancel_delay=0.3) as exchange:
        order = exchange.place("linear", "BTCUSDT")
        outcome = call("cancel_and_confirm", by_id(order.order_id), **options_of(exchange, stream=False))
    (listed,) = content_of(outcome.reply)["result"]["list"]
    assert listed["orderStatus"] == "Cancelled"


def test_an_end_that_the_stream_reported_has_none_but_the_order(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    outcome = call("cancel_and_confirm", by_id(order.order_id), **options_of(exchange))
    assert (outcome.confirmed_by, outcome.reply) == ("stream", None)
    assert outcome.to_dict()["order"]["orderStatus"] == "Cancelled"


def test_each_order_of_a_batch_has_the_answer_to_the_batch(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    taken, refused = call("cancel_batch", [by_id(order.order_id), by_id("none")], **options_of(exchange))
    assert content_of(taken.reply)["retExtInfo"]["list"][1]["code"] == 110001
    assert isinstance(refused, OrderNotFound)
    assert refused.reply is taken.reply


def test_a_cancel_of_all_has_its_answer(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    accepted = call("cancel_all", ALL, **options_of(exchange))
    assert [one["orderId"] for one in content_of(accepted.reply)["result"]["list"]] == [order.order_id]


def test_a_confirmed_cancel_of_all_has_the_answer_to_the_request_for_all(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    outcome = call("cancel_all_and_confirm", ALL, **options_of(exchange))
    assert [one["orderId"] for one in content_of(outcome.reply)["result"]["list"]] == [order.order_id]
    assert outcome.results[0].accepted.reply is outcome.reply


def test_a_confirmed_cancel_of_all_without_a_clear_answer_has_that_one(call: Call, exchange: Sandbox) -> None:
    exchange.place("linear", "BTCUSDT")
    exchange.faults.on_next([respond_with_page(502)], of="cancel_alls")
    outcome = call("cancel_all_and_confirm", ALL, **options_of(exchange))
    assert outcome.reply.status_code == 502


def test_a_placed_order_has_its_answer(call: Call, exchange: Sandbox) -> None:
    accepted = call("place_order", BUY, **options_of(exchange))
    assert content_of(accepted.reply)["result"] == {"orderId": accepted.order_id, "orderLinkId": "mine"}


def test_an_order_that_was_looked_up_has_the_list_that_showed_it(call: Call, exchange: Sandbox) -> None:
    exchange.faults.on_next([drop_response()], of="creates")
    accepted = call("place_order", BUY, **options_of(exchange))
    assert [one["orderId"] for one in content_of(accepted.reply)["result"]["list"]] == [accepted.order_id]


def test_a_refusal_has_its_answer(call: Call, exchange: Sandbox) -> None:
    for method in ("cancel_order", "cancel_and_confirm"):
        error = error_of(call, method, by_id("none"), **options_of(exchange))
        assert isinstance(error, Refused)
        assert content_of(error.reply)["retCode"] == error.ret_code == 110001


@over_http
def test_a_page_in_place_of_an_answer_is_there(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [respond_with_page(502)])
    error = error_of(call, "cancel_order", by_id(order.order_id), **options_of(exchange, max_sends=1))
    assert isinstance(error, OutcomeUnknown)
    assert error.reply is not None
    assert error.reply.status_code == 502
    assert "<html>" in error.reply.body


def test_a_lost_answer_and_a_request_that_never_left_have_none(call: Call, exchange: Sandbox) -> None:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [drop_response()])
    lost = error_of(call, "cancel_order", by_id(order.order_id), **options_of(exchange, max_sends=1))
    gone = error_of(
        call, "cancel_order", by_id("1"), **options_of(exchange, max_sends=1, base_url="http://127.0.0.1:1")
    )
    assert (type(lost), lost.reply) == (OutcomeUnknown, None)
    assert (type(gone), gone.reply) == (NotSent, None)
