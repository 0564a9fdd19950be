"""`Sandbox`: the imitation exchange on a loopback port, in a thread of its own."""

import logging
import secrets
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from ..auth.clock import Clock, system_clock

from .responses import create_app
from .models import Exchange
from .fault_injection import with_drop

HOST = "127.0.0.1"


class Sandbox(Exchange):
    """An exchange that listens on loopback while its context is open. Orders are placed by `place`.

    Args:
        port: where to listen; 0 finds a free one.
        cancel_delay: seconds between the acknowledgement of a cancel and the cancel.
        clock: tells the exchange's time in ms.

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

    def drop_streams(self) -> None:
        """Disconnect everybody from the stream."""
        self._app.state.stream.drop()

    def __enter__(self) -> Self:
        self._socket = socket.create_server((HOST, self._port))
        self._port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            with_drop(self._app),
            ws="websockets-sansio",
            log_config=None,  # uvicorn would exchange the handlers of whoever uses this
            log_level=logging.CRITICAL,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
