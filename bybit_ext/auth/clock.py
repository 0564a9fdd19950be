"""The exchange's time, as far as it is known: this machine's clock, corrected by what the exchange answers."""

import time
from collections.abc import Callable

from bybit_ext.errors import InvalidInput, show

Clock = Callable[[], int]
"""Returns UTC time in ms."""

_MAX_TIME = 10**14  # ms, the year 5138
_MAX_CORRECTION = 86_400_000  # ms, a day: a clock that is further off, or an answer that says so, is not to be trusted


def system_clock() -> int:
    """Return this machine's UTC time, in ms."""
    return time.time_ns() // 1_000_000


class ServerClock:
    """This machine's clock plus an offset.

    Args:
        clock: returns this machine's UTC time, in ms.

    Attributes:
        offset: how far the exchange's clock is ahead of this machine's, in ms; 0 until it is measured.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.offset: int = 0

    def __call__(self) -> int:
        """Return the exchange's time, in ms.

        Raises:
            InvalidInput: the clock raised, or did not return whole ms.
        """
        return self.local() + self.offset

    def local(self) -> int:
        """Return this machine's time, in ms.

        Raises:
            InvalidInput: the clock raised, or did not return whole ms.
        """
        try:
            now = self._clock()
        except Exception as error:
            raise InvalidInput(f"clock: raised {type(error).__name__}.") from error
        if type(now) is not int or abs(now) > _MAX_TIME:
            raise InvalidInput(f"clock: must return whole ms as int, not {show(now)}.")
        return now

    def correct(self, offset: int) -> bool:
        """Use another offset, in ms, from now on. Return whether it is one that can be trusted: at most a day."""
        if abs(offset) > _MAX_CORRECTION:
            return False
        self.offset = offset
        return True
