"""The confirmation of one cancel as a state machine: events and the time go in, decisions come out.

It does no I/O and reads no clock. `OrderTracker.feed(event, now)` takes what happened and returns what to do next; the
flow in `confirm.py` does it. Which order a report is about is told by `identity.py`.

    state       entered when                          decides
    ----------  ------------------------------------  --------------------------------------------------------------
    CONNECTING  the call begins, with a stream        Listen, until the stream is subscribed, but at most 2 s or a
                                                      quarter of the deadline
    CANCELLING  the stream is subscribed, late, lost  SendCancel, once
                or absent
    WAITING     the cancel was accepted               Listen for 0.5 s if the stream is subscribed, then ReadOrders
                                                      and Listen in turn, 0.1 s to 1 s apart
    SEARCHING   the cancel was refused so that the    ReadOrders and Listen in turn, at once; SendCancel by order
                order may have ended, or its outcome  id, where the outcome of a cancel by link id is unknown and
                is unknown                            the order that it meant is found open

    event        meaning                                 effect in any state
    -----------  --------------------------------------  -----------------------------------------------------------
    StreamState  the stream is subscribed, or not        disconnected: read what was missed
    BybitError   the stream has ended for good           read from now on
    Order        the stream reports an order             remembered if it can be the one
    OrdersRead   the lists were read                     their orders are remembered; or the reading failed
    Cancelled    the cancel brought an acknowledgement,  WAITING, SEARCHING, or Fail
                 or an error
    None         time has passed                         -

What ends it, in this order:

1. A final status of an order that is CERTAIN to be the one: Finish, whatever became of the cancel. Of several such
   orders, the newest was open when the call began. Unless its order id is known, both lists are read once before,
   because the stream may report an older one late.
2. An error of the cancel that says nothing about the order, such as a wrong key: Fail with it.
3. After the *settle time*, which is at least three readings of both lists over `absent_after` seconds since the cancel
   was answered:
   - A DOUBTFUL order that has ended, and no other: Finish with it; of several, with the newest, unless it may have been
     made because another one ended.
   - No order at all, and a cancel that was refused as not found or closed: Fail with that refusal.
   - A cancel that was refused otherwise, or answered with an HTTP status that would come again: Fail with that error.
     A refusal by an unknown retCode is looked into once, not for the settle time.
4. The deadline: Fail with OutcomeUnknown.

A final status is never replaced by another report of the same order. Of conflicting open ones the latest counts.
"""

from enum import Enum, auto

from attrs import define, field, frozen
from bybit_v5.models import Order
from bybit_v5.models.known_order_status import KNOWN_ORDER_STATUS_VALUES

from bybit_ext.calls.flow import backoff_delay
from bybit_ext.calls.retry import NON_RETRYABLE
from bybit_ext.errors import (
    BUSY,
    AuthenticationFailed,
    BybitError,
    Forbidden,
    InvalidInput,
    NotCancellable,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
)
from bybit_ext.results import CancelAccepted, Evidence, Source, evidence_of
from bybit_ext.stream.events import StreamState

from .identity import Identity, Match
from .reports import Report, Reports

_MAX_CONNECTING = 2.0  # seconds; a stream that is not there by then is late, and the cancel does not wait for it
_STREAM_GOES_FIRST = 0.5  # seconds; reading before costs a request and shows what was before
_MAX_PAUSE = 1.0  # seconds between two readings
_HISTORY_TOO = 1.0  # seconds of reading after which the history is asked too, though the order is among the open ones
_MIN_WAIT = 0.01  # seconds; anything shorter is treated as expired
_SETTLED_READINGS = 3
_MAX_FAILED_READINGS = 3  # in a row, of a kind that would go on


@frozen
class SendCancel:
    """Send the cancel; by this order id, or as it was requested."""

    order_id: str | None = None


@frozen
class ReadOrders:
    """Read the open orders, and the history too if they do not show the order (or in any case)."""

    history_in_any_case: bool


@frozen
class Listen:
    """Wait so many seconds, or until the next event of the stream."""

    seconds: float


@frozen
class Finish:
    """Return how the order ended."""

    order: Order
    source: Source


@frozen
class Fail:
    """Raise an error."""

    error: BybitError


Decision = SendCancel | ReadOrders | Listen | Finish | Fail


@frozen
class OrdersRead:
    """What a reading brought.

    Attributes:
        orders: the orders that were found and can be read.
        both_lists: whether the history was read too.
        has_unreadable: whether one was found that cannot be read: then nothing is proven to be absent.
        error: why the reading failed; None if it did not.
    """

    orders: list[Order] = field(factory=list[Order])
    both_lists: bool = False
    has_unreadable: bool = False
    error: BybitError | None = None


@frozen
class Cancelled:
    """What the cancel brought: an acknowledgement or an error. Neither, if it was given up because the end is known.

    Attributes:
        accepted: the acknowledgement.
        error: the error.
        may_send_again: whether the cancel may be sent again at all.
    """

    accepted: CancelAccepted | None = None
    error: BybitError | None = None
    may_send_again: bool = True


