"""Forked children."""

import os
import pickle
import select
import signal
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

LIMIT = 30.0  # seconds that a child may take


_running: set[int] = set()


def end_children() -> int:
    """End the children that nobody waited for, and return how many these were."""
    left = list(_running)
    for process in left:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        _running.discard(process)
    return len(left)


class Child:
    """A forked child that runs a function; `result` waits for what it returns."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self._reader, writer = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads is what is tried
            self._pid = os.fork()
        if self._pid:
            os.close(writer)
            _running.add(self._pid)
            return
        status = 1
        try:
            os.write(writer, pickle.dumps(run()))
            status = 0
        finally:
            os._exit(status)

    def result(self) -> Any:
        ready, _, _ = select.select([self._reader], [], [], LIMIT)
        if not ready:
            os.kill(self._pid, signal.SIGKILL)
        data = b"".join(iter(lambda: os.read(self._reader, 65_536), b""))
        os.close(self._reader)
        _, status = os.waitpid(self._pid, 0)
        _running.discard(self._pid)
        assert status == 0, f"the child ended with {status}"
        return pickle.loads(data)


def fork_all(runs: Iterable[Callable[[], Any]]) -> list[Child]:
    """Fork a child for each function; they run once all are forked.

    What one does makes a server's threads in this process shake hands. A fork in the midst of that would leave the next
    child with a lock of OpenSSL that nobody opens.
    """
    reader, writer = os.pipe()

    def start(run: Callable[[], Any]) -> Any:
        os.read(reader, 1)
        return run()

    children = [Child(partial(start, run)) for run in runs]
    os.write(writer, b"x" * len(children))
    os.close(reader)
    os.close(writer)
    return children
