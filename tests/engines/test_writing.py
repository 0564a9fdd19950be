"""Promise 3: what a connection that fails while a request is written took of it."""

import socket
import ssl
import time
from typing import Any

import pytest

from bybit_ext.engines.connection_sync import Connection
from bybit_ext.engines.hosts import parse_base_url
from bybit_ext.engines.http1_h11 import H11Protocol
from bybit_ext.engines.interface import Lost, Request
from bybit_ext.engines.outgoing import RequestHead
from bybit_ext.engines.sockets import Route
from bybit_ext.errors import NotSent

from .senders import CANCEL, sign

HEAD = RequestHead(Route(parse_base_url("https://api.bybit.com")))
LARGE = Request("POST", "/v5/order/cancel-batch", (), b"x" * 100_000)


class FailingSocket(socket.socket):
    """Takes so many bytes, and fails then."""

    def __init__(self, room: int, error: OSError) -> None:
        socket.socket.__init__(self)
        self._room = room
        self._error = error

    def send(self, data: Any, flags: int = 0) -> int:  # noqa: ARG002
        if not self._room:
            raise self._error
        taken, self._room = self._room, 0
        return taken


class FailingTlsSocket(FailingSocket, ssl.SSLSocket):
    """The same with TLS, which nobody has shaken hands for: it has nothing to encrypt."""


@pytest.mark.parametrize(
    ("request_", "kind", "room", "error", "result"),
    [
        (CANCEL, FailingSocket, 0, BrokenPipeError(), NotSent),
        (LARGE, FailingSocket, 0, ConnectionResetError(), NotSent),
        (CANCEL, FailingTlsSocket, 0, BrokenPipeError(), NotSent),
        (LARGE, FailingTlsSocket, 0, BrokenPipeError(), Lost),  # the first of its records may have left
        (CANCEL, FailingSocket, 1, BrokenPipeError(), Lost),
        (CANCEL, FailingTlsSocket, 1, ConnectionResetError(), Lost),
        (CANCEL, FailingSocket, 0, OSError(), Lost),  # such as a signal handler's own
        (CANCEL, FailingSocket, 0, TimeoutError(), Lost),
    ],
)
def test_a_request_is_not_sent_only_if_nothing_of_it_was_taken(
    request_: Request, kind: type[FailingSocket], room: int, error: OSError, result: type[Exception]
) -> None:
    with kind(room, error) as opened:
        connection = Connection(opened, H11Protocol(HEAD))
        with pytest.raises((NotSent, Lost)) as caught:
            connection.exchange(request_, sign, time.monotonic() + 60.0)
    assert caught.type is result
