"""Cancel one order and wait until it is known how it ended: the flow that does what `OrderTracker` decides."""

from typing import Any, TypeVar, cast

from attrs import define, evolve, field, frozen

from bybit_ext.calls.flow import Deadline, Flow, NextEvent, Sleep, Subscription
from bybit_ext.errors import BybitError
from bybit_ext.results import CancelOutcome, FinalStatus, RedactedReply

from .identity import FINAL
from .order_calls import OrderCalls, shows
from .quantities import read_quantities
from .tracker import Cancelled, Fail, Finish, Listen, OrdersRead, OrderTracker, ReadOrders, SendCancel

Result = TypeVar("Result")

_CANCELLED = ("Cancelled", "PartiallyFilledCanceled", "Deactivated")


@frozen
class Beginning:
    """When a call began.

    Attributes:
        local_time: in ms by this machine's clock as it is.
        time: monotonic time in s.
    """

    local_time: int
    time: float


@define
class Confirmation:
    """One confirmed cancel.

    Attributes:
        calls: the calls about the order.
        tracker: decides what to do.
        subscription: where the stream's events arrive; None if there is no stream.
        began: when the call began.
        shown_by: the first answer that showed an order to have ended, by the order's id.
    """

    calls: OrderCalls
    tracker: OrderTracker
    subscription: Subscription | None
    began: Beginning
    shown_by: dict[str, RedactedReply | None] = field(factory=dict[str, RedactedReply | None], init=False)

    def flow(self) -> Flow[CancelOutcome]:
        """Return how the order ended, or raise what is known.

        Raises:
            Refused: the exchange answered no, and the order did not show up in either list or could not be cancelled.
            OutcomeUnknown: nothing reported the order's end by the deadline.
            NotSent: nothing left this machine.
        """
        try:
            return (yield from self._follow())
        finally:
            if self.subscription:
                self.subscription.close()

    def _follow(self) -> Flow[CancelOutcome]:
        decision = self.tracker.start(self.calls.time.now)
        while True:
            match decision:
                case Finish():
                    return self._outcome(decision)
                case Fail(error):
                    raise error
                case SendCancel(order_id):
                    event: Any = yield from self._cancel(order_id)
                case ReadOrders(history_in_any_case):
                    event = yield from self._read(history_in_any_case=history_in_any_case)
                case Listen(seconds):
                    event = yield from self._listen(seconds)
            decision = self.tracker.feed(event, self.calls.time.now)

    def _cancel(self, order_id: str | None) -> Flow[Cancelled]:
        try:
            accepted = yield from self._while_listening(self.calls.cancel(order_id))
        except BybitError as error:
            answer = Cancelled(error=error, may_send_again=self.calls.may_send_again)
        else:
            answer = Cancelled(accepted)
        yield from self._listen_to_the_past()
        return answer

    def _read(self, *, history_in_any_case: bool) -> Flow[OrdersRead]:
        reading = OrdersRead()
        for which in ("open orders", "history"):
            try:
                found = yield from self._while_listening(self.calls.read(which))
            except BybitError as error:
                return evolve(reading, error=error)
            if found is None:
                return reading
            for order in found.orders:
                if order.order_status in FINAL:
                    self.shown_by.setdefault(order.order_id, found.reply)
            reading = OrdersRead(
                [*reading.orders, *found.orders],
                both_lists=which == "history",
                has_unreadable=reading.has_unreadable or found.has_unreadable,
            )
            if shows(found, self.calls.identity) and not history_in_any_case:
                return reading
        return reading

    def _while_listening(self, call: Flow[Result]) -> Flow[Result | None]:
        """Run a call, but listen in its pauses. Give it up, and return None, if the end is reported meanwhile."""
        received: Any = None
        while True:
            try:
                effect = call.send(received)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            if not isinstance(effect, Sleep):
                received = yield effect
                continue
            received = None
            if (yield from self._listen_until_end(effect.seconds)):
                call.close()
                return None

    def _listen_until_end(self, seconds: float) -> Flow[bool]:
        """Listen so many seconds; return whether the order's end is known."""
        pause = Deadline.after(self.calls.time, seconds)
        while pause.remaining:
            event = yield from self._listen(pause.remaining)
            if event is not None and isinstance(self.tracker.feed(event, self.calls.time.now), Finish):
                return True
        return False

    def _listen_to_the_past(self) -> Flow[None]:
        """Take the events that have arrived already, without waiting for others."""
        while self.subscription:
            event = yield from self._listen(0.0)
            if event is None:
                return
            self.tracker.feed(event, self.calls.time.now)

    def _listen(self, seconds: float) -> Flow[Any]:
        if self.subscription is None:
            yield Sleep(seconds)
            return None
        event = yield NextEvent(self.subscription, seconds)
        if isinstance(event, BybitError):  # the stream's last event
            self.subscription.close()
            self.subscription = None
        return event

    def _outcome(self, end: Finish) -> CancelOutcome:
        quantities = read_quantities(end.order)
        if quantities is None:
            raise ValueError("an order whose quantities cannot be read is not an end")
        requested_at = self.began.local_time + self.calls.caller.clock.offset
        return CancelOutcome(
            status=cast("FinalStatus", end.order.order_status),
            cancelled=end.order.order_status in _CANCELLED,
            order=end.order,
            filled_qty=quantities.filled,
            filled_unit=quantities.filled_unit,
            remaining_qty=quantities.remaining,
            remaining_unit=quantities.remaining_unit,
            confirmed_by=end.source,
            accepted=self.calls.identity.accepted,
            requested_at=requested_at,
            confirmed_at=requested_at + round((self.calls.time.now - self.began.time) * 1000),
            reply=self.shown_by.get(end.order.order_id),
        )
