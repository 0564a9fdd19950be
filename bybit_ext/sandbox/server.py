"""`Sandbox`: the imitation exchange on a loopback port, in a thread of its own."""

import asyncio
import logging
import os
import secrets
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from websockets.exceptions import InvalidState

from bybit_ext.auth.clock import Clock, system_clock

from .fault_injection import with_drop
from .models import Exchange
from .real_time import RealTimeLoop
from .responses import create_app

HOST = "127.0.0.1"
_MAX_FINISHING = 1.0  # seconds that requests may still take once the sandbox is closed
_MAX_CLOSING = 5.0  # seconds after which a server that has not ended is left behind

_log = logging.getLogger("bybit_ext")


class Sandbox(Exchange):
    """Serve an imitation exchange on loopback while its context is open.

    >>> with Sandbox() as sandbox:
    ...     order = sandbox.place("linear", "BTCUSDT")
    ...     client = Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url, stream_url=sandbox.stream_url)
    ...     sandbox.set_price("BTCUSDT", "99.5")  # fills it

    Clients place, query and cancel orders there, and hear of them on the private stream. **What is filled** a test
    says (`fill`), or sets a price (`set_price`): it fills each open order that it crosses, a limit order at its own
    price, a market order at that price. Without either, every order rests, but for IOC and FOK, which are cancelled.
    `matching` has the whole rule; there are no balances and no positions.

    Args:
        port: where to listen; 0 finds a free one.
        cancel_delay: seconds between the acknowledgement of a request and what it asks for: the cancel, or the first
            match of a new order.
        enforce_rate_limits: whether requests over the documented rate limits are refused; otherwise they are only
            counted, for the headers.
        clock: returns the exchange's time, UTC in ms.

    Attributes:
        api_key: a key that it lets in.
        api_secret: its secret.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        cancel_delay: float = 0.05,
        enforce_rate_limits: bool = False,
        clock: Clock = system_clock,
    ) -> None:
        super().__init__(clock=clock)
        self.api_key: str = f"sandbox{secrets.token_hex(6)}"
        self.api_secret: str = secrets.token_hex(18)
        self.register_key(self.api_key, self.api_secret)
        self._port = port
        self._app = create_app(self, cancel_delay=cancel_delay, enforce_rate_limits=enforce_rate_limits)

    @property
    def url(self) -> str:
        """The base URL, for `Bybit(base_url=…)`."""
        return f"http://{HOST}:{self._port}"

    @property
    def stream_url(self) -> str:
        """The private stream's URL, for `Bybit(stream_url=…)`."""
        return f"ws://{HOST}:{self._port}/v5/private"

    @property
    def trade_url(self) -> str:
        """The trade WebSocket's URL, for `Bybit(engine="websocket", trade_url=…)`."""
        return f"ws://{HOST}:{self._port}/v5/trade"

    @property
    def subscriptions(self) -> int:
        """How many connections to the stream are subscribed to orders."""
        return int(self._app.state.stream.subscriptions)

    def drop_streams(self) -> None:
        """Disconnect everybody from the stream."""
        self._app.state.stream.drop()

    def drop_trade_connections(self) -> None:
        """Disconnect everybody from the trade WebSocket."""
        self._app.state.trade.drop()

    def restart(self) -> None:
        """Restart the exchange: closed orders are in the history only, for good, and all WebSockets end."""
        super().restart()
        self.drop_streams()
        self.drop_trade_connections()

    def __enter__(self) -> Self:
        self._socket = _listen(self._port)
        self._port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            with_drop(self._app),
            http="h11",
            ws="websockets-sansio",
            log_config=None,  # uvicorn would exchange the handlers of whoever uses this
            log_level=logging.CRITICAL,
            lifespan="off",
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()
        self._thread.join(_MAX_CLOSING)
        if self._thread.is_alive():
            _log.warning("The sandbox on port %s did not end in time; its thread is left behind.", self._port)

    def _serve(self) -> None:
        with self._socket, asyncio.Runner(loop_factory=RealTimeLoop) as runner:
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
        """Take no more connections, let requests finish, and then end what is left."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            with suppress(InvalidState):  # a WebSocket that is being closed
                connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_MAX_FINISHING):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn has no event
                    await asyncio.sleep(0.002)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # What is left of tasks, the loop's end cancels.


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
