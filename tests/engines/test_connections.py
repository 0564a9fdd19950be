"""Promises 4 and 5: which connection a request goes to, and that an answer is that of its request."""

import socket
import time
from collections.abc import Sequence
from functools import partial

import pytest

from bybit_ext.engines.interface import Lost, Reply
from bybit_ext.errors import NotSent

from .conftest import Authority, OpenSender, OpenServer
from .senders import CANCEL, READ, Stalls
from .servers import Peer, RawServer, answering, answering_once, chunked, reply, wait_until


@pytest.fixture(params=[False, True], ids=["clear", "tls"])
def tls(request: pytest.FixtureRequest, authority: Authority) -> object:
    return authority.server if request.param else None


def test_one_connection_serves_many_requests(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object
) -> None:
    server = open_server(answering(), tls)
    sending = sender(server.url, tls=authority.trust)
    for request in (CANCEL, READ, CANCEL, CANCEL, READ):
        assert sending.send(request).body == b'{"retCode":0}'
    assert server.opened == 1
    assert [one.line.split()[0] for one in server.requests] == [b"POST", b"GET", b"POST", b"POST", b"GET"]
    assert [one.body for one in server.requests] == [CANCEL.body, b"", CANCEL.body, CANCEL.body, b""]


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_server_may_have_an_ipv6_address(sender: OpenSender) -> None:
    with RawServer(answering(), host="::1") as server:
        sending = sender(f"http://[::1]:{server.port}")
        assert [sending.send().status for _ in range(2)] == [200] * 2
        assert server.requests[0].values(b"Host") == [b"[::1]:%d" % server.port]
        sending.shut_down()


def test_a_fresh_connection_is_a_new_one(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object
) -> None:
    server = open_server(answering(), tls)
    sending = sender(server.url, tls=authority.trust)
    for opened in (1, 2, 3):
        sending.send(fresh=opened > 1)
        assert server.opened == opened
    sending.send()
    assert server.opened == 3


@pytest.mark.parametrize("end", ["Connection: close", "HTTP/1.0", "no length"])
def test_a_connection_that_the_server_ends_is_not_used_again(
    sender: OpenSender, open_server: OpenServer, end: str
) -> None:
    data = {
        "Connection: close": reply(b"{}", "Connection: close"),
        "HTTP/1.0": reply(b"{}").replace(b"HTTP/1.1", b"HTTP/1.0"),
        "no length": b"HTTP/1.1 200 OK\r\n\r\n{}",
    }[end]
    server = open_server(answering_once(data))
    sending = sender(server.url)
    assert [sending.send().body for _ in range(3)] == [b"{}"] * 3
    assert server.opened == 3


def test_an_idle_connection_expires(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url, keepalive=0.05)
    sending.send()
    time.sleep(0.1)
    sending.send()
    assert server.opened == 2


def _has_ended(server: RawServer, count: int) -> bool:
    return server.ended == count


def _has_length(items: Sequence[object], length: int) -> bool:
    return len(items) == length


def test_idle_connections_that_nobody_needs_are_closed(sender: OpenSender, open_server: OpenServer) -> None:
    """After a burst, one call after another takes the one on top; those below it must not stay for ever."""
    server = open_server(answering())
    sending = sender(server.url, keepalive=0.1)
    sending.send_many(8)
    for _ in range(40):
        sending.send()
        time.sleep(0.01)
    wait_until(lambda: server.opened - server.ended <= 2)


# ---- one request, one answer (T11)

