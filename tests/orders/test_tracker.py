"""What a confirmed cancel does at which time, told to the millisecond: the flow by itself, in a time of its own."""

from typing import Any

import pytest
from attrs import define, field
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, Order

from bybit_ext import (
    CancelAccepted,
    CancelOrderRequest,
    CancelOutcome,
    Forbidden,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
)
from bybit_ext.confirming import Confirmation
from bybit_ext.results import Evidence
from bybit_ext.calls.flow import Deadline, Flow, Pause, Receive, run
from bybit_ext.stream.connection import Event, StreamState

ACCEPTED = CancelAccepted("1", "mine", trace_id="trace")
BY_ID = CancelByOrderId("linear", "BTCUSDT", "1")
BY_LINK_ID = CancelByOrderLinkId("linear", "BTCUSDT", "mine")
READY = (0.0, StreamState.SUBSCRIBED)
# Without jitter a reading follows the one before after 0.1, 0.2, 0.4, 0.8 and then always 1 second.
READINGS = [0.0, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5]


def order(status: str = "New", **fields: str | None) -> Order:
    names = "side orderType cancelType rejectReason price cumExecValue leavesQty avgPrice updatedTime"
    known = {"symbol": "BTCUSDT", "orderId": "1", "orderLinkId": "mine", "qty": "2", "cumExecQty": "0.5"}
    told = {"category": "linear", "createdTime": "1", "orderStatus": status}
    whole = dict.fromkeys(names.split(), "") | known | told | fields
    return Order.from_dict({name: value for name, value in whole.items() if value is not None})


@define
class World:
    """Time, the stream and the list of orders."""

    now: float = 0.0
    events: list[tuple[float, Event]] = field(factory=list[tuple[float, Event]])
    readings: list[list[Order] | Exception] = field(
        factory=list[list[Order] | Exception]
    )  # in turn; the last one stays
    asked_at: list[float] = field(factory=list[float])
    read_at: list[float] = field(factory=list[float])
    pauses: tuple[float, ...] = ()  # between the sends of the cancel
    result: CancelAccepted | Exception = ACCEPTED

    def cancel(self) -> Flow[CancelAccepted]:
        for pause in self.pauses:
            self.asked_at.append(self.now)
            yield Pause(pause)
        self.asked_at.append(self.now)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def read_back(self, _: CancelAccepted | None) -> Flow[list[Order]]:
        self.read_at.append(round(self.now, 3))
        assert len(self.read_at) < 50
        found = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        if isinstance(found, Exception):
            raise found
        yield from ()
        return found

    def meet(self, need: Any) -> Event | None:
        if isinstance(need, Receive) and self.events and self.events[0][0] <= self.now + need.seconds:
            at, event = self.events.pop(0)
            self.now = max(self.now, at)
            return event
        self.now += need.seconds
        return None

    def confirm(
        self, request: CancelOrderRequest = BY_ID, *, stream: bool = True, deadline: float = 4.0
    ) -> CancelOutcome:
        inbox: Any = object() if stream else None
        confirmation = Confirmation(
            request, self.cancel(), self.read_back, inbox, Deadline.after(deadline), lambda: 1_000_000
        )
        return run(confirmation.flow(), self.meet)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    def no_jitter(_: float, longest: float) -> float:
        return longest

    world = World()
    monkeypatch.setattr("time.monotonic", lambda: world.now)
    monkeypatch.setattr("random.uniform", no_jitter)
    return world


class TestBeforeTheCancel:
    @pytest.mark.parametrize(
        ("events", "deadline", "asked_at"),
        [
            ([(0.3, StreamState.SUBSCRIBED)], 4.0, 0.3),
            ([(0.3, StreamState.DISCONNECTED)], 4.0, 0.3),
            ([], 4.0, 1.0),
            ([], 100.0, 2.0),
            ([(0.2, order())], 4.0, 1.0),
        ],
    )
    def test_the_stream_is_waited_for_but_not_for_long(
        self, world: World, events: list[tuple[float, Event]], deadline: float, asked_at: float
    ) -> None:
        world.events = events
        world.readings = [[order("Cancelled")]]
        world.confirm(deadline=deadline)
        assert world.asked_at == [asked_at]

    def test_without_a_stream_nothing_is_waited_for(self, world: World) -> None:
        world.readings = [[order("Cancelled")]]
        world.confirm(stream=False)
        assert world.asked_at == [0.0]


