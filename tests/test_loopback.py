"""The end of a server on loopback, and of whoever connects to it at that moment."""

import asyncio
import socket
import threading
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bybit_ext import loopback
from bybit_ext.loopback import HOST, LoopbackServer

LIMIT = 30.0  # seconds that anything may take on a busy machine


def test_connections_that_come_while_the_server_ends_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_MAX_FINISHING", 2 * LIMIT)  # not by that
    is_blocked, go_on = threading.Event(), threading.Event()
    connections: list[socket.socket] = []

    def connect() -> socket.socket:
        connections.append(socket.create_connection((HOST, server.port), timeout=LIMIT))
        return connections[-1]

    async def connect_in_each_turn() -> None:
        with suppress(OSError):  # until nobody listens any more
            while True:
                connect()
                await asyncio.sleep(0)

    async def block(_: Request) -> Response:
        is_blocked.set()
        go_on.wait(LIMIT)  # as one turn of the event loop: the next one has both, the connection and the end
        return Response(background=BackgroundTask(connect_in_each_turn))

    with LoopbackServer(Starlette(routes=[Route("/", block)]), name="server") as server:
        connect().sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert is_blocked.wait(LIMIT)
        connect()
        server._server.stop()
        go_on.set()
    assert len(connections) > 2
    for connection in connections:
        with connection, suppress(ConnectionResetError):
            while connection.recv(1000):  # the response
                pass
