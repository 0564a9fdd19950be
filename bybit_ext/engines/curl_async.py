"""The fast engine for coroutines of asyncio: libcurl, by pycurl.

pycurl has a driver of its own for asyncio, but its connections are shared between calls, and it asks the event loop to
watch a socket anew for every call. Here a connection is watched for as long as it lives: that is faster, and an idle
one that ends, or says something that nobody asked for, is closed at once.
"""

import asyncio
import socket
import time
from collections.abc import Sequence

import pycurl

from bybit_ext.errors import InvalidInput

from .curl import CurlConnection, open_curl_socket
from .interface import Reply, Request, Sign
from .pool_async import AsyncPooledEngine
from .settings import EngineSettings
from .sockets import AddressInfo
from .threads import run_in_thread


class AsyncCurlEngine(AsyncPooledEngine):
    """Sends by libcurl.

    Args:
        settings: how to reach the server.
    """

    async def _connect(self, deadline: float) -> "_Connection":
        loop = asyncio.get_running_loop()
        seconds = deadline - loop.time()
        opened, infos = await run_in_thread(
            lambda: open_curl_socket(self._settings, seconds), discard=lambda result: result[0].close()
        )
        try:
            return _Connection(self._settings, opened, infos, loop)
        except BaseException:
            opened.close()
            raise


class _Connection(CurlConnection):
    def __init__(
        self,
        settings: EngineSettings,
        opened: socket.socket,
        infos: Sequence[AddressInfo],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(settings, opened, infos)
        self._loop = loop
        self._watched = -1  # the file descriptor that the loop watches
        self._is_writing = False  # whether it watches for room, too
        self._reply: asyncio.Future[Reply] | None = None
        self._next_step: asyncio.TimerHandle | None = None

    async def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        self.begin(request, sign, time.monotonic() + deadline - self._loop.time())
        reply: asyncio.Future[Reply] = self._loop.create_future()
        self._reply = reply
        timer = self._loop.call_at(deadline, self._time_is_over)
        try:
            self._go_on(0)
            return await reply
        finally:
            self._reply = None
            timer.cancel()
            if self._next_step:
                self._next_step.cancel()

    def is_quiet(self) -> bool:
        return self.fd >= 0 and not self.wait(0.0)

    def close(self) -> None:
        self._stop_watching()
        super().close()

    def _time_is_over(self) -> None:
        if self._reply and not self._reply.done():
            self._reply.set_exception(self.give_up("no answer came in time"))

    def _go_on(self, ready: int) -> None:
        """Make a step of the exchange that is under way, and see to it that the next one comes."""
        reply = self._reply
        if reply is None or reply.done():
            self.close()
            return
        try:
            if self.step(ready):
                reply.set_result(self.finish())
            else:
                self._watch()
        except Exception as error:  # noqa: BLE001 - it is raised where the reply is awaited
            reply.set_exception(error)
        finally:
            if self.fd < 0:  # at once: the next file that this process opens has the same number
                self._stop_watching()

    def _watch(self) -> None:
        if self._watched != self.fd:
            self._stop_watching()
            try:
                self._loop.add_reader(self.fd, self._go_on, pycurl.CSELECT_IN)
            except NotImplementedError:  # the default loop of Windows
                raise InvalidInput("engine: 'curl' needs an event loop that watches sockets; use 'h11'.") from None
            self._watched = self.fd
        if self._is_writing != self.wants_to_write:
            self._is_writing = not self._is_writing
            if self._is_writing:
                self._loop.add_writer(self.fd, self._go_on, pycurl.CSELECT_OUT)
            else:
                self._loop.remove_writer(self.fd)
        if self._next_step:
            self._next_step.cancel()
        patience = self.patience
        self._next_step = None if patience is None else self._loop.call_later(patience, self._go_on, 0)

    def _stop_watching(self) -> None:
        if self._watched >= 0 and not self._loop.is_closed():
            self._loop.remove_reader(self._watched)
            self._loop.remove_writer(self._watched)
        self._watched, self._is_writing = -1, False
