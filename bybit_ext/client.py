"""`Bybit` and `AsyncBybit`: the operations, with judgement."""

import asyncio
import time
from types import TracebackType
from typing import Any, Self

import httpx
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order

from .accepted import CancelAccepted, CancelOrderRequest, read_acknowledgement
from .bounding import bound_send
from .calling import call_flow
from .evidence import Evidence
from .flow import Deadline, Flow, Need, Send, run, run_async
from .opening import Opened, Transport, check_seconds
from .operations import Answer, Arguments, Operation, write_request
from .server_time import measure_flow


class _Flows(Opened[Transport]):
    """What both clients do, as flows; each of them has a driver."""

    def _call_flow(
        self,
        operation: Operation[Arguments, Answer],
        deadline: float | None,
        timeout: float | None,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Flow[tuple[Answer, Evidence]]:
        request = write_request(operation, self._open_pool(), *args, **kwargs)
        return call_flow(
            operation,
            self._client,
            request,
            clock=self._clock,
            deadline=Deadline.after(self._deadline if deadline is None else check_seconds("deadline", deadline)),
            timeout=self._timeout if timeout is None else check_seconds("timeout", timeout),
        )

    def _cancel_flow(
        self, order: CancelOrderRequest, deadline: float | None, timeout: float | None
    ) -> Flow[CancelAccepted]:
        answer, evidence = yield from self._call_flow(cancel_order, deadline, timeout, body=order)
        return read_acknowledgement(order, answer, evidence)

    def _sync_clock_flow(self) -> Flow[int]:
        return measure_flow(self._clock, self._call_flow(get_server_time, None, None))


class Bybit(_Flows[httpx.BaseTransport]):
    """Bybit, over one connection pool. A context manager; safe to use from many threads."""

    def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation and judge what comes back: `bybit.call(get_server_time)`.

        Args:
            operation: a generated module, like `bybit_v5.api.market.get_server_time`.
            *args: none; the generated functions take keywords.
            **kwargs: the operation's arguments.

        Returns:
            The operation's accepted answer.

        Raises:
            BybitError: see `bybit_ext.errors`.
        """
        return run(self._call_flow(operation, None, None, *args, **kwargs), self._meet)[0]

    def cancel_order(
        self, order: CancelOrderRequest, *, deadline: float | None = None, timeout: float | None = None
    ) -> CancelAccepted:
        """Ask the exchange to cancel one order, and again where that is safe and useful.

        Args:
            order: one of the four request models of `bybit_v5.models`.
            deadline: seconds that the call may take, with all its sends and pauses; the client's if it is not given.
            timeout: seconds that one send may take; the client's if it is not given.

        Returns:
            The acknowledgement. It does not say that the order is cancelled.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass tells why.
            OutcomeUnknown: the request may have been carried out.

        Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
        """
        return run(self._cancel_flow(order, deadline, timeout), self._meet)

    def sync_clock(self) -> int:
        """Measure the exchange's clock and sign by it from now on.

        Returns:
            How far the exchange's clock is ahead of this machine's, in ms.

        Raises:
            BybitError: the time could not be read.

        Source: https://bybit-exchange.github.io/docs/v5/market/time
        """
        return run(self._sync_clock_flow(), self._meet)

    def _meet(self, need: Need) -> Any:
        if not isinstance(need, Send):
            time.sleep(need.seconds)
            return None
        bound_send(need.request, need.seconds)
        try:
            return self._open_pool().send(need.request)
        except httpx.HTTPError as error:
            return error

    def _open_pool(self) -> httpx.Client:
        return self._client.get_httpx_client()

    def close(self) -> None:
        """Close the connections. Closing twice is safe."""
        self._open_pool().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncBybit(_Flows[httpx.AsyncBaseTransport]):
    """Bybit, over one connection pool, as coroutines of asyncio. An asynchronous context manager."""

    async def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation and judge what comes back: see `Bybit.call`."""
        return (await run_async(self._call_flow(operation, None, None, *args, **kwargs), self._meet))[0]

    async def cancel_order(
        self, order: CancelOrderRequest, *, deadline: float | None = None, timeout: float | None = None
    ) -> CancelAccepted:
        """Ask the exchange to cancel one order: see `Bybit.cancel_order`."""
        return await run_async(self._cancel_flow(order, deadline, timeout), self._meet)

    async def sync_clock(self) -> int:
        """Measure the exchange's clock and sign by it from now on: see `Bybit.sync_clock`."""
        return await run_async(self._sync_clock_flow(), self._meet)

    async def _meet(self, need: Need) -> Any:
        if not isinstance(need, Send):
            await asyncio.sleep(need.seconds)
            return None
        bound_send(need.request, need.seconds)
        try:
            # httpx bounds each read; a server that answers byte by byte must be bounded as a whole.
            async with asyncio.timeout(need.seconds + 0.1):
                return await self._open_pool().send(need.request)
        except TimeoutError:
            return httpx.ReadTimeout("the answer did not come in time")
        except httpx.HTTPError as error:
            return error

    def _open_pool(self) -> httpx.AsyncClient:
        return self._client.get_async_httpx_client()

    async def close(self) -> None:
        """Close the connections. Closing twice is safe."""
        await self._open_pool().aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
