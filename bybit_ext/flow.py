"""Flows: what a call does, without doing it.

A flow is a generator that yields what it needs (a send, a pause) and receives the result, as `httpx.Auth` does. So sync
and async share one piece of judgement, and two short drivers run it.
"""

import random
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Protocol, Self, TypeVar

import httpx
from attrs import frozen

Result = TypeVar("Result")


@frozen
class Send:
    """Send a request, in so many seconds. Receives the response, or what was raised in its place."""

    request: httpx.Request
    seconds: float


@frozen
class Pause:
    """Wait so many seconds. Receives nothing."""

    seconds: float


class Inbox(Protocol):
    """Holds what a stream has delivered. Its `get` blocks or is a coroutine: that is its driver's business."""

    def get(self, seconds: float) -> Any:
        """Return the next event, None if none came in so many seconds."""
        ...


@frozen
class Receive:
    """Wait for the next event of a stream, so many seconds. Receives it, or None."""

    inbox: Inbox
    seconds: float


Need = Send | Pause | Receive
Flow = Generator[Need, Any, Result]


def run(flow: Flow[Result], meet: Callable[[Need], Any]) -> Result:
    """Run a flow to its end; `meet` does what it needs."""
    received: Any = None
    while True:
        try:
            need = flow.send(received)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        received = meet(need)


async def run_async(flow: Flow[Result], meet: Callable[[Need], Awaitable[Any]]) -> Result:
    """Run a flow to its end; `meet` does what it needs."""
    received: Any = None
    while True:
        try:
            need = flow.send(received)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        received = await meet(need)


@frozen
class Deadline:
    """A point in monotonic time by which a call must end."""

    end: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Make a deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self.end - time.monotonic())


def back_off(tries: int, *, first: float = 0.1, longest: float = 2.0) -> float:
    """Return how long to wait after so many failed tries, in seconds: twice as long each time, with jitter."""
    return min(longest, first * 2.0 ** min(tries - 1, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
