"""Faults that a test switches on: between a request and its response, in the lists of orders, and on the stream."""

import random
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, Self, TypeVar

from attrs import define, field, frozen

Requests = Literal["cancels", "batches", "cancel_alls", "creates"]
"""Requests that change orders: to cancel one order, a batch, or all; or to create one."""
ReadTarget = Literal["realtime", "history", "either"]
"""The list whose query goes wrong: `GET /v5/order/realtime`, `GET /v5/order/history`, or whichever is asked first."""
AnyFault = TypeVar("AnyFault")


@frozen(eq=False)
class Fault:
    """What goes wrong with one request. Made by the functions below.

    Attributes:
        carry_out: whether the request is carried out all the same.
        fill_first: whether the orders that it is to cancel are filled before it is looked at: it loses the race.
        lose_race_after: whether these orders are filled after the acknowledgement, before the cancel is carried out.
        fill_others: whether all other open orders are filled after the acknowledgement of a cancel.
        delay: seconds before the response.
        drop: whether the connection is reset in place of a response.
        keep: how many bytes of the body arrive before the connection is reset; None for all.
        ret_code: the retCode of the response; None for the true one.
        status: the HTTP status of the response.
        body: the body in place of the true one; None for that one.
        headers: in addition to the true ones.
        reset_in: seconds after which the rate limit resets, as a header says; None for the true header.
        lag: seconds by which the state is old that a query shows; None for what `ListFaults` says.
        missing_orders: how many of the last orders the list in the response lacks, of a batch or of a cancel-all.
        missing_codes: how many of the last codes the list in `retExtInfo` lacks, of a batch.
        foreign_ids: whether the ids in the response are those of no order.
    """

    carry_out: bool = True
    fill_first: bool = False
    lose_race_after: bool = False
    fill_others: bool = False
    delay: float = 0.0
    drop: bool = False
    keep: int | None = None
    ret_code: int | None = None
    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])
    reset_in: float | None = None
    lag: float | None = None
    missing_orders: int = 0
    missing_codes: int = 0
    foreign_ids: bool = False

    @property
    def spoils_response(self) -> bool:
        """Whether something goes wrong with the response as a whole, and not only with what it says."""
        return self.hides_outcome or self.delay > 0 or bool(self.headers)

    @property
    def hides_outcome(self) -> bool:
        """Whether the response does not say what became of the request."""
        return (self.drop, self.keep, self.status, self.body) != (False, None, 200, None)


def drop_response(*, carry_out: bool = True) -> Fault:
    """Lose the response: the connection is reset, before or after the request was taken.

    Args:
        carry_out: whether the request is carried out all the same.
    """
    return Fault(carry_out=carry_out, drop=True)


def delay_response(seconds: float) -> Fault:
    """Carry the request out, but respond late.

    Args:
        seconds: how late.
    """
    return Fault(delay=seconds)


def truncate_response(keep: int = 20, *, carry_out: bool = True) -> Fault:
    """Reset the connection in the middle of the response.

    Args:
        keep: how many bytes of the body arrive before that.
        carry_out: whether the request is carried out all the same.
    """
    return Fault(carry_out=carry_out, keep=keep)


def respond_with(ret_code: int, *, carry_out: bool = False, reset_in: float | None = None) -> Fault:
    """Respond with a retCode; for a rate limit, with the header that says when it resets.

    Args:
        ret_code: the retCode.
        carry_out: whether the request is carried out all the same.
        reset_in: seconds after which the rate limit resets, as the header says; None for the true header.
    """
    return Fault(carry_out=carry_out, ret_code=ret_code, reset_in=reset_in)


def respond_with_status(code: int, body: bytes = b"", *, carry_out: bool = False) -> Fault:
    """Respond with an HTTP status and any body.

    Args:
        code: the HTTP status.
        body: the body.
        carry_out: whether the request is carried out all the same.
    """
    return Fault(carry_out=carry_out, status=code, body=body)


def respond_with_body(content: bytes, *, carry_out: bool = True) -> Fault:
    """Respond with any body.

    Args:
        content: the body.
        carry_out: whether the request is carried out all the same.
    """
    return Fault(carry_out=carry_out, body=content)


def respond_with_page(code: int = 200, *, carry_out: bool = False) -> Fault:
    """Respond with a page, as a gateway does.

    Args:
        code: the HTTP status.
        carry_out: whether the request is carried out all the same.
    """
    page = b"<html><head><title>ERROR</title></head><body>The request could not be satisfied.</body></html>"
    return Fault(carry_out=carry_out, status=code, body=page, headers={"Content-Type": "text/html"})


def fill_first(ret_code: int | None = None) -> Fault:
    """Fill the order just before the request is looked at; the exchange often says 110001 then.

    Args:
        ret_code: the retCode of the response; None for the true one.
    """
    return Fault(fill_first=True, ret_code=ret_code)


def shorten_list(orders: int = 1, codes: int = 1) -> Fault:
    """Respond to a batch or a cancel-all with lists that are shorter than they should be.

    Args:
        orders: how many of the last orders the list of orders lacks.
        codes: how many of the last codes the list of codes lacks; a cancel-all has none.
    """
    return Fault(missing_orders=orders, missing_codes=codes)


