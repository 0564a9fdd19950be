"""Promise 7: threads, tasks, cancelled ones, several event loops, Ctrl-C, and closing while calls are in flight."""

import asyncio
import gc
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from bybit_ext.engines.interface import Lost, Reply, Request
from bybit_ext.errors import InvalidInput

from .children import Child
from .conftest import Authority, OpenSender, OpenServer
from .senders import CANCEL, AsyncSender, Sender, Sent, SyncSender, in_thread, sign, until
from .servers import Peer, RawServer, answering, reply, silent, wait_until

LIMIT = 10.0
_FILES = Path("/proc/self/fd")


def echo(peer: Peer) -> None:
    """Answer with what was asked for: another's answer would be seen."""
    while request := peer.read_request():
        peer.send(reply(request.body))


def slow(peer: Peer) -> None:
    while peer.read_request():
        time.sleep(0.2)
        peer.send(reply())


def _request(number: int) -> Request:
    return Request("POST", "/v5/order/cancel", (), b"%d" % number)


@pytest.fixture(params=[False, True], ids=["clear", "tls"])
def server(request: pytest.FixtureRequest, open_server: OpenServer, authority: Authority) -> RawServer:
    return open_server(echo, authority.server if request.param else None)


def test_64_threads_get_their_own_answers(sync_sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sender = sync_sender(server.url, tls=authority.trust)
    wrong: list[object] = []

    def hammer(who: int) -> None:
        for i in range(20):
            number = who * 1000 + i
            body = sender.engine.send(_request(number), sign, seconds=LIMIT).body
            if body != b"%d" % number:
                wrong.append((number, body))

    threads = [in_thread(partial(hammer, who)) for who in range(64)]
    for thread in threads:
        thread.join(LIMIT)
    assert wrong == []
    assert len(server.requests) == 64 * 20
    assert server.opened <= 64


def test_64_tasks_get_their_own_answers(async_sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sender = async_sender(server.url, tls=authority.trust)
    assert isinstance(sender, AsyncSender)

    async def hammer(who: int) -> None:
        for i in range(20):
            number = who * 1000 + i
            answer = await sender.engine.send(_request(number), sign, seconds=LIMIT)
            assert answer.body == b"%d" % number

    async def hammer_all() -> None:
        await asyncio.gather(*(hammer(who) for who in range(64)))

    sender.run(hammer_all())
    assert len(server.requests) == 64 * 20
    assert server.opened <= 64


def test_tasks_whose_connections_end_get_their_own_answers(async_sender: OpenSender, open_server: OpenServer) -> None:
    """The number of a file that was closed is soon another connection's, which an event loop must not mix up."""

    def serve(peer: Peer) -> None:
        request = peer.read_request()
        if request:
            peer.send(reply(request.body, "Connection: close"))

    server = open_server(serve)
    sender = async_sender(server.url)
    assert isinstance(sender, AsyncSender)

    async def hammer(who: int) -> None:
        for i in range(20):
            number = who * 1000 + i
            answer = await sender.engine.send(_request(number), sign, seconds=3.0)
            assert answer.body == b"%d" % number

    async def hammer_all() -> None:
        await asyncio.gather(*(hammer(who) for who in range(24)))

    sender.run(hammer_all())
    assert server.opened == 24 * 20


# ---- closing


def test_a_closed_engine_refuses(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url)
    sending.send()
    sending.close()
    sending.close()
    assert isinstance(sending.attempt(), InvalidInput)
    wait_until(lambda: server.ended == 1)


def test_a_call_in_flight_ends_as_it_would_have(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    for server in (open_server(slow), open_server(slow, authority.server)):
        sending = sender(server.url, tls=authority.trust)
        if isinstance(sending, AsyncSender):
            sent = sending.run(_send_and_close(sending, server))
        else:
            sent = _close_meanwhile(sending, server)
        assert isinstance(sent, Reply)
        wait_until(partial(_has_ended, server))  # nobody will use it again


def _close_meanwhile(sender: Sender, server: RawServer) -> Sent:
    sent: list[Sent] = []
    thread = in_thread(lambda: sent.append(sender.attempt()))
    wait_until(lambda: len(server.requests) == 1)
    sender.close()
    thread.join(LIMIT)
    return sent[0]


def _has_ended(server: RawServer) -> bool:
    return server.ended == 1


async def _send_and_close(sender: AsyncSender, server: RawServer) -> Sent:
    task = asyncio.create_task(sender.engine.send(CANCEL, sign, seconds=LIMIT))
    await until(lambda: bool(server.requests))
    await sender.engine.close()
    return await task


def test_closing_does_not_wait_for_a_silent_server(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    """As one that never says good-bye."""

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply())
        peer.hold()

    for server in (open_server(serve), open_server(serve, authority.server)):
        sending = sender(server.url, tls=authority.trust)
        for fresh in (False, True, True):
            sending.send(fresh=fresh)
        start = time.monotonic()
        sending.close()
        assert time.monotonic() - start < 0.5


def test_an_engine_that_is_abandoned_closes_its_connections(
    async_sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    sender = async_sender(server.url, tls=authority.trust)
    assert isinstance(sender, AsyncSender)
    sender.send()
    sender.engine.abandon()
    sender.run(asyncio.sleep(0.01))
    wait_until(lambda: server.ended == 1)
    assert isinstance(sender.attempt(), InvalidInput)


def test_an_engine_may_be_abandoned_from_another_thread(
    async_sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    sender = async_sender(server.url, tls=authority.trust)
    assert isinstance(sender, AsyncSender)

    async def use() -> None:
        await sender.engine.send(CANCEL, sign, seconds=LIMIT)
        thread = in_thread(sender.engine.abandon)
        await until(lambda: not thread.is_alive())
        await asyncio.sleep(0.01)

    sender.run(use())
    wait_until(lambda: server.ended == 1)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_engine_may_be_abandoned_when_its_loop_is_gone(
    async_sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    sending = async_sender(server.url, tls=authority.trust)
    assert isinstance(sending, AsyncSender)
    asyncio.run(_use(sending))
    sending.engine.abandon()
    wait_until(lambda: server.ended == 1)
    _collect(sending)


def _collect(sender: AsyncSender) -> None:
    """Collect what asyncio warns of here, not in the next test."""
    sender.shut_down()
    sender.drop()
    gc.collect()


async def _use(sender: AsyncSender) -> bytes:
    return (await sender.engine.send(_request(1), sign, seconds=LIMIT)).body


def test_an_engine_that_is_dropped_is_collected(sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sending = sender(server.url, tls=authority.trust)
    sending.send()
    sending.close()
    engine = weakref.ref(sending.drop())
    gc.collect()
    assert engine() is None


# ---- cancelled tasks


def test_a_cancelled_task_closes_its_connection(
    async_sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    for server in (open_server(silent), open_server(silent, authority.server)):
        sender = async_sender(server.url, tls=authority.trust)
        assert isinstance(sender, AsyncSender)

        async def cancel(sender: AsyncSender = sender, server: RawServer = server) -> None:
            task = asyncio.create_task(sender.engine.send(CANCEL, sign, seconds=LIMIT))
            await until(lambda: bool(server.requests))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        sender.run(cancel())
        server.is_closing.set()
        wait_until(partial(_has_ended, server))


def test_tasks_cancelled_at_any_moment_leave_no_wrong_answer(
    async_sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    """At each await of a call: waiting for a place, connecting, shaking hands, sending, waiting for the answer."""
    sender = async_sender(server.url, tls=authority.trust, max_connections=4)
    assert isinstance(sender, AsyncSender)

    async def try_all() -> None:
        for steps in range(60):
            tasks = [asyncio.create_task(sender.engine.send(_request(9999), sign, seconds=LIMIT)) for _ in range(6)]
            for _ in range(steps % 20):
                await asyncio.sleep(0.0005)
            for task in tasks[::2]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert (await sender.engine.send(_request(steps), sign, seconds=LIMIT)).body == b"%d" % steps

    sender.run(try_all())
    sender.close()
    wait_until(lambda: server.ended == server.opened)


def test_a_cancelled_connection_is_closed(
    async_sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    """A task that is cancelled while the server takes its time for TLS."""
    server = open_server(Peer.wait_for_end)
    sender = async_sender(f"https://localhost:{server.port}", tls=authority.trust)
    assert isinstance(sender, AsyncSender)

    async def cancel() -> None:
        task = asyncio.create_task(sender.engine.send(CANCEL, sign, seconds=LIMIT))
        await until(lambda: bool(server.opened))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    sender.run(cancel())
    wait_until(lambda: server.ended == 1)


# ---- event loops


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # asyncio's own, of a loop that ends before the engine is closed
def test_two_loops_one_after_another(async_sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sending = async_sender(server.url, tls=authority.trust)
    assert isinstance(sending, AsyncSender)
    for _ in range(3):
        assert asyncio.run(_use(sending)) == b"1"
    assert server.opened == 3
    _collect(sending)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_two_loops_in_two_threads(async_sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sending = async_sender(server.url, tls=authority.trust)
    assert isinstance(sending, AsyncSender)
    bodies: list[bytes] = []

    async def use(who: int) -> None:
        for i in range(50):
            number = who * 1000 + i
            answer = await sending.engine.send(_request(number), sign, seconds=LIMIT)
            assert answer.body == b"%d" % number
            bodies.append(answer.body)

    def run(who: int) -> None:
        asyncio.run(use(who))

    threads = [in_thread(partial(run, who)) for who in range(2)]
    for thread in threads:
        thread.join(LIMIT)
    assert len(bodies) == 100
    assert server.opened == 2
    _collect(sending)


def test_a_loop_in_debug_mode_finds_nothing_to_blame(
    async_sender: OpenSender, server: RawServer, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    sender = async_sender(server.url, tls=authority.trust)
    assert isinstance(sender, AsyncSender)

    async def use_and_close() -> None:
        await _use(sender)
        await sender.engine.close()

    asyncio.run(use_and_close(), debug=True)
    blamed = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert [record for record in blamed if not record.getMessage().startswith("Executing")] == []  # a busy machine


# ---- Ctrl-C


def test_ctrl_c_ends_a_blocking_send_and_its_connection(
    sync_sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        if peer.server.opened == 1:
            _interrupt()
            peer.wait_for_end()
        else:
            peer.send(reply(b"second"))
            answering(reply(b"second"))(peer)

    for server in (open_server(serve), open_server(serve, authority.server)):
        sender = sync_sender(server.url, tls=authority.trust)
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            sender.engine.send(CANCEL, sign, seconds=LIMIT)
        assert time.monotonic() - start < 2.0
        wait_until(partial(_has_ended, server))
        assert sender.send().body == b"second"


def _interrupt() -> None:
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


@pytest.mark.parametrize("where", ["connecting", "shaking hands", "waiting for a place"])
def test_ctrl_c_ends_a_wait(sync_sender: OpenSender, open_server: OpenServer, authority: Authority, where: str) -> None:
    server = open_server(slow if where == "waiting for a place" else Peer.wait_for_end)
    secure = where == "shaking hands"
    url = f"https://localhost:{server.port}" if secure else server.url
    sender = sync_sender(url, tls=authority.trust, max_connections=1)
    assert isinstance(sender, SyncSender)
    other = threading.Thread(target=sender.attempt, daemon=True)
    if where == "waiting for a place":
        other.start()
        wait_until(lambda: len(server.requests) == 1)
    timer = threading.Timer(0.1, _interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        sender.engine.send(CANCEL, sign, seconds=LIMIT)
    timer.join()
    if where == "waiting for a place":
        other.join(LIMIT)
        assert isinstance(sender.attempt(), Reply)  # the place was not lost
    else:
        wait_until(lambda: server.ended == server.opened)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # what was interrupted is closed when it is collected
def test_ctrl_c_at_any_moment_leaves_no_wrong_answer(
    sync_sender: OpenSender, server: RawServer, authority: Authority
) -> None:
    sender = sync_sender(server.url, tls=authority.trust, max_connections=1)
    interrupted = 0
    for number in range(60):
        pause = (number % 20) * 0.00007
        timer = threading.Timer(pause, _interrupt)
        try:
            timer.start()
            for _ in range(1000):
                body = sender.engine.send(_request(number), sign, seconds=LIMIT).body
                assert body == b"%d" % number
        except KeyboardInterrupt:
            interrupted += 1
        timer.join()
    assert interrupted == 60
    assert sender.send(_request(1)).body == b"1"


def test_other_signals_do_not_disturb(sync_sender: OpenSender, open_server: OpenServer) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: heard.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    try:
        sender = sync_sender(open_server(slow).url)
        assert [sender.send().status for _ in range(2)] == [200, 200]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(heard) > 5


# ---- what is left behind


def _open_files() -> int:
    return len(list(_FILES.iterdir()))


@pytest.mark.skipif(not _FILES.is_dir(), reason="this system does not list open files")
def test_no_file_is_left_open(sender: OpenSender, open_server: OpenServer, authority: Authority) -> None:
    def serve(peer: Peer) -> None:
        if peer.read_request() and peer.server.opened % 2:
            peer.send(reply(b"", "Connection: close"))

    servers = [open_server(serve), open_server(serve, authority.server), open_server(Peer.wait_for_end)]

    def use(server: RawServer, url: str) -> None:
        sending = sender(url, tls=authority.trust)
        for fresh in (False, True, False, True):
            sent = sending.attempt(fresh=fresh, seconds=0.1 if server is servers[2] else 5.0)
            assert isinstance(sent, Reply | Lost) or server is servers[2]
        sending.shut_down()

    urls = [*(server.url for server in servers), f"https://localhost:{servers[2].port}"]
    used = [*servers, servers[2]]
    for server, url in zip(used, urls, strict=True):
        use(server, url)
    wait_until(lambda: all(server.ended == server.opened for server in servers))
    gc.collect()
    before = _open_files()
    for server, url in zip(used, urls, strict=True):
        use(server, url)
    wait_until(lambda: all(server.ended == server.opened for server in servers))
    gc.collect()
    wait_until(lambda: _open_files() <= before)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_too_many_open_files_are_no_error_of_another_kind(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    server = open_server(answering(), authority.server)
    sending = sender(server.url, tls=authority.trust)
    sending.send()

    def run_out() -> list[str]:
        kinds: list[str] = []
        for spare in range(12):
            wasted = _waste_files(spare)
            kinds.append(type(_attempt(sending)).__name__)
            for file in wasted:
                os.close(file)
        return kinds

    kinds = Child(run_out).result()
    assert set(kinds) <= {"NotSent", "Reply"}
    assert kinds[0] == "NotSent"
    assert kinds[-1] == "Reply"


def _waste_files(spare: int) -> list[int]:
    """Leave this process only so many files to open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    wasted: list[int] = []
    with suppress(OSError):
        while True:
            wasted.append(os.open(os.devnull, os.O_RDONLY))
    for _ in range(min(spare, len(wasted))):
        os.close(wasted.pop())
    return wasted


def _attempt(sender: Sender) -> object:
    try:
        if isinstance(sender, AsyncSender):
            return sender.run(sender.engine.send(CANCEL, sign, seconds=2.0, fresh=True))
        return sender.attempt(seconds=2.0, fresh=True)
    except Exception as error:  # noqa: BLE001 - it is what is asked for
        return error


def test_no_file_is_inherited_by_programs(sender: OpenSender, server: RawServer, authority: Authority) -> None:
    sending = sender(server.url, tls=authority.trust)
    sending.send()
    code = "import os; print(sorted(os.listdir('/proc/self/fd')))"
    listed = subprocess.run(
        [sys.executable, "-c", code], close_fds=False, capture_output=True, text=True, check=True
    ).stdout
    sending.close()
    again = subprocess.run(
        [sys.executable, "-c", code], close_fds=False, capture_output=True, text=True, check=True
    ).stdout
    assert listed == again


def test_no_thread_is_left_waiting(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url)
    for _ in range(4):
        sending.send(fresh=True)
    sending.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("bybit")])
