"""Threads, tasks, event loops, signals and forks; and what must never show."""

import asyncio
import gc
import logging
import os
import signal
import threading
import time
import traceback
import warnings
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bybit_ext.engines.interface import Headers, Lost, Reply
from bybit_ext.errors import NotSent
from tests.engines.children import LIMIT, Child, end_children, fork_all
from tests.engines.conftest import Authority
from tests.engines.senders import AsyncSender, Sender, in_thread, sign, until
from tests.engines.servers import Peer, wait_until

from .conftest import OpenServer, OpenTrade
from .exchange import KEY, Venue, answer_to, echo, number, serving
from .test_engines import begin, have_come, let_run, result_of, send_numbers

HAS_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
ECHO = "api_key[{0}] sign[{2}] of {1}"
_FILES = Path("/proc/self/fd")


# ---- threads and tasks


def test_64_threads_get_their_own_answers(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = sync_sender(server)
    wrong: list[object] = []

    def hammer(who: int) -> None:
        for i in range(20):
            which = who * 1000 + i
            if result_of(sending.attempt(number(which), seconds=LIMIT)) != {"number": which}:
                wrong.append(which)

    threads = [in_thread(partial(hammer, who)) for who in range(64)]
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert server.opened == 1


def test_64_tasks_get_their_own_answers(async_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = async_sender(server)

    async def hammer(who: int) -> None:
        for i in range(20):
            which = who * 1000 + i
            answer = await sending.engine.send(number(which), sign, seconds=LIMIT)
            assert result_of(answer) == {"number": which}

    async def hammer_all() -> None:
        await asyncio.gather(*(hammer(who) for who in range(64)))

    sending.run(hammer_all())
    assert server.opened == 1


def test_connections_that_end_all_the_time_give_no_wrong_answer(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        for _ in range(3):
            request = venue.next_order()
            if request is None:
                return
            venue.answer(request)
        venue.peer.reset()

    sending = sender(open_server(serving(serve)))
    found = [result_of(one) for _ in range(10) for one in send_numbers(sending, 8)]
    allowed = [({"number": which}, Lost, NotSent) for _ in range(10) for which in range(8)]
    assert all(one in possible for one, possible in zip(found, allowed, strict=True))
    assert sum(isinstance(one, dict) for one in found) >= 5


def test_tasks_cancelled_at_any_moment_leave_no_wrong_answer(
    async_sender: OpenTrade, open_server: OpenServer, authority: Authority
) -> None:
    for server in (open_server(serving(echo)), open_server(serving(echo), authority.server)):
        sending = async_sender(server, tls=authority.trust)

        async def try_all(sending: AsyncSender = sending) -> None:
            for steps in range(60):
                sends = [partial(sending.engine.send, number(9999), sign, seconds=LIMIT) for _ in range(6)]
                tasks = [asyncio.create_task(send(fresh=steps % 3 == 0)) for send in sends]
                for _ in range(steps % 20):
                    await asyncio.sleep(0.0005)
                for task in tasks[::2]:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                answer = await sending.engine.send(number(steps), sign, seconds=LIMIT)
                assert result_of(answer) == {"number": steps}

        sending.run(try_all())
        sending.close()
        wait_until(lambda server=server: server.ended == server.opened)  # type: ignore[misc]


def test_a_cancelled_call_costs_no_other_its_connection(async_sender: OpenTrade, open_server: OpenServer) -> None:
    venues: list[Venue] = []

    def serve(venue: Venue) -> None:
        venue.next_orders(1)
        echo(venue)

    server = open_server(serving(serve, venues))
    sending = async_sender(server)

    async def cancel() -> Reply:
        task = asyncio.create_task(sending.engine.send(number(1), sign, seconds=LIMIT))
        await until(have_come(venues, 1))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        reply: Reply = await sending.engine.send(number(2), sign, seconds=LIMIT)
        return reply

    assert result_of(sending.run(cancel())) == {"number": 2}
    assert server.opened == 1


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # asyncio's own, of loops that end before the engine is closed
def test_each_event_loop_has_a_connection(async_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = async_sender(server)

    async def use(who: int) -> None:
        for which in range(who, who + 20):
            assert result_of(await sending.engine.send(number(which), sign, seconds=LIMIT)) == {"number": which}

    def run(who: int) -> None:
        asyncio.run(use(who))

    threads = [in_thread(partial(run, who)) for who in (0, 100)]
    for thread in threads:
        thread.join(LIMIT)
    run(200)
    assert server.opened == 3
    sending.shut_down()
    sending.drop()
    gc.collect()


def test_an_engine_that_is_dropped_is_collected(sender: OpenTrade, open_server: OpenServer) -> None:
    sending = sender(open_server(serving(echo)))
    sending.send(number(1))
    sending.close()
    engine = weakref.ref(sending.drop())
    gc.collect()
    assert engine() is None


# ---- signals


def _interrupt() -> None:
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


def test_ctrl_c_ends_a_blocking_send_and_not_the_connection(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        (first,) = venue.next_orders(1)
        _interrupt()
        (second,) = venue.next_orders(1)
        venue.answer(first)
        venue.answer(second)
        venue.wait_for_end()

    server = open_server(serving(serve))
    sending = sync_sender(server)
    with pytest.raises(KeyboardInterrupt):
        sending.engine.send(number(1), sign, seconds=LIMIT)
    assert result_of(sending.send(number(2))) == {"number": 2}
    assert server.opened == 1


def test_ctrl_c_ends_a_wait_for_a_connection(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(Peer.wait_for_end)
    sending = sync_sender(server)
    timer = threading.Timer(0.1, _interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        sending.engine.send(number(1), sign, seconds=LIMIT)
    timer.join()
    wait_until(lambda: server.ended == server.opened)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ctrl_c_at_any_moment_leaves_no_wrong_answer(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    sending = sync_sender(open_server(serving(echo)))
    sending.send(number(0))
    interrupted = 0
    for which in range(60):
        timer = threading.Timer((which % 20) * 0.0001, _interrupt)
        try:
            timer.start()
            for _ in range(1000):
                assert result_of(sending.engine.send(number(which), sign, seconds=LIMIT)) == {"number": which}
        except KeyboardInterrupt:
            interrupted += 1
        timer.join()
    assert interrupted == 60
    assert result_of(sending.send(number(1))) == {"number": 1}


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_arrived_is_never_called_not_sent(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    """As the example in Python's documentation, a handler raises OSError."""
    arrived: list[int] = []

    def serve(venue: Venue) -> None:
        while request := venue.next_order():
            arrived.append(request["args"][0]["number"])
            venue.answer(request)

    def handle(_: int, __: FrameType | None) -> None:
        raise OSError("alarm")

    engine = sync_sender(open_server(serving(serve))).engine
    engine.send(number(-1), sign, seconds=LIMIT)
    before = signal.signal(signal.SIGALRM, handle)
    not_sent: list[int] = []
    try:
        for which in range(400):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.00002 * (which % 25 + 1))
                engine.send(number(which), sign, seconds=5.0)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except NotSent:
                not_sent.append(which)
            except (OSError, Lost):
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not set(not_sent) & set(arrived)


def test_a_signal_handler_may_use_the_engine_that_it_interrupts(
    sync_sender: OpenTrade, open_server: OpenServer
) -> None:
    found: list[Any] = []
    sending = sync_sender(open_server(serving(echo)))

    def handle(_: int, __: FrameType | None) -> None:
        found.append(result_of(sending.engine.send(number(7), sign, seconds=LIMIT)))

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.01)
    try:
        for which in range(200):
            assert result_of(sending.engine.send(number(which), sign, seconds=LIMIT)) == {"number": which}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert found
    assert all(one == {"number": 7} for one in found)


# ---- forks


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    assert end_children() == 0


def _ask(sending: Sender, which: int) -> Any:
    if isinstance(sending, AsyncSender):  # a child needs an event loop of its own
        return asyncio.run(_ask_async(sending, which))
    return result_of(sending.attempt(number(which)))


async def _ask_async(sending: AsyncSender, which: int) -> Any:
    try:
        return result_of(await sending.engine.send(number(which), sign, seconds=5.0))
    except (NotSent, Lost) as error:
        return repr(error)


@HAS_FORK
@pytest.mark.parametrize("has_tls", [False, True], ids=["clear", "tls"])
def test_children_open_connections_of_their_own(
    sender: OpenTrade, open_server: OpenServer, authority: Authority, *, has_tls: bool
) -> None:
    server = open_server(serving(echo), authority.server if has_tls else None)
    sending = sender(server, tls=authority.trust)
    sending.send(number(0))

    def ask_often(who: int) -> list[Any]:
        return [_ask(sending, who + i) for i in range(5)]

    children = fork_all(partial(ask_often, who) for who in (100, 200, 300))
    for which in range(10):
        assert result_of(sending.send(number(which))) == {"number": which}
    for who, child in zip((100, 200, 300), children, strict=True):
        assert child.result() == [{"number": who + i} for i in range(5)]
    assert result_of(sending.send(number(1))) == {"number": 1}


@HAS_FORK
def test_a_child_does_not_keep_its_parents_connection_open(sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = sender(server)
    sending.send(number(1))
    waiting, released = os.pipe()
    child = Child(lambda: os.read(waiting, 1))
    sending.close()
    wait_until(lambda: server.ended == 1)
    os.write(released, b"x")
    assert child.result() == b"x"
    os.close(waiting)
    os.close(released)


@HAS_FORK
def test_a_fork_while_calls_are_in_flight(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        while request := venue.next_order():
            time.sleep(0.3)
            venue.answer(request)

    venues: list[Venue] = []
    server = open_server(serving(serve, venues))
    sending = sender(server)
    end = begin(sending, number(1))
    let_run(sending, have_come(venues, 1))
    children = fork_all(partial(_ask, sending, who) for who in (2, 3))
    assert [child.result() for child in children] == [{"number": 2}, {"number": 3}]
    assert result_of(end()) == {"number": 1}


@HAS_FORK
def test_a_fork_in_the_midst_of_a_call_of_the_same_thread(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    """As in a signal handler, or in a clock of the caller's own: the child must not send what its parent sends."""
    venues: list[Venue] = []
    sending = sync_sender(open_server(serving(echo, venues)))
    sending.send(number(0))
    children: list[int] = []

    def sign_and_fork() -> Headers:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            children.append(os.fork())
        return ()

    parent = os.getpid()
    status = 1
    try:
        sent = sending.attempt(number(1), sign=sign_and_fork)
        if os.getpid() != parent:
            is_right = isinstance(sent, NotSent) and "forked" in str(sent) and _ask(sending, 2) == {"number": 2}
            status = 0 if is_right else 2
    finally:
        if os.getpid() != parent:
            os._exit(status)
    assert result_of(sent) == {"number": 1}
    assert os.waitpid(children[0], 0)[1] == 0
    asked = [request["args"][0] for venue in venues for request in venue.requests if request["op"] == "order.cancel"]
    assert asked.count({"number": 1}) == 1


# ---- what is left behind


@pytest.mark.skipif(not _FILES.is_dir(), reason="this system does not list open files")
def test_no_file_is_left_open(sender: OpenTrade, open_server: OpenServer, authority: Authority) -> None:
    def drop(venue: Venue) -> None:
        venue.next_order()

    servers = [open_server(serving(one), tls) for one in (echo, drop) for tls in (None, authority.server)]
    servers += [open_server(Peer.wait_for_end), open_server(Peer.ignore)]

    def use_all() -> None:
        for server in servers:
            sending = sender(server, tls=authority.trust)
            for fresh in (False, True):
                sending.attempt(number(1), fresh=fresh, seconds=0.2 if server in servers[4:] else 5.0)
            sending.shut_down()
        wait_until(lambda: all(server.ended == server.opened for server in servers))
        gc.collect()

    use_all()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("bybit")])
    before = len(list(_FILES.iterdir()))
    use_all()
    wait_until(lambda: len(list(_FILES.iterdir())) <= before, 2.0)


# ---- secrets


def _all_that_shows(error: BaseException) -> str:
    """Return what an error collector would: the whole chain, with the local variables of its frames."""
    texts: list[str] = []
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is None:
            continue
        texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        shown = traceback.TracebackException.from_exception(one, capture_locals=True, compact=False)
        texts += [f"{frame.lineno} {frame.locals}" for frame in shown.stack if "/tests/" not in frame.filename]
        chain += [one.__cause__, one.__context__]
    return "\n".join(texts)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        for name in list(logging.root.manager.loggerDict):
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield caplog


def _ours(logs: pytest.LogCaptureFixture) -> str:
    """Return all that was logged but by the test's own server."""
    ours = [record for record in logs.records if record.name != "websockets.server"]
    return "\n".join(record.getMessage() + repr(record.args) for record in ours)


SECRET_HEADERS = (("X-BAPI-API-KEY", KEY), ("X-BAPI-SIGN", "s1gNature"), ("X-BAPI-TIMESTAMP", "1"))


@pytest.mark.parametrize("part", ["garbage", "wrong op", "log-in without a code", "handshake", "frame"])
def test_no_error_and_no_log_shows_key_or_signature(
    sender: OpenTrade, open_server: OpenServer, logs: pytest.LogCaptureFixture, part: str
) -> None:
    signatures: list[str] = ["s1gNature"]

    def serve(peer: Peer) -> None:
        if part == "handshake":
            peer.read_head()
            peer.send(f"HTTP/1.1 500 {KEY}\r\nX-Echo: {KEY}\r\nContent-Length: 0\r\n\r\n".encode())
            return None
        venue = Venue(peer)
        venue.accept()
        auth = venue.next()
        assert auth
        signatures.append(auth["args"][2])
        words = ECHO.format(*auth["args"])
        if part == "log-in without a code":
            venue.say({"op": "auth", "retMsg": words})
            return venue.wait_for_end()
        venue.say({"op": "auth", "retCode": 0})
        request = venue.next_order()
        assert request
        if part == "garbage":
            venue.say(words.encode())
        elif part == "wrong op":
            venue.say({**answer_to(request), "op": words})
        else:
            peer.send(b"\xf1\x00" + words.encode())
        return venue.wait_for_end()

    sent = sender(open_server(serve)).attempt(sign=lambda: SECRET_HEADERS)
    assert isinstance(sent, NotSent if part in ("log-in without a code", "handshake") else Lost)
    shown = _all_that_shows(sent) + _ours(logs)
    for secret in (KEY, *signatures):
        assert secret not in shown


def test_a_refused_log_in_does_not_echo(sender: OpenTrade, open_server: OpenServer) -> None:
    signatures: list[str] = []

    def serve(peer: Peer) -> None:
        venue = Venue(peer)
        venue.accept()
        auth = venue.next()
        assert auth
        signatures.append(auth["args"][2])
        venue.say({"op": "auth", "retCode": 10004, "retMsg": ECHO.format(*auth["args"]), "header": {KEY: KEY}})
        venue.wait_for_end()

    sent = sender(open_server(serve)).send()
    shown = repr(sent) + sent.body.decode() + repr(sent.headers)
    assert "sign[***]" in shown
    assert KEY.lower() not in shown.lower()
    assert signatures[0] not in shown


def test_no_log_of_a_loop_in_debug_mode_shows_anything(
    async_sender: OpenTrade, open_server: OpenServer, logs: pytest.LogCaptureFixture
) -> None:
    sending = async_sender(open_server(serving(echo)))

    async def use() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0.0  # it logs every callback
        for fresh in (False, True):
            await sending.engine.send(number(1), lambda: SECRET_HEADERS, seconds=5.0, fresh=fresh)
        await sending.engine.close()

    asyncio.run(use(), debug=True)
    assert logs.records
    shown = _ours(logs)
    assert KEY not in shown
    assert "s1gNature" not in shown
