"""A stream that runs: as a task of an event loop, or in a thread of its own.

Neither refers to the client that it belongs to, so that a client which is dropped unclosed takes its stream along.
"""

import asyncio
import threading
from contextlib import suppress

from bybit_ext.engines.interface import refuse_closed
from bybit_ext.errors import NotSent

from .broadcast import Broadcaster
from .connection import OpenSocket
from .reconnecting import run_stream
from .settings import StreamSettings

_JOIN = 2.0  # seconds; the thread ends within a fraction of one


class TaskStream(Broadcaster):
    """Runs a stream as a task of the running event loop.

    Args:
        settings: how to reach it.
    """

    def __init__(self, settings: StreamSettings) -> None:
        super().__init__()
        self._opened = OpenSocket()
        self._loop = asyncio.get_running_loop()
        self._is_closing = False
        self._task = asyncio.create_task(run_stream(settings, self.publish, self._opened), name="bybit order stream")
        self._task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() and not self._is_closing:  # somebody cancelled all tasks
            self.publish(NotSent("The task of the order stream was cancelled."))

    def stop(self) -> None:
        """Disconnect, without waiting for it. From any thread."""
        self._is_closing = True
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._task.cancel)

    async def close(self) -> None:
        """Disconnect, and say so to all who wait. Closing twice is safe."""
        self._is_closing = True
        self.publish(refuse_closed())
        self._task.cancel()
        await asyncio.wait([self._task])

    def forget(self) -> None:
        """Serve a forked child: close its copy of the socket."""
        self._opened.close()


class ThreadStream(Broadcaster):
    """Runs a stream in a thread of its own.

    Args:
        settings: how to reach it.
    """

    def __init__(self, settings: StreamSettings) -> None:
        super().__init__()
        self._opened = OpenSocket()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(run_stream(settings, self.publish, self._opened))
        self._thread = threading.Thread(
            target=_serve, args=(self._loop, self._task), name="bybit order stream", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Disconnect, without waiting for it. From any thread."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._task.cancel)

    def close(self) -> None:
        """Disconnect, and say so to all who wait. Closing twice is safe."""
        self.publish(refuse_closed())
        self.stop()
        self._thread.join(_JOIN)

    def forget(self) -> None:
        """Serve a forked child: close its copy of the socket."""
        self._opened.close()


def _serve(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
