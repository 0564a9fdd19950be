"""The confirmation as a state machine, in a time of its own: what is decided at which moment."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import define, field
from bybit_v5.models import Order

from bybit_ext import (
    AuthenticationFailed,
    BybitError,
    CancelAccepted,
    ClockError,
    Evidence,
    Forbidden,
    InvalidRequest,
    NotCancellable,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from bybit_ext.orders.tracker import (
    Cancelled,
    Decision,
    Fail,
    Finish,
    Listen,
    OrdersRead,
    OrderTracker,
    ReadOrders,
    SendCancel,
)
from bybit_ext.stream.events import StreamEvent, StreamState
from tests.orders.events import ACCEPTED, BY_ID, BY_LINK_ID, WITHOUT_IDS, identity, order
from tests.virtual_time import no_jitter

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

SUBSCRIBED = (0.0, StreamState.SUBSCRIBED)
# Without jitter a reading follows the one before after 0.1, 0.2, 0.4, 0.8 and then always 1 second.
READINGS = [0.0, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5]
LOST = OutcomeUnknown("lost", Evidence(sends=1))
NOTHING: list[Order] = []


@define
class World:
    """Time, the stream, the two lists and what a cancel brings."""

    events: list[tuple[float, StreamEvent]] = field(factory=list[tuple[float, StreamEvent]])
    open_orders: Callable[[float], Any] = field(default=lambda _: NOTHING)
    history: Callable[[float], Any] = field(default=lambda _: NOTHING)
    results: list[CancelAccepted | BybitError] = field(factory=lambda: [ACCEPTED])  # in turn; the last one stays
    takes: float = 0.0  # seconds that a cancel takes
    is_measured: bool = True  # whether an answer has said the exchange's time
    now: float = 0.0
    asked: list[tuple[float, str | None]] = field(factory=list[tuple[float, str | None]])
    read_at: list[float] = field(factory=list[float])
    history_read_at: list[float] = field(factory=list[float])

    def confirm(
        self, request: Any = BY_ID, *, stream: bool = True, deadline: float = 4.0, settle: float = 1.0
    ) -> Finish:
        meant = identity(request)
        meant.start.is_measured = self.is_measured
        tracker = OrderTracker(
            meant, deadline=deadline, resend_deadline=deadline * 0.6, absent_after=settle, has_stream=stream
        )
        decision = tracker.start(self.now)
        for _ in range(200):
            if isinstance(decision, Finish):
                return decision
            if isinstance(decision, Fail):
                raise decision.error
            decision = tracker.feed(self.perform(decision, tracker), self.now)
        raise AssertionError("it never ends")

    def perform(self, decision: Decision, tracker: OrderTracker) -> Any:
        if isinstance(decision, SendCancel):
            self.asked.append((round(self.now, 3), decision.order_id))
            self.now += self.takes
            result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
            return Cancelled(error=result) if isinstance(result, BybitError) else Cancelled(result)
        if isinstance(decision, ReadOrders):
            return self.read(tracker, in_any_case=decision.history_in_any_case)
        assert isinstance(decision, Listen)
        if self.events and self.events[0][0] <= self.now + decision.seconds:
            at, event = self.events.pop(0)
            self.now = max(self.now, at)
            return event
        self.now += decision.seconds
        return None

    def read(self, tracker: OrderTracker, *, in_any_case: bool) -> OrdersRead:
        self.read_at.append(round(self.now, 3))
        found = self.open_orders(self.now)
        if isinstance(found, BybitError):
            return OrdersRead(error=found)
        if not in_any_case and any(tracker.identity.match(one).name == "CERTAIN" for one in found):
            return OrdersRead(found)
        self.history_read_at.append(round(self.now, 3))
        more = self.history(self.now)
        if isinstance(more, BybitError):
            return OrdersRead(found, error=more)
        return OrdersRead([*found, *more], both_lists=True)


def always(*orders: Order) -> Callable[[float], list[Order]]:
    return lambda _: list(orders)


def failing(error: BybitError) -> Callable[[float], BybitError]:
    return lambda _: error


def after(seconds: float, *orders: Order) -> Callable[[float], list[Order]]:
    """Return a list that lags: it shows orders only after so many seconds."""
    return lambda now: list(orders) if now >= seconds else []


class TestConnecting:
    @pytest.mark.parametrize(
        ("events", "deadline", "asked_at"),
        [
            ([(0.3, StreamState.SUBSCRIBED)], 4.0, 0.3),
            ([(0.3, StreamState.DISCONNECTED)], 4.0, 0.3),
            ([(0.3, NotSent("the stream has ended"))], 4.0, 0.3),
            ([], 4.0, 1.0),
            ([], 100.0, 2.0),
            ([(0.2, order())], 4.0, 1.0),
        ],
    )
    def test_the_stream_is_waited_for_but_not_for_long(
        self, events: list[tuple[float, StreamEvent]], deadline: float, asked_at: float
    ) -> None:
        world = World(events, always(order("Cancelled")))
        world.confirm(deadline=deadline)
        assert world.asked == [(asked_at, None)]

    def test_without_a_stream_nothing_is_waited_for(self) -> None:
        world = World(open_orders=always(order("Cancelled")))
        world.confirm(stream=False)
        assert world.asked == [(0.0, None)]

    def test_a_quarter_of_the_time_that_is_left_is_waited_for(self) -> None:
        world = World([], always(order("Cancelled")), now=10.0)
        world.confirm(deadline=14.0)
        assert world.asked == [(11.0, None)]

    def test_an_end_that_is_reported_before_the_cancel_makes_it_needless(self) -> None:
        world = World([(0.2, order("Filled"))])
        assert world.confirm().order.order_status == "Filled"
        assert world.asked == []


class TestWaiting:
    def test_a_subscribed_stream_goes_first(self) -> None:
        world = World([SUBSCRIBED, (0.4, order("PartiallyFilled")), (0.45, order("Cancelled"))])
        assert (world.confirm().source, world.now, world.read_at) == ("stream", 0.45, [])

    def test_a_stream_that_keeps_silent_has_half_a_second(self) -> None:
        world = World([SUBSCRIBED], always(order()))
        with pytest.raises(OutcomeUnknown):
            world.confirm()
        assert world.read_at == [0.5, 0.6, 0.8, 1.2, 2.0, 3.0]
        assert world.now == pytest.approx(4.0)

    @pytest.mark.parametrize("event", [StreamState.DISCONNECTED, Refused("log-in")])
    def test_a_stream_that_is_lost_has_no_longer(self, event: StreamEvent) -> None:
        world = World([SUBSCRIBED, (0.2, event)], always(order("Cancelled")))
        world.confirm()
        assert world.read_at == [0.2]

    def test_a_stream_that_is_not_subscribed_is_not_waited_for(self) -> None:
        world = World([(0.0, StreamState.DISCONNECTED)], always(order("Cancelled")))
        world.confirm()
        assert world.read_at == [0.0]

    @pytest.mark.parametrize("stream", [True, False])
    def test_the_orders_are_read_less_and_less_often(self, *, stream: bool) -> None:
        world = World([(0.0, StreamState.DISCONNECTED)], always(order()))
        with pytest.raises(OutcomeUnknown, match="Nothing reported") as caught:
            world.confirm(stream=stream)
        assert world.read_at == READINGS
        assert (caught.value.trace_id, caught.value.sends, caught.value.accepted) == ("trace", 1, ACCEPTED)

    def test_the_history_is_asked_too_once_the_open_orders_were_read_for_a_second(self) -> None:
        world = World(open_orders=always(order()), history=after(2.0, order("Filled")))
        assert world.confirm(stream=False).order.order_status == "Filled"
        assert world.history_read_at == [1.5, 2.5]

    def test_that_second_begins_with_the_answer_to_the_cancel(self) -> None:
        world = World([], always(order()))  # a stream that never comes is waited for until 1.0
        with pytest.raises(OutcomeUnknown):
            world.confirm()
        assert (world.read_at, world.history_read_at) == ([1.0, 1.1, 1.3, 1.7, 2.5, 3.5], [2.5, 3.5])

    def test_the_history_is_asked_at_once_for_an_order_that_is_not_among_the_open_ones(self) -> None:
        world = World(history=always(order("Filled")))
        assert world.confirm(stream=False).source == "read-back"
        assert world.history_read_at == [0.0]

    def test_no_wait_for_a_reading_goes_beyond_the_deadline(self) -> None:
        world = World([SUBSCRIBED], always(order()))
        with pytest.raises(OutcomeUnknown):
            world.confirm(deadline=3.5)
        assert world.read_at[-1] == 3.0
        assert world.now == pytest.approx(3.5)

    def test_an_end_that_is_reported_after_both_lists_were_read_is_not_looked_up(self) -> None:
        ended = (0.65, order("Cancelled"))
        world = World([SUBSCRIBED, ended], after(0.6, order()), results=[WITHOUT_IDS])
        assert world.confirm(BY_LINK_ID).source == "stream"
        assert (world.read_at, world.history_read_at, world.now) == ([0.5, 0.6], [0.5], 0.65)

    def test_150_repeats_of_another_order_s_end_cause_no_reading(self) -> None:
        old = order("Filled", created=-(10**7), updated=-(10**6), orderId="0")
        repeats: list[tuple[float, StreamEvent]] = [(0.001 * number, old) for number in range(1, 150)]
        world = World([SUBSCRIBED, *repeats, (0.4, order("Cancelled"))], results=[WITHOUT_IDS])
        assert world.confirm(BY_LINK_ID).order.order_id == "1"
        assert world.read_at == [0.4]  # at the end, to see whether a newer one was meant


class TestErrorsOfTheCancel:
    @pytest.mark.parametrize(
        "error", [LOST, OrderNotFound("no"), OrderClosed("no"), NotCancellable("no"), Refused("no")]
    )
    def test_one_that_leaves_the_end_open_is_looked_into_at_once(self, error: BybitError) -> None:
        world = World([SUBSCRIBED], always(order("Filled")), results=[error])
        assert world.confirm().order.order_status == "Filled"
        assert world.read_at == [0.0]

    @pytest.mark.parametrize(
        "error",
        [
            NotSent("no"),
            InvalidRequest("no"),
            AuthenticationFailed("no"),
            ClockError("no"),
            RateLimited("no"),
            Forbidden("no"),
        ],
    )
    def test_one_that_says_nothing_of_the_order_is_raised_at_once(self, error: BybitError) -> None:
        world = World([SUBSCRIBED], always(order("Filled")), results=[error])
        with pytest.raises(type(error)):
            world.confirm()
        assert (world.read_at, world.now) == ([], 0.0)

    @pytest.mark.parametrize(
        "error", [InvalidRequest("10001"), NotCancellable("110079"), Refused("?"), NotSent("no"), LOST]
    )
    def test_none_of_them_drops_an_end_that_was_reported(self, error: BybitError) -> None:
        tracker = OrderTracker(identity(), deadline=4.0, resend_deadline=2.0, absent_after=1.0, has_stream=True)
        tracker.start(0.0)
        tracker.feed(StreamState.SUBSCRIBED, 0.0)
        tracker.feed(order("Filled"), 0.1)
        assert isinstance(tracker.feed(Cancelled(error=error), 0.2), Finish)

    def test_a_refusal_of_an_unknown_code_is_raised_after_one_look_at_both_lists(self) -> None:
        world = World(open_orders=always(order()), results=[Refused("unknown")])
        with pytest.raises(Refused):
            world.confirm(stream=False)
        assert (world.read_at, world.history_read_at) == ([0.0], [0.0])

    def test_an_order_that_cannot_be_cancelled_is_watched_for_the_settle_time(self) -> None:
        world = World(open_orders=always(order()), results=[NotCancellable("no")])
        with pytest.raises(NotCancellable):
            world.confirm(stream=False)
        assert world.history_read_at == [1.5, 2.5, 3.5]

    @pytest.mark.parametrize("status", [400, 401, 404, 302])
    def test_a_status_that_would_come_again_is_not_read_on_for_the_whole_deadline(self, status: int) -> None:
        unknown = OutcomeUnknown("no JSON", Evidence(status_code=status))
        world = World(open_orders=always(order()), results=[unknown])
        with pytest.raises(OutcomeUnknown) as caught:
            world.confirm(stream=False, deadline=30.0)
        assert caught.value is unknown
        assert world.now < 5.0

    @pytest.mark.parametrize("stream", [True, False])
    def test_nor_are_orders_that_cannot_be_read_either(self, *, stream: bool) -> None:
        unknown = OutcomeUnknown("no JSON", Evidence(status_code=404))
        world = World([SUBSCRIBED], failing(OutcomeUnknown("no JSON", Evidence(status_code=404))), results=[unknown])
        with pytest.raises(OutcomeUnknown):
            world.confirm(stream=stream, deadline=30.0)
        assert world.read_at == [0.0, 0.1, 0.3]


class TestReadingsThatFail:
    def test_one_that_fails_is_tried_again(self) -> None:
        errors = iter([Forbidden("no"), AuthenticationFailed("no"), None])
        world = World(open_orders=lambda _: next(errors) or [order("Cancelled")])
        assert world.confirm(stream=False).order.order_status == "Cancelled"

    def test_three_that_would_go_on_failing_leave_it_to_the_stream(self) -> None:
        world = World(
            [SUBSCRIBED, (2.0, StreamState.DISCONNECTED), (3.0, order("Cancelled"))], failing(Forbidden("blocked"))
        )
        assert (world.confirm().source, world.read_at, world.now) == ("stream", [0.5, 0.6, 0.8], 3.0)

    def test_without_a_stream_three_of_them_are_the_end(self) -> None:
        blocked = Forbidden("blocked", Evidence(ret_code=10024))
        world = World(open_orders=failing(blocked))
        with pytest.raises(OutcomeUnknown, match=r"could not be read\. What came before: Forbidden: blocked") as caught:
            world.confirm(stream=False)
        assert (caught.value.__cause__, world.read_at) == (blocked, [0.0, 0.1, 0.3])
        assert (caught.value.ret_code, caught.value.sends) == (None, 1)  # of the cancel, which was accepted
        assert world.now == pytest.approx(0.3)

    def test_a_stream_that_is_left_alone_with_it_has_until_the_deadline(self) -> None:
        world = World([SUBSCRIBED], failing(Forbidden("blocked")))
        with pytest.raises(OutcomeUnknown):
            world.confirm()
        assert world.now == pytest.approx(4.0)

    def test_three_that_are_not_in_a_row_are_not_the_end(self) -> None:
        blocked = Forbidden("blocked")
        readings = iter([blocked, [order()], blocked, blocked])
        world = World(open_orders=lambda _: next(readings, [order("Cancelled")]))
        assert world.confirm(stream=False).order.order_status == "Cancelled"

    def test_one_that_fails_otherwise_is_tried_until_the_deadline(self) -> None:
        world = World(open_orders=failing(Refused("no")))
        with pytest.raises(OutcomeUnknown):
            world.confirm(stream=False)
        assert world.read_at == READINGS

    def test_one_that_failed_before_a_good_one_is_no_reason(self) -> None:
        errors = iter([Refused("no")])
        world = World(open_orders=lambda _: next(errors, [order()]))
        with pytest.raises(OutcomeUnknown) as caught:
            world.confirm(stream=False)
        message = "Nothing reported how the order ended by the deadline. It was last seen as New."
        assert (caught.value.args[0], caught.value.__cause__) == (message, None)

    def test_what_the_cancel_brought_is_named_before_what_reading_brought(self) -> None:
        world = World(open_orders=failing(failed := Refused("no")), results=[OutcomeUnknown("lost", Evidence(sends=2))])
        with pytest.raises(OutcomeUnknown, match=r"could not be read.*OutcomeUnknown: lost") as caught:
            world.confirm(stream=False)
        assert (caught.value.sends, caught.value.__cause__) == (2, failed)

    def test_a_history_that_fails_does_not_hide_an_open_order(self) -> None:
        world = World(open_orders=always(order("Cancelled")), history=failing(Refused("no")), results=[Refused("?")])
        assert world.confirm(stream=False).order.order_status == "Cancelled"


class TestAbsence:
    @pytest.mark.parametrize("kind", [OrderNotFound, OrderClosed])
    def test_it_takes_three_readings_of_both_lists_and_the_settle_time(self, kind: type[Refused]) -> None:
        world = World(results=[kind("no")])
        with pytest.raises(kind):
            world.confirm(stream=False)
        assert world.history_read_at == READINGS[:5]

    def test_the_settle_time_begins_with_the_first_reading(self) -> None:
        world = World(results=[OrderNotFound("no")], takes=0.5)
        with pytest.raises(OrderNotFound):
            world.confirm(stream=False)
        assert world.history_read_at == [0.5, 0.6, 0.8, 1.2, 2.0]

    def test_the_settle_time_is_a_setting(self) -> None:
        world = World(results=[OrderNotFound("no")])
        with pytest.raises(OrderNotFound):
            world.confirm(stream=False, deadline=30.0, settle=3.0)
        assert world.history_read_at == READINGS

    def test_readings_that_fail_do_not_count(self) -> None:
        found = iter([Refused("no")] * 4)
        world = World(history=lambda _: next(found, NOTHING), results=[OrderNotFound("no")])
        with pytest.raises(OrderNotFound):
            world.confirm(stream=False, deadline=30.0)
        assert len(world.history_read_at) == 7

    def test_a_list_that_lags_is_not_taken_for_an_absence(self) -> None:
        world = World(history=after(0.9, order("Filled")), results=[OrderNotFound("no")])
        assert world.confirm(stream=False).order.order_status == "Filled"

    @pytest.mark.parametrize("result", [ACCEPTED, LOST])
    def test_an_absent_order_that_nobody_refused_is_unknown(self, result: Any) -> None:
        world = World(results=[result])
        with pytest.raises(OutcomeUnknown, match="Nothing reported"):
            world.confirm(stream=False)
        assert world.read_at == READINGS

    def test_an_order_that_is_found_but_cannot_be_read_is_not_absent(self) -> None:
        world = World(open_orders=always(order(qty="many")), results=[OrderNotFound("no")])
        with pytest.raises(OutcomeUnknown):
            world.confirm(stream=False)

    def test_an_order_that_was_seen_once_is_not_absent(self) -> None:
        found = iter([[order()]])
        world = World(open_orders=lambda _: next(found, NOTHING), results=[OrderNotFound("no")])
        with pytest.raises(OutcomeUnknown, match="last seen as New"):
            world.confirm(stream=False)

    def test_a_deadline_shorter_than_the_settle_time_proves_nothing(self) -> None:
        world = World(results=[OrderNotFound("no")])
        with pytest.raises(OutcomeUnknown, match="What came before: OrderNotFound"):
            world.confirm(stream=False, deadline=2.0, settle=3.0)


OLD = order("Filled", created=-7_200_000, updated=-3_600_000, orderId="0")


class TestLinkIdsThatAreUsedAgain:
    def test_an_old_end_counts_only_once_no_newer_order_can_be_meant(self) -> None:
        world = World(open_orders=always(OLD), results=[OrderNotFound("no")])
        assert world.confirm(BY_LINK_ID, stream=False).order.order_id == "0"
        assert world.now >= 1.0

    def test_an_old_end_does_not_hide_a_newer_order_that_the_list_shows_later(self) -> None:
        ours = order("Filled", orderId="1")
        world = World(open_orders=lambda now: [ours, OLD] if now >= 0.8 else [OLD], results=[OrderNotFound("no")])
        assert world.confirm(BY_LINK_ID, stream=False).order.order_id == "1"

    def test_an_old_end_never_counts_for_a_cancel_that_was_accepted(self) -> None:
        world = World(open_orders=always(OLD), results=[WITHOUT_IDS])
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False)

    def test_of_two_ends_the_one_that_was_open_when_the_call_began_counts(self) -> None:
        ours, later = order("Cancelled", orderId="1", updated=5), order("Filled", orderId="2", created=0, updated=90)
        world = World(open_orders=always(later, ours), results=[WITHOUT_IDS])
        assert world.confirm(BY_LINK_ID, stream=False).order.order_id == "1"

    def test_of_two_that_may_have_followed_each_other_while_the_call_began_neither_is_reported(self) -> None:
        before, requoted = order("Cancelled", updated=0), order("Filled", orderId="2", created=0, updated=90)
        world = World(open_orders=always(requoted, before), results=[LOST])
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False)
        assert world.asked == [(0.0, None)]

    def test_an_order_as_young_as_the_call_is_reported_once_the_lists_show_no_other(self) -> None:
        world = World(open_orders=always(order("Cancelled", created=0, updated=5)), results=[LOST])
        assert world.confirm(BY_LINK_ID, stream=False).order.order_id == "1"
        assert world.now >= 1.0

    def test_an_order_made_after_the_call_began_is_never_reported(self) -> None:
        requoted = order("Filled", orderId="2", created=200, updated=900)
        world = World([SUBSCRIBED, (0.1, requoted)], always(requoted), results=[LOST])
        with pytest.raises(OutcomeUnknown) as caught:
            world.confirm(BY_LINK_ID)
        assert (caught.value.last_order, world.asked) == (None, [(0.0, None)])

    def test_nor_one_that_the_cancel_itself_was_acknowledged_for(self) -> None:
        requoted = order("Cancelled", orderId="2", created=200, updated=900)
        world = World([SUBSCRIBED, (0.1, requoted)], always(requoted), results=[CancelAccepted("2", "mine")])
        with pytest.raises(OutcomeUnknown) as caught:
            world.confirm(BY_LINK_ID)
        assert caught.value.accepted == CancelAccepted("2", "mine")


class TestSendingAgain:
    def test_an_unknown_cancel_by_link_id_is_looked_into_and_sent_again_by_order_id(self) -> None:
        ended = [(0.5, order("Cancelled"))]
        world = World([SUBSCRIBED, *ended], always(order()), results=[LOST, ACCEPTED])
        assert world.confirm(BY_LINK_ID).order.order_status == "Cancelled"
        assert (world.asked, world.read_at) == ([(0.0, None), (0.0, "1")], [0.0])

    def test_a_cancel_by_order_id_is_sent_again_by_its_own_call_alone(self) -> None:
        world = World(open_orders=always(order()), results=[LOST])
        with pytest.raises(OutcomeUnknown):
            world.confirm(stream=False)
        assert world.asked == [(0.0, None)]

    def test_it_is_sent_again_until_most_of_the_time_is_over(self) -> None:
        world = World(open_orders=always(order()), results=[LOST], takes=0.5)
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False)
        assert world.asked == [(0.0, None), (0.5, "1"), (1.1, "1"), (1.8, "1")]

    def test_it_is_sent_again_at_least_once_a_second(self) -> None:
        world = World(open_orders=always(order()), results=[LOST])
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False, deadline=10.0)
        assert [at for at, _ in world.asked] == [0.0, 0.0, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5, 4.5, 5.5]

    def test_that_does_not_make_the_readings_more_frequent(self) -> None:
        world = World(open_orders=always(order()), results=[LOST])
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False, deadline=10.0)
        assert [at for at in world.read_at if at < 3.0] == [0.0, 0.0, 0.1, 0.3, 0.7, 1.5, 2.5]

    def test_no_wait_for_the_next_send_goes_beyond_the_deadline(self) -> None:
        world = World(open_orders=always(order()), results=[LOST])
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False, deadline=1.2)
        assert [at for at, _ in world.asked] == [0.0, 0.0, 0.1, 0.3, 0.7]
        assert world.now == pytest.approx(1.2)

    @pytest.mark.parametrize(
        "error",
        [
            OutcomeUnknown("accepted, but unreadable", Evidence(ret_code=0)),
            OutcomeUnknown("no JSON", Evidence(status_code=404)),
            OrderNotFound("no"),
            NotCancellable("no"),
        ],
    )
    def test_it_is_not_sent_again_where_that_cannot_help(self, error: BybitError) -> None:
        world = World(open_orders=always(order()), results=[error])
        with pytest.raises(BybitError):
            world.confirm(BY_LINK_ID, stream=False)
        assert world.asked == [(0.0, None)]

    def test_it_is_not_sent_again_if_the_caller_does_not_want_it(self) -> None:
        tracker = OrderTracker(
            identity(BY_LINK_ID), deadline=4.0, resend_deadline=2.0, absent_after=1.0, has_stream=False
        )
        tracker.start(0.0)
        tracker.feed(Cancelled(error=LOST, may_send_again=False), 0.0)
        assert isinstance(tracker.feed(OrdersRead([order()]), 0.0), Listen)

    def test_an_order_made_after_the_call_began_is_not_cancelled(self) -> None:
        world = World(open_orders=always(order(orderId="2", created=1)), results=[LOST])
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID, stream=False)
        assert world.asked == [(0.0, None)]

    def test_of_two_that_are_listed_as_open_the_newer_one_is_cancelled(self) -> None:
        stale, ours = order(orderId="1", created=-60_000), order(orderId="2", created=-10)
        world = World(
            [SUBSCRIBED, (1.0, order("Cancelled", orderId="2", created=-10))],
            always(ours, stale),
            results=[LOST, CancelAccepted("2", "mine")],
        )
        assert world.confirm(BY_LINK_ID).order.order_id == "2"
        assert [order_id for _, order_id in world.asked] == [None, "2"]

    def test_a_late_report_of_an_older_one_is_not_its_end(self) -> None:
        """Bybit may report a fill twice, and the second report has a later time."""
        older = order("Filled", orderId="1", created=-60_000, updated=20)
        meant = order("Cancelled", orderId="2", created=-1000, updated=30)
        world = World([SUBSCRIBED, (0.1, older)], always(), always(older, meant), results=[LOST])
        assert world.confirm(BY_LINK_ID).order.order_id == "2"

    def test_an_order_as_young_as_the_call_is_not_reported_if_no_answer_says_the_time(self) -> None:
        young = order("Filled", created=0)
        world = World([SUBSCRIBED], always(), always(young), results=[LOST], is_measured=False)
        with pytest.raises(OutcomeUnknown):
            world.confirm(BY_LINK_ID)

    def test_an_end_by_link_id_is_not_dropped_because_the_lists_cannot_be_read(self) -> None:
        forbidden = AuthenticationFailed("no right to read")
        world = World([SUBSCRIBED, (0.1, order("Filled"))], lambda _: forbidden, results=[LOST])
        assert world.confirm(BY_LINK_ID).order.order_status == "Filled"


class TestReports:
    @pytest.mark.parametrize("fields", [{"symbol": "ETHUSDT"}, {"category": "inverse"}, {"orderId": "2"}])
    def test_the_end_of_another_order_is_none(self, fields: dict[str, Any]) -> None:
        world = World(
            [SUBSCRIBED, (0.1, order("Filled", **fields))], always(order("Filled", **fields), order("Cancelled"))
        )
        assert (world.confirm().order.order_status, world.read_at) == ("Cancelled", [0.5])

    @pytest.mark.parametrize("fields", [{"qty": "many"}, {"cumExecQty": "many"}, {"qty": "NaN"}, {"cumExecQty": "NaN"}])
    def test_an_end_whose_quantities_are_not_numbers_is_none(self, fields: dict[str, Any]) -> None:
        world = World([SUBSCRIBED, (0.1, order("Filled", **fields))], always(order("Cancelled")))
        assert (world.confirm().order.order_status, world.read_at) == ("Cancelled", [0.5])

    def test_a_final_status_is_not_replaced_by_an_open_one(self) -> None:
        old_news: list[tuple[float, StreamEvent]] = [(0.1, order("Filled", updated=-100)), (0.2, order())]
        world = World([SUBSCRIBED, *old_news], results=[OrderNotFound("no")])
        assert world.confirm(BY_LINK_ID).order.order_status == "Filled"

    def test_an_unknown_status_is_carried_and_is_no_end(self) -> None:
        world = World([SUBSCRIBED, (0.1, order("Paused"))], always(order("Paused")))
        with pytest.raises(OutcomeUnknown, match="last seen as another status") as caught:
            world.confirm()
        assert caught.value.last_order
        assert caught.value.last_order.order_status == "Paused"
