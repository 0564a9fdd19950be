"""The engine for coroutines: the connections of each event loop, places for calls, closing and forks."""

import asyncio
import socket
import time
from functools import partial

from bybit_ext.errors import NotSent

from .connection_async import AsyncConnection, open_connection
from .forks import forget_in_children
from .http1 import NewProtocol
from .interface import ErrorsCleared, Reply, Request, Sign, refuse_closed
from .loops import LoopPools
from .outgoing import RequestHead
from .settings import EngineSettings


class AsyncSocketEngine:
    """Sends over a stack of connections for each event loop: the one that was used last is the most likely to be alive.

    Args:
        settings: how to reach the server.
        protocol: makes the protocol's side of a connection.
    """

    def __init__(self, settings: EngineSettings, protocol: NewProtocol) -> None:
        self._settings = settings
        self._protocol = protocol
        self._is_closed = False
        self._pools = LoopPools(partial(_Pool, settings))
        forget_in_children(self)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        self._pools.forget()

    async def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: see `AsyncEngine.send`."""
        with ErrorsCleared():
            return await self._send(request, sign, seconds, fresh=fresh)

    async def _send(self, request: Request, sign: Sign, seconds: float, *, fresh: bool) -> Reply:
        if self._is_closed:
            raise refuse_closed()
        pool = self._pools.of_running_loop()
        deadline = asyncio.get_running_loop().time() + seconds
        await pool.take_place(deadline)
        try:
            connection = (None if fresh else pool.take_idle()) or await self._open_new(pool, deadline)
            return await self._exchange(pool, connection, request, sign, deadline)
        finally:
            pool.places.release()

    async def _open_new(self, pool: "_Pool", deadline: float) -> AsyncConnection:
        pool.make_room()
        settings = self._settings
        connection = await open_connection(settings.route, settings.tls, self._make_connection, deadline)
        pool.open.add(connection)
        return connection

    def _make_connection(self, opened: socket.socket) -> AsyncConnection:
        return AsyncConnection(opened, self._protocol(RequestHead(self._settings.route)))

    async def _exchange(
        self, pool: "_Pool", connection: AsyncConnection, request: Request, sign: Sign, deadline: float
    ) -> Reply:
        is_reusable = False
        try:
            reply = await connection.exchange(request, sign, deadline)
            is_reusable = connection.start_next()
        finally:
            if is_reusable and not self._is_closed:
                pool.keep(connection)
            else:
                pool.drop(connection)
        return reply

    async def drop_idle(self) -> None:
        """Close the connections of this event loop that no call uses: see `AsyncEngine.drop_idle`."""
        await self._pools.drop_idle()

    async def close(self) -> None:
        """Close the connections: see `AsyncEngine.close`."""
        self.abandon()
        await self.drop_idle()

    def abandon(self) -> None:
        """Close the connections without waiting for it: see `AsyncEngine.abandon`."""
        self._is_closed = True
        self._pools.abandon()


class _Pool:
    """The connections of one event loop."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self.open: set[AsyncConnection] = set()
        self.idle: list[tuple[AsyncConnection, float]] = []  # and since when
        self.places = asyncio.Semaphore(settings.max_connections)

    async def take_place(self, deadline: float) -> None:
        """Wait for a place.

        Raises:
            NotSent: none was free in time.
        """
        if not self.places.locked():
            await self.places.acquire()  # does not wait
            return
        try:
            async with asyncio.timeout_at(deadline):
                await self.places.acquire()
        except TimeoutError:
            raise NotSent(f"No connection was free in time: all {self._settings.max_connections} are in use.") from None

    def take_idle(self) -> AsyncConnection | None:
        while self.idle:
            connection, since = self.idle.pop()
            if time.monotonic() - since <= self._settings.keepalive and connection.is_quiet():
                return connection
            self.drop(connection)
        return None

    def keep(self, connection: AsyncConnection) -> None:
        now = time.monotonic()
        self.idle.append((connection, now))
        if now - self.idle[0][1] > self._settings.keepalive:  # it was not needed for long
            self.drop(self.idle.pop(0)[0])

    def make_room(self) -> None:
        while self.idle and len(self.open) >= self._settings.max_connections:
            self.drop(self.idle.pop(0)[0])

    def drop(self, connection: AsyncConnection) -> None:
        self.open.discard(connection)
        connection.close()

    def drop_idle(self) -> None:
        while self.idle:
            self.drop(self.idle.pop()[0])

    def forget(self) -> None:
        for connection in self.open:
            connection.forget()
