"""One connection for coroutines: a transport of asyncio over a socket."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar, cast

from bybit_ext.errors import NotSent

from .http1 import Http1Protocol
from .interface import Lost, Reply, Request, Sign
from .sockets import Route, is_quiet, not_reached, open_socket, reason_of
from .threads import run_in_thread
from .tls import TlsSettings


class SocketProtocol(asyncio.Protocol):
    """One end of a connection: a socket, connected, and asyncio's transport over it once that stands.

    Args:
        opened: the socket.
    """

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._transport: asyncio.Transport | None = None
        self._ended: str | None = None

    def is_quiet(self) -> bool:
        """Return whether it stands, and nothing has come in that was not read yet: such as its end."""
        return self._ended is None and is_quiet(self._socket)

    def close(self) -> None:
        """Close it, in its event loop. Closing twice is safe."""
        if self._transport is None:  # it never stood
            self._socket.close()
        else:
            self._transport.abort()

    def forget(self) -> None:
        """Close it where its event loop is gone: another process's, or closed. Nothing is said to the server."""
        self._socket.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport: asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection: asyncio calls this."""
        self._ended = self._ended or (reason_of(exc) if exc else "it was closed")
        self._fail(self._ended)

    def _fail(self, reason: str) -> None:
        """Let what waits for an answer fail."""
        raise NotImplementedError


Opened = TypeVar("Opened", bound=SocketProtocol)


async def open_connection(
    route: Route, tls: TlsSettings, make: Callable[[socket.socket], Opened], deadline: float
) -> Opened:
    """Return a new connection.

    Args:
        route: how the server is reached.
        tls: how the two sides prove who they are.
        make: makes this side of it.
        deadline: by when it must stand, in the event loop's time.

    Raises:
        NotSent: none could be opened in time.
    """
    try:
        async with asyncio.timeout_at(deadline):
            return await _open(route, tls, make, deadline)
    except NotSent:
        raise
    except TimeoutError:
        raise not_reached(route.address.host, "no connection stood in time") from None
    except Exception as error:  # noqa: BLE001 - such as too many open files, or threads
        raise not_reached(route.address.host, reason_of(error)) from None


async def _open(route: Route, tls: TlsSettings, make: Callable[[socket.socket], Opened], deadline: float) -> Opened:
    host = route.address.host.removesuffix(".") if route.address.is_secure else None  # no certificate has the dot
    context = tls.ssl_context() if host else None
    loop = asyncio.get_running_loop()
    seconds = deadline - loop.time()
    opened = await run_in_thread(lambda: open_socket(route, seconds), discard=socket.socket.close)
    connection = make(opened)
    try:
        await loop.create_connection(lambda: connection, sock=opened, ssl=context, server_hostname=host)
    except BaseException:
        connection.close()
        raise
    return connection


class AsyncConnection(SocketProtocol):
    """A connection to the server, which has one request after another.

    Args:
        opened: its socket, connected.
        http: the protocol's side of it.
    """

    def __init__(self, opened: socket.socket, http: Http1Protocol) -> None:
        super().__init__(opened)
        self._http = http
        self._reply: asyncio.Future[Reply] | None = None

    async def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        """Send a request and return the reply.

        Args:
            request: what is sent.
            sign: returns the headers that sign it.
            deadline: by when that must end, in the event loop's time.

        Raises:
            NotSent: nothing left this machine.
            Lost: something may have.
        """
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
        """Get ready for the next request; return False if the connection cannot have one."""
        return self._http.start_next()

    def data_received(self, data: bytes) -> None:
        """Take bytes that came in: asyncio calls this."""
        if self._awaited is None:
            self._ended = "bytes came that no request had asked for"
            self.close()
        else:
            self._feed(self._awaited, data)

    def eof_received(self) -> None:
        """Take the end of what comes in: asyncio calls this."""
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
