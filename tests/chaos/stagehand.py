"""A thread that does things at their time."""

import heapq
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager


class Stagehand:
    """Does things at their time, in a thread of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self._is_closed = False

    def do(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something after so many seconds."""
        with self._changed:
            self._count += 1
            heapq.heappush(self._due, (time.monotonic() + seconds, self._count, action))
            self._changed.notify()

    def run(self) -> None:
        while action := self._next():
            action()

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while not self._is_closed and (not self._due or self._due[0][0] > time.monotonic()):
                self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
            return None if self._is_closed else heapq.heappop(self._due)[2]

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()


@contextmanager
def stagehand() -> Generator[Stagehand]:
    hand = Stagehand()
    thread = threading.Thread(target=hand.run)
    thread.start()
    try:
        yield hand
    finally:
        hand.close()
        thread.join()
