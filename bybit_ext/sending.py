"""One send: bounded as a whole (httpx bounds each single read), and watched for whether it left this machine."""

import time
from collections.abc import Iterator
from typing import Any

import httpx

_END = "bybit_ext.end"
_WATCH = "bybit_ext.watch"
_HEADERS_GO_OUT = "send_request_headers.started"


def prepare_send(request: httpx.Request, seconds: float, *, asynchronous: bool) -> None:
    """Give a request so many seconds for its next send, and watch that send."""
    end = time.monotonic() + seconds
    timeouts = httpx.Timeout(seconds).as_dict()
    watch = _Watch(timeouts, end)
    request.extensions["timeout"] = timeouts
    request.extensions["trace"] = watch.see_async if asynchronous else watch.see
    request.extensions[_END] = end
    request.extensions[_WATCH] = watch


def surely_not_sent(request: httpx.Request) -> bool:
    """Tell whether the last send was watched and ended before its first byte: a proxy's tunnel may have failed."""
    watch = request.extensions.get(_WATCH)
    return isinstance(watch, _Watch) and watch.traced and not watch.sent


class _Watch:
    """Hears httpcore's trace events, and gives each phase of a send what the ones before it have left of the time.

    Other transports have no such events: then it is not sure whether anything was sent.

    Source: https://www.encode.io/httpcore/extensions/#trace
    """

    def __init__(self, timeouts: dict[str, float | None], end: float) -> None:
        self._timeouts = timeouts
        self._end = end
        self.traced = False
        self.sent = False

    def see(self, event: str, info: dict[str, Any]) -> None:
        self.traced = True
        left = max(0.001, self._end - time.monotonic())
        self._timeouts.update(dict.fromkeys(self._timeouts, left))
        if event.endswith(_HEADERS_GO_OUT) and getattr(info.get("request"), "method", b"") != b"CONNECT":
            self.sent = True

    async def see_async(self, event: str, info: dict[str, Any]) -> None:
        self.see(event, info)


def bound_body(response: httpx.Response) -> None:
    """Serve httpx as a hook: stop reading a body that comes byte by byte when its request's time is over."""
    end = response.request.extensions.get(_END)
    if end is not None and isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _BoundedStream(response.stream, end)


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, end: float) -> None:
        self._stream = stream
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("the answer did not come in time")
            yield part

    def close(self) -> None:
        self._stream.close()
