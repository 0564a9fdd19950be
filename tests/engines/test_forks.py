"""Promise 7: a forked child opens its own connections, and leaves those of its parent alone (C1)."""

import asyncio
import gc
import os
import threading
import time
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from bybit_ext.engines import sockets
from bybit_ext.engines.interface import Lost, Reply, Request
from bybit_ext.errors import NotSent

from .children import LIMIT, Child, end_children, fork_all
from .conftest import Authority, OpenSender, OpenServer
from .senders import AsyncSender, Sender, Sent, SyncSender, in_thread, sign
from .servers import Peer, RawServer, reply, wait_until

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def echo(peer: Peer) -> None:
    """Answer with what was asked for: another's answer would be seen."""
    while request := peer.read_request():
        time.sleep(0.001)
        peer.send(reply(request.line))


def _ask(sender: Sender, target: str) -> str:
    """Return what came back, or the error."""
    if isinstance(sender, AsyncSender):  # a child needs an event loop of its own
        return asyncio.run(_ask_async(sender, target))
    assert isinstance(sender, SyncSender)
    try:
        return sender.engine.send(Request("GET", target), sign, seconds=5.0).body.decode()
    except (NotSent, Lost) as error:
        return repr(error)


async def _ask_async(sender: AsyncSender, target: str) -> str:
    try:
        reply_ = await sender.engine.send(Request("GET", target), sign, seconds=5.0)
        return reply_.body.decode()
    except (NotSent, Lost) as error:
        return repr(error)


def _answer_to(target: str) -> str:
    return f"GET {target} HTTP/1.1"


@pytest.fixture(params=[False, True], ids=["clear", "tls"])
def server(request: pytest.FixtureRequest, open_server: OpenServer, authority: Authority) -> RawServer:
    return open_server(echo, authority.server if request.param else None)


