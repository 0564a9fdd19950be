"""The engine for threads: the connections that are open, places for calls, closing and forks."""

import time

from bybit_ext.errors import NotSent

from .connection_sync import Connection, open_connection
from .forks import forget_in_children
from .http1 import NewProtocol
from .interface import ErrorsCleared, Reply, Request, Sign, refuse_closed
from .places import Places
from .settings import EngineSettings
from .sockets import not_reached, reason_of


class SocketEngine:
    """Sends over a stack of connections: the one that was used last is the most likely to be alive.

    Args:
        settings: how to reach the server.
        protocol: makes the protocol's side of a connection.
    """

    def __init__(self, settings: EngineSettings, protocol: NewProtocol) -> None:
        self._settings = settings
        self._protocol = protocol
        self._is_closed = False
        self._reset()
        forget_in_children(self)

    def _reset(self) -> None:
        self._open: set[Connection] = set()
        self._idle: list[tuple[Connection, float]] = []  # and since when
        self._places = Places(self._settings.max_connections)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        inherited = self._open
        self._reset()
        for connection in inherited:
            connection.close()

    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: see `Engine.send`."""
        with ErrorsCleared():
            return self._send(request, sign, time.monotonic() + seconds, fresh=fresh)

    def _send(self, request: Request, sign: Sign, deadline: float, *, fresh: bool) -> Reply:
        if self._is_closed:
            raise refuse_closed()
        places = self._places  # a fork in this very thread replaces them
        if not places.take(deadline - time.monotonic()):
            raise NotSent(f"No connection was free in time: all {self._settings.max_connections} are in use.")
        try:
            connection = (None if fresh else self._take_idle()) or self._open_new(deadline)
            return self._exchange(connection, request, sign, deadline)
        finally:
            places.give_back()

    def _take_idle(self) -> Connection | None:
        try:
            while True:
                connection, since = self._idle.pop()
                if time.monotonic() - since <= self._settings.keepalive and connection.is_quiet():
                    return connection
                self._drop(connection)
        except IndexError:  # another thread may have taken the last one
            return None

    def _open_new(self, deadline: float) -> Connection:
        while len(self._open) >= self._settings.max_connections and self._drop_idle(0):
            pass
        try:
            connection = open_connection(self._settings, self._protocol, deadline)
        except NotSent:
            raise
        except Exception as error:  # noqa: BLE001 - such as too many open files, or threads
            raise not_reached(self._settings.route.address.host, reason_of(error)) from None
        self._open.add(connection)
        return connection

    def _exchange(self, connection: Connection, request: Request, sign: Sign, deadline: float) -> Reply:
        is_reusable = False
        try:
            reply = connection.exchange(request, sign, deadline)
            is_reusable = connection.start_next()
        finally:
            if is_reusable:
                self._keep(connection)
            else:
                self._drop(connection)
        return reply

    def _keep(self, connection: Connection) -> None:
        now = time.monotonic()
        self._idle.append((connection, now))
        oldest = self._idle[:1]  # none, if another thread was quick
        if self._is_closed:  # meanwhile
            self.close()
        elif oldest and now - oldest[0][1] > self._settings.keepalive:  # it was not needed for long
            self._drop_idle(0)

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.close()

    def _drop_idle(self, index: int) -> bool:
        try:
            connection, _ = self._idle.pop(index)
        except IndexError:
            return False
        self._drop(connection)
        return True

    def close(self) -> None:
        """Close the connections: see `Engine.close`."""
        self._is_closed = True
        while self._drop_idle(-1):
            pass
