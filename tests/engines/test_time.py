"""Promise 1: a call ends within its time as a whole. `Sender.send` measures every call of these tests."""

import errno
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bybit_ext.engines import sockets
from bybit_ext.engines.interface import Lost, Reply, Request
from bybit_ext.errors import NotSent

from .conftest import Authority, OpenSender, OpenServer
from .senders import CANCEL
from .servers import FullBacklog, Peer, answering, chunked, reply, silent

SECONDS = 0.4
_NO_HOST = ("255.255.255.255", 80)

# What a server sends first, and what it then sends a byte at a time.
DRIPS = {
    "status line": (b"", reply(status="200 O" + "K" * 200)),
    "header": (b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"a" * 200),
    "interim answer": (b"HTTP/1.1 103 Early Hints\r\n", b"Link: " + b"a" * 200),
    "body": (reply(b"")[:-4].replace(b": 0", b": 500") + b"\r\n\r\n", b"a" * 200),
    "chunk line": (chunked(b"{"), b"0" * 200),
    "chunk extension": (chunked(b"{") + b"1;", b"a" * 200),
    "chunk": (chunked(b"{") + b"ff\r\n", b"a" * 200),
    "trailers": (chunked(b"{}") + b"0\r\n", b"X-Long: " + b"a" * 200),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 200),
}


@pytest.mark.parametrize("has_tls", [False, True], ids=["clear", "tls"])
@pytest.mark.parametrize("part", DRIPS)
def test_an_answer_that_drips_is_lost_in_time(
    sender: OpenSender, open_server: OpenServer, authority: Authority, part: str, has_tls: object
) -> None:
    first, slow = DRIPS[part]

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(first)
        peer.drip(slow)

    server = open_server(serve, authority.server if has_tls else None)
    sending = sender(server.url, tls=authority.trust)
    assert isinstance(sending.attempt_to_reach(server, seconds=SECONDS), Lost)