def test_children_and_parent_get_their_own_answers(sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sending = sender(server.url, tls=authority.trust)
    sending.send_many(3)

    def ask_often(who: int) -> list[str]:
        return [_ask(sending, f"/{who}/{i}") for i in range(10)]

    children = fork_all(partial(ask_often, who) for who in range(4))
    parents = [sending.send(Request("GET", f"/parent/{i}")).body.decode() for i in range(10)]
    assert parents == [_answer_to(f"/parent/{i}") for i in range(10)]
    for who, child in enumerate(children):
        assert child.result() == [_answer_to(f"/{who}/{i}") for i in range(10)]


def test_a_parents_connection_outlives_its_children(
    sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    sending = sender(server.url, tls=authority.trust)
    sending.send()

    def use_and_close() -> str:
        answer = _ask(sending, "/child")
        if isinstance(sending, AsyncSender):
            asyncio.run(sending.engine.close())
        else:
            sending.close()
        gc.collect()
        return answer

    for _ in range(2):
        assert Child(use_and_close).result() == _answer_to("/child")
        assert sending.send(Request("GET", "/parent")).body.decode() == _answer_to("/parent")
    assert server.opened == 3


def test_a_child_does_not_keep_its_parents_connection_open(
    sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    """The server must see the end when the parent ends it."""
    sending = sender(server.url, tls=authority.trust)
    sending.send()
    waiting, released = os.pipe()
    child = Child(lambda: os.read(waiting, 1))
    sending.close()
    wait_until(lambda: server.ended == 1)
    os.write(released, b"x")
    assert child.result() == b"x"
    os.close(waiting)
    os.close(released)


def test_a_child_does_not_keep_a_connection_open_that_was_about_to_stand(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    server = open_server(Peer.wait_for_end)  # it never shakes hands
    sending = sender(f"https://localhost:{server.port}", tls=authority.trust)
    sent: list[Sent] = []
    thread = in_thread(lambda: sent.extend(sending.send_many(1, seconds=0.5)))
    wait_until(lambda: server.opened == 1)
    time.sleep(0.1)  # the client has begun to shake hands
    waiting, released = os.pipe()
    child = Child(lambda: os.read(waiting, 1))
    thread.join(LIMIT)
    assert isinstance(sent[0], NotSent)
    wait_until(lambda: server.ended == 1)
    os.write(released, b"x")
    assert child.result() == b"x"
    os.close(waiting)
    os.close(released)


def test_a_fork_while_calls_are_in_flight(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        while request := peer.read_request():
            time.sleep(0.2)
            peer.send(reply(request.line))

    server = open_server(serve)
    sending = sender(server.url, max_connections=4)
    sent: list[Sent] = []
    thread = in_thread(lambda: sent.extend(sending.send_many(4, Request("GET", "/parent"))))
    wait_until(lambda: len(server.requests) == 4)  # all places are taken, which must not count in the child
    children = fork_all(partial(_ask, sending, f"/{who}") for who in range(3))
    for who, child in enumerate(children):
        assert child.result() == _answer_to(f"/{who}")
    thread.join(LIMIT)
    assert [one.body.decode() for one in sent if isinstance(one, Reply)] == [_answer_to("/parent")] * 4


def test_forks_in_the_midst_of_many_threads(sender: OpenSender, server: RawServer, authority: Authority) -> None:
    """At any moment some thread holds a lock. None shakes hands: OpenSSL's lock for random numbers survives no fork."""
    sending = sender(server.url, tls=authority.trust, max_connections=8)
    sending.send_many(8, Request("GET", "/parent"))
    is_over = threading.Event()
    wrong: list[object] = []

    def hammer() -> None:
        while not is_over.is_set():
            sent = sending.send_many(16, Request("GET", "/parent"))
            wrong.extend(one for one in sent if not isinstance(one, Reply))
            wrong.extend(one for one in sent if isinstance(one, Reply) and one.body.decode() != _answer_to("/parent"))

    thread = in_thread(hammer)
    for who in range(6):
        assert Child(partial(_ask, sending, f"/{who}")).result() == _answer_to(f"/{who}")
    is_over.set()
    thread.join(LIMIT)
    assert wrong == []


def test_a_fork_while_a_name_is_looked_up(
    sender: OpenSender, open_server: OpenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = open_server(echo)
    look_up = sockets.getaddrinfo
    is_looking, is_over = threading.Event(), threading.Event()

    def getaddrinfo(*_: object, **options: Any) -> Any:
        is_looking.set()
        is_over.wait(LIMIT)
        return look_up("127.0.0.1", server.port, **options)

    monkeypatch.setattr(sockets, "getaddrinfo", getaddrinfo)
    sending = sender("http://exchange.localhost:80", max_connections=1)
    sent: list[Sent] = []
    thread = in_thread(lambda: sent.extend(sending.send_many(1, Request("GET", "/parent"))))
    assert is_looking.wait(LIMIT)

    def ask() -> str:
        is_over.set()
        return _ask(sending, "/child")

    assert Child(ask).result() == _answer_to("/child")
    is_over.set()
    thread.join(LIMIT)
    assert isinstance(sent[0], Reply)


def test_a_child_of_a_child(sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sending = sender(server.url, tls=authority.trust)
    sending.send()

    def fork_again() -> list[str]:
        mine = _ask(sending, "/child")
        return [mine, Child(lambda: _ask(sending, "/grandchild")).result(), _ask(sending, "/child")]

    expected = [_answer_to("/child"), _answer_to("/grandchild"), _answer_to("/child")]
    assert Child(fork_again).result() == expected
    assert sending.send(Request("GET", "/parent")).body.decode() == _answer_to("/parent")


def test_an_engine_that_was_never_used_before_the_fork(
    sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    sending = sender(server.url, tls=authority.trust)
    children = fork_all(partial(_ask, sending, f"/{who}") for who in range(3))
    assert [child.result() for child in children] == [_answer_to(f"/{who}") for who in range(3)]


def test_a_fork_in_the_midst_of_a_call_of_the_same_thread(
    sync_sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    """As in a signal handler, or in a clock of the caller's own: the child must not send what its parent sends."""
    sending = sync_sender(server.url, tls=authority.trust, max_connections=1)
    sending.send()
    children: list[int] = []

    def sign_and_fork() -> tuple[()]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            children.append(os.fork())
        return ()

    parent = os.getpid()
    status = 1
    try:
        sent = sending.attempt(Request("GET", "/once"), sign=sign_and_fork)
        if os.getpid() != parent:
            is_right = isinstance(sent, NotSent | Lost) and _ask(sending, "/child") == _answer_to("/child")
            status = 0 if is_right else 2
    finally:
        if os.getpid() != parent:
            os._exit(status)
    assert isinstance(sent, Reply)
    assert os.waitpid(children[0], 0)[1] == 0
    assert [one.line for one in server.requests].count(b"GET /once HTTP/1.1") == 1


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    assert end_children() == 0
