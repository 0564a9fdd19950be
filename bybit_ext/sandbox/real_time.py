"""Time that a test cannot freeze: neither freezegun nor a patched `time.monotonic` reaches it.

The sandbox serves from a thread of its own, in the process of whoever tests against it. A clock that stands still there
would keep it from answering, and from ending.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial


def _make_clock() -> Callable[[], float]:
    # As a partial: freezegun replaces `time.monotonic` wherever a module holds it, also under another name.
    if hasattr(time, "clock_gettime"):
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return partial(time.monotonic)  # Windows


monotonic: Callable[[], float] = _make_clock()
"""Returns monotonic time, in s."""


class RealTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers run by real time."""

    def time(self) -> float:
        """Return the loop's time, in s."""
        return monotonic()
