"""What a signal handler raises in the midst of a send is never taken for proof that nothing left."""

import gc
import signal
import socket
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from bybit_ext.engines.interface import Lost, Reply, Request
from bybit_ext.engines.selection import open_engine
from bybit_ext.errors import NotSent

from .conftest import Authority, OpenSender, OpenServer
from .senders import settings_for, sign
from .servers import Peer, answering, reply


@pytest.fixture
def alarm() -> Iterator[Any]:
    """Let a handler raise OSError soon, as the example in Python's documentation does."""
    before = signal.getsignal(signal.SIGALRM)

    def handle(_: int, __: FrameType | None) -> None:
        raise OSError("alarm")

    signal.signal(signal.SIGALRM, handle)

    def ring_after(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    yield ring_after
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


# An alarm can keep a socket from being noted, and ring where an exception has nowhere to go.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["h11", "httptools"])
def test_what_arrived_is_never_called_not_sent(alarm: Any, open_server: OpenServer, name: Any) -> None:
    server = open_server(answering())
    engine = open_engine(name, settings_for(server.url))
    not_sent: list[bytes] = []
    for number in range(400):
        try:
            alarm(0.00002 * (number % 12 + 1))
            engine.send(Request("GET", f"/{number}"), sign, seconds=5.0)
            alarm(0)
        except NotSent:
            not_sent.append(f"GET /{number} HTTP/1.1".encode())
        except (OSError, Lost):
            pass
        finally:
            alarm(0)
    engine.close()
    gc.collect()
    assert not set(not_sent) & {one.line for one in server.requests}


def test_a_large_body_that_tls_began_to_send_is_lost(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    def serve(peer: Peer) -> None:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.read_head()
        peer.reset()

    server = open_server(serve, authority.server)
    sending = sender(server.url, tls=authority.trust)
    assert isinstance(sending.attempt(Request("POST", "/", (), b"a" * 8_000_000)), Lost)


def test_a_large_body_arrives_whole(sender: OpenSender, open_server: OpenServer, authority: Authority) -> None:
    def serve(peer: Peer) -> None:
        while peer.read_request():
            peer.send(reply())

    server = open_server(serve, authority.server)
    sending = sender(server.url, tls=authority.trust)
    assert isinstance(sending.attempt(Request("POST", "/", (), b"a" * 100_000)), Reply)
    assert len(server.requests[0].body) == 100_000