TRUE, FALSE = b'{"retCode":0}', b'{"retCode":110001}'
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize("excess", [reply(FALSE), b"HTTP/1.1 100 Continue\r\n\r\n", b"x", chunked(FALSE)])
@pytest.mark.parametrize(
    ("first", "body"),
    [(reply(TRUE), TRUE), (chunked(TRUE) + b"0\r\n\r\n", TRUE), (EMPTY, b""), (reply(b""), b"")],
    ids=["length", "chunks", "no content", "empty"],
)
def test_bytes_behind_an_answer_are_never_the_next_ones(
    sender: OpenSender,
    open_server: OpenServer,
    authority: Authority,
    tls: object,
    first: bytes,
    body: bytes,
    excess: bytes,
) -> None:
    def serve(peer: Peer) -> None:
        while peer.read_request():
            peer.send(first + excess)

    server = open_server(serve, tls)
    sending = sender(server.url, tls=authority.trust)
    assert [sending.send().body for _ in range(3)] == [body] * 3
    assert server.opened == 3


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK\r\nConnection: close", "HTTP/1.0 200 OK"])
def test_a_connection_that_the_server_wants_to_end_is_not_used_again(
    sender: OpenSender, open_server: OpenServer, head: str
) -> None:
    def serve(peer: Peer) -> None:
        while peer.read_request():  # it does not end it itself
            peer.send(f"{head}\r\nContent-Length: 2\r\n\r\n{{}}".encode())

    server = open_server(serve)
    sending = sender(server.url)
    assert [sending.send().body for _ in range(2)] == [b"{}", b"{}"]
    assert server.opened == 2


def test_an_empty_line_behind_an_answer_does_no_harm(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        while peer.read_request():
            peer.send(reply(TRUE) + b"\r\n")

    sending = sender(open_server(serve).url)
    assert [sending.send().body for _ in range(3)] == [TRUE] * 3


def test_an_answer_in_a_second_record_is_never_the_next_one(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object
) -> None:
    def serve(peer: Peer) -> None:
        while peer.read_request():
            peer.send(reply(TRUE))
            peer.send(reply(FALSE))

    server = open_server(serve, tls)
    sending = sender(server.url, tls=authority.trust)
    for _ in range(5):
        assert sending.send().body == TRUE
        time.sleep(0.02)
    assert server.opened == 5


@pytest.mark.parametrize("late", [reply(FALSE), b"x"])
def test_bytes_that_come_while_a_connection_is_idle_end_it(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object, late: bytes
) -> None:
    has_come: list[bool] = []

    def serve(peer: Peer) -> None:
        while peer.read_request():
            peer.send(reply(TRUE))
            time.sleep(0.05)
            peer.send(late)
            has_come.append(True)

    server = open_server(serve, tls)
    sending = sender(server.url, tls=authority.trust)
    for count in (1, 2, 3):
        assert sending.send().body == TRUE
        wait_until(partial(_has_length, has_come, count))
    assert server.opened == 3


def test_an_answer_that_nobody_asked_for_is_not_taken(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object
) -> None:
    """A server that answers before it was asked has no way to know what it answers to."""

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply(TRUE))
        peer.wait_for_end()

    server = open_server(serve, tls)
    assert sender(server.url, tls=authority.trust).send().body == TRUE


# ---- connections that end


def test_a_connection_closed_while_idle_is_replaced(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object
) -> None:
    server = open_server(answering_once(reply()), tls)
    sending = sender(server.url, tls=authority.trust)
    for count in (1, 2, 3):
        assert sending.send().status == 200
        wait_until(partial(_has_ended, server, count))
    assert server.opened == 3


def test_a_connection_reset_while_idle_is_replaced(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply())
        time.sleep(0.02)
        peer.reset()

    server = open_server(serve)
    sending = sender(server.url)
    for count in (1, 2, 3):
        assert sending.send().status == 200
        wait_until(partial(_has_ended, server, count))
        time.sleep(0.01)
    assert server.opened == 3


