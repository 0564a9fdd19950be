"""Engines over a transport of httpx that the caller brings."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

import httpx
import pytest

from bybit_ext.engines.hosts import parse_base_url
from bybit_ext.engines.interface import MAX_REPLY_SIZE, Lost, Reply, Request
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.transport import AsyncTransportEngine, TransportEngine
from bybit_ext.errors import InvalidInput, NotSent

from .senders import CANCEL, KEY, READ, SIGNATURE, Sent, sign
from .servers import RawServer, answering, reply

ROUTE = Route(parse_base_url("https://api.bybit.com:8443/prefix"))
Handler = Callable[[httpx.Request], httpx.Response]


class Send(Protocol):
    def __call__(self, handler: Handler, request: Request = ..., *, seconds: float = ...) -> Sent: ...


def send_sync(handler: Handler, request: Request = CANCEL, *, seconds: float = 2.0) -> Sent:
    engine = TransportEngine(ROUTE, httpx.MockTransport(handler))
    try:
        return engine.send(request, sign, seconds=seconds)
    except (NotSent, Lost) as error:
        return error
    finally:
        engine.close()


def send_async(handler: Handler, request: Request = CANCEL, *, seconds: float = 2.0) -> Sent:
    async def run() -> Sent:
        engine = AsyncTransportEngine(ROUTE, httpx.MockTransport(handler))
        try:
            return await engine.send(request, sign, seconds=seconds)
        except (NotSent, Lost) as error:
            return error
        finally:
            await engine.close()

    return asyncio.run(run())


@pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    function: Send = request.param
    return function


def test_a_transport_is_handed_the_request(send: Send) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"retCode": 0}, headers={"Traceid": "2f0c"})

    answer = send(handle)
    assert isinstance(answer, Reply)
    assert (answer.status, answer.body, answer.headers["traceid"]) == (201, b'{"retCode":0}', "2f0c")
    assert seen[0].method == "POST"
    assert str(seen[0].url) == "https://api.bybit.com:8443/v5/order/cancel"
    assert seen[0].content == CANCEL.body
    assert seen[0].headers["X-BAPI-SIGN"] == SIGNATURE
    assert seen[0].headers["Host"] == "api.bybit.com:8443"
    assert seen[0].headers["Accept-Encoding"] == "identity"
    assert seen[0].headers["Content-Length"] == str(len(CANCEL.body))
    assert seen[0].extensions["timeout"]["read"] == 2.0


@pytest.mark.parametrize("target", ["/v5?a=%41&b=a%3D%2B", "/a%2Fb", "/?"])
def test_a_target_is_handed_over_as_it_is(send: Send, target: str) -> None:
    seen: list[bytes] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200)

    send(handle, Request("GET", target))
    assert seen == [target.encode()]


@pytest.mark.parametrize(
    "request_", [Request("GET", "/é"), Request("GET", "/", (("X", "a\nb"),)), Request("GET", "/", (("X", "é"),))]
)
def test_what_http_cannot_carry_is_refused(send: Send, request_: Request) -> None:
    assert isinstance(send(lambda _: httpx.Response(200), request_), InvalidInput)


ERRORS = [
    (httpx.ConnectError("refused"), NotSent),
    (httpx.ConnectTimeout("slow"), NotSent),
    (httpx.PoolTimeout("full"), NotSent),
    (httpx.ProxyError("407"), NotSent),
    (httpx.UnsupportedProtocol("ftp"), NotSent),
    (httpx.LocalProtocolError("header"), InvalidInput),
    (httpx.ReadError("reset"), Lost),
    (httpx.ReadTimeout("slow"), Lost),
    (httpx.WriteError("reset"), Lost),
    (httpx.WriteTimeout("slow"), Lost),
    (httpx.CloseError("reset"), Lost),
    (httpx.RemoteProtocolError(f"illegal {KEY}"), Lost),
    (httpx.DecodingError(KEY), Lost),
    (TimeoutError(), Lost),
    (OSError("reset"), Lost),
    (RuntimeError("a bug"), Lost),
    (KeyError("a bug"), Lost),
    (NotSent("mine"), NotSent),
    (Lost("mine"), Lost),
]


@pytest.mark.parametrize(("error", "kind"), ERRORS, ids=[repr(error)[:30] for error, _ in ERRORS])
def test_an_error_of_the_transport_is_translated(send: Send, error: Exception, kind: type[Exception]) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise error

    sent = send(handle)
    assert type(sent) is kind
    assert not isinstance(sent, Reply)
    assert KEY not in f"{sent!r} {sent.__cause__!r} {sent.__context__!r}"


def test_an_error_of_the_transport_is_told_in_its_words(send: Send) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset by the moon")

    assert "ReadError: reset by the moon" in str(send(handle))


def test_a_compressed_answer_is_decompressed(send: Send) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(b"{}"))

    answer = send(handle)
    assert isinstance(answer, Reply)
    assert answer.body == b"{}"


class ReadingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Reads the body before it returns the answer, as a transport does that logs or records."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with httpx.HTTPTransport() as transport:
            response = transport.handle_request(request)
            response.request = request
            response.read()
            return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncHTTPTransport() as transport:
            response = await transport.handle_async_request(request)
            response.request = request
            await response.aread()
            return response


def send_reading_sync(url: str) -> Reply:
    return TransportEngine(Route(parse_base_url(url)), ReadingTransport()).send(CANCEL, sign, seconds=2.0)


def send_reading_async(url: str) -> Reply:
    engine = AsyncTransportEngine(Route(parse_base_url(url)), ReadingTransport())
    return asyncio.run(engine.send(CANCEL, sign, seconds=2.0))


@pytest.mark.parametrize("send_reading", [send_reading_sync, send_reading_async])
def test_an_answer_that_the_transport_has_read_is_taken(send_reading: Callable[[str], Reply]) -> None:
    body = gzip.compress(b'{"retCode":0}')
    with RawServer(answering(reply(body, "Content-Encoding: gzip"))) as server:
        assert send_reading(server.url).body == b'{"retCode":0}'


def test_a_bomb_is_given_up(send: Send) -> None:
    bomb = gzip.compress(b"\0" * 10**7)
    sent = send(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=bomb))
    assert isinstance(sent, Lost)


class Parts(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without an end. It notes whether it was closed."""

    def __init__(self, part: bytes, pause: float = 0.0) -> None:
        self._part = part
        self._pause = pause
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            time.sleep(self._pause)
            yield self._part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(self._pause)
            yield self._part

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(("part", "pause"), [(b"a" * 65_536, 0.0), (b"a", 0.05), (b"", 0.05)])
def test_an_answer_without_an_end_is_given_up(send: Send, part: bytes, pause: float) -> None:
    parts = Parts(part, pause)
    start = time.monotonic()
    assert isinstance(send(lambda _: httpx.Response(200, stream=parts), seconds=0.3), Lost)
    assert time.monotonic() - start < 1.0
    assert parts.is_closed


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def test_a_body_that_comes_in_pieces_is_put_together(send: Send) -> None:
    answer = send(lambda _: httpx.Response(200, stream=Pieces(b'{"retCode"', b":", b"0}")))
    assert isinstance(answer, Reply)
    assert answer.body == b'{"retCode":0}'


