"""The default engine for threads: HTTP/1.1 by h11, over sockets of its own."""

import socket
import threading
import time
from contextlib import suppress
from ssl import SSLContext

import h11

from ..errors import NotSent
from .forks import forget_in_children
from .http1 import Http1Connection, unsendable
from .interface import Lost, Reply, Request, Sign, refuse_closed
from .settings import EngineSettings
from .sockets import is_quiet, open_socket, reason_of

_CHUNK = 65_536  # bytes of one read


class H11Engine:
    """Sends over a stack of connections: the one that was used last is the most likely to be alive.

    Args:
        settings: how to reach the server.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._is_closed = False
        self._open: set[_Connection] = set()
        self._idle: list[_Connection] = []
        self._places = threading.Semaphore(settings.max_connections)
        forget_in_children(self)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        for connection in self._open:
            connection.close()
        self._open, self._idle = set(), []
        self._places = threading.Semaphore(self._settings.max_connections)

    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: see `Engine.send`."""
        deadline = time.monotonic() + seconds
        if self._is_closed:
            raise refuse_closed()
        places = self._places
        if not places.acquire(timeout=seconds):
            raise NotSent(f"No connection was free in time: all {self._settings.max_connections} are in use.")
        try:
            connection = (None if fresh else self._take_idle()) or self._connect(deadline)
            return self._exchange(connection, request, sign, deadline)
        finally:
            places.release()

    def _take_idle(self) -> "_Connection | None":
        with suppress(IndexError):  # another thread may take the last one
            while True:
                connection = self._idle.pop()
                if connection.is_reusable(self._settings.keepalive):
                    return connection
                self._drop(connection)
        return None

    def _connect(self, deadline: float) -> "_Connection":
        route = self._settings.route
        context = self._settings.tls.ssl_context() if route.address.is_secure else None
        connection = _Connection(open_socket(route, deadline - time.monotonic()), Http1Connection(route))
        self._open.add(connection)
        try:
            if context:
                connection.start_tls(context, route.address.host, deadline)
        except BaseException:
            self._drop(connection)
            raise
        return connection

    def _exchange(self, connection: "_Connection", request: Request, sign: Sign, deadline: float) -> Reply:
        is_reusable = False
        try:
            reply = connection.exchange(request, sign, deadline)
            is_reusable = connection.start_next()
        finally:
            if is_reusable and not self._is_closed:
                self._idle.append(connection)
            else:
                self._drop(connection)
        return reply

    def _drop(self, connection: "_Connection") -> None:
        self._open.discard(connection)
        connection.close()

    def close(self) -> None:
        """Close the connections: see `Engine.close`."""
        self._is_closed = True
        with suppress(IndexError):
            while True:
                self._drop(self._idle.pop())


class _Connection:
    def __init__(self, opened: socket.socket, http: Http1Connection) -> None:
        self._socket = opened
        self._http = http
        self._idle_since = 0.0

    def start_tls(self, context: SSLContext, host: str, deadline: float) -> None:
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            self._socket.do_handshake()
        except (OSError, ValueError) as error:
            raise NotSent(f"The exchange was not reached ({host}: {reason_of(error)}).") from None

    def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        try:
            message = self._http.write(request, sign())
        except h11.LocalProtocolError as error:
            raise unsendable(error) from None
        self._write(message, deadline)
        try:
            reply = None
            while reply is None:
                self._limit(deadline)
                reply = self._http.feed(self._socket.recv(_CHUNK))
        except OSError as error:
            raise Lost(reason_of(error)) from None
        return reply

    def _write(self, message: bytes, deadline: float) -> None:
        unsent = memoryview(message)
        try:
            while unsent:
                self._limit(deadline)
                unsent = unsent[self._socket.send(unsent) :]
        except OSError as error:
            if len(unsent) == len(message) and not isinstance(error, TimeoutError):
                raise NotSent(f"The connection was closed before the request left ({reason_of(error)}).") from None
            raise Lost(reason_of(error)) from None

    def _limit(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def start_next(self) -> bool:
        self._idle_since = time.monotonic()
        return self._http.start_next()

    def is_reusable(self, keepalive: float) -> bool:
        return time.monotonic() - self._idle_since <= keepalive and is_quiet(self._socket)

    def close(self) -> None:
        self._socket.close()