def test_a_flood_of_interim_answers_is_lost_in_time(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        while True:
            peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
            time.sleep(0.01)

    server = open_server(serve)
    assert isinstance(sender(server.url).attempt_to_reach(server, seconds=SECONDS), Lost)


def test_a_server_that_never_answers_is_lost_in_time(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(silent)
    sent = sender(server.url).attempt_to_reach(server, seconds=SECONDS)
    assert isinstance(sent, Lost)
    assert "no answer came in time" in str(sent)


def test_a_server_that_never_reads_is_lost_in_time(sender: OpenSender, open_server: OpenServer) -> None:
    request = Request("POST", "/v5/order/cancel", (), b"x" * 16_000_000)
    server = open_server(Peer.hold)
    assert isinstance(sender(server.url).attempt_to_reach(server, request, seconds=SECONDS), Lost)


def test_an_answer_to_a_large_request_comes_back(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        time.sleep(0.1)  # the client has to wait for room
        answering()(peer)

    request = Request("POST", "/v5/order/cancel", (), b"x" * 16_000_000)
    server = open_server(serve)
    assert sender(server.url).send(request).status == 200
    assert server.requests[0].body == request.body


def test_a_tls_handshake_that_never_ends_is_not_sent(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    server = open_server(Peer.hold)
    sent = sender(f"https://localhost:{server.port}", tls=authority.trust).attempt(seconds=SECONDS)
    assert isinstance(sent, NotSent)


def test_a_tls_handshake_that_drips_is_not_sent(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    def serve(peer: Peer) -> None:
        peer.socket.recv(65_536)
        peer.drip(b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + b"\x00" * 200)

    server = open_server(serve)
    sent = sender(f"https://localhost:{server.port}", tls=authority.trust).attempt(seconds=SECONDS)
    assert isinstance(sent, NotSent)


# ---- name look-up and addresses


@pytest.fixture
def look_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say to which addresses names lead, and how long it takes to learn them."""

    def set_look_up(*addresses: tuple[str, int], wait: Callable[[], object] = lambda: None) -> None:
        def getaddrinfo(*_: object, **__: object) -> list[sockets.AddressInfo]:
            wait()
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

        monkeypatch.setattr(sockets, "getaddrinfo", getaddrinfo)

    return set_look_up


@pytest.fixture
def full() -> Iterator[tuple[str, int]]:
    """Take no more connections."""
    with FullBacklog() as address:
        yield address


def test_a_slow_look_up_is_not_sent_in_time(sender: OpenSender, look_up: Callable[..., None]) -> None:
    is_over = threading.Event()
    look_up(("127.0.0.1", 1), wait=lambda: is_over.wait(5))
    sent = sender("http://exchange.localhost:80").attempt(seconds=SECONDS)
    is_over.set()
    assert isinstance(sent, NotSent)
    assert "name look-up" in str(sent) or "in time" in str(sent)


def test_a_name_is_looked_up_in_a_thread_for_tcp(sender: OpenSender, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def getaddrinfo(*wanted: object, **options: object) -> list[sockets.AddressInfo]:
        asked.append((wanted, options, threading.current_thread().name))
        return []

    monkeypatch.setattr(sockets, "getaddrinfo", getaddrinfo)
    assert isinstance(sender("http://exchange.localhost:80").attempt(), NotSent)
    assert asked == [(("exchange.localhost", 80), {"type": socket.SOCK_STREAM}, "bybit name look-up")]


def test_an_ip_address_is_not_looked_up_in_a_thread(
    sync_sender: OpenSender, open_server: OpenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up, threads = sockets.getaddrinfo, list[threading.Thread]()

    def getaddrinfo(*wanted: Any, **options: Any) -> Any:
        threads.append(threading.current_thread())
        return look_up(*wanted, **options)

    monkeypatch.setattr(sockets, "getaddrinfo", getaddrinfo)
    sync_sender(open_server(answering()).url).send()
    assert threads == [threading.current_thread()]


def test_a_look_up_may_take_its_time(sender: OpenSender, open_server: OpenServer, look_up: Callable[..., None]) -> None:
    server = open_server(answering())
    look_up(("127.0.0.1", server.port), wait=lambda: time.sleep(0.3))
    assert sender("http://exchange.localhost:80").send().status == 200


def test_a_name_without_an_address_is_not_sent(sender: OpenSender, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(sockets, "getaddrinfo", getaddrinfo)
    sent = sender("http://exchange.localhost:80").attempt()
    assert isinstance(sent, NotSent)
    assert "Name or service not known" in str(sent)


def test_many_dead_addresses_are_not_sent_in_time(
    sender: OpenSender, look_up: Callable[..., None], full: tuple[str, int]
) -> None:
    look_up(*[full] * 12)
    assert isinstance(sender("http://exchange.localhost:80").attempt(seconds=SECONDS), NotSent)


def test_a_live_address_is_found_behind_many_dead_ones(
    sender: OpenSender, open_server: OpenServer, look_up: Callable[..., None], full: tuple[str, int]
) -> None:
    server = open_server(answering())
    look_up(*[full] * 20, ("127.0.0.1", server.port))
    assert isinstance(sender("http://exchange.localhost:80").attempt(seconds=1.0), Reply)


def test_addresses_that_refuse_are_passed_over_at_once(
    sender: OpenSender, open_server: OpenServer, look_up: Callable[..., None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refusing = closed.getsockname()
    server = open_server(answering())
    look_up(*[refusing] * 10, ("127.0.0.1", server.port))
    start = time.monotonic()
    assert sender("http://exchange.localhost:80").send(seconds=10.0).status == 200
    assert time.monotonic() - start < 2.0


def test_a_port_that_refuses_is_not_sent(sender: OpenSender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    sent = sender(f"http://127.0.0.1:{port}").attempt()
    assert isinstance(sent, NotSent)
    assert f"[Errno {errno.ECONNREFUSED}] Connection refused" in str(sent)


def test_an_event_loop_runs_on_while_a_name_is_looked_up(
    async_sender: OpenSender, look_up: Callable[..., None]
) -> None:
    look_up(("127.0.0.1", 1), wait=lambda: time.sleep(0.6))
    sender = async_sender("http://exchange.localhost:80")
    sent = sender.send_many(4, seconds=SECONDS)
    assert all(isinstance(one, NotSent) for one in sent)


def test_an_address_that_fails_at_once_says_why(sender: OpenSender, look_up: Callable[..., None]) -> None:
    with socket.socket() as opened:
        opened.setblocking(False)
        code = opened.connect_ex(_NO_HOST)
    look_up(_NO_HOST)
    sent = sender("http://exchange.localhost:80").attempt()
    assert isinstance(sent, NotSent)
    assert f"[Errno {code}] {os.strerror(code)}" in str(sent)


def test_no_time_at_all_is_not_sent(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url)
    assert isinstance(sending.attempt(seconds=0.0), NotSent)
    assert sending.send().status == 200
    assert isinstance(sending.attempt(seconds=0.0), NotSent)
    assert len(server.requests) == 1


def test_a_slow_signature_is_not_sent(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url)

    def sign() -> tuple[()]:
        time.sleep(0.2)
        return ()

    sent = [sending.attempt(CANCEL, sign=sign, seconds=0.19) for _ in range(2)]
    assert [type(one) for one in sent] == [NotSent, NotSent]
    assert server.requests == []
