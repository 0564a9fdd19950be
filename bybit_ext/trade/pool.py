"""The connections of one event loop: one that new calls use, and those that others still await answers on.

At most one is being opened at a time, for all calls that need one. A call that wants a fresh one takes that one too:
its log-in will have been answered after the call began, which is what shows that it is alive.
"""

import asyncio
import socket
from contextlib import suppress

from attrs import define, field

from bybit_ext.engines.connection_async import open_connection
from bybit_ext.engines.sockets import not_reached
from bybit_ext.errors import NotSent

from .connection import TradeConnection
from .protocol import TradeProtocol
from .settings import TradeSettings

_LOOK_AGAIN = 1.0  # seconds after which calls are looked for that have ended without a word


@define(eq=False)
class _Attempt:
    """A connection that is being opened.

    Attributes:
        deadline: by when it must stand, in the event loop's time.
        waiting: the calls that need it, with their deadlines. It is given up when there are none left.
        task: opens it.
    """

    deadline: float
    waiting: dict[object, float] = field(factory=dict[object, float])
    task: "asyncio.Task[TradeConnection]" = field(init=False)


class TradePool:
    """The connections of one event loop.

    Args:
        settings: how to reach the server.
    """

    def __init__(self, settings: TradeSettings) -> None:
        self._settings = settings
        self._open: set[TradeConnection] = set()
        self._current: TradeConnection | None = None
        self._attempt: _Attempt | None = None
        self._changed = asyncio.Event()

    def standing(self, call: object, deadline: float) -> TradeConnection | None:
        """Reserve the connection that stands for a call, and return it; None if there is none. From any thread."""
        connection = self._current
        if connection is None or not (connection.users or connection.is_quiet()):
            return None
        return connection if connection.reserve(call, deadline) else None

    async def connection(self, call: object, deadline: float, *, fresh: bool) -> TradeConnection:
        """Reserve a connection for a call, and return it.

        Args:
            call: which call.
            deadline: by when it must stand, in the event loop's time.
            fresh: whether it must be one that was opened since the call began.

        Raises:
            LogInFailed: the exchange refused the log-in.
            NotSent: none stood in time.
        """
        if self._current and not fresh:
            await self._current.settle()
            if connection := self.standing(call, deadline):
                return connection
        while True:
            attempt = self._attempt or self._begin(deadline)
            try:
                return await self._join(attempt, call, deadline)
            except NotSent:
                now = asyncio.get_running_loop().time()
                if now < attempt.deadline or now >= deadline:
                    raise  # else it was given up for lack of another call's time

    async def _join(self, attempt: _Attempt, call: object, deadline: float) -> TradeConnection:
        attempt.waiting[call] = deadline
        try:
            left = deadline - asyncio.get_running_loop().time()
            await asyncio.wait([attempt.task], timeout=max(0.0, left))
            if attempt.task.done() and not attempt.task.cancelled():
                return attempt.task.result()
            raise self._not_reached("no connection stood in time")
        finally:
            attempt.waiting.pop(call, None)
            if not attempt.waiting and not attempt.task.done():
                attempt.task.cancel()
                self._end(attempt)

    def _begin(self, deadline: float) -> _Attempt:
        attempt = self._attempt = _Attempt(deadline)
        attempt.task = asyncio.create_task(self._connect(attempt), name="bybit trade connection")
        attempt.task.add_done_callback(lambda task: task.cancelled() or task.exception())  # who waited may have left
        attempt.task.add_done_callback(lambda _: self._end(attempt))
        return attempt

    def _end(self, attempt: _Attempt) -> None:
        if self._attempt is attempt:
            self._attempt = None
        self._changed.set()

    async def _connect(self, attempt: _Attempt) -> TradeConnection:
        settings = self._settings
        connection = await open_connection(settings.route, settings.tls, self._make, attempt.deadline)
        self._open.add(connection)
        connection.users[attempt] = attempt.deadline  # lest it is closed as one that nobody uses
        try:
            async with asyncio.timeout_at(attempt.deadline):
                await connection.log_in()
        except BaseException as error:
            connection.close()
            self._drop(connection)  # it may have ended before it was noted
            if isinstance(error, TimeoutError):
                raise self._not_reached("the log-in was not answered in time") from None
            raise
        connection.users.update(attempt.waiting)
        connection.release(attempt)
        former, self._current = self._current, connection
        if former:
            former.retire()
        return connection

    def _make(self, opened: socket.socket) -> TradeConnection:
        settings = self._settings
        protocol = TradeProtocol(settings.route.address.url, settings.log_in)
        return TradeConnection(opened, protocol, settings.heartbeat, self._drop)

    def _drop(self, connection: TradeConnection) -> None:
        self._open.discard(connection)
        if self._current is connection:
            self._current = None
        self._changed.set()

    def _not_reached(self, reason: str) -> NotSent:
        return not_reached(self._settings.route.address.host, reason)

    def release(self, call: object) -> None:
        """Let a call do without a connection: it has given up."""
        for connection in list(self._open):
            connection.release(call)

    def drop_idle(self) -> None:
        """Close the connections: at once those that no call uses, the others when their calls have ended."""
        self._current = None
        for connection in list(self._open):
            connection.retire()

    async def drain(self) -> None:
        """Close the connections, and wait until there are none."""
        self.drop_idle()
        while self._open or self._attempt:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN):
                    await self._changed.wait()
            self.drop_idle()

    def forget(self) -> None:
        """Close all where their event loop is gone. Nothing is said to the server."""
        for connection in list(self._open):
            connection.forget()
