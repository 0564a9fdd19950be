"""Serve an ASGI application on a loopback port, in a thread of its own: the sandbox, and the page of the explorer."""

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp
from websockets.exceptions import InvalidState

HOST = "127.0.0.1"
_MAX_FINISHING = 1.0  # seconds that requests may still take once the server is closed
_MAX_CLOSING = 5.0  # seconds after which a server that has not ended is left behind

_log = logging.getLogger("bybit_ext")


class LoopbackServer:
    """Serve an application while its context is open. It can be opened again.

    Args:
        app: what is served.
        port: where to listen; 0 finds a free one.
        name: what the thread is called, and the log calls it.
        make_loop: returns the event loop that serves.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self,
        app: ASGIApp,
        port: int = 0,
        *,
        name: str,
        make_loop: Callable[[], asyncio.SelectorEventLoop] = asyncio.SelectorEventLoop,
    ) -> None:
        self._app = app
        self._name = name
        self._make_loop = make_loop
        self.port: int = port

    @property
    def url(self) -> str:
        """The URL that it is reached by."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._socket = _listen(self.port)
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http="h11",
            ws="websockets-sansio",
            log_config=None,  # uvicorn would exchange the handlers of whoever uses this
            log_level=logging.CRITICAL,
            lifespan="on",
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()
        self._thread.join(_MAX_CLOSING)
        if self._thread.is_alive():
            _log.warning("The %s on port %s did not end in time; its thread is left behind.", self._name, self.port)

    def _serve(self) -> None:
        with self._socket, asyncio.Runner(loop_factory=self._make_loop) as runner:
            runner.run(self._server.serve([self._socket]))


class _Server(uvicorn.Server):
    """uvicorn without its fixed pauses: it ends as soon as it is told to and nobody is served any more."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End. From any thread."""
        self.should_exit = True  # before the loop is looked for: `main_loop` does these two the other way round
        if self._loop:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def main_loop(self) -> None:
        """Serve until the end; once a second, set the time for the `Date` header."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let the application and its requests finish, and then end what is left."""
        await self._stop_listening(sockets or ())
        for connection in list(self.server_state.connections):
            with suppress(InvalidState):  # a WebSocket that is being closed
                connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_MAX_FINISHING):
                await self.lifespan.shutdown()
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn has no event
                    await asyncio.sleep(0.002)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # What is left of tasks, the loop's end cancels.

    async def _stop_listening(self, sockets: Sequence[socket.socket]) -> None:
        """Accept no more connections. Those that were accepted by now are known from here on.

        asyncio forgets a connection, unclosed, whose server closes between its acceptance and the loop's next turn:
        https://github.com/python/cpython/issues/109564
        """
        for listening in sockets:
            asyncio.get_running_loop().remove_reader(listening)
        await asyncio.sleep(0)  # what was accepted belongs to its server
        await asyncio.sleep(0)  # and is one of `connections`
        for server in self.servers:
            server.close()


def _listen(port: int) -> socket.socket:
    # Not `socket.create_server`: without its protocol, asyncio does not set TCP_NODELAY on the connections of a socket,
    # and a response then takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except BaseException:
        listening.close()
        raise
    return listening
