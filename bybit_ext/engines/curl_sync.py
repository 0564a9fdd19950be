"""The fast engine for threads: libcurl, by pycurl."""

import time

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
        try:
            return _Connection(self._settings, opened, infos)
        except BaseException:
            opened.close()
            raise


class _Connection(CurlConnection):
    def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        self.begin(request, sign, deadline)
        ready = 0
        while not self.step(ready):
            left = deadline - time.monotonic()
            if left <= 0:
                raise self.give_up("no answer came in time")
            patience = self.patience
            ready = self.wait(left if patience is None else min(left, patience))
        return self.finish()

    def is_quiet(self) -> bool:
        return not self.wait(0.0)