def respond_with_foreign_ids() -> Fault:
    """Respond with ids of orders that do not exist, in place of those that were meant."""
    return Fault(foreign_ids=True)


def lag_response(seconds: float) -> Fault:
    """Show a query the state of so many seconds ago, as a lagging replica does. The next query may see a newer one.

    Args:
        seconds: how old the state is.
    """
    return Fault(lag=seconds)


@frozen(eq=False)
class EventFault:
    """What goes wrong with one event of the stream. Made by the functions below.

    `EventFault()` is an event that goes right.

    Attributes:
        copies: how often it comes; 0 for never.
        delay: seconds by which it comes late. The events after it do not wait for it.
        interval: seconds between its copies.
    """

    copies: int = 1
    delay: float = 0.0
    interval: float = 0.0


def drop_event() -> EventFault:
    """Lose the event: it never comes."""
    return EventFault(copies=0)


def delay_event(seconds: float) -> EventFault:
    """Let the event come late, after those that follow in the meantime.

    Args:
        seconds: how late.
    """
    return EventFault(delay=seconds)


def repeat_event(copies: int = 2, *, interval: float = 0.0) -> EventFault:
    """Let the event come several times.

    Args:
        copies: how often it comes.
        interval: seconds between its copies.
    """
    return EventFault(copies=copies, interval=interval)


@define
class StreamFaults:
    """What goes wrong on the stream, with every event. `Faults.on_event` is about single ones.

    Attributes:
        silent: whether events and pongs never come.
        delay: seconds by which each event comes late; all of them, so they stay in order.
        duplicate: whether each event comes twice.
        out_of_order: whether an event lets the one after it go first, if that comes within 20 ms.
        refuse_auth: whether the log-in is refused.
    """

    silent: bool = False
    delay: float = 0.0
    duplicate: bool = False
    out_of_order: bool = False
    refuse_auth: bool = False


@define
class TradeFaults:
    """What goes wrong with the trade WebSocket, beside the faults of its requests, which are those that HTTP has.

    There, a fault with a body says that in place of the answer; if it is no JSON object, as a message that answers
    nothing. Any fault that cuts a response short, or has an HTTP status, resets the connection, with all in flight.

    Attributes:
        refuse_auth: whether the log-in is refused.
    """

    refuse_auth: bool = False


@define
class ListFaults:
    """How far the lists of orders lag behind.

    A list that lags shows each order as it was so long ago, and lacks those that are younger.

    Attributes:
        realtime_lag: seconds, of `GET /v5/order/realtime`.
        history_lag: seconds, of `GET /v5/order/history`.
    """

    realtime_lag: float = 0.0
    history_lag: float = 0.0