class TestBetweenSends:
    def test_a_pause_is_kept_whatever_the_stream_tells_of_others(self, world: World) -> None:
        world.events = [READY, (0.1, order("Filled", orderId="2")), (0.2, StreamState.SUBSCRIBED)]
        world.pauses = (0.6, 0.5)
        world.readings = [[order("Cancelled")]]
        world.confirm()
        assert world.asked_at == pytest.approx([0.0, 0.6, 1.1])

    def test_a_pause_is_kept_though_the_stream_is_lost(self, world: World) -> None:
        world.events = [READY, (0.1, StreamState.DISCONNECTED)]
        world.pauses = (0.6,)
        world.readings = [[order("Cancelled")]]
        world.confirm()
        assert world.asked_at == pytest.approx([0.0, 0.6])

    def test_the_end_makes_the_next_send_needless(self, world: World) -> None:
        world.events = [READY, (0.2, order("Cancelled"))]
        world.pauses = (0.6, 0.6)
        outcome = world.confirm()
        assert (outcome.status, outcome.accepted, outcome.confirmed_by) == ("Cancelled", None, "stream")
        assert (world.now, world.asked_at, world.read_at) == (0.2, [0.0], [])

    def test_an_end_that_may_be_another_order_s_is_looked_up_meanwhile(self, world: World) -> None:
        world.events = [READY, (0.2, order("Cancelled"))]
        world.pauses = (0.6,)
        world.readings = [[order("Cancelled")]]
        outcome = world.confirm(BY_LINK_ID)
        assert (outcome.confirmed_by, world.read_at, world.asked_at) == ("read-back", [0.2], [0.0])

    def test_a_look_that_fails_or_finds_it_open_changes_nothing(self, world: World) -> None:
        world.events = [READY, (0.2, order("Cancelled", orderId="2")), (0.4, order("Filled", orderId="3"))]
        world.pauses = (0.6,)
        world.readings = [Refused("no"), [order()], [order("Cancelled")]]
        outcome = world.confirm(BY_LINK_ID)
        assert (outcome.status, outcome.accepted) == ("Cancelled", ACCEPTED)
        assert world.asked_at == pytest.approx([0.0, 0.6])
        assert world.read_at == [0.2, 0.4, 1.1]


