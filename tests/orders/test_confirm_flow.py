"""What a confirmed cancel sends at which time, and what it tells: the flow by itself, in a time of its own."""

from typing import Any

import pytest

from bybit_ext import AuthenticationFailed, OrderNotFound, OutcomeUnknown
from bybit_ext.engines.interface import Reply
from bybit_ext.stream.events import StreamState
from tests.orders.events import BY_LINK_ID, order
from tests.orders.exchange import CANCEL, HISTORY, NOT_FOUND, OPEN, Exchange, orders
from tests.virtual_time import LOST, no_jitter, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

UNREADABLE = reply(result={"list": [{"symbol": "BTCUSDT"}]})


@pytest.fixture
def world() -> Exchange:
    return Exchange()


def test_the_time_between_both_times_is_that_of_the_call_in_ms(world: Exchange) -> None:
    world.takes = 0.8
    world.replies = [reply(result={"orderId": "1"}), orders(order("Cancelled"))]
    outcome = world.confirm()
    assert outcome.confirmed_at - outcome.requested_at == 1600


def test_while_the_open_orders_show_it_the_history_is_not_read_for_the_first_second(world: Exchange) -> None:
    world.replies = [reply(result={"orderId": "1"}), orders(order())]
    with pytest.raises(OutcomeUnknown):
        world.confirm(deadline=2.0)
    asked = list(zip(world.sent_at, world.paths, strict=True))
    assert asked[0] == (0.0, CANCEL)
    assert [path for at, path in asked[1:] if at < 1.0] == [OPEN] * 4
    assert [path for at, path in asked[1:] if at >= 1.0] == [OPEN, HISTORY]


@pytest.mark.parametrize("lists", [[UNREADABLE], [orders(), UNREADABLE]])
def test_an_order_that_could_not_be_read_once_in_either_list_may_be_the_one(world: Exchange, lists: list[Any]) -> None:
    world.replies = [NOT_FOUND, *lists, orders()]
    with pytest.raises(OutcomeUnknown, match="before: OrderNotFound"):
        world.confirm()


def test_a_reading_that_echoes_the_signature_of_the_cancel_does_not_show_it(world: Exchange) -> None:
    def echo() -> Reply:
        return reply(10005, retMsg=f"denied: {dict(world.sends[0].sign())['X-BAPI-SIGN']}")

    world.replies = [LOST, echo]
    with pytest.raises(OutcomeUnknown) as caught:
        world.confirm(BY_LINK_ID)
    assert isinstance(caught.value.__cause__, AuthenticationFailed)
    assert caught.value.__cause__.ret_msg == "denied: ***"


def test_an_order_in_neither_list_is_absent(world: Exchange) -> None:
    world.replies = [NOT_FOUND, orders()]
    with pytest.raises(OrderNotFound):
        world.confirm()


def test_an_end_that_the_stream_reports_ends_the_wait_for_the_next_send(world: Exchange) -> None:
    world.events = [(0.0, StreamState.SUBSCRIBED), (0.05, order()), (0.06, order("Cancelled"))]
    world.replies = [reply(10006)]
    outcome = world.confirm()
    assert (outcome.status, outcome.confirmed_by, world.now) == ("Cancelled", "stream", 0.06)
    assert world.paths == [CANCEL]


def test_an_end_that_the_stream_reports_while_the_cancel_is_sent_is_not_read_back(world: Exchange) -> None:
    world.takes = 0.5
    world.events = [(0.0, StreamState.SUBSCRIBED), (0.3, order("Cancelled"))]
    world.replies = [reply(result={"orderId": "1"})]
    outcome = world.confirm()
    assert (outcome.confirmed_by, world.paths, world.now) == ("stream", [CANCEL], 0.5)


def test_an_unknown_cancel_by_link_id_is_sent_again_by_order_id(world: Exchange) -> None:
    ended = orders(order("Cancelled"))
    world.replies = [LOST, orders(order()), reply(result={"orderId": "1"}), ended]
    assert world.confirm(BY_LINK_ID).status == "Cancelled"
    assert world.cancels[1:] == [{"category": "linear", "symbol": "BTCUSDT", "orderId": "1"}]


def test_an_unknown_cancel_is_not_sent_again_by_order_id_if_it_may_be_sent_once_only(world: Exchange) -> None:
    world.options = {"max_sends": 1}
    world.replies = [LOST, orders(order())]
    with pytest.raises(OutcomeUnknown):
        world.confirm(BY_LINK_ID)
    assert len(world.cancels) == 1


def test_the_wait_for_the_next_send_lasts_as_long_whatever_else_the_stream_reports(world: Exchange) -> None:
    world.events = [(0.0, StreamState.SUBSCRIBED), (0.05, order()), (0.2, order("Cancelled"))]
    world.replies = [reply(10006), reply(result={"orderId": "1"})]
    assert world.confirm().accepted
    assert world.sent_at == [0.0, 0.1]
