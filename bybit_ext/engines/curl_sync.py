"""The fast engine for threads: libcurl, by pycurl."""

import select
import time

import pycurl

from .curl import CurlConnection, open_curl_socket
from .interface import Reply, Request, Sign
from .pool_sync import PooledEngine


class CurlEngine(PooledEngine):
    """Sends by libcurl.

    Args:
        settings: how to reach the server.
    """

    def _connect(self, deadline: float) -> "_Connection":
        opened, infos = open_curl_socket(self._settings, deadline - time.monotonic())
        return _Connection(self._settings, opened, infos)


class _Connection(CurlConnection):
    def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        self.begin(request, sign)
        ready = 0
        while not self.step(ready):
            left = deadline - time.monotonic()
            if left <= 0:
                raise self.give_up("no answer came in time")
            patience = self.patience
            ready = _wait(self.fd, left if patience is None else min(left, patience), writing=self.wants_to_write)
        return self.finish()

    def start_next(self) -> bool:
        return self.fd >= 0

    def is_quiet(self) -> bool:
        return not _wait(self.fd, 0, writing=False)


def _wait(fd: int, seconds: float, *, writing: bool) -> int:
    """Wait until a socket is ready. Return for what, as a mask of `pycurl.CSELECT_…`; 0 if the time has passed."""
    if not hasattr(select, "poll"):  # Windows
        readable, writable, _ = select.select([fd], [fd] if writing else [], [], seconds)
        return (pycurl.CSELECT_IN if readable else 0) | (pycurl.CSELECT_OUT if writable else 0)
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLOUT if writing else select.POLLIN)
    events = poll.poll(seconds * 1000)
    if not events:
        return 0
    return pycurl.CSELECT_OUT if events[0][1] == select.POLLOUT else pycurl.CSELECT_IN
