"""Nothing shows the key or the signature: no message, no repr, no log, no local variable of a traceback (S2 to S4)."""

import asyncio
import gc
import logging
import traceback
from collections.abc import Iterator

import pytest

from bybit_ext.engines.interface import Lost, Reply, Request
from bybit_ext.errors import NotSent

from .conftest import Authority, OpenSender, OpenServer
from .senders import CANCEL, KEY, SECRETS, SIGNATURE, AsyncSender, sign, until
from .servers import Peer, answering_once, chunked, reply

ECHO = f"{KEY} {SIGNATURE}".encode()

ANSWERS = {
    "status line": b"HTTP/1.1 " + ECHO + b"\r\n\r\n",
    "no HTTP": ECHO * 3 + b"\r\n\r\n",
    "version": b"HTTP/" + ECHO + b" 200 OK\r\n\r\n",
    "reason": b"HTTP/1.1 200 " + ECHO + b"\r\n",
    "header": b"HTTP/1.1 200 OK\r\n" + ECHO + b"\r\n\r\n",
    "header's value": b"HTTP/1.1 200 OK\r\nX-Echo: " + ECHO + b"\x00\r\n\r\n",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: " + ECHO + b"\r\n\r\n",
    "transfer encoding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + ECHO + b"\r\n\r\n",
    "content encoding": reply(b"x", f"Content-Encoding: {ECHO.decode()}"),
    "cut body": reply(ECHO)[:-1],
    "cut chunk": chunked() + b"ff\r\n" + ECHO,
    "chunk line": chunked() + ECHO + b"\r\n",
    "interim answer": b"HTTP/1.1 103 " + ECHO + b"\r\nX-Echo: " + ECHO + b"\r\n\r\n",
    "nothing": b"",
}


@pytest.fixture(autouse=True)
def _all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.DEBUG):
        for name in list(logging.root.manager.loggerDict):
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield


def _all_that_shows(error: BaseException) -> str:
    """Return what an error collector would: the whole chain, with the local variables of its frames."""
    texts: list[str] = []
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is None:
            continue
        texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        own_frames = traceback.TracebackException.from_exception(one, capture_locals=True, compact=False)
        for frame in own_frames.stack:
            if "/tests/" not in frame.filename:  # the caller's own variables are the caller's
                texts.append(f"{frame.filename}:{frame.lineno} {frame.locals}")
        chain += [one.__cause__, one.__context__]
    return "\n".join(texts)


def _assert_secret(text: str) -> None:
    assert KEY not in text
    assert SIGNATURE not in text


@pytest.mark.parametrize("has_tls", [False, True], ids=["clear", "tls"])
@pytest.mark.parametrize("part", ANSWERS)
def test_no_error_shows_what_an_answer_echoes(
    sender: OpenSender,
    open_server: OpenServer,
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    part: str,
    has_tls: object,
) -> None:
    server = open_server(answering_once(ANSWERS[part]), authority.server if has_tls else None)
    sent = sender(server.url, tls=authority.trust).attempt(seconds=2.0)
    assert isinstance(sent, Lost)
    _assert_secret(_all_that_shows(sent))
    _assert_secret("\n".join(record.getMessage() + repr(record.args) for record in caplog.records))
    _assert_secret("".join(capfd.readouterr()))


def _drop(peer: Peer) -> None:
    peer.read_request()


def test_no_error_shows_the_request(
    sender: OpenSender, open_server: OpenServer, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    request = Request("POST", "/v5/order/cancel", SECRETS, b"{}")  # the generated functions sign here
    for server in (open_server(_drop), open_server(_drop, authority.server)):
        sending = sender(server.url, tls=authority.trust)
        for seconds in (2.0, 0.0):
            sent = sending.attempt(request, seconds=seconds)
            assert isinstance(sent, Lost | NotSent)
            _assert_secret(_all_that_shows(sent))
    _assert_secret(repr(request))
    _assert_secret("\n".join(record.getMessage() for record in caplog.records))


def test_no_log_shows_an_exchange_that_works(
    sender: OpenSender,
    open_server: OpenServer,
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = reply(ECHO, f"X-Echo: {ECHO.decode()}", "Connection: close")
    for server in (open_server(answering_once(data)), open_server(answering_once(data), authority.server)):
        answer = sender(server.url, tls=authority.trust).send()
        assert answer.body == ECHO
        _assert_secret(repr(answer))
    _assert_secret("\n".join(record.getMessage() + repr(record.args) for record in caplog.records))
    _assert_secret("".join(capfd.readouterr()))


def test_no_log_of_a_loop_in_debug_mode_shows_anything(
    async_sender: OpenSender, open_server: OpenServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def use(sender: AsyncSender) -> None:
        asyncio.get_running_loop().slow_callback_duration = 0.0  # it logs every callback
        for fresh in (False, True):
            sent = await asyncio.gather(
                sender.engine.send(CANCEL, sign, seconds=2.0, fresh=fresh), return_exceptions=True
            )
            assert isinstance(sent[0], Reply | Lost)
        await sender.engine.close()

    for data in (reply(ECHO), ANSWERS["status line"]):
        sender = async_sender(open_server(answering_once(data)).url)
        assert isinstance(sender, AsyncSender)
        asyncio.run(use(sender), debug=True)
    assert caplog.records
    _assert_secret("\n".join(record.getMessage() + repr(record.args) for record in caplog.records))


def test_a_cancelled_call_shows_nothing(async_sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.wait_for_end()

    server = open_server(serve)
    sender = async_sender(server.url)
    assert isinstance(sender, AsyncSender)

    async def cancel() -> BaseException:
        task = asyncio.create_task(sender.engine.send(CANCEL, sign, seconds=5.0))
        await until(lambda: bool(server.requests))
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return error
        raise AssertionError

    _assert_secret(_all_that_shows(sender.run(cancel())))


@pytest.mark.filterwarnings("error")
def test_a_proxys_password_does_not_show(
    sender: OpenSender, open_server: OpenServer, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = open_server(answering_once(reply(b"", status="407 No")))
    sending = sender("https://localhost:1", tls=authority.trust, proxy=f"http://user:{KEY}@127.0.0.1:{proxy.port}")
    sent = sending.attempt()
    assert isinstance(sent, NotSent)
    _assert_secret(_all_that_shows(sent))
    _assert_secret("\n".join(record.getMessage() for record in caplog.records))
    gc.collect()
