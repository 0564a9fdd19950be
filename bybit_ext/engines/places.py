"""Places for calls in threads: so many at once.

A semaphore of `threading` is Python code around a lock. A signal handler that runs inside it and calls the same client
would wait for itself for ever, and one that raises there leaves the lock held for ever. Here nobody waits for a lock
that another holds. (An exception that a handler raises in the very moment in which a place changes hands costs it.)
"""

import threading
from collections import deque


class Places:
    """So many places.

    Args:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self._free: list[None] = [None] * count
        self._waiting: deque[threading.Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Take a place. Return whether there was one in time."""
        try:
            self._free.pop()
        except IndexError:
            return self._wait(seconds)
        return True

    def give_back(self) -> None:
        """Give a place back."""
        self._free.append(None)
        self._hand_on()

    def _wait(self, seconds: float) -> bool:
        turn = threading.Lock()
        turn.acquire()
        self._waiting.append(turn)
        self._hand_on()  # of a place that was given back meanwhile
        has_place = False
        try:
            has_place = turn.acquire(timeout=max(0.0, seconds))
        finally:
            if not has_place and not self._withdraw(turn):  # it was handed on at the last moment
                self.give_back()
        return has_place

    def _withdraw(self, turn: threading.Lock) -> bool:
        try:
            self._waiting.remove(turn)
        except ValueError:
            return False
        return True

    def _hand_on(self) -> None:
        while self._free and self._waiting:
            try:
                self._free.pop()
            except IndexError:  # another thread was quicker
                return
            try:
                self._waiting.popleft().release()
            except IndexError:
                self._free.append(None)
