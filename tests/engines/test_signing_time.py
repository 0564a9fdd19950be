"""Promise 8: the signature is asked for when the connection stands. Promise 3: whether anything left is known."""

import socket
import ssl
import threading
import time

import pytest

from bybit_ext.engines.interface import Headers, Lost, Reply
from bybit_ext.errors import NotSent

from .conftest import Authority, OpenSender, OpenServer
from .servers import LIMIT, Peer, RawServer, Serve, answering, reply


class Timestamps:
    """Signs with the time, as the exchange wants it."""

    def __init__(self) -> None:
        self.made: list[float] = []

    def sign(self) -> Headers:
        self.made.append(time.monotonic())
        return (("X-BAPI-TIMESTAMP", repr(self.made[-1])),)


def _age(server: RawServer, arrival: float) -> float:
    """Return how old the signature of the last request was when it came in."""
    (timestamp,) = server.requests[-1].values(b"X-BAPI-TIMESTAMP")
    return arrival - float(timestamp)


def _noting(arrivals: list[float]) -> Serve:
    def serve(peer: Peer) -> None:
        while peer.read_request():
            arrivals.append(time.monotonic())
            peer.send(reply())

    return serve


def test_a_slow_handshake_does_not_make_a_signature_old(
    open_server: OpenServer, sender: OpenSender, authority: Authority
) -> None:
    arrivals: list[float] = []

    def serve(peer: Peer) -> None:
        time.sleep(0.6)
        peer.socket = authority.server.wrap_socket(peer.socket, server_side=True)
        _noting(arrivals)(peer)

    server = open_server(serve)
    timestamps = Timestamps()
    sending = sender(f"https://localhost:{server.port}", tls=authority.trust)
    for _ in range(2):
        assert sending.send(sign=timestamps.sign).status == 200
        assert _age(server, arrivals[-1]) < 0.5


def test_a_handshake_that_drips_does_not_make_a_signature_old(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    """The server's certificates may come in many pieces, and slowly."""
    arrivals: list[float] = []

    def serve(peer: Peer) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = authority.server.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                _send_slowly(peer.socket, outgoing.read())
                incoming.write(peer.socket.recv(65_536))
        peer.send(outgoing.read())
        while True:
            try:
                request = tls.read(65_536)
            except ssl.SSLWantReadError:
                incoming.write(peer.socket.recv(65_536))
            else:
                break
        timestamp = request.partition(b"X-BAPI-TIMESTAMP: ")[2].partition(b"\r\n")[0]
        arrivals.append(time.monotonic() - float(timestamp))
        tls.write(reply())
        peer.send(outgoing.read())
        peer.wait_for_end()

    server = open_server(serve)
    sending = sender(f"https://localhost:{server.port}", tls=authority.trust)
    assert sending.send(sign=Timestamps().sign).status == 200
    assert arrivals[0] < 0.6


def _send_slowly(opened: socket.socket, data: bytes) -> None:
    size = len(data) // 8 + 1
    for start in range(0, len(data), size):
        opened.sendall(data[start : start + size])
        time.sleep(0.1)


def test_on_a_connection_that_stands_a_request_is_signed_once(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    for server in (open_server(answering()), open_server(answering(), authority.server)):
        timestamps = Timestamps()
        sending = sender(server.url, tls=authority.trust)
        sending.send(sign=timestamps.sign)
        before = len(timestamps.made)
        sending.send(sign=timestamps.sign)
        assert len(timestamps.made) == before + 1


def test_nothing_is_signed_without_a_connection(sender: OpenSender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    timestamps = Timestamps()
    assert isinstance(sender(f"http://127.0.0.1:{port}").attempt(sign=timestamps.sign), NotSent)
    assert timestamps.made == []


# ---- did anything leave?


def _refuse_tls(peer: Peer) -> None:
    peer.socket.recv(65_536)
    peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _end_in_handshake(peer: Peer) -> None:
    peer.socket.recv(65_536)


def _reset_in_handshake(peer: Peer) -> None:
    peer.socket.recv(65_536)
    peer.reset()


@pytest.mark.parametrize("serve", [_refuse_tls, _end_in_handshake, _reset_in_handshake])
def test_a_handshake_that_fails_is_not_sent(
    sender: OpenSender, open_server: OpenServer, authority: Authority, serve: Serve
) -> None:
    server = open_server(serve)
    sent = sender(f"https://localhost:{server.port}", tls=authority.trust).attempt()
    assert isinstance(sent, NotSent)
    assert "localhost" in str(sent)


def test_a_request_that_the_server_has_read_is_lost(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()

    for server in (open_server(serve), open_server(serve, authority.server)):
        assert isinstance(sender(server.url, tls=authority.trust).attempt(), Lost)
        assert len(server.requests) == 1


def test_an_answer_after_the_deadline_is_lost(sender: OpenSender, open_server: OpenServer) -> None:
    is_late = threading.Event()

    def serve(peer: Peer) -> None:
        while peer.read_request():
            is_late.wait(LIMIT)
            peer.send(reply())

    server = open_server(serve)
    sending = sender(server.url)
    assert isinstance(sending.attempt_to_reach(server, seconds=0.1), Lost)
    is_late.set()
    assert isinstance(sending.attempt(), Reply)
    assert server.opened == 2
