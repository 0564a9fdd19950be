"""Faults: what can go wrong between a request and its answer, and on the stream. To be switched on by tests."""

import random
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from attrs import define, field, frozen


@frozen(eq=False)
class Fault:
    """What goes wrong with one request. Made by the functions below.

    Attributes:
        carry_out: whether the request is carried out all the same.
        fill_first: whether the order is filled before the request is judged: the cancel loses the race.
        lose_race_after: whether the order is filled after the acknowledgement, before the cancel is carried out.
        fill_others: whether all other open orders are filled after the acknowledgement.
        delay: seconds before the answer.
        drop: whether the connection is reset in place of an answer.
        keep: how many bytes of the answer arrive before the connection is reset; None for all.
        ret_code: the retCode of the answer; None for the true one.
        status: the HTTP status of the answer.
        body: the body in place of the true one.
        headers: in addition to the true ones.
        reset_in: seconds after which the rate limit resets, as a header tells it.
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


def drop_response(*, carry_out: bool = True) -> Fault:
    """Lose the answer: the connection is reset, before or after the cancel was taken."""
    return Fault(carry_out=carry_out, drop=True)


def delay_response(seconds: float) -> Fault:
    """Carry the request out, but answer late."""
    return Fault(delay=seconds)


def truncate_response(keep: int = 20, *, carry_out: bool = True) -> Fault:
    """Reset the connection in the middle of the answer."""
    return Fault(carry_out=carry_out, keep=keep)


def respond_with(ret_code: int, *, carry_out: bool = False, reset_in: float | None = None) -> Fault:
    """Answer with a retCode; for a rate limit, with the header that tells when it resets."""
    return Fault(carry_out=carry_out, ret_code=ret_code, reset_in=reset_in)


def respond_with_status(code: int, body: bytes = b"", *, carry_out: bool = False) -> Fault:
    """Answer with an HTTP status and any body."""
    return Fault(carry_out=carry_out, status=code, body=body)


def respond_with_body(content: bytes, *, carry_out: bool = True) -> Fault:
    """Answer with any body."""
    return Fault(carry_out=carry_out, body=content)


def respond_with_page(code: int = 200, *, carry_out: bool = False) -> Fault:
    """Answer with a page, as a gateway does."""
    page = b"<html><head><title>ERROR</title></head><body>The request could not be satisfied.</body></html>"
    return Fault(carry_out=carry_out, status=code, body=page, headers={"Content-Type": "text/html"})


def fill_first(ret_code: int | None = None) -> Fault:
    """Fill the order just before the request is judged; the exchange often says 110001 then."""
    return Fault(fill_first=True, ret_code=ret_code)


@define
class StreamFaults:
    """What goes wrong on the stream.

    Attributes:
        silent: whether order messages (and pongs) are kept back.
        delay: seconds before each order message.
        duplicate: whether each order message is sent twice.
        out_of_order: whether an order message lets the one after it go first, if that comes within 20 ms.
        refuse_auth: whether the log-in is refused.
    """

    silent: bool = False
    delay: float = 0.0
    duplicate: bool = False
    out_of_order: bool = False
    refuse_auth: bool = False


class Faults:
    """The faults of an exchange: per order, or at random.

    Attributes:
        stream: what goes wrong on the stream.
    """

    def __init__(self) -> None:
        self.stream = StreamFaults()
        self._lock = threading.Lock()
        self._per_order: dict[str, deque[Fault]] = {}
        self._next: deque[Fault] = deque()
        self._next_read: deque[Fault] = deque()
        self._random: tuple[random.Random, float, Sequence[Fault]] | None = None

    def on(self, order_id: str, faults: Iterable[Fault]) -> Self:
        """Let the next requests to cancel this order go wrong, one fault each; those after them go right."""
        with self._lock:
            self._per_order.setdefault(order_id, deque()).extend(faults)
        return self

    def on_next(self, faults: Iterable[Fault]) -> Self:
        """Let the next requests to cancel go wrong, whatever order they name (or none that exists)."""
        with self._lock:
            self._next.extend(faults)
        return self

    def on_read(self, faults: Iterable[Fault]) -> Self:
        """Let the next queries for orders go wrong, one fault each."""
        with self._lock:
            self._next_read.extend(faults)
        return self

    def at_random(self, faults: Sequence[Fault], *, rate: float, seed: int) -> Self:
        """Let this share of all requests to cancel go wrong, by one of these faults."""
        with self._lock:
            self._random = (random.Random(seed), rate, faults)  # noqa: S311 - it is to be repeatable
        return self

    def clear(self) -> None:
        """Switch all of them off."""
        with self._lock:
            self.stream = StreamFaults()
            self._per_order.clear()
            self._next.clear()
            self._next_read.clear()
            self._random = None

    def take_for_read(self) -> Fault | None:
        """Return the fault of a query for orders, None if it is to go right."""
        with self._lock:
            return self._next_read.popleft() if self._next_read else None

    def take(self, order_id: str | None) -> Fault | None:
        """Return the fault of a request to cancel this order, None if it is to go right."""
        with self._lock:
            for waiting in (self._next, self._per_order.get(order_id or "")):
                if waiting:
                    return waiting.popleft()
            if self._random is None:
                return None
            chance, rate, faults = self._random
            return chance.choice(faults) if chance.random() < rate else None