Event = StreamState | BybitError | Order | OrdersRead | Cancelled | None


class _State(Enum):
    CONNECTING = auto()
    CANCELLING = auto()
    WAITING = auto()
    SEARCHING = auto()


@define
class _Readings:
    """The readings since the cancel was answered."""

    began_at: float
    count: int = 0
    has_read: bool = False
    failures_in_a_row: int = 0
    settled_count: int = 0
    settled_since: float | None = None
    settled_until: float = 0.0
    error: BybitError | None = None
    next_at: float = 0.0


@define
class OrderTracker:
    """One confirmed cancel.

    Attributes:
        identity: which order it is about.
        deadline: by when it must end, monotonic time in s.
        resend_deadline: by when a cancel may be sent again.
        absent_after: how long the lists must lack an order before it counts as absent, in s.
        has_stream: whether there is a stream to listen to.
    """

    identity: Identity
    deadline: float
    resend_deadline: float
    absent_after: float
    has_stream: bool
    _state: _State = field(default=_State.CONNECTING, init=False)
    _connecting_until: float = field(default=0.0, init=False)
    _stream_is_up: bool = field(default=False, init=False)
    _reports: Reports = field(init=False)
    _failure: BybitError | None = field(default=None, init=False)
    _refused_ids: set[str] = field(factory=set[str], init=False)
    _may_resend: bool = field(default=False, init=False)
    _sent_id: str | None = field(default=None, init=False)
    _resends: int = field(default=0, init=False)
    _resend_at: float = field(default=0.0, init=False)
    _has_looked: bool = field(default=False, init=False)
    _readings: _Readings = field(factory=lambda: _Readings(0.0), init=False)

    def __attrs_post_init__(self) -> None:
        self._reports = Reports(self.identity)

    def start(self, now: float) -> Decision:
        """Return the first decision."""
        self._connecting_until = now + min(_MAX_CONNECTING, (self.deadline - now) / 4)
        return self._decide(now)

    def feed(self, event: Event, now: float) -> Decision:
        """Take what happened, and return what to do next."""
        if isinstance(event, Order):
            self._reports.add(event, "stream")
        elif isinstance(event, StreamState):
            self._hear_of_stream(event, now)
        elif isinstance(event, BybitError):
            self.has_stream = self._stream_is_up = False
            self._readings.next_at = now
        elif isinstance(event, OrdersRead):
            self._take_reading(event, now)
        elif isinstance(event, Cancelled):
            self._take_answer(event, now)
        return self._decide(now)

    # ---- what happened

    def _hear_of_stream(self, state: StreamState, now: float) -> None:
        was_up, self._stream_is_up = self._stream_is_up, state is StreamState.SUBSCRIBED
        if self._state is _State.CONNECTING:
            self._state = _State.CANCELLING
        elif was_up and not self._stream_is_up:
            self._readings.next_at = now  # what was missed is to be read

    def _take_reading(self, reading: OrdersRead, now: float) -> None:
        readings = self._readings
        readings.count += 1
        readings.has_read = True
        readings.error = reading.error
        readings.next_at = now + backoff_delay(readings.count, longest=_MAX_PAUSE)
        readings.failures_in_a_row = readings.failures_in_a_row + 1 if _goes_on(reading.error) else 0
        self._reports.saw_unreadable |= reading.has_unreadable
        for order in reading.orders:
            self._reports.add(order, "read-back")
        self._has_looked |= reading.both_lists or reading.error is not None
        if reading.both_lists and reading.error is None:
            readings.settled_count += 1
            readings.settled_since = now if readings.settled_since is None else readings.settled_since
            readings.settled_until = now

    def _take_answer(self, answer: Cancelled, now: float) -> None:
        self._readings = _Readings(now, count=self._readings.count)
        self._failure = answer.error
        if answer.accepted:
            self.identity.accepted = answer.accepted
            self._state = _State.WAITING
            self._readings.next_at = now + _STREAM_GOES_FIRST if self._stream_is_up else now
            return
        self._state = _State.SEARCHING
        if self._sent_id is None:
            self._may_resend = self.identity.name.order_id is None and is_worth_resending(answer.error)
        self._may_resend &= answer.may_send_again
        if self._sent_id is not None:
            self._resends += 1
            self._resend_at = now + backoff_delay(self._resends, longest=_MAX_PAUSE)
            if isinstance(answer.error, OrderNotFound | OrderClosed):
                self._refused_ids.add(self._sent_id)

    # ---- what to do

    def _decide(self, now: float) -> Decision:
        end = self._find_end()
        if end:
            return end
        if self._state is _State.CONNECTING:
            left = self._connecting_until - now
            if self.has_stream and left > 0:
                return Listen(left)
            self._state = _State.CANCELLING
        if self._state is _State.CANCELLING:
            return SendCancel()
        open_id = self._id_to_cancel(now)
        if open_id:
            self._sent_id = open_id
            return SendCancel(open_id)
        if self.deadline - now <= _MIN_WAIT:
            return Fail(self._unknown())
        return self._read_or_listen(now)

    def _find_end(self) -> Finish | Fail | ReadOrders | None:
        meant = self._reports.meant
        if meant and meant.is_final:
            is_known = self._has_looked or self.identity.order_id is not None
            return Finish(meant.order, meant.source) if is_known else ReadOrders(history_in_any_case=True)
        if self._failure and not _may_have_ended(self._failure):
            return Fail(self._failure)
        return self._find_settled_end() if self._has_settled() else None

    def _find_settled_end(self) -> Finish | Fail | None:
        certain, doubtful = self._reports.matching(Match.CERTAIN), self._reports.matching(Match.DOUBTFUL)
        if doubtful and not certain and self._is_newest_meant(doubtful):
            return Finish(doubtful[-1].order, doubtful[-1].source)
        failure = self._failure
        if isinstance(failure, OrderNotFound | OrderClosed):
            is_absent = not (certain or doubtful or self._reports.saw_unreadable)
            return Fail(failure) if is_absent else None
        if isinstance(failure, Refused) or (failure and failure.status_code in NON_RETRYABLE):
            return Fail(failure)
        return None

    def _is_newest_meant(self, doubtful: list[Report]) -> bool:
        """Return whether the newest of some orders is the one: not if it may have been made because another ended.

        That other one may be in no list. But if an answer has said the exchange's time, there were only some ms for it.
        """
        is_alone = len(doubtful) == 1 and self.identity.start.is_measured
        all_ended = all(report.is_final for report in doubtful)
        return all_ended and (is_alone or self.identity.is_surely_older(doubtful[-1].order))

    def _has_settled(self) -> bool:
        readings = self._readings
        if readings.settled_since is None or type(self._failure) is Refused:
            return readings.settled_since is not None
        long_enough = readings.settled_until - readings.settled_since >= self.absent_after
        return long_enough and readings.settled_count >= _SETTLED_READINGS

    def _id_to_cancel(self, now: float) -> str | None:
        """Return the id of an order to cancel once more: the link id in the request may name another one by now."""
        may_resend = self._may_resend and self._state is _State.SEARCHING and self._readings.has_read
        if not may_resend or not self._resend_at <= now < self.resend_deadline:
            return None
        meant = self._reports.meant
        return meant.order.order_id if meant and meant.order.order_id not in self._refused_ids else None

    def _read_or_listen(self, now: float) -> Decision:
        left = self.deadline - now
        if self._readings.failures_in_a_row >= _MAX_FAILED_READINGS:
            if self._failure and self._failure.status_code in NON_RETRYABLE:
                return Fail(self._failure)
            return Listen(left) if self.has_stream else Fail(self._unknown())
        if now < self._readings.next_at:
            next_send = self._resend_at if self._may_resend and self._resend_at > now else self.deadline
            return Listen(min(left, next_send - now, self._readings.next_at - now))
        has_read_long = now - self._readings.began_at >= _HISTORY_TOO
        return ReadOrders(history_in_any_case=has_read_long or type(self._failure) is Refused)

    def _unknown(self) -> OutcomeUnknown:
        failure, error = self._failure, self._readings.error
        message = "The orders could not be read." if error else "Nothing reported how the order ended by the deadline."
        last_order = self._reports.last_order
        if last_order:
            status = last_order.order_status
            message += f" It was last seen as {status if status in KNOWN_ORDER_STATUS_VALUES else 'another status'}."
        cause = failure or error
        if cause:
            message += f" What came before: {type(cause).__name__}: {cause.args[0]}"
        accepted = self.identity.accepted
        # Of the cancel: what the readings brought is the cause.
        known = evidence_of(accepted) if accepted else Evidence()
        evidence = failure.evidence if failure else known
        unknown = OutcomeUnknown(message, evidence, last_order=last_order, accepted=accepted)
        unknown.__cause__ = error
        return unknown


def _may_have_ended(error: BybitError) -> bool:
    """Return whether an error of a cancel leaves open that the order has ended: a refusal of an unknown code does."""
    return isinstance(error, OutcomeUnknown | OrderNotFound | OrderClosed | NotCancellable) or type(error) is Refused


def is_worth_resending(error: BybitError | None) -> bool:
    """Return whether a cancel can fare better by id: of unknown outcome, if it was not accepted, or of a busy order."""
    if isinstance(error, OutcomeUnknown):
        return error.ret_code != 0 and error.status_code not in NON_RETRYABLE
    return error is not None and error.ret_code in BUSY


def _goes_on(error: BybitError | None) -> bool:
    """Return whether a reading that failed so would fail again."""
    if isinstance(error, AuthenticationFailed | Forbidden | InvalidInput):
        return True
    return error is not None and error.status_code in NON_RETRYABLE