def test_a_body_that_comes_in_pieces_may_be_as_long_as_the_limit(send: Send) -> None:
    half = b"a" * (MAX_REPLY_SIZE // 2)
    assert isinstance(send(lambda _: httpx.Response(200, stream=Pieces(half, half))), Reply)
    sent = send(lambda _: httpx.Response(200, stream=Pieces(half, half, b"a")))
    assert isinstance(sent, Lost)
    assert "more than" in str(sent)


def test_a_body_may_be_as_long_as_the_limit(send: Send) -> None:
    answer = send(lambda _: httpx.Response(200, content=b"a" * MAX_REPLY_SIZE))
    assert isinstance(answer, Reply)
    assert len(answer.body) == MAX_REPLY_SIZE
    assert isinstance(send(lambda _: httpx.Response(200, content=b"a" * (MAX_REPLY_SIZE + 1))), Lost)


@pytest.mark.parametrize("body", ["a", None, 5])
def test_a_body_of_no_bytes_is_lost(send: Send, body: Any) -> None:
    class Odd(Parts):
        def __iter__(self) -> Iterator[bytes]:
            yield body

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield body

    assert isinstance(send(lambda _: httpx.Response(200, stream=Odd(b""))), Lost)


def test_an_answer_that_a_slow_transport_has_read_is_taken_late() -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        time.sleep(0.1)
        return httpx.Response(200, content=b"{}")

    answer = send_sync(handle, seconds=0.05)
    assert isinstance(answer, Reply)


def test_an_answer_that_a_slow_transport_streams_is_lost() -> None:
    assert isinstance(send_sync(lambda _: httpx.Response(200, stream=Parts(b"a", 0.1)), seconds=0.05), Lost)


def test_a_transport_that_is_slow_is_given_up_where_that_is_possible() -> None:
    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            assert request.method == "GET"
            await asyncio.sleep(5)
            raise AssertionError

    async def run() -> None:
        with pytest.raises(Lost, match="no answer came in time"):
            await AsyncTransportEngine(ROUTE, Slow()).send(READ, sign, seconds=0.1)

    asyncio.run(run())


def test_a_closed_engine_refuses_and_closes_its_transport_once() -> None:
    class Counting(httpx.BaseTransport, httpx.AsyncBaseTransport):
        closed = 0

        def close(self) -> None:
            self.closed += 1

        async def aclose(self) -> None:
            self.closed += 1

    transport = Counting()
    engine = TransportEngine(ROUTE, transport)
    engine.close()
    engine.close()
    assert transport.closed == 1
    with pytest.raises(InvalidInput):
        engine.send(READ, sign, seconds=1.0)

    async def run() -> Any:
        other = AsyncTransportEngine(ROUTE, transport)
        other.abandon()
        await other.close()
        await other.close()
        with pytest.raises(InvalidInput):
            await other.send(READ, sign, seconds=1.0)

    asyncio.run(run())
    assert transport.closed == 2
