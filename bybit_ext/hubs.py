"""Hubs: they run one stream, and hand each of its events to all who subscribed. One for asyncio, one for threads."""

import asyncio
import queue
import threading
from contextlib import suppress
from typing import Generic, TypeVar

from .errors import Forbidden, InvalidInput
from .operations import CLOSED
from .order_stream import Event, StreamSettings, StreamState, as_event, listen


class ThreadInbox(queue.SimpleQueue[Event]):
    """Holds a subscriber's events until its thread takes them."""

    def get(self, seconds: float | None = None) -> Event | None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the next event, None if none came in so many seconds (None waits for ever)."""
        try:
            return super().get(timeout=seconds)
        except queue.Empty:
            return None


class AsyncInbox(asyncio.Queue[Event]):
    """Holds a subscriber's events until its task takes them."""

    async def get(self, seconds: float | None = None) -> Event | None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the next event, None if none came in so many seconds (None waits for ever)."""
        try:
            async with asyncio.timeout(seconds):
                return await super().get()
        except TimeoutError:
            return None

    def put(self, event: Event) -> None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take an event; it never has to wait."""
        self.put_nowait(event)


Inbox = TypeVar("Inbox", ThreadInbox, AsyncInbox)


class _Hub(Generic[Inbox]):
    def __init__(self, settings: StreamSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._inboxes: list[Inbox] = []
        self._state: Event | None = None

    def subscribe(self, inbox: Inbox) -> Inbox:
        """Hand all events from now on to an inbox; the first tells the state, once the stream has one."""
        with self._lock:
            self._inboxes.append(inbox)
            if self._state is not None:
                inbox.put(self._state)
        return inbox

    def unsubscribe(self, inbox: Inbox) -> None:
        """Hand nothing to an inbox any more."""
        with self._lock:
            self._inboxes = [other for other in self._inboxes if other is not inbox]

    async def _run(self) -> None:
        try:
            await listen(self._settings, self._deliver)
        except Exception as error:  # noqa: BLE001 - subscribers must hear of the end, whatever it is
            self._deliver(as_event(error))

    def _deliver(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, StreamState | Exception):
                self._state = event
            for inbox in self._inboxes:
                inbox.put(event)

    @property
    def can_be_replaced(self) -> bool:
        """Whether the stream has ended, and another one may fare better. A blocked IP address must not try again."""
        return isinstance(self._state, Exception) and not isinstance(self._state, Forbidden)


class AsyncHub(_Hub[AsyncInbox]):
    """Runs a stream as a task."""

    def __init__(self, settings: StreamSettings) -> None:
        super().__init__(settings)
        self._task = asyncio.create_task(self._run(), name="bybit order stream")

    async def close(self) -> None:
        """Disconnect, and tell all who wait. Closing twice is safe."""
        self._deliver(InvalidInput(CLOSED))
        self._task.cancel()
        await asyncio.wait([self._task])


class ThreadHub(_Hub[ThreadInbox]):
    """Runs a stream in a thread of its own."""

    def __init__(self, settings: StreamSettings) -> None:
        super().__init__(settings)
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._run())
        self._thread = threading.Thread(target=self._serve, name="bybit order stream", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def close(self) -> None:
        """Disconnect, and tell all who wait. Closing twice is safe."""
        self._deliver(InvalidInput(CLOSED))
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