@pytest.mark.parametrize("ending", ["end", "reset"])
def test_a_connection_that_ends_before_the_answer_is_lost_and_not_sent_again(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object, ending: str
) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply())
        peer.read_request()  # as an exchange that closes an idle connection just when a request comes
        if ending == "reset":
            peer.reset()

    server = open_server(serve, tls)
    sending = sender(server.url, tls=authority.trust)
    assert isinstance(sending.attempt(), Reply)
    sent = sending.attempt()
    assert isinstance(sent, Lost)
    assert "None" not in str(sent)
    assert "ConnectionResetError" in str(sent) or (ending, tls) != ("reset", None)
    assert len(server.requests) == 2
    assert isinstance(sending.attempt(), Reply)
    assert len(server.requests) == 3


def test_a_connection_that_ends_without_reading_is_not_sent_again(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object
) -> None:
    server = open_server(Peer.ignore, tls)
    sent = sender(server.url, tls=authority.trust).attempt()
    assert isinstance(sent, Lost | NotSent)
    time.sleep(0.05)
    assert server.opened <= 1 + isinstance(sent, NotSent)


CUT = {
    "nothing": b"",
    "status line": b"HTTP/1.1 20",
    "no header": b"HTTP/1.1 200 OK\r\n",
    "head": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
    "header": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTracei",
    "interim answer": b"HTTP/1.1 100 Continue\r\n\r\n",
    "head after an interim answer": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n",
    "body": reply(b"{}")[:-1],
    "whole body": reply(b"{}")[:-2],
    "chunk line": chunked(b"{}") + b"1",
    "chunk": chunked(b"{}") + b"ff\r\nabc",
    "last chunk": chunked(b"{}"),
    "trailers": chunked(b"{}") + b"0\r\n",
    "trailer": chunked(b"{}") + b"0\r\nX-More: a\r\n",
}


@pytest.mark.parametrize("part", CUT)
def test_an_answer_that_is_cut_off_is_lost(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tls: object, part: str
) -> None:
    server = open_server(answering_once(CUT[part]), tls)
    assert isinstance(sender(server.url, tls=authority.trust).attempt(), Lost)
    assert len(server.requests) == 1


