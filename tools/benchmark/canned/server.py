"""The server: its loop in a thread, its two ports, and the orders that are placed there."""

import asyncio
import ssl
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import serve

from tools.benchmark.canned.http import Connection, Respond
from tools.benchmark.canned.orders import Orders
from tools.benchmark.canned.private_stream import PrivateStream
from tools.benchmark.canned.trade_stream import TradeStream
from tools.benchmark.target import Target

_HOST = "127.0.0.1"
_BACKLOG = 1024
_LIMIT = 10.0  # seconds to start, and to end


class CannedServer:
    """Serves canned answers on loopback while its context is open.

    Args:
        delay: seconds between a request and its answer, and between a cancel's answer and the report of its end.
        tls: what the server proves who it is with; None for clear text. The WebSockets are in clear text.
        respond: returns the answers; None for those of `Orders`.

    Attributes:
        orders: the orders that are placed there.
    """

    def __init__(self, delay: float = 0.0, tls: ssl.SSLContext | None = None, respond: Respond | None = None) -> None:
        self._delay = delay
        self._tls = tls
        self._stream = PrivateStream()
        self.orders = Orders(self._stream.report, 2 * delay)  # counted from the request
        self._trade = TradeStream(self.orders, delay)
        self._respond = respond or self.orders.respond
        self._ports: Future[tuple[int, int]] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="canned server", daemon=True)

    @property
    def target(self) -> Target:
        """Where clients are pointed at; they have to be told whom to trust."""
        port, stream_port = self._ports.result(_LIMIT)
        url = f"https://localhost:{port}" if self._tls else f"http://{_HOST}:{port}"
        streams = f"ws://{_HOST}:{stream_port}/v5"
        return Target(url, stream_url=f"{streams}/private", trade_url=f"{streams}/trade")

    def __enter__(self) -> Self:
        self._thread.start()
        self._ports.result(_LIMIT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(_LIMIT)

    async def _serve(self, connection: Any) -> None:
        is_trade = connection.request.path.endswith("/trade")
        await (self._trade if is_trade else self._stream).serve(connection)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        connect = lambda: Connection(self._respond, self._delay)  # noqa: E731
        async with (
            await self._loop.create_server(connect, _HOST, 0, ssl=self._tls, backlog=_BACKLOG) as http,
            serve(self._serve, _HOST, 0, compression=None, ping_interval=None) as stream,
        ):
            self._ports.set_result((http.sockets[0].getsockname()[1], next(iter(stream.sockets)).getsockname()[1]))
            await self._end.wait()
