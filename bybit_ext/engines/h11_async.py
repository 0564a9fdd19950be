"""The default engine for coroutines of asyncio: HTTP/1.1 by h11, over transports of asyncio."""

import asyncio
import socket
import ssl
from typing import cast

from bybit_ext.errors import NotSent

from .http1 import Http1Connection
from .interface import Lost, Reply, Request, Sign
from .outgoing import RequestHead
from .pool_async import AsyncPooledEngine
from .sockets import is_quiet, not_reached, open_socket, reason_of
from .threads import run_in_thread


class AsyncH11Engine(AsyncPooledEngine):
    """Sends by h11.

    Args:
        settings: how to reach the server.
    """

    async def _connect(self, deadline: float) -> "_Connection":
        route = self._settings.route
        host = route.address.host.removesuffix(".") if route.address.is_secure else None  # no certificate has the dot
        context = self._settings.tls.ssl_context() if host else None
        loop = asyncio.get_running_loop()
        seconds = deadline - loop.time()
        opened = await run_in_thread(lambda: open_socket(route, seconds), discard=socket.socket.close)
        opened.setblocking(False)
        connection = _Connection(opened, Http1Connection(RequestHead(route)))
        try:
            await loop.create_connection(lambda: connection, sock=opened, ssl=context, server_hostname=host)
        except (OSError, ValueError) as error:
            connection.close()
            raise not_reached(route.address.host, reason_of(error)) from None
        except BaseException:
            connection.close()
            raise
        return connection


class _Connection(asyncio.Protocol):
    def __init__(self, opened: socket.socket, http: Http1Connection) -> None:
        self._socket = opened
        self._http = http
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._ended: str | None = None

    async def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        loop = asyncio.get_running_loop()
        message = self._http.write(request, sign())
        if self._transport is None or self._ended is not None:
            raise NotSent(f"The request did not leave ({self._ended}).")
        if loop.time() >= deadline:
            raise NotSent("The request did not leave (its time was over).")
        self._reply = loop.create_future()
        timer = loop.call_at(deadline, self._fail, "no answer came in time")
        self._transport.write(message)
        try:
            return await self._reply
        finally:
            self._reply = None
            timer.cancel()

    def start_next(self) -> bool:
        return self._http.start_next()

    def is_quiet(self) -> bool:
        return self._ended is None and is_quiet(self._socket)

    def close(self) -> None:
        if self._transport is None:  # it never stood
            self._socket.close()
        else:
            self._transport.abort()

    def forget(self) -> None:
        self._socket.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._awaited is None:
            self._ended = "bytes came that no request had asked for"
            self.close()
        else:
            self._feed(self._awaited, data)

    def eof_received(self) -> None:
        self._ended = "the server closed it"
        if self._awaited and self._has_said_goodbye():
            self._feed(self._awaited, b"")

    def _has_said_goodbye(self) -> bool:
        """Return whether the server ended TLS, or has none. Else the end may be anybody's, and no end of a body."""
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object") if self._transport else None
        try:
            return tls is None or tls.read(1) == b""
        except ssl.SSLError:
            return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = self._ended or (reason_of(exc) if exc else "it was closed")
        self._fail(self._ended)

    @property
    def _awaited(self) -> "asyncio.Future[Reply] | None":
        return None if self._reply is None or self._reply.done() else self._reply

    def _fail(self, reason: str) -> None:
        if self._awaited:
            self._awaited.set_exception(Lost(reason))

    def _feed(self, awaited: "asyncio.Future[Reply]", data: bytes) -> None:
        try:
            reply = self._http.feed(data)
        except Lost as error:
            awaited.set_exception(error)
        else:
            if reply is not None:
                awaited.set_result(reply)
