"""One connection to the trade WebSocket: a transport of asyncio, the protocol, and the calls that use it.

A call first reserves the connection, so that it is not closed before the call's request is written; then it is signed,
in the thread that makes it; then its request is written, in the connection's event loop; then its answer, or what
became of the connection, is handed to it. That frees the connection, unless the call gave up before.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from bybit_ext.engines.connection_async import SocketProtocol
from bybit_ext.engines.interface import Headers, Lost, Reply
from bybit_ext.errors import NotSent

from .protocol import Answer, Broken, LoggedIn, TradeProtocol

_MIN_SILENCE = 1.0  # seconds; a busy machine can be as late with what has come in as with anything else

Outcome = Reply | NotSent | Lost
"""What became of a call's request."""


class LogInFailed(Exception):
    """The exchange lets nobody in, or not with this key.

    Attributes:
        reply: its answer.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Call(Protocol):
    """A call with a request to write."""

    operation: str
    body: bytes
    headers: Headers

    def take(self) -> bool:
        """Return whether the request may be written: not if the call has given up."""
        ...

    def finish(self, outcome: Outcome) -> None:
        """Take what became of the request."""
        ...


class TradeConnection(SocketProtocol):
    """A connection, for its event loop. What may be used from other threads says so.

    Args:
        opened: its socket, connected.
        protocol: the protocol's side of it.
        heartbeat: seconds between two pings.
        drop: takes it once it has ended.

    Attributes:
        users: the calls that have reserved it, and by when each has ended, in the event loop's time: what a signal
            handler raises at the wrong moment can keep one from saying so.
    """

    def __init__(
        self,
        opened: socket.socket,
        protocol: TradeProtocol,
        heartbeat: float,
        drop: "Callable[[TradeConnection], None]",
    ) -> None:
        super().__init__(opened)
        self.users: dict[object, float] = {}
        self._protocol = protocol
        self._heartbeat = heartbeat
        self._drop = drop
        self._loop = asyncio.get_running_loop()
        self._logged_in: asyncio.Future[None] = self._loop.create_future()
        self._logged_in.add_done_callback(_retrieve)
        self._calls: dict[str, Call] = {}  # by reqId, whose requests are written
        self._req_ids: dict[object, str] = {}  # of these calls
        self._is_retired = False
        self._written_at: dict[object, float] = {}
        self._has_heard = True
        self._heard_at = self._loop.time()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_usable(self) -> bool:
        """Whether requests can be written to it. From any thread."""
        return self._ended is None and not self._is_retired and not self._protocol.is_over

    @property
    def has_room(self) -> bool:
        """Whether the network takes what is written. From any thread."""
        return self._has_room.is_set()

    async def log_in(self) -> None:
        """Open the WebSocket and log in.

        Raises:
            LogInFailed: the exchange refused.
            NotSent: there is no WebSocket here, or it was lost.
        """
        self._protocol.connect()
        self._write()
        await self._logged_in
        self._timer = self._loop.call_later(self._heartbeat, self._beat)

    async def settle(self) -> None:
        """Read what has come in, if nothing is in flight: it may be the connection's end."""
        for _ in range(2):  # the event loop looks for it in the next round, and reads it in the one after
            if self.users or self.is_quiet():
                return
            await asyncio.sleep(0)

    async def wait_for_room(self, deadline: float) -> None:
        """Wait until the network takes what is written. If it does not in time, new calls are better off elsewhere.

        Raises:
            NotSent: it did not in time.
        """
        try:
            async with asyncio.timeout_at(deadline):
                await self._has_room.wait()
        except TimeoutError:
            self.retire()
            raise takes_nothing() from None

    def write(self, call: Call) -> None:
        """Write the request of a call, if it still wants that."""
        if not call.take():
            self.release(call)
        elif self._ended is not None:
            self._finish(call, NotSent(f"The request did not leave ({self._ended})."))
        else:
            req_id = self._protocol.request(call.operation, call.body, call.headers)
            self._calls[req_id], self._req_ids[call] = call, req_id
            self._written_at[call] = self._loop.time()
            self._write()

    def reserve(self, call: object, deadline: float) -> bool:
        """Reserve it for a call until a deadline; return whether it is usable. From any thread."""
        self.users[call] = deadline
        if self.is_usable:
            return True
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self.release, call)
        return False

    def release(self, call: object) -> None:
        """Do without the connection: its call has given up, or never used it."""
        deadline = self.users.pop(call, None)
        req_id = self._req_ids.pop(call, None)
        if req_id is not None:
            del self._calls[req_id]
            self._protocol.forget(req_id)
            is_late = deadline is not None and self._loop.time() >= deadline
            # If nothing came in all that time, it may be dead, and new calls are better off elsewhere.
            silent_since = max(self._heard_at, self._written_at.pop(call))
            self._is_retired |= is_late and self._loop.time() - silent_since >= _MIN_SILENCE
        self._close_if_done()

    def retire(self) -> None:
        """Take no new calls, and close once those that there are have ended."""
        self._is_retired = True
        self._close_if_done()

    def close(self) -> None:
        """Close it, in its event loop, with a good-bye that nobody waits for. Closing twice is safe."""
        if self._ended is None:
            self._protocol.close()
            self._write()
        self._end("it was closed")

    def data_received(self, data: bytes) -> None:
        """Take bytes that came in: asyncio calls this."""
        self._has_heard, self._heard_at = True, self._loop.time()
        if self._ended is not None:
            return
        try:
            for event in self._protocol.receive(data):
                if isinstance(event, Answer):
                    self._finish(self._calls.pop(event.req_id), event.reply)
                elif isinstance(event, LoggedIn):
                    self._settle_log_in(None)
                else:
                    self._settle_log_in(LogInFailed(event.reply))
        except Broken as error:
            self._write()  # what the library says to that
            self._end(str(error))
        except NotSent as error:  # of a clock that cannot be used
            self._settle_log_in(error)
        self._write()
        self._close_if_done()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection: asyncio calls this."""
        super().connection_lost(exc)
        self._drop(self)

    def eof_received(self) -> None:
        """Take the end of what comes in: asyncio calls this."""
        with suppress(Broken):
            for event in self._protocol.receive_eof():
                self._settle_log_in(LogInFailed(event.reply))
        self._end("the server closed it")

    def pause_writing(self) -> None:
        """Note that the network takes nothing more: asyncio calls this."""
        self._has_room.clear()

    def resume_writing(self) -> None:
        """Note that the network takes bytes again: asyncio calls this."""
        self._has_room.set()

    def _write(self) -> None:
        data = self._protocol.output()
        if data and self._transport is not None:
            self._transport.write(data)

    def _finish(self, call: Call, outcome: Outcome) -> None:
        self.users.pop(call, None)
        self._req_ids.pop(call, None)
        self._written_at.pop(call, None)
        call.finish(outcome)

    def _close_if_done(self) -> None:
        if self._is_retired or self._protocol.is_over:
            now = self._loop.time()
            if all(deadline < now for deadline in list(self.users.values())):
                self.close()

    def _end(self, reason: str) -> None:
        self._ended = self._ended or reason
        super().close()
        self._fail(reason)

    def _fail(self, reason: str) -> None:
        if self._timer:
            self._timer.cancel()
        self._has_room.set()  # who waits for it is told that nothing left
        self._settle_log_in(NotSent(f"The exchange was not reached ({reason})."))
        calls, self._calls = self._calls, {}
        for call in calls.values():
            self._finish(call, Lost(reason))

    def _settle_log_in(self, problem: Exception | None) -> None:
        if self._logged_in.done():
            return
        if problem is None:
            self._logged_in.set_result(None)
        else:
            self._logged_in.set_exception(problem)

    def _beat(self) -> None:
        if not self._has_heard:
            self._end("the server says nothing, not even an answer to a ping")
            return
        self._has_heard = False
        self._close_if_done()
        if self._ended is not None:
            return
        self._protocol.ping()
        self._write()
        self._timer = self._loop.call_later(self._heartbeat, self._beat)


def takes_nothing() -> NotSent:
    """Return what is raised if the network does not take a request."""
    return NotSent("The request did not leave (the connection takes nothing).")


def _retrieve(future: "asyncio.Future[None]") -> None:
    """Look at what a future brought, lest asyncio complains that nobody did."""
    if not future.cancelled():
        future.exception()
