"""Flows: what a call does, without doing it.

A flow is a generator that yields effects (send this, sleep so long, wait for the next event of the stream) and
receives their results. It does no I/O and reads no clock: a driver performs the effects and passes the time in. So
the blocking and the asynchronous client share one implementation of every decision, and tests run it in a time of
their own.
"""

from collections.abc import Awaitable, Callable, Generator
from random import uniform
from typing import Any, Protocol, TypeVar

from attrs import define, field, frozen

from bybit_ext.engines.interface import Lost, Reply, Request, Sign
from bybit_ext.errors import NotSent

Result = TypeVar("Result")


@frozen
class Send:
    """Send a request. Receives the reply, or the error that was raised in its place.

    Attributes:
        request: what is sent.
        sign: returns the headers that sign it.
        seconds: how long that may take.
        fresh: whether to open a new connection for it.
    """

    request: Request
    sign: Sign
    seconds: float
    fresh: bool = False


Sent = Reply | NotSent | Lost
"""What `Send` receives."""


@frozen
class Sleep:
    """Wait so many seconds. Receives nothing."""

    seconds: float


class Subscription(Protocol):
    """Holds the events of a stream that are for one call."""

    def get(self, seconds: float | None) -> Any:
        """Return the next event, None if none came in so many seconds. Blocks, or is a coroutine: its driver knows."""
        ...

    def close(self) -> None:
        """Receive nothing any more. Closing twice is safe."""
        ...


@frozen
class NextEvent:
    """Wait for the next event of a stream, so many seconds. Receives it, or None."""

    subscription: Subscription
    seconds: float


Effect = Send | Sleep | NextEvent
Flow = Generator[Effect, Any, Result]


@define
class CallTime:
    """The time of one call.

    Attributes:
        clock: returns monotonic time in s. Only drivers and what they run ask it; a flow reads `now`.
        began: what it was when the call began.
        now: what it was when the flow was last resumed.
    """

    clock: Callable[[], float]
    began: float = field(init=False)
    now: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.began = self.now = self.clock()

    def refresh(self) -> None:
        """Look at the clock: what a flow calls may have taken long."""
        self.now = self.clock()


@frozen
class Deadline:
    """A point in time by which something must have ended.

    Attributes:
        time: the time of the call.
        end: monotonic time in s.
    """

    time: CallTime
    end: float

    @classmethod
    def after(cls, time: CallTime, seconds: float) -> "Deadline":
        """Return the deadline that is so many seconds away."""
        return cls(time, time.now + seconds)

    @property
    def remaining(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self.end - self.time.now)


def run(flow: Flow[Result], perform: Callable[[Effect], Any], time: CallTime) -> Result:
    """Run a flow to its end.

    Args:
        flow: what to run.
        perform: does what an effect says, and returns its result.
        time: the time of the call, which is passed in here.
    """
    received: Any = None
    try:
        while True:
            time.now = time.clock()
            received = perform(flow.send(received))
    except StopIteration as stop:
        result: Result = stop.value
        return result
    finally:
        flow.close()


async def run_async(flow: Flow[Result], perform: Callable[[Effect], Awaitable[Any]], time: CallTime) -> Result:
    """Run a flow to its end: as `run`, by awaiting."""
    received: Any = None
    try:
        while True:
            time.now = time.clock()
            received = await perform(flow.send(received))
    except StopIteration as stop:
        result: Result = stop.value
        return result
    finally:
        flow.close()


def backoff_delay(tries: int, *, first: float = 0.1, longest: float = 2.0) -> float:
    """Return how long to wait after so many failed tries, in seconds: twice as long each time, with jitter."""
    return min(longest, first * 2.0 ** min(tries - 1, 10)) * uniform(0.5, 1.0)  # noqa: S311 - no secret
