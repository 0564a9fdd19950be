"""Cancel and wait for the order's end: the stream first, reading back second. It never guesses.

The flow subscribes before it sends. A final status of the order ends it, whoever tells it. Reading back begins where
the stream is absent, late or was lost, and where the cancel itself brought a doubt: so a fill is never taken for an
order that never existed.
"""

import time
from collections.abc import Callable
from typing import Any

from attrs import define, field
from bybit_v5.models import Order

from .accepted import CancelAccepted, CancelOrderRequest
from .auth import Clock
from .errors import BybitError, OrderClosed, OrderNotFound, OutcomeUnknown
from .evidence import Evidence
from .flow import Deadline, Flow, Inbox, Need, Pause, Receive, back_off
from .order_stream import StreamState
from .outcome import CANCELLED, FINAL, CancelOutcome, Source, decimal, is_readable

_READY_WITHIN = 2.0  # seconds; a stream that is not there by then is late, and the cancel does not wait for it
_STREAM_GOES_FIRST = 0.5  # seconds; reading back before costs a request and tells what was before
_SURELY_ABSENT = 3  # readings; the list can lag behind
_LEAST = 0.01  # seconds that are worth a wait


ReadBack = Callable[[CancelAccepted | None], Flow[list[Order]]]


@define
class Confirmation:
    """One confirmed cancel.

    Attributes:
        request: names the order.
        cancel: asks to cancel it.
        read_back: reads the orders that the request names.
        inbox: where the stream delivers; None if there is no stream.
        deadline: by when the call must end.
        clock: tells UTC time in ms.
    """

    _request: CancelOrderRequest
    _cancel: Flow[CancelAccepted]
    _read_back: ReadBack
    _inbox: Inbox | None
    _deadline: Deadline
    _clock: Clock
    _accepted: CancelAccepted | None = field(default=None, init=False)
    _last_order: Order | None = field(default=None, init=False)
    _stream_ready: bool = field(default=False, init=False)
    _end: tuple[Order, Source] | None = field(default=None, init=False)

    def flow(self) -> Flow[CancelOutcome]:
        """Return how the order ended, or raise what is known at the deadline.

        Raises:
            Refused: the exchange answered no, and the order is not among those that can be read back.
            OutcomeUnknown: nobody told the order's end by the deadline.
            NotSent: nothing left this machine.
        """
        yield from self._wait(min(_READY_WITHIN, self._deadline.remaining / 4), until_ready=True)
        requested_at = self._clock()
        failure: BybitError | None = None
        try:
            self._accepted = yield from self._hear_while(self._cancel)
        except (OrderNotFound, OrderClosed, OutcomeUnknown) as error:
            failure = error
        if self._end is None or not self._is_ours(self._end[0]):
            self._end = None
            yield from self._learn_end(failure)
        order, confirmed_by = self._known_end(failure)
        filled = decimal(order.cum_exec_qty)
        return CancelOutcome(
            status=str(order.order_status),
            cancelled=order.order_status in CANCELLED,
            order=order,
            filled_qty=filled,
            remaining_qty=decimal(order.qty) - filled,
            confirmed_by=confirmed_by,
            accepted=self._accepted,
            requested_at=requested_at,
            confirmed_at=self._clock(),
        )

    def _hear_while(self, cancel: Flow[CancelAccepted]) -> Flow[CancelAccepted | None]:
        """Run the cancel, but spend its pauses with the stream: it may tell the end before the next send."""
        received: Any = None
        while True:
            try:
                need: Need = cancel.send(received)
            except StopIteration as stop:
                accepted: CancelAccepted = stop.value
                return accepted
            if not isinstance(need, Pause):
                received = yield need
                continue
            received = None
            yield from self._wait(need.seconds)
            if self._end:
                cancel.close()
                return None

    def _learn_end(self, failure: BybitError | None) -> Flow[None]:
        readings = absences = 0
        first = 0.0 if failure or not self._stream_ready else _STREAM_GOES_FIRST
        yield from self._wait(first)
        while self._end is None and self._deadline.remaining > _LEAST:
            try:
                orders = yield from self._read_back(self._accepted)
            except BybitError as error:
                if self._inbox:  # it alone can tell now
                    yield from self._wait(self._deadline.remaining)
                if self._end is None:
                    raise self._unknown("The order could not be read back.", failure or error) from error
                return
            ours = [order for order in orders if self._is_ours(order)]
            absences += not ours
            for order in ours[:1]:
                self._see(order, "read-back")
            if absences >= _SURELY_ABSENT and isinstance(failure, OrderNotFound | OrderClosed):
                raise failure
            readings += 1
            if self._end is None:
                yield from self._wait(back_off(readings, longest=1.0))

    def _wait(self, seconds: float, *, until_ready: bool = False) -> Flow[None]:
        """Wait for the end (or for the stream), by hearing the stream if there is one."""
        if self._inbox is None:
            if seconds and not until_ready:
                yield Pause(min(seconds, self._deadline.remaining))
            return
        end = Deadline(min(time.monotonic() + seconds, self._deadline.end))
        event: Any = self  # what has come already is heard even if there is no time to wait
        while self._end is None and (end.remaining or event is not None):
            event = yield Receive(self._inbox, end.remaining)
            if isinstance(event, Order):
                self._see(event, "stream")
            elif isinstance(event, BybitError):
                self._inbox = None  # it is the stream's last event
                self._stream_ready = False
                return
            elif event is not None:
                # Lost: what was missed is read back. Not there at all: the cancel does not wait for it.
                lost = event is StreamState.LOST and (self._stream_ready or until_ready)
                self._stream_ready = event is StreamState.READY
                if lost or (until_ready and self._stream_ready):
                    return

    def _see(self, order: Order, told_by: Source) -> None:
        if not self._is_ours(order) or not is_readable(order):
            return
        self._last_order = order
        if order.order_status in FINAL:
            self._end = (order, told_by)

    def _is_ours(self, order: Order) -> bool:
        request = self._request
        if order.symbol != request.symbol or (order.category or request.category) != request.category:
            return False
        order_id = request.order_id or (self._accepted and self._accepted.order_id)
        return order.order_id == order_id if order_id else order.order_link_id == request.order_link_id

    def _known_end(self, failure: BybitError | None) -> tuple[Order, Source]:
        if self._end is None:
            raise self._unknown("Nobody told how the order ended by the deadline.", failure)
        return self._end

    def _unknown(self, message: str, failure: BybitError | None) -> OutcomeUnknown:
        if self._last_order:
            message += f" It was last seen as {self._last_order.order_status}."
        if failure:
            message += f" The cancel brought: {failure}"
        accepted = self._accepted
        known = Evidence(trace_id=accepted.trace_id, sends=accepted.sends) if accepted else Evidence()
        unknown = OutcomeUnknown(message, failure.evidence if failure else known)
        unknown.last_order = self._last_order
        unknown.accepted = accepted
        return unknown
