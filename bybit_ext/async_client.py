"""`AsyncBybit`: the operations, with judgement, for asyncio. It drives the flows by awaiting."""

import asyncio
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, Self

import httpx
from bybit_v5.models import Category, Order

from .accepted import CancelAccepted, CancelOrderRequest
from .errors import BybitError, InvalidInput
from .flow import Need, Pause, Receive, run_async
from .flows import Flows
from .hubs import AsyncHub, AsyncInbox
from .operations import CLOSED, Answer, Arguments, Operation
from .outcome import CancelOutcome
from .sending import prepare_send

_GRACE = 0.1  # seconds that httpx has to end a send by itself, which tells better why


class AsyncBybit(Flows[httpx.AsyncBaseTransport]):
    """Bybit, over one connection pool and one stream, as coroutines of asyncio. An asynchronous context manager."""

    _order_hubs: set[AsyncHub]
    _transports = httpx.AsyncBaseTransport
    _hub: AsyncHub | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    async def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation and judge what comes back: see `Bybit.call`."""
        self._stay_in_loop()
        return (await run_async(self._call_flow(operation, *args, **kwargs), self._meet))[0]

    async def cancel_order(
        self, order: CancelOrderRequest, *, deadline: float | None = None, timeout: float | None = None
    ) -> CancelAccepted:
        """Ask the exchange to cancel one order: see `Bybit.cancel_order`."""
        self._stay_in_loop()
        return await run_async(self._cancel_flow(order, deadline, timeout), self._meet)

    async def cancel_and_confirm(
        self, order: CancelOrderRequest, *, deadline: float | None = None, timeout: float | None = None
    ) -> CancelOutcome:
        """Cancel one order and wait until it is known how it ended: see `Bybit.cancel_and_confirm`."""
        self._stay_in_loop()
        inbox = self._subscribe()
        try:
            return await run_async(self._confirm_flow(order, inbox, deadline, timeout), self._meet)
        finally:
            if self._hub and inbox:
                self._hub.unsubscribe(inbox)

    async def orders(self, category: Category | None = None) -> AsyncGenerator[Order, None]:
        """Iterate over order updates as they come, for ever: see `Bybit.orders`."""
        self._stay_in_loop()
        hub = AsyncHub(self._require_stream(category))
        self._order_hubs.add(hub)
        inbox = hub.subscribe(AsyncInbox())
        try:
            while True:
                event = await inbox.get()
                if isinstance(event, InvalidInput):  # the client was closed
                    return
                if isinstance(event, BybitError):
                    raise event
                if isinstance(event, Order):
                    yield event
        finally:
            self._order_hubs.discard(hub)
            await hub.close()

    async def sync_clock(self) -> int:
        """Measure the exchange's clock and sign by it from now on: see `Bybit.sync_clock`."""
        self._stay_in_loop()
        return await run_async(self._sync_clock_flow(), self._meet)

    async def _meet(self, need: Need) -> Any:
        if isinstance(need, Receive):
            return await need.inbox.get(need.seconds)
        if isinstance(need, Pause):
            await asyncio.sleep(need.seconds)
            return None
        prepare_send(need.request, need.seconds, asynchronous=True)
        http = self._open_pool()
        if http.is_closed:
            return InvalidInput(CLOSED)
        try:
            # httpx bounds each read; an answer that comes byte by byte must be bounded as a whole.
            async with asyncio.timeout(need.seconds + _GRACE):
                return await http.send(need.request)
        except TimeoutError:
            return httpx.ReadTimeout("the answer did not come in time")
        except Exception as error:  # noqa: BLE001 - whatever it is, the flow must weigh it against earlier sends
            return error

    def _subscribe(self) -> AsyncInbox | None:
        settings = self._stream_settings()
        if settings is None:
            return None
        if self._hub is None or self._hub.can_be_replaced:
            self._hub = AsyncHub(settings)
        return self._hub.subscribe(AsyncInbox())

    def _stay_in_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            raise InvalidInput("This client belongs to another event loop; open one in each.")
        self._loop = loop

    def _open_pool(self) -> httpx.AsyncClient:
        return self._client.get_async_httpx_client()

    async def close(self) -> None:
        """Close the connections. Closing twice is safe."""
        if self._loop not in (None, asyncio.get_running_loop()):
            return  # they ended with the loop that they belong to
        for hub in [*self._order_hubs, *([self._hub] if self._hub else [])]:
            await hub.close()
        await self._open_pool().aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
