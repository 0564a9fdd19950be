"""The engine for coroutines."""

import asyncio
from functools import partial

from bybit_ext.engines.forks import forget_in_children
from bybit_ext.engines.interface import AsyncEngine, ErrorsCleared, Headers, Lost, Reply, Request, Sign, refuse_closed
from bybit_ext.engines.loops import LoopPools
from bybit_ext.errors import NotSent

from .connection import LogInFailed, Outcome
from .messages import operation_of
from .pool import TradePool
from .settings import TradeSettings


class _TaskCall:
    """A call of a coroutine."""

    def __init__(self, operation: str, body: bytes) -> None:
        self.operation = operation
        self.body = body
        self.headers: Headers = ()
        self._outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def take(self) -> bool:
        """Return whether the request may be written: not if the call has given up."""
        return not self._outcome.done()

    def finish(self, outcome: Outcome) -> None:
        """Take what became of the request."""
        if not self._outcome.done():
            self._outcome.set_result(outcome)

    async def wait(self, deadline: float) -> Outcome:
        """Return what became of the request, which has been written."""
        timer = asyncio.get_running_loop().call_at(deadline, self.finish, Lost("no answer came in time"))
        try:
            return await self._outcome
        finally:
            timer.cancel()


class AsyncTradeEngine:
    """Sends orders over a connection for each event loop, and everything else over HTTP.

    Args:
        settings: how to reach the trade WebSocket.
        http: what sends everything else.
    """

    def __init__(self, settings: TradeSettings, http: AsyncEngine) -> None:
        self._settings = settings
        self._http = http
        self._is_closed = False
        self._pools = LoopPools(partial(TradePool, settings))
        forget_in_children(self)

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        self._pools.forget()

    async def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: see `AsyncEngine.send`."""
        operation = operation_of(request, self._settings.base_path)
        if operation is None:
            return await self._http.send(request, sign, seconds=seconds, fresh=fresh)
        with ErrorsCleared():
            return await self._send(operation, request, sign, seconds, fresh=fresh)

    async def _send(self, operation: str, request: Request, sign: Sign, seconds: float, *, fresh: bool) -> Reply:
        if self._is_closed:
            raise refuse_closed()
        pool = self._pools.of_running_loop()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        call = _TaskCall(operation, request.body)
        try:
            connection = await pool.connection(call, deadline, fresh=fresh)
            if not connection.has_room:
                await connection.wait_for_room(deadline)
            call.headers = (*request.headers, *sign())
            if loop.time() >= deadline:
                raise NotSent("The request did not leave (its time was over).")
            connection.write(call)
            outcome = await call.wait(deadline)
        except LogInFailed as error:
            outcome = error.reply
        finally:
            pool.release(call)
            if self._is_closed:
                pool.drop_idle()
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    async def drop_idle(self) -> None:
        """Close the connections of this event loop that no call uses: see `AsyncEngine.drop_idle`."""
        await self._http.drop_idle()
        await self._pools.drop_idle()

    async def close(self) -> None:
        """Close the connections: see `AsyncEngine.close`."""
        self.abandon()
        await self.drop_idle()

    def abandon(self) -> None:
        """Close the connections without waiting for it: see `AsyncEngine.abandon`."""
        self._is_closed = True
        self._http.abandon()
        self._pools.abandon()
