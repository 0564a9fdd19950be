"""`Sandbox`: the imitation exchange on a loopback port, in a thread of its own."""

import asyncio
import logging
import os
import secrets
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from ..auth.clock import Clock, system_clock
from .fault_injection import with_drop
from .models import Exchange
from .real_time import RealTimeLoop
from .responses import create_app

HOST = "127.0.0.1"
_MAX_CLOSING = 5.0  # seconds in which the server must have ended by itself
_MAX_FORCED_CLOSING = 1.0  # seconds, once it is told not to wait for anybody

_log = logging.getLogger("bybit_ext")


class Sandbox(Exchange):
    """Serve an imitation exchange on loopback while its context is open.

    >>> with Sandbox() as sandbox:
    ...     order = sandbox.place("linear", "BTCUSDT")
    ...     client = Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url, stream_url=sandbox.stream_url)

    Args:
        port: where to listen; 0 finds a free one.
        cancel_delay: seconds between the acknowledgement of a cancel and the cancel.
        clock: returns the exchange's time, UTC in ms.

    Attributes:
        api_key: a key that it lets in.
        api_secret: its secret.
    """

    def __init__(self, port: int = 0, *, cancel_delay: float = 0.05, clock: Clock = system_clock) -> None:
        super().__init__(clock=clock)
        self.api_key = f"sandbox{secrets.token_hex(6)}"
        self.api_secret = secrets.token_hex(18)
        self.register_key(self.api_key, self.api_secret)
        self._port = port
        self._app = create_app(self, cancel_delay=cancel_delay)

    @property
    def url(self) -> str:
        """The base URL, for `Bybit(base_url=…)`."""
        return f"http://{HOST}:{self._port}"

    @property
    def stream_url(self) -> str:
        """The private stream's URL, for `Bybit(stream_url=…)`."""
        return f"ws://{HOST}:{self._port}/v5/private"

    @property
    def subscriptions(self) -> int:
        """How many connections to the stream are subscribed to orders."""
        return int(self._app.state.stream.subscriptions)

    def drop_streams(self) -> None:
        """Disconnect everybody from the stream."""
        self._app.state.stream.drop()

    def restart(self) -> None:
        """Restart the exchange: closed orders are in the history only, for good, and all streams are disconnected."""
        super().restart()
        self.drop_streams()

    def __enter__(self) -> Self:
        self._socket = _listen(self._port)
        self._port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            with_drop(self._app),
            http="h11",
            ws="websockets-sansio",
            log_config=None,  # uvicorn would exchange the handlers of whoever uses this
            log_level=logging.CRITICAL,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_MAX_CLOSING)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(_MAX_FORCED_CLOSING)
        self._socket.close()
        if self._thread.is_alive():
            _log.warning("The sandbox on port %s did not end in time; its thread is left behind.", self._port)

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=RealTimeLoop) as runner:
            runner.run(self._server.serve([self._socket]))


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
