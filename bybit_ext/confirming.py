"""Cancel and wait for the order's end: the stream first, reading back second. It never guesses.

The flow subscribes before it sends. A final status of the order ends it, whoever tells it. Reading back begins where
the stream is absent, late or was lost, and where the cancel itself brought a doubt: so a fill is never taken for an
order that never existed.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from attrs import define, field
from bybit_v5.models import Order

from .accepted import CancelAccepted, CancelOrderRequest
from .auth import Clock
from .errors import BybitError, Forbidden, InvalidInput, OrderClosed, OrderNotFound, OutcomeUnknown
from .evidence import Evidence
from .flow import Deadline, Flow, Inbox, Need, Pause, Receive, back_off
from .order_stream import StreamState
from .outcome import CANCELLED, FINAL, CancelOutcome, Source, decimal, is_readable

_READY_WITHIN = 2.0  # seconds; a stream that is not there by then is late, and the cancel does not wait for it
_STREAM_GOES_FIRST = 0.5  # seconds; reading back before costs a request and tells what was before
_LONGEST_PAUSE = 1.0  # seconds between two readings
_SURELY_ABSENT = 3  # readings, over
_SURELY_ABSENT_AFTER = 1.0  # seconds: the list can lag behind
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
    _hint: bool = field(default=False, init=False)  # the stream told an end that may be another order's
    _end: tuple[Order, Source] | None = field(default=None, init=False)

    def flow(self) -> Flow[CancelOutcome]:
        """Return how the order ended, or raise what is known at the deadline.

        Raises:
            Refused: the exchange answered no, and the order is not among those that can be read back.
            OutcomeUnknown: nobody told the order's end by the deadline.
            NotSent: nothing left this machine.
        """
        yield from self._wait_until_ready()
        asked_at = time.monotonic()
        failure: BybitError | None = None
        try:
            self._accepted = yield from self._hear_while(self._cancel)
        except (OrderNotFound, OrderClosed, OutcomeUnknown) as error:
            failure = error
        order, confirmed_by = self._end or (yield from self._learn_end(failure))
        filled = decimal(order.cum_exec_qty)
        confirmed_at = self._clock()
        return CancelOutcome(
            status=str(order.order_status),
            cancelled=order.order_status in CANCELLED,
            order=order,
            filled_qty=filled,
            remaining_qty=decimal(order.qty) - filled,
            confirmed_by=confirmed_by,
            accepted=self._accepted,
            requested_at=confirmed_at - round((time.monotonic() - asked_at) * 1000),
            confirmed_at=confirmed_at,
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
            over = Deadline.after(need.seconds)
            while over.remaining and not self._end:
                yield from self._wait(over.remaining)
                if self._hint:
                    with suppress(BybitError):
                        yield from self._read()
            if self._end:
                cancel.close()
                return None

    def _learn_end(self, failure: BybitError | None) -> Flow[tuple[Order, Source]]:
        """Hear the stream and read the order back, until either tells the end."""
        problem: BybitError | None = None
        readings = absences = 0
        started = time.monotonic()
        yield from self._wait(_STREAM_GOES_FIRST if self._stream_ready and not (failure or self._hint) else 0.0)
        while self._end is None and self._deadline.remaining > _LEAST:
            try:
                absences += not (yield from self._read())
                problem = None
            except (Forbidden, InvalidInput) as error:  # reading again would bring the same, or worse
                problem = error
                break
            except BybitError as error:
                problem = error
            long_enough = time.monotonic() - started >= _SURELY_ABSENT_AFTER and absences >= _SURELY_ABSENT
            if long_enough and self._last_order is None and isinstance(failure, OrderNotFound | OrderClosed):
                raise failure
            readings += 1
            yield from self._wait(back_off(readings, longest=_LONGEST_PAUSE))
        while self._inbox and self._end is None and self._deadline.remaining > _LEAST:
            yield from self._wait(self._deadline.remaining)
        if self._end is None:
            raise self._unknown(failure, problem) from problem
        return self._end

    def _read(self) -> Flow[bool]:
        """Read the order back once, and tell whether it was found."""
        self._hint = False
        orders = yield from self._read_back(self._accepted)
        ours = [order for order in orders if self._is_ours(order)]
        if ours:
            # A link id may be used again once its order is closed: the open one is meant, else the newest.
            self._see(max(ours, key=lambda one: (one.order_status not in FINAL, one.created_time)), "read-back")
        return bool(ours)

    def _wait_until_ready(self) -> Flow[None]:
        """Wait for the stream, but not for one that is not there."""
        over = Deadline.after(min(_READY_WITHIN, self._deadline.remaining / 4))
        while self._inbox and not self._stream_ready and over.remaining:
            event = yield from self._hear(over.remaining)
            if event is StreamState.LOST:
                return

    def _wait(self, seconds: float) -> Flow[None]:
        """Wait, hearing the stream if there is one; less long if there is something to do before."""
        over = Deadline.after(min(seconds, self._deadline.remaining))
        if self._inbox is None:
            if over.remaining:
                yield Pause(over.remaining)
            return
        event: object = self  # what has come already is heard even if there is no time to wait
        while self._inbox and not (self._end or self._hint) and (over.remaining or event is not None):
            was_ready = self._stream_ready
            event = yield from self._hear(over.remaining)
            if event is StreamState.LOST and was_ready:
                return  # what was missed is to be read back

    def _hear(self, seconds: float) -> Flow[object]:
        """Return the stream's next event, None if none came in time."""
        event: object = yield Receive(cast("Inbox", self._inbox), seconds)
        if isinstance(event, Order):
            self._see(event, "stream")
        elif isinstance(event, BybitError):  # the stream's last event
            self._inbox = None
        if event is not None and not isinstance(event, Order):
            self._stream_ready = event is StreamState.READY
        return event

    def _see(self, order: Order, told_by: Source) -> None:
        if not self._is_ours(order) or not is_readable(order):
            return
        is_final = order.order_status in FINAL
        if told_by == "stream" and is_final and not self._order_id:
            self._hint = True  # an earlier order can have had the same link id: reading back tells
            return
        self._last_order = order
        if is_final:
            self._end = (order, told_by)

    @property
    def _order_id(self) -> str | None:
        return self._request.order_id or (self._accepted and self._accepted.order_id) or None

    def _is_ours(self, order: Order) -> bool:
        request = self._request
        if order.symbol != request.symbol or (order.category or request.category) != request.category:
            return False
        if self._order_id:
            return order.order_id == self._order_id
        return order.order_link_id == request.order_link_id

    def _unknown(self, failure: BybitError | None, problem: BybitError | None) -> OutcomeUnknown:
        message = "The order could not be read back." if problem else "Nobody told how the order ended by the deadline."
        failure = failure or problem
        if self._last_order:
            message += f" It was last seen as {self._last_order.order_status}."
        if failure:
            message += f" What came before: {type(failure).__name__}: {failure.args[0]}"
        accepted = self._accepted
        known = Evidence(trace_id=accepted.trace_id, sends=accepted.sends) if accepted else Evidence()
        unknown = OutcomeUnknown(message, failure.evidence if failure else known)
        unknown.last_order = self._last_order
        unknown.accepted = accepted
        return unknown
