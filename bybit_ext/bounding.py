"""One send, bounded as a whole: httpx bounds connecting, sending and each single read."""

import time
from collections.abc import Iterator

import httpx

_END = "bybit_ext.end"


def bound_send(request: httpx.Request, seconds: float) -> None:
    """Give a request so many seconds for its next send."""
    request.extensions["timeout"] = httpx.Timeout(seconds).as_dict()
    request.extensions[_END] = time.monotonic() + seconds


def bound_body(response: httpx.Response) -> None:
    """Serve httpx as a hook: stop reading a body that comes byte by byte when its request's time is over."""
    end = response.request.extensions.get(_END)
    if end is not None and isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _BoundedStream(response.stream, end, response.request)


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, end: float, request: httpx.Request) -> None:
        self._stream = stream
        self._end = end
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("the answer did not come in time", request=self._request)
            yield part

    def close(self) -> None:
        self._stream.close()