class TestAfterTheCancel:
    def test_a_ready_stream_goes_first(self, world: World) -> None:
        world.events = [READY, (0.4, order("PartiallyFilled")), (0.45, order("Cancelled"))]
        outcome = world.confirm()
        assert (outcome.confirmed_by, world.now, world.read_at) == ("stream", 0.45, [])
        assert outcome.requested_at == 1_000_000 - 450
        assert (str(outcome.filled_qty), str(outcome.remaining_qty)) == ("0.5", "1.5")

    def test_a_stream_that_keeps_silent_has_half_a_second(self, world: World) -> None:
        world.events = [READY]
        world.readings = [[order()]]
        with pytest.raises(OutcomeUnknown):
            world.confirm()
        assert world.read_at == [0.5, 0.6, 0.8, 1.2, 2.0, 3.0]
        assert world.now == pytest.approx(4.0)

    @pytest.mark.parametrize("event", [StreamState.DISCONNECTED, Refused("log-in")])
    def test_a_stream_that_is_lost_has_no_longer(self, world: World, event: Event) -> None:
        world.events = [READY, (0.2, event)]
        world.readings = [[order("Cancelled")]]
        world.confirm()
        assert world.read_at == [0.2]

    def test_a_stream_that_is_not_ready_is_not_waited_for(self, world: World) -> None:
        world.events = [(0.0, StreamState.DISCONNECTED)]
        world.readings = [[order("Cancelled")]]
        world.confirm()
        assert world.read_at == [0.0]

    def test_what_the_stream_had_told_before_is_heard_at_once(self, world: World) -> None:
        world.events = [READY, (0.0, order(orderId="2")), (0.0, order("Cancelled"))]
        world.result = OutcomeUnknown("no answer")
        assert world.confirm().confirmed_by == "stream"
        assert world.read_at == []

    @pytest.mark.parametrize("error", [OutcomeUnknown("lost"), OrderNotFound("no"), OrderClosed("no")])
    def test_after_a_doubt_the_order_is_read_back_at_once(self, world: World, error: Exception) -> None:
        world.events = [READY]
        world.readings = [[order("Filled")]]
        world.result = error
        outcome = world.confirm()
        assert (outcome.status, outcome.accepted, world.read_at) == ("Filled", None, [0.0])

    @pytest.mark.parametrize("stream", [True, False])
    def test_it_is_read_again_less_and_less_often(self, world: World, *, stream: bool) -> None:
        world.events = [(0.0, StreamState.DISCONNECTED)]
        world.readings = [[order()]]
        with pytest.raises(OutcomeUnknown, match="Nobody told") as caught:
            world.confirm(stream=stream)
        assert world.read_at == READINGS
        assert (caught.value.trace_id, caught.value.sends, caught.value.accepted) == ("trace", 1, ACCEPTED)

    def test_a_reading_that_is_refused_for_good_leaves_it_to_the_stream(self, world: World) -> None:
        world.events = [READY, (2.0, StreamState.DISCONNECTED), (3.0, order("Cancelled"))]
        world.readings = [Forbidden("blocked")]
        outcome = world.confirm()
        assert (outcome.confirmed_by, world.read_at, world.now) == ("stream", [0.5], 3.0)
        assert (outcome.requested_at, outcome.confirmed_at) == (1_000_000 - 3000, 1_000_000)

    @pytest.mark.parametrize("stream", [True, False])
    def test_nobody_can_tell(self, world: World, *, stream: bool) -> None:
        world.events = [(0.0, StreamState.DISCONNECTED)]
        blocked = Forbidden("blocked", Evidence(ret_code=10024))
        world.readings = [blocked]
        with pytest.raises(OutcomeUnknown, match=r"could not be read back. What came before: Forbidden: b") as caught:
            world.confirm(stream=stream)
        assert (caught.value.__cause__, caught.value.ret_code) == (blocked, 10024)
        assert (world.read_at, world.now) == ([0.0], 4.0 if stream else 0.0)

    def test_a_reading_that_failed_before_a_good_one_is_no_reason(self, world: World) -> None:
        world.readings = [Refused("no"), [order()]]
        with pytest.raises(OutcomeUnknown) as caught:
            world.confirm(stream=False)
        assert caught.value.args[0] == "Nobody told how the order ended by the deadline. It was last seen as New."
        assert caught.value.__cause__ is None

    def test_what_the_cancel_brought_is_told_before_what_reading_brought(self, world: World) -> None:
        world.result = OutcomeUnknown("lost", Evidence(sends=2))
        world.readings = [failed := Refused("no")]
        with pytest.raises(OutcomeUnknown, match=r"could not be read back.*OutcomeUnknown: lost") as caught:
            world.confirm(stream=False)
        assert (caught.value.sends, caught.value.__cause__) == (2, failed)


NOTHING: list[Order] = []


