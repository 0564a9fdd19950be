"""A subscription for coroutines. It stands apart because importing asyncio takes a program without coroutines 40 ms."""

import asyncio

from .broadcast import Held, OrderKey, Subscription
from .events import StreamEvent


class AsyncSubscription(Subscription):
    """Holds events until a coroutine reads them."""

    def __init__(self, key: OrderKey) -> None:
        super().__init__(key)
        self._events: asyncio.Queue[Held] = asyncio.Queue()

    def put(self, event: StreamEvent) -> None:
        """Take an event; this never waits."""
        held = self.fit(event, self._events.qsize())
        if held is not None:
            self._events.put_nowait(held)

    async def get(self, seconds: float | None = None) -> StreamEvent | None:
        """Return the next event, None if none came in so many seconds (None waits for ever)."""
        if self._events.empty():
            if seconds is not None and seconds <= 0:
                return None
            try:
                async with asyncio.timeout(seconds):
                    return self.take(await self._events.get())
            except TimeoutError:
                return None
        return self.take(self._events.get_nowait())
