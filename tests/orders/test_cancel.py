"""What one cancel sends when: by link id, an unknown outcome is looked into before the order is named by its id."""

from typing import Any

import pytest
from bybit_v5.models import CancelSpotByOrderLinkId

from bybit_ext import NotCancellable, OrderClosed, OrderNotFound, OutcomeUnknown, Refused
from bybit_ext.engines.interface import Reply
from tests.orders.events import BEGAN, BY_ID, order
from tests.orders.exchange import CANCEL, CLOSED, HISTORY, NOT_FOUND, OPEN, Exchange, orders
from tests.virtual_time import LOST, no_jitter, page, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")


@pytest.fixture
def world() -> Exchange:
    return Exchange()


def test_an_accepted_cancel_is_sent_once(world: Exchange) -> None:
    world.replies = [reply(result={"orderId": "1", "orderLinkId": "mine"})]
    assert world.cancel().order_id == "1"
    assert world.paths == [CANCEL]


def test_by_order_id_nothing_is_read(world: Exchange) -> None:
    world.replies = [LOST]
    with pytest.raises(OutcomeUnknown):
        world.cancel(BY_ID)
    assert world.paths == [CANCEL] * 5


class TestByLinkId:
    def test_the_open_order_that_was_meant_is_cancelled_by_its_id(self, world: Exchange) -> None:
        world.replies = [LOST, orders(order()), reply(result={"orderId": "1"})]
        accepted = world.cancel()
        assert (accepted.order_id, accepted.sends) == ("1", 2)
        assert world.paths == [CANCEL, OPEN, CANCEL]
        assert world.cancels == [
            {"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "mine"},
            {"category": "linear", "symbol": "BTCUSDT", "orderId": "1"},
        ]
        assert world.sent_at == [0.0, 0.0, 0.0]
        assert [send.fresh for send in world.sends] == [False, True, False]

    def test_a_busy_order_is_cancelled_by_its_id(self, world: Exchange) -> None:
        """By then, the link id may name a newer order."""
        world.replies = [reply(110079), orders(order()), reply(result={"orderId": "1"})]
        assert world.cancel().order_id == "1"
        assert [body.get("orderId") for body in world.cancels] == [None, "1"]

    def test_a_busy_order_that_no_list_shows_is_told_as_busy(self, world: Exchange) -> None:
        world.replies = [reply(110079), *[orders()] * 100]
        with pytest.raises(NotCancellable):
            world.cancel()
        assert len(world.cancels) == 1

    def test_a_spot_order_is_cancelled_as_one_of_its_kind(self, world: Exchange) -> None:
        world.replies = [LOST, orders(order(category="spot")), reply(result={"orderId": "1"})]
        world.cancel(CancelSpotByOrderLinkId("spot", "BTCUSDT", "mine", "StopOrder"))
        assert world.cancels[1:] == [
            {"category": "spot", "symbol": "BTCUSDT", "orderId": "1", "orderFilter": "StopOrder"}
        ]

    @pytest.mark.parametrize("unclear", [LOST, reply(10016), page(502)])
    def test_a_newer_order_of_that_link_id_is_left_alone(self, world: Exchange, unclear: Any) -> None:
        world.takes = 0.2
        newer = order(orderId="2", created=300)
        world.replies = [unclear, orders(newer, time=BEGAN + 400)]
        with pytest.raises(OutcomeUnknown) as caught:
            world.cancel()
        assert len(world.cancels) == 1
        assert caught.value.last_order is None

    @pytest.mark.parametrize("final", [reply(0, result=5), page(404), page(302)])
    def test_what_would_come_again_is_not_looked_into(self, world: Exchange, final: Reply) -> None:
        world.replies = [final]
        with pytest.raises(OutcomeUnknown):
            world.cancel()
        assert world.paths == [CANCEL]

    def test_what_may_be_sent_once_only_is_not_looked_into(self, world: Exchange) -> None:
        world.options = {"max_sends": 1}
        world.replies = [LOST]
        with pytest.raises(OutcomeUnknown):
            world.cancel()
        assert world.paths == [CANCEL]

    @pytest.mark.parametrize(("answer", "kind"), [(NOT_FOUND, OrderNotFound), (CLOSED, OrderClosed)])
    def test_an_order_that_ended_during_the_call_may_have_been_cancelled_by_it(
        self, world: Exchange, answer: Reply, kind: type[Refused]
    ) -> None:
        ended = order("Cancelled", updated=10)
        world.replies = [LOST, orders(time=BEGAN), orders(ended, time=BEGAN), answer]
        with pytest.raises(kind) as caught:
            world.cancel()
        assert caught.value.earlier_send_may_have_cancelled
        assert world.paths == [CANCEL, OPEN, HISTORY, CANCEL]

    def test_an_order_that_is_gone_is_read_until_its_end_shows(self, world: Exchange) -> None:
        still_open, ended = orders(order(), time=BEGAN), orders(order("Filled", updated=150), time=BEGAN + 300)
        world.replies = [LOST, still_open, NOT_FOUND, still_open, ended]
        with pytest.raises(OrderNotFound):
            world.cancel()
        assert world.paths == [CANCEL, OPEN, CANCEL, OPEN, OPEN]
        assert world.sent_at == [0.0, 0.0, 0.0, 0.1, 0.3]

    def test_an_order_whose_end_does_not_show_is_unknown_at_the_deadline(self, world: Exchange) -> None:
        world.replies = [LOST, orders(order()), NOT_FOUND, orders(order("PartiallyFilled"))]
        with pytest.raises(OutcomeUnknown, match="no answer came back") as caught:
            world.cancel(deadline=4.0)
        assert len(world.cancels) == 2
        assert caught.value.last_order
        assert caught.value.last_order.order_status == "PartiallyFilled"
        assert caught.value.sends == 1
        readings = [at for at, path in zip(world.sent_at, world.paths, strict=True) if path == OPEN]
        assert readings == [0.0, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5]

    def test_another_refusal_is_told_with_the_doubt(self, world: Exchange) -> None:
        world.replies = [LOST, orders(order()), reply(10003)]
        with pytest.raises(OutcomeUnknown, match="What came last: AuthenticationFailed"):
            world.cancel()
        assert world.paths == [CANCEL, OPEN, CANCEL]

    def test_the_history_is_read_though_the_open_orders_cannot_be(self, world: Exchange) -> None:
        ended = order("Cancelled", updated=10)
        world.replies = [LOST, reply(10005, time=BEGAN), orders(ended, time=BEGAN), NOT_FOUND]
        with pytest.raises(OrderNotFound):
            world.cancel()
        assert world.paths == [CANCEL, OPEN, HISTORY, CANCEL]

    def test_nothing_is_sent_again_where_nothing_can_be_read(self, world: Exchange) -> None:
        world.replies = [LOST, reply(10005)]
        with pytest.raises(OutcomeUnknown, match="no answer came back"):
            world.cancel(deadline=0.5)
        assert world.paths == [CANCEL, OPEN, HISTORY, OPEN, HISTORY, OPEN, HISTORY]

    @pytest.mark.parametrize(("deadline", "readings"), [(0.109, 1), (0.111, 2)])
    def test_no_reading_begins_that_could_not_end_in_time(
        self, world: Exchange, deadline: float, readings: int
    ) -> None:
        world.replies = [LOST, orders()]
        with pytest.raises(OutcomeUnknown):
            world.cancel(deadline=deadline)
        assert world.paths.count(OPEN) == readings

    def test_a_refusal_whose_time_makes_the_order_doubtful_leaves_the_outcome_unknown(self, world: Exchange) -> None:
        """Made 100 ms before the call, it is certain while the exchange may be 1 s behind; after a slow answer from an
        exchange that is 0.9 s behind, it may have been made after the call began."""
        world.takes = 0.5
        made_just_before = orders(order(created=-1100))
        late = BEGAN + 1200 - 900
        world.replies = [LOST, made_just_before, reply(110001, time=late), made_just_before]
        with pytest.raises(OutcomeUnknown, match="no answer came back") as caught:
            world.cancel(deadline=4.0)
        assert world.cancels[1:] == [{"category": "linear", "symbol": "BTCUSDT", "orderId": "1"}]
        assert caught.value.last_order is None
