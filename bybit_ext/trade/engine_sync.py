"""The engine for threads: the connections live in an event loop in a thread of its own.

A call is signed in the thread that makes it, and waits there for a lock of its own, so that Ctrl-C ends it, and a
signal handler may use the engine that it interrupts. Whether a request was written is decided once: either the loop
takes it, or the call gives up before, and then it surely has not left.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, TypeVar

from bybit_ext.engines.forks import forget_in_children
from bybit_ext.engines.interface import Engine, ErrorsCleared, Headers, Lost, Reply, Request, Sign, refuse_closed
from bybit_ext.engines.sockets import not_reached, reason_of
from bybit_ext.errors import NotSent

from .connection import LogInFailed, Outcome, TradeConnection, takes_nothing
from .messages import operation_of
from .pool import TradePool
from .settings import TradeSettings

Result = TypeVar("Result")

_inherited: list["LoopThread"] = []  # kept for ever: to collect their loops would disturb those of the parent


class _ThreadCall:
    """A call of a thread."""

    def __init__(self, operation: str, body: bytes) -> None:
        self.operation = operation
        self.body = body
        self.headers: Headers = ()
        self._turns = [None]
        self._finished = threading.Lock()
        self._finished.acquire()
        self.outcome: Outcome | None = None

    def take(self) -> bool:
        """Return whether the request may be written, or given up. Only the first who asks may."""
        try:
            self._turns.pop()
        except IndexError:
            return False
        return True

    def finish(self, outcome: Outcome) -> None:
        """Take what became of the request."""
        self.outcome = outcome
        self._finished.release()

    def wait(self, deadline: float) -> Outcome:
        """Return what became of the request; if there is no answer by the deadline, whether it can have left."""
        if not self._finished.acquire(timeout=max(0.0, deadline - time.monotonic())) and self.take():
            return NotSent("The request did not leave (its time was over).")
        return self.outcome or Lost("no answer came in time")


class TradeEngine:
    """Sends orders over one connection, and everything else over HTTP.

    Args:
        settings: how to reach the trade WebSocket.
        http: what sends everything else.
    """

    def __init__(self, settings: TradeSettings, http: Engine) -> None:
        self._settings = settings
        self._http = http
        self._is_closed = False
        self._thread: LoopThread | None = None
        self._lock = threading.RLock()  # a signal handler may use the engine that it interrupts
        forget_in_children(self)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        inherited, self._thread = self._thread, None
        self._lock = threading.RLock()
        if inherited:
            inherited.forget()

    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: see `Engine.send`."""
        operation = operation_of(request, self._settings.base_path)
        if operation is None:
            return self._http.send(request, sign, seconds=seconds, fresh=fresh)
        with ErrorsCleared():
            return self._send(operation, request, sign, time.monotonic() + seconds, fresh=fresh)

    def _send(self, operation: str, request: Request, sign: Sign, deadline: float, *, fresh: bool) -> Reply:
        if self._is_closed:
            raise refuse_closed()
        thread = self._thread or self._start()
        call = _ThreadCall(operation, request.body)
        try:
            standing = None if fresh else thread.pool.standing(call, deadline)
            connection = standing or thread.connect(call, deadline, fresh=fresh)
            if not connection.has_room:
                thread.wait_for_room(connection, deadline)
            call.headers = (*request.headers, *sign())
            thread.write(connection, call, deadline)
            outcome = call.wait(deadline)
        except LogInFailed as error:
            outcome = error.reply
        finally:
            if call.outcome is None:
                call.take()  # so that it is not written any more
                thread.post(thread.pool.release, call)
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    def _start(self) -> "LoopThread":
        with self._lock:
            if self._thread is None:
                try:
                    thread = LoopThread(self._settings)
                except (OSError, RuntimeError) as error:  # no file descriptor or no thread is left
                    raise not_reached(self._settings.route.address.host, reason_of(error)) from None
                if self._thread is None:
                    self._thread = thread
                else:  # a signal handler was quicker
                    thread.stop()
            if self._is_closed:  # meanwhile
                self._thread.stop()
            return self._thread

    def close(self) -> None:
        """Close the connections: see `Engine.close`."""
        self._is_closed = True
        thread = self._thread
        if thread:
            thread.stop()
        self._http.close()


class LoopThread:
    """An event loop in a thread of its own, with its connections. It refers to no engine, so that one can be collected.

    Args:
        settings: how to reach the server.

    Attributes:
        pool: the connections.
    """

    def __init__(self, settings: TradeSettings) -> None:
        self.pool: TradePool = TradePool(settings)
        self._host = settings.route.address.host
        self._is_inherited = False
        self._loop = asyncio.new_event_loop()
        self._end: asyncio.Future[None] = self._loop.create_future()
        thread = threading.Thread(target=_serve, args=(self._loop, self._end, self.pool), name="bybit trade")
        thread.daemon = True
        try:
            thread.start()
        except RuntimeError:
            self._loop.close()
            raise
        except BaseException:  # a signal handler's: the thread runs
            self.stop()
            raise

    def connect(self, call: object, deadline: float, *, fresh: bool) -> TradeConnection:
        """Reserve a connection for a call, and return it: as `TradePool.connection`."""
        late = not_reached(self._host, "no connection stood in time")
        return self._run(self.pool.connection(call, deadline, fresh=fresh), deadline, late)

    def wait_for_room(self, connection: TradeConnection, deadline: float) -> None:
        """Wait until the network takes what is written: as `TradeConnection.wait_for_room`."""
        try:
            self._run(connection.wait_for_room(deadline), deadline, takes_nothing())
        except NotSent:
            self.post(connection.retire)  # its own limit may have been the slower one
            raise

    def write(self, connection: TradeConnection, call: _ThreadCall, deadline: float) -> None:
        """Let the request of a call be written.

        Raises:
            NotSent: it is too late for that.
        """
        if self._is_inherited:  # since the call began
            raise NotSent("The request did not leave (this process was forked).")
        if time.monotonic() >= deadline:
            raise NotSent("The request did not leave (its time was over).")
        if not self.post(connection.write, call) and call.take():
            raise refuse_closed()

    def post(self, function: Callable[..., object], *arguments: object) -> bool:
        """Let something be done in the loop; return False if that has ended."""
        if self._is_inherited:
            return False
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            if not self._loop.is_closed():
                raise
            return False
        return True

    def _run(self, coroutine: Coroutine[Any, Any, Result], deadline: float, late: NotSent) -> Result:
        if self._loop.is_closed() or self._is_inherited:
            coroutine.close()
            raise refuse_closed()
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:  # the loop was closed meanwhile
            coroutine.close()
            raise refuse_closed() from None
        try:
            return future.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            raise late from None
        except CancelledError:
            raise refuse_closed() from None
        finally:
            future.cancel()

    def stop(self) -> None:
        """Close the connections once their calls have ended, and end the thread. From any thread; twice is safe."""
        self.post(_set, self._end)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets."""
        self._is_inherited = True
        _inherited.append(self)
        self.pool.forget()


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _serve(loop: asyncio.AbstractEventLoop, end: "asyncio.Future[None]", pool: TradePool) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(end)
    loop.run_until_complete(pool.drain())
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