def test_a_body_without_a_length_ends_with_the_connection(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering_once(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n{}"))
    assert sender(server.url).send().body == b"{}"


@pytest.mark.parametrize("has_goodbye", [True, False])
def test_a_body_without_a_length_needs_the_goodbye_of_tls(
    sender: OpenSender, open_server: OpenServer, authority: Authority, has_goodbye: object
) -> None:
    """Without one, anybody in between may have cut it off."""

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n{}")
        if has_goodbye:
            peer.socket = peer.socket.unwrap()  # type: ignore[attr-defined]

    server = open_server(serve, authority.server)
    sent = sender(server.url, tls=authority.trust).attempt()
    assert isinstance(sent, Reply) == has_goodbye


NO_HTTP = [
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"<html>\r\n\r\n</html>",
    b"\r\n\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
]


@pytest.mark.parametrize("data", NO_HTTP)
def test_what_is_not_http_is_lost(sender: OpenSender, open_server: OpenServer, data: bytes) -> None:
    server = open_server(answering_once(data))
    assert isinstance(sender(server.url).attempt(), Lost)


# ---- connections that are dropped in silence (W1)


def test_a_fresh_connection_reaches_a_server_whose_idle_ones_are_dead(
    sender: OpenSender, open_server: OpenServer
) -> None:
    """A firewall forgets connections: what is sent over one goes nowhere."""

    def serve(peer: Peer) -> None:
        is_dead = peer.server.opened <= 3
        peer.read_request()
        wait_until(lambda: peer.server.opened >= 3)
        peer.send(reply())
        if is_dead:
            peer.hold()
        answering()(peer)

    server = open_server(serve)
    sending = sender(server.url)
    sent = sending.send_many(3)
    assert all(isinstance(one, Reply) for one in sent)
    dead = server.opened
    assert isinstance(sending.attempt_to_reach(server, seconds=0.2), Lost)
    assert isinstance(sending.attempt(fresh=True), Reply)
    assert server.opened == dead + 1
    assert isinstance(sending.attempt(), Reply)  # the one that answered last is taken first


# ---- places: C4b


def test_no_more_connections_are_open_than_allowed(sender: OpenSender, open_server: OpenServer) -> None:
    at_once: list[int] = []

    def serve(peer: Peer) -> None:
        while peer.read_request():
            at_once.append(peer.server.opened - peer.server.ended)
            time.sleep(0.02)
            peer.send(reply())

    server = open_server(serve)
    sent = sender(server.url, max_connections=3).send_many(20)
    assert all(isinstance(one, Reply) for one in sent)
    assert server.opened == 3
    assert max(at_once) <= 3


def test_a_fresh_connection_makes_room_for_itself(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url, max_connections=2)
    sending.send_many(2)
    for _ in range(4):
        sending.send(fresh=True)
    wait_until(lambda: server.opened - server.ended <= 2)


def test_a_fresh_connection_ends_no_other_while_there_is_room(sender: OpenSender, open_server: OpenServer) -> None:
    """Those that have ended take no room."""
    server = open_server(answering_once(reply()))
    sending = sender(server.url, max_connections=3)
    sending.send_many(3)
    wait_until(partial(_has_ended, server, server.opened))
    sending.send()  # finds them ended, and lets go of them
    server.serve = answering()
    for _ in range(2):
        sending.send(fresh=True)
    opened, ended = server.opened, server.ended
    sending.send_many(2)
    assert server.opened <= opened + 1
    sending.send(fresh=True)
    assert server.ended <= ended + 1


def test_the_connection_that_was_idle_for_longest_makes_room(sender: OpenSender, open_server: OpenServer) -> None:
    ended: list[int] = []

    def serve(peer: Peer) -> None:
        number = peer.server.opened
        answering()(peer)
        ended.append(number)

    server = open_server(serve)
    sending = sender(server.url, max_connections=2)
    for _ in range(3):
        sending.send(fresh=True)
    wait_until(partial(_has_length, ended, 1))
    assert ended == [1]


def test_a_call_that_finds_no_place_is_not_sent_nor_signed(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        time.sleep(0.6)
        peer.send(reply())

    signed: list[float] = []

    def sign() -> tuple[()]:
        signed.append(time.monotonic())
        return ()

    server = open_server(serve)
    sent = sender(server.url, max_connections=2).send_many(6, sign=sign, seconds=[3.0, 3.0, 0.3, 0.3, 0.3, 0.3])
    assert [type(one) for one in sent] == [Reply] * 2 + [NotSent] * 4
    assert len(signed) == 2
    assert "in use" in str(sent[-1])


def test_calls_that_contend_for_places_end_in_time(sender: OpenSender, open_server: OpenServer) -> None:
    """Whoever is always beaten to a free place has to be told when its time is over."""

    def serve(peer: Peer) -> None:
        while peer.read_request():
            time.sleep(0.005)
            peer.send(reply())

    sending = sender(open_server(serve).url, max_connections=2)
    with Stalls() as stalls:
        start = time.monotonic()
        for _ in range(5):
            sending.send_many(24, seconds=0.1)
        assert time.monotonic() - start < 5 * (0.11 + 0.05 + 0.1 + stalls.total)


def test_a_call_is_signed_when_its_place_is_free(sender: OpenSender, open_server: OpenServer) -> None:
    """Of 1000 calls at once 163 had a stale signature: they had been signed before they waited."""
    signed: list[None] = []
    answered: list[None] = []
    in_flight: list[int] = []

    def serve(peer: Peer) -> None:
        while peer.read_request():
            time.sleep(0.05)
            answered.append(None)
            peer.send(reply())

    def sign() -> tuple[()]:
        signed.append(None)
        in_flight.append(len(signed) - len(answered))
        return ()

    sent = sender(open_server(serve).url, max_connections=2).send_many(12, sign=sign)
    assert all(isinstance(one, Reply) for one in sent)
    assert max(in_flight) == 2