class Faults:
    """The faults of an exchange: per order, for the next request, or at random.

    Attributes:
        stream: what goes wrong with every event of the stream.
        trade: what goes wrong with the trade WebSocket.
        lists: how far the lists of orders lag behind.
    """

    def __init__(self) -> None:
        self.stream: StreamFaults = StreamFaults()
        self.trade: TradeFaults = TradeFaults()
        self.lists: ListFaults = ListFaults()
        self._lock = threading.Lock()
        self._per_order: dict[str, deque[Fault]] = {}
        self._per_link_id: dict[str, deque[Fault]] = {}
        self._next: defaultdict[Requests, deque[Fault]] = defaultdict(deque)
        self._next_read: deque[tuple[ReadTarget, Fault]] = deque()
        self._next_event: dict[str, deque[EventFault]] = {}
        self._random: dict[Requests | Literal["reads"], _AtRandom[Fault]] = {}
        self._random_event: _AtRandom[EventFault] | None = None
        self._misreported: dict[str, tuple[Mapping[str, Any], frozenset[str]]] = {}

    def on(self, order_id: str, faults: Iterable[Fault]) -> Self:
        """Let the next requests to cancel this order go wrong, one fault each; those after them go right.

        In a batch, only this order is not cancelled, is filled, or gets the fault's retCode as its code. What goes
        wrong with a response goes wrong with that of the whole batch; of several such faults, the first that hides what
        became of the batch, or the first.

        Args:
            order_id: the order.
            faults: what goes wrong with the requests.
        """
        with self._lock:
            self._per_order.setdefault(order_id, deque()).extend(faults)
        return self

    def on_create(self, order_link_id: str, faults: Iterable[Fault]) -> Self:
        """Let the next requests to create an order of this link id go wrong, one fault each.

        Args:
            order_link_id: the link id.
            faults: what goes wrong with the requests.
        """
        with self._lock:
            self._per_link_id.setdefault(order_link_id, deque()).extend(faults)
        return self

    def on_next(self, faults: Iterable[Fault], *, of: Requests = "cancels") -> Self:
        """Let the next requests go wrong, whatever order they name (or none that exists).

        Args:
            faults: what goes wrong with them, one fault each.
            of: which requests.
        """
        with self._lock:
            self._next[of].extend(faults)
        return self

    def waiting(self, of: Requests = "cancels") -> int:
        """Return how many of the faults of `on_next` no request has met yet.

        Args:
            of: which requests.
        """
        with self._lock:
            return len(self._next[of])

    def on_read(self, faults: Iterable[Fault], *, of: ReadTarget = "realtime") -> Self:
        """Let the next queries for orders go wrong, one fault each.

        Args:
            faults: what goes wrong with them.
            of: which list's queries: `"realtime"`, `"history"`, or `"either"` for the next ones of both, in any order.
        """
        with self._lock:
            self._next_read.extend((of, fault) for fault in faults)
        return self

    def on_event(self, order_id: str, faults: Iterable[EventFault]) -> Self:
        """Let the next events of this order go wrong, one fault each, whether or not somebody listens.

        Args:
            order_id: the order.
            faults: what goes wrong with the events.
        """
        with self._lock:
            self._next_event.setdefault(order_id, deque()).extend(faults)
        return self

    def at_random(
        self, faults: Sequence[Fault], *, rate: float, seed: int, of: Requests | Literal["reads"] = "cancels"
    ) -> Self:
        """Let a share of all requests go wrong.

        Args:
            faults: one of these happens to each of them.
            rate: the share, 0 to 1.
            seed: the same requests in the same order meet the same faults.
            of: which requests; `"reads"` are the queries of both lists. Each kind has faults of its own.
        """
        with self._lock:
            self._random[of] = _AtRandom(faults, rate, seed)
        return self

    def events_at_random(self, faults: Sequence[EventFault], *, rate: float, seed: int) -> Self:
        """Let a share of all events go wrong.

        Args:
            faults: one of these happens to each of them.
            rate: the share, 0 to 1.
            seed: the same events in the same order meet the same faults.
        """
        with self._lock:
            self._random_event = _AtRandom(faults, rate, seed)
        return self

    def misreport(self, order_id: str, fields: Mapping[str, Any] | None = None, *, without: Iterable[str] = ()) -> Self:
        """Let the lists and the stream report an order wrongly; what `Exchange.order` returns stays true.

        Args:
            order_id: the order.
            fields: what they report in place of the truth, by the names on the wire, of any type; None for nothing.
            without: names that they leave out.
        """
        with self._lock:
            self._misreported[order_id] = (dict(fields or {}), frozenset(without))
        return self

    def clear(self) -> None:
        """Switch all of them off. An event that is on its way late still comes."""
        with self._lock:
            self.stream = StreamFaults()
            self.trade = TradeFaults()
            self.lists = ListFaults()
            self._per_order.clear()
            self._per_link_id.clear()
            self._next.clear()
            self._next_read.clear()
            self._next_event.clear()
            self._random.clear()
            self._random_event = None
            self._misreported.clear()

    def take(self, requests: Requests, name: str | None = None) -> Fault | None:
        """Return the fault of a request, None if it is to go right.

        Args:
            requests: what kind of request it is.
            name: the order that it is to cancel by its id, or that it is to create by its link id; None for neither.
        """
        with self._lock:
            named = self._per_link_id if requests == "creates" else self._per_order
            for waiting in (self._next[requests], named.get(name or "")):
                if waiting:
                    return waiting.popleft()
            return _draw(self._random.get(requests))

    def take_for_order_of_batch(self, order_id: str | None) -> Fault | None:
        """Return what is to go wrong with this order in a batch, None if it is to go right.

        Args:
            order_id: the order; None if the batch names none that exists.
        """
        with self._lock:
            waiting = self._per_order.get(order_id or "")
            return waiting.popleft() if waiting else None

    def take_for_read(self, of: Literal["realtime", "history"] = "realtime") -> Fault | None:
        """Return the fault of a query, None if it is to go right.

        Args:
            of: the list that is queried.
        """
        with self._lock:
            for number, (target, fault) in enumerate(self._next_read):
                if target in (of, "either"):
                    del self._next_read[number]
                    return fault
            return _draw(self._random.get("reads"))

    def take_for_event(self, order_id: str) -> EventFault | None:
        """Return the fault of an event, None if it is to go right.

        Args:
            order_id: the order that it is about.
        """
        with self._lock:
            waiting = self._next_event.get(order_id)
            return waiting.popleft() if waiting else _draw(self._random_event)

    def report(self, order_id: str, order: dict[str, Any]) -> dict[str, Any]:
        """Return an order as it is reported: wrongly, if a test wants it.

        Args:
            order_id: the order.
            order: its true fields, by the names on the wire.
        """
        with self._lock:
            fields, without = self._misreported.get(order_id, ({}, frozenset[str]()))
        return {name: value for name, value in {**order, **fields}.items() if name not in without}


class _AtRandom(Generic[AnyFault]):
    """Draws one of some faults, or none."""

    def __init__(self, faults: Sequence[AnyFault], rate: float, seed: int) -> None:
        self._faults = faults
        self._rate = rate
        self._random = random.Random(seed)  # noqa: S311 - it is to be repeatable

    def draw(self) -> AnyFault | None:
        return self._random.choice(self._faults) if self._random.random() < self._rate else None


def _draw(source: _AtRandom[AnyFault] | None) -> AnyFault | None:
    return source.draw() if source else None
