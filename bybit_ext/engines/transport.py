"""Engines over a transport of httpx that the caller brings: for tests, ASGI applications and special networks.

What httpx's transports keep of an engine's promises is theirs: time is bounded per read in the blocking one.
"""

import time
from typing import cast

import httpx

from bybit_ext.errors import BybitError, InvalidInput, NotSent

from .hosts import Address
from .http1 import decode_body, too_large
from .interface import MAX_REPLY_SIZE, Lost, Reply, Request, Sign, refuse_closed
from .outgoing import RequestHead, check_headers
from .sockets import Route, reason_of

# Raised before the first byte of a request leaves: no connection, no TLS, no proxy, no free place in the pool.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Their words quote what the other side sent, which can be an echo of the key.
_QUOTING = (httpx.ProtocolError, httpx.DecodingError)


class TransportEngine:
    """Sends over a blocking transport.

    Args:
        route: the server.
        transport: the caller's own.
    """

    def __init__(self, route: Route, transport: httpx.BaseTransport) -> None:
        self._route = route
        self._transport = transport
        self._is_closed = False

    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:  # noqa: ARG002
        """Send a request and return the reply: see `Engine.send`."""
        if self._is_closed:
            raise refuse_closed()
        deadline = time.monotonic() + seconds
        wanted = _as_httpx(self._route.address, request, sign, seconds)
        try:
            response = self._transport.handle_request(wanted)
            try:
                reader = _Reader(response, deadline)
                if not reader.is_done:
                    for part in cast("httpx.SyncByteStream", response.stream):
                        reader.take(part)
                return reader.reply()
            finally:
                response.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be weighed against earlier sends
            problem = _translate(error)
        raise problem

    def close(self) -> None:
        """Close the transport. Closing twice is safe."""
        if not self._is_closed:
            self._is_closed = True
            self._transport.close()


class AsyncTransportEngine:
    """Sends over a transport for coroutines.

    Args:
        route: the server.
        transport: the caller's own.
    """

    def __init__(self, route: Route, transport: httpx.AsyncBaseTransport) -> None:
        self._route = route
        self._transport = transport
        self._is_closed = False

    async def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:  # noqa: ARG002
        """Send a request and return the reply: see `AsyncEngine.send`."""
        import asyncio  # here, since it takes a program without coroutines 40 ms

        if self._is_closed:
            raise refuse_closed()
        deadline = time.monotonic() + seconds
        wanted = _as_httpx(self._route.address, request, sign, seconds)
        try:
            async with asyncio.timeout(seconds):
                response = await self._transport.handle_async_request(wanted)
                try:
                    reader = _Reader(response, deadline)
                    if not reader.is_done:
                        async for part in cast("httpx.AsyncByteStream", response.stream):
                            reader.take(part)
                    return reader.reply()
                finally:
                    await response.aclose()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be weighed against earlier sends
            problem = _translate(error)
        raise problem

    async def drop_idle(self) -> None:
        """Do nothing: which connections there are is the transport's business."""

    async def close(self) -> None:
        """Close the transport. Closing twice is safe."""
        if not self._is_closed:
            self._is_closed = True
            await self._transport.aclose()

    def abandon(self) -> None:
        """Do nothing: the transport is the caller's."""


def _as_httpx(address: Address, request: Request, sign: Sign, seconds: float) -> httpx.Request:
    head = RequestHead(Route(address))
    path = head.target(request).encode()
    return httpx.Request(
        request.method,
        httpx.URL(scheme=address.scheme, host=address.host, port=address.port, raw_path=path),
        headers=(*head.headers(request), *check_headers(sign())),
        content=request.body,
        extensions={"timeout": httpx.Timeout(seconds).as_dict()},
    )


class _Reader:
    """Reads a body within its limits of size and time.

    A transport that logs or records has read the body itself. Its stream is spent then, and the one of httpcore never
    ends when it is read again; what httpx keeps is taken, which is decoded already.
    """

    def __init__(self, response: httpx.Response, deadline: float) -> None:
        self.is_done = response.is_stream_consumed
        self._response = response
        self._deadline = deadline
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_REPLY_SIZE:
            raise too_large()
        if time.monotonic() > self._deadline:
            raise TimeoutError

    def reply(self) -> Reply:
        headers = {name.lower(): value for name, value in self._response.headers.items()}
        if self.is_done:
            content = self._response.content
            if len(content) > MAX_REPLY_SIZE:
                raise too_large()
            return Reply(self._response.status_code, headers, content)
        return Reply(self._response.status_code, headers, decode_body(headers, b"".join(self._parts)))


def _translate(error: Exception) -> BybitError | Lost:
    if isinstance(error, BybitError | Lost):
        return error
    words = type(error).__name__ if isinstance(error, _QUOTING) else reason_of(error)
    if isinstance(error, httpx.LocalProtocolError):
        return InvalidInput(
            f"The request cannot be sent ({words}): a header does not have the form that HTTP asks for."
        )
    if isinstance(error, _BEFORE_SENDING):
        return NotSent(f"The exchange was not reached ({words}).")
    return Lost(words)
