"""The default engine for coroutines of asyncio: HTTP/1.1 by h11, over transports of asyncio."""

import asyncio
import socket
import time
import weakref

import h11

from ..errors import NotSent
from .forks import forget_in_children
from .http1 import Http1Connection, unsendable
from .interface import Lost, Reply, Request, Sign, refuse_closed
from .settings import EngineSettings
from .sockets import is_quiet, open_socket, reason_of
from .threads import run_in_thread


class AsyncH11Engine:
    """Sends over a stack of connections for each event loop: the one that was used last is the most likely to be alive.

    Args:
        settings: how to reach the server.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._is_closed = False
        self._pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = weakref.WeakKeyDictionary()
        forget_in_children(self)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        for pool in self._pools.values():
            for opened in pool.open.values():
                opened.close()
        self._pools = weakref.WeakKeyDictionary()

    async def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: see `AsyncEngine.send`."""
        if self._is_closed:
            raise refuse_closed()
        pool = self._pool()
        connection: _Connection | None = None
        try:
            async with asyncio.timeout(seconds), pool.places:
                connection = (None if fresh else pool.take_idle()) or await pool.connect(seconds)
                return await self._exchange(pool, connection, request, sign)
        except TimeoutError:
            if connection is None:
                raise NotSent(f"No connection to {self._settings.route.address.host} stood in time.") from None
            raise Lost("no answer came in time") from None

    def _pool(self) -> "_Pool":
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = _Pool(self._settings)
        return pool

    async def _exchange(self, pool: "_Pool", connection: "_Connection", request: Request, sign: Sign) -> Reply:
        is_reusable = False
        try:
            reply = await connection.exchange(request, sign)
            is_reusable = connection.start_next()
        finally:
            if is_reusable and not self._is_closed:
                pool.idle.append(connection)
            else:
                pool.drop(connection)
        return reply

    async def close(self) -> None:
        """Close the connections: see `AsyncEngine.close`."""
        self._is_closed = True
        self._pool().close()

    def abandon(self) -> None:
        """Close the connections without waiting for it: see `AsyncEngine.abandon`."""
        self._is_closed = True
        for loop, pool in list(self._pools.items()):
            try:
                loop.call_soon_threadsafe(pool.close)
            except RuntimeError:  # the loop is closed, and its connections with it
                for opened in pool.open.values():
                    opened.close()


class _Pool:
    """The connections of one event loop."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self.open: dict[_Connection, socket.socket] = {}
        self.idle: list[_Connection] = []
        self.places = asyncio.Semaphore(settings.max_connections)

    def take_idle(self) -> "_Connection | None":
        while self.idle:
            connection = self.idle.pop()
            if connection.is_fresh(self._settings.keepalive) and is_quiet(self.open[connection]):
                return connection
            self.drop(connection)
        return None

    async def connect(self, seconds: float) -> "_Connection":
        route = self._settings.route
        host = route.address.host if route.address.is_secure else None
        context = self._settings.tls.ssl_context() if host else None
        opened = await run_in_thread(lambda: open_socket(route, seconds), discard=socket.socket.close)
        opened.setblocking(False)
        connection = _Connection(Http1Connection(route))
        self.open[connection] = opened
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: connection, sock=opened, ssl=context, server_hostname=host
            )
        except (OSError, ValueError) as error:
            self.drop(connection)
            raise NotSent(f"The exchange was not reached ({route.address.host}: {reason_of(error)}).") from None
        except BaseException:
            self.drop(connection)
            raise
        return connection

    def drop(self, connection: "_Connection") -> None:
        opened = self.open.pop(connection, None)
        if not connection.abort() and opened:
            opened.close()

    def close(self) -> None:
        while self.idle:
            self.drop(self.idle.pop())


class _Connection(asyncio.Protocol):
    def __init__(self, http: Http1Connection) -> None:
        self._http = http
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._ended: str | None = None
        self._idle_since = 0.0

    async def exchange(self, request: Request, sign: Sign) -> Reply:
        try:
            message = self._http.write(request, sign())
        except h11.LocalProtocolError as error:
            raise unsendable(error) from None
        if self._transport is None or self._ended is not None:
            raise NotSent(f"The connection was closed before the request left ({self._ended}).")
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        try:
            return await self._reply
        finally:
            self._reply = None

    def start_next(self) -> bool:
        self._idle_since = time.monotonic()
        return self._http.start_next()

    def is_fresh(self, keepalive: float) -> bool:
        return self._ended is None and time.monotonic() - self._idle_since <= keepalive

    def abort(self) -> bool:
        """Close the connection without a word; return False if it never stood."""
        if self._transport is None:
            return False
        self._transport.abort()
        return True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._awaited is None:
            self._ended = "bytes came that no request had asked for"
            self.abort()
        else:
            self._feed(self._awaited, data)

    def eof_received(self) -> None:
        self._ended = "the server closed it"
        if self._awaited:
            self._feed(self._awaited, b"")

    def connection_lost(self, error: Exception | None) -> None:
        self._ended = self._ended or (reason_of(error) if error else "it was closed")
        if self._awaited:
            self._awaited.set_exception(Lost(self._ended))

    @property
    def _awaited(self) -> "asyncio.Future[Reply] | None":
        return None if self._reply is None or self._reply.done() else self._reply

    def _feed(self, awaited: "asyncio.Future[Reply]", data: bytes) -> None:
        try:
            reply = self._http.feed(data)
        except Lost as error:
            awaited.set_exception(error)
        else:
            if reply is not None:
                awaited.set_result(reply)
