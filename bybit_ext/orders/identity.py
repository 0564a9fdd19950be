"""Is a reported order the one that the call is about?

An order id names one order for ever. A link id may be used again as soon as its order has ended, so by a link id the
*times* decide, all of them the exchange's: the order must have been there when the call began, and must not have
ended before.

    FOREIGN    another id, category or symbol; or created after the call began; or, though the cancel was accepted,
               ended before the call began
    DOUBTFUL   it may have ended before the call began, or been created after, by what is known of the exchange's clock.
               It counts only once the lists have shown no other one for long enough
    CERTAIN    all else

What is known of the exchange's clock: at first only that it takes this machine's timestamps, so that it is at most 1 s
behind it and a recv window ahead; then what the answers say.
"""

from enum import Enum
from typing import get_args

from attrs import define, field, frozen
from bybit_v5.models import Order

from bybit_ext.results import CancelAccepted, Evidence, FinalStatus

from .requests import OrderName

CLOCK_TOLERANCE = 50
"""ms by which clocks of the exchange may differ from each other: by less, before and after cannot be told apart."""
FINAL = frozenset[str](get_args(FinalStatus))
"""The statuses that never change again."""
_MAX_WINDOW = 1000  # ms that a timestamp may be ahead of the exchange's clock


class Match(Enum):
    """How surely a reported order is the one that the call is about."""

    FOREIGN = 0
    DOUBTFUL = 1
    CERTAIN = 2


@frozen
class ServerTimeReading:
    """What one answer says of the exchange's clock.

    Attributes:
        server_time: time at the exchange, UTC in ms.
        timestamp: the time that was signed, UTC in ms.
        signed_at: when it was signed, monotonic time in s.
        received_at: when the answer was there, monotonic time in s.
    """

    server_time: int
    timestamp: int
    signed_at: float
    received_at: float

    def is_plausible(self, recv_window: int) -> bool:
        """Return whether the exchange, if that was its time, would have taken the timestamp."""
        under_way = (self.received_at - self.signed_at) * 1000
        return -_MAX_WINDOW <= self.server_time - self.timestamp <= recv_window + _MAX_WINDOW + under_way


@define
class CallStart:
    """When the call began, by the exchange's clock. Every answer that says the exchange's time narrows it down.

    Attributes:
        began_at: monotonic time in s.
        earliest: UTC in ms.
        latest: UTC in ms.
        recv_window: how long a signature stays good, in ms.
        offset: how far the clock that signs is corrected, in ms.
        is_measured: whether an answer has said the exchange's time.
    """

    began_at: float
    earliest: float
    latest: float
    recv_window: int
    offset: int = 0
    is_measured: bool = field(default=False, init=False)

    @classmethod
    def from_clock(cls, began_at: float, timestamp: int, recv_window: int, offset: int) -> "CallStart":
        """Return what is known before an answer says the exchange's time.

        Args:
            began_at: monotonic time in s.
            timestamp: the time that would have been signed, UTC in ms.
            recv_window: how long a signature stays good, in ms.
            offset: how far the clock that signs is corrected, in ms.
        """
        return cls(began_at, timestamp - _MAX_WINDOW, timestamp + recv_window, recv_window, offset)

    def follow(self, offset: int) -> None:
        """Take over a correction of the clock that signs, which an answer brought that refused its timestamp."""
        if not self.is_measured:
            self.earliest += offset - self.offset
            self.latest += offset - self.offset
        self.offset = offset

    def hear(self, evidence: Evidence, offset: int, signed_at: float, received_at: float) -> None:
        """Take over what an answer says of the exchange's clock.

        Args:
            evidence: what the answer says.
            offset: how far the clock that signs is corrected by now, in ms.
            signed_at: when the request was signed, monotonic time in s.
            received_at: when the answer was there, monotonic time in s.
        """
        self.follow(offset)
        if evidence.server_time is not None and evidence.timestamp is not None:
            self.narrow(ServerTimeReading(evidence.server_time, evidence.timestamp, signed_at, received_at))

    def narrow(self, reading: ServerTimeReading) -> None:
        """Take over what one answer says, unless it is absurd."""
        if not reading.is_plausible(self.recv_window):
            return
        # The exchange looked at its clock between the two; it counts whole ms.
        earliest = reading.server_time - (reading.received_at - self.began_at) * 1000
        latest = reading.server_time + 1 - (reading.signed_at - self.began_at) * 1000
        if self.is_measured and max(earliest, self.earliest) <= min(latest, self.latest):
            earliest, latest = max(earliest, self.earliest), min(latest, self.latest)
        self.earliest, self.latest, self.is_measured = earliest, latest, True


@define
class Identity:
    """What is known of the order that the call is about.

    Attributes:
        name: how the request names it.
        start: when the call began.
        accepted: the acknowledgement; None if none came.
    """

    name: OrderName
    start: CallStart
    accepted: CancelAccepted | None = None

    @property
    def order_id(self) -> str | None:
        """The exchange's id of the order, None if it is not known: only an acknowledgement adds it to a link id."""
        return self.name.order_id or (self.accepted.order_id if self.accepted else None)

    def match(self, order: Order) -> Match:
        """Return how surely an order is the one that the call is about."""
        if not self.names(order):
            return Match.FOREIGN
        if self.name.order_link_id is None:
            return Match.CERTAIN
        return min(self._match_creation(order), self._match_end(order), key=lambda match: match.value)

    def names(self, order: Order) -> bool:
        """Return whether an order has the ids, the category and the symbol that are known, whenever it was made."""
        name = self.name
        if order.symbol != name.symbol or (order.category or name.category) != name.category:
            return False
        if self.order_id is not None and order.order_id != self.order_id:
            return False
        return name.order_link_id is None or order.order_link_id == name.order_link_id

    def is_surely_older(self, order: Order) -> bool:
        """Return whether an order was surely there when the call began."""
        created = parse_time(order.created_time)
        return created is not None and created + 1 <= self.start.earliest  # the exchange counts whole ms

    def _match_creation(self, order: Order) -> Match:
        created = parse_time(order.created_time)
        if created is None:
            return Match.FOREIGN
        if self.order_id is None:
            if created > self.start.latest:
                return Match.FOREIGN
            return Match.CERTAIN if self.is_surely_older(order) else Match.DOUBTFUL
        # What was acknowledged is the one, unless it was made between the beginning of the call and the send.
        if created > self.start.latest + CLOCK_TOLERANCE:
            return Match.FOREIGN
        return Match.CERTAIN if created <= self.start.latest else Match.DOUBTFUL

    def _match_end(self, order: Order) -> Match:
        if order.order_status not in FINAL or self.order_id is not None:
            return Match.CERTAIN
        ended = parse_time(order.updated_time)
        if ended is not None and ended > self.start.latest:
            return Match.CERTAIN
        is_past = ended is None or ended < self.start.earliest - CLOCK_TOLERANCE
        return Match.FOREIGN if self.accepted and is_past else Match.DOUBTFUL


def parse_time(text: object) -> int | None:
    """Return a time in ms as a number, None if it is not one."""
    longest = 18
    return int(text) if isinstance(text, str) and len(text) <= longest and text.isascii() and text.isdigit() else None
