"""Forked children."""

import os
import pickle
import select
import signal
import warnings
from collections.abc import Callable
from typing import Any

LIMIT = 10.0  # seconds that a child may take


class Child:
    """A forked child that runs a function; `result` waits for what it returns."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self._reader, writer = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads is what is tried
            self._pid = os.fork()
        if self._pid:
            os.close(writer)
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
        assert status == 0, f"the child ended with {status}"
        return pickle.loads(data)