class TestAbsence:
    @pytest.mark.parametrize(
        ("readings", "known_after"),
        [
            ([NOTHING], READINGS[:5]),  # more than three, but not before a second is over
            ([Refused("no")] * 3 + [NOTHING], READINGS[:6]),  # a second is over, but not before there are three
            ([Refused("no")] * 2 + [NOTHING], READINGS[:5]),
        ],
    )
    @pytest.mark.parametrize("kind", [OrderNotFound, OrderClosed])
    def test_an_order_is_absent_after_three_readings_and_a_second(
        self, world: World, kind: type[Refused], readings: Any, known_after: list[float]
    ) -> None:
        world.readings = list(readings)
        world.result = kind("no")
        with pytest.raises(kind):
            world.confirm(stream=False)
        assert world.read_at == known_after

    def test_the_second_is_over_when_it_is_over(self, world: World) -> None:
        world.events = [READY, (1.0, StreamState.DISCONNECTED)]
        world.readings = [NOTHING]
        world.result = OrderNotFound("no")
        with pytest.raises(OrderNotFound):
            world.confirm()
        assert world.read_at == [0.0, 0.1, 0.3, 0.7, 1.0]

    def test_it_is_counted_from_the_answer(self, world: World) -> None:
        world.pauses = (1.2,)
        world.readings = [NOTHING]
        world.result = OrderNotFound("no")
        with pytest.raises(OrderNotFound):
            world.confirm(stream=False)
        assert world.read_at == pytest.approx([1.2, 1.3, 1.5, 1.9, 2.7])

    @pytest.mark.parametrize("result", [ACCEPTED, OutcomeUnknown("lost")])
    def test_an_absent_order_that_nobody_refused_is_unknown(self, world: World, result: Any) -> None:
        world.readings = [NOTHING]
        world.result = result
        with pytest.raises(OutcomeUnknown, match="Nobody told"):
            world.confirm(stream=False)
        assert world.read_at == READINGS

    def test_an_order_that_is_found_but_cannot_be_read_is_not_absent(self, world: World) -> None:
        world.readings = [[order(qty="many")]]
        world.result = OrderNotFound("no")
        with pytest.raises(OutcomeUnknown):
            world.confirm(stream=False)
        assert world.read_at == READINGS

    def test_an_order_that_was_seen_is_not_absent(self, world: World) -> None:
        world.readings = [[order()], NOTHING]
        world.result = OrderNotFound("no")
        with pytest.raises(OutcomeUnknown, match="last seen as New"):
            world.confirm(stream=False)


class TestWhichOrder:
    @pytest.mark.parametrize(
        "fields",
        [{"symbol": "ETHUSDT"}, {"category": "inverse"}, {"orderId": "2"}],
    )
    def test_the_end_of_another_order_is_none(self, world: World, fields: dict[str, str]) -> None:
        world.events = [READY, (0.1, order("Filled", **fields))]
        world.readings = [[order("Filled", **fields), order("Cancelled")]]
        assert (world.confirm().status, world.read_at) == ("Cancelled", [0.5])

    @pytest.mark.parametrize("fields", [{"qty": "many"}, {"cumExecQty": "many"}, {"qty": "NaN"}, {"cumExecQty": "NaN"}])
    def test_an_end_whose_quantities_are_no_numbers_is_none(self, world: World, fields: dict[str, str]) -> None:
        world.events = [READY, (0.1, order("Filled", **fields))]
        world.readings = [[order("Cancelled")]]
        assert (world.confirm().status, world.read_at) == ("Cancelled", [0.5])

    @pytest.mark.parametrize("fields", [{"category": None}, {"qty": "", "cumExecQty": ""}])
    def test_what_is_left_open_does_not_make_it_another(self, world: World, fields: dict[str, str | None]) -> None:
        world.events = [READY, (0.1, order("Cancelled", **fields))]
        assert world.confirm().confirmed_by == "stream"

    @pytest.mark.parametrize("fields", [{"symbol": "ETHUSDT"}, {"category": "inverse"}, {"orderLinkId": "other"}])
    def test_the_same_goes_for_one_that_its_link_id_names(self, world: World, fields: dict[str, str]) -> None:
        world.result = CancelAccepted(None, "mine")
        world.events = [READY, (0.1, order("Filled", **fields))]
        world.readings = [[order("Filled", **fields), order("Cancelled")]]
        assert (world.confirm(BY_LINK_ID).status, world.read_at) == ("Cancelled", [0.5])

    def test_the_open_one_of_two_is_meant_else_the_newest(self, world: World) -> None:
        world.result = CancelAccepted(None, "mine")
        old, new = order("Filled", createdTime="5"), order("Rejected", createdTime="6")
        world.readings = [[new, order(createdTime="4"), old], [old, new]]
        outcome = world.confirm(BY_LINK_ID, stream=False)
        assert (outcome.status, world.read_at) == ("Rejected", [0.0, 0.1])
