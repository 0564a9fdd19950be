"""Promise 2: an answer is read up to a limit, counted after decompression, and an event loop goes on meanwhile."""

import asyncio
import gzip
import time
import zlib

import pytest

from bybit_ext.engines.http1 import decode_body
from bybit_ext.engines.interface import MAX_REPLY_SIZE, Lost, Reply

from .conftest import OpenSender, OpenServer
from .senders import CANCEL, AsyncSender, Sent, sign
from .servers import Peer, answering, answering_once, chunked, reply


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


_ENOUGH = 64 * 2**20  # bytes; what the system buffers is not the engine's doing, but this would be

FLOODS = {
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", b"a" * 65_536),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65_536),
    "chunks": (chunked(), b"ffff\r\n" + b"a" * 65_535 + b"\r\n"),
    "tiny chunks": (chunked(), b"1\r\na\r\n" * 8192),
    "one chunk": (chunked() + b"fffffff\r\n", b"a" * 65_536),
    "chunk line": (chunked(), b"0" * 65_536),
    "chunk extension": (chunked() + b"1;", b"a" * 65_536),
    "trailers": (chunked(b"{}") + b"0\r\n", b"X-More: a\r\n" * 4096),
    "one header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a" * 65_536),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-More: a\r\n" * 4096),
    "cookies": (b"HTTP/1.1 200 OK\r\n", b"Set-Cookie: a=" + b"b" * 4000 + b"\r\n"),
    "interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" * 1024),
    "status line": (b"HTTP/1.1 200 ", b"a" * 65_536),
    "no HTTP": (b"", b"\x00" * 65_536),
}


@pytest.mark.parametrize("part", FLOODS)
def test_an_answer_without_an_end_is_given_up(sender: OpenSender, open_server: OpenServer, part: str) -> None:
    first, more = FLOODS[part]
    sent: list[int] = []

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(first)
        sent.append(peer.flood(more))

    server = open_server(serve)
    answer = sender(server.url).attempt(seconds=3.0)
    assert isinstance(answer, Lost)
    server.__exit__(None, None, None)
    assert sent[0] < _ENOUGH


def test_a_head_is_shorter_than_a_body_may_be(sender: OpenSender, open_server: OpenServer) -> None:
    """Each of its lines takes a while to read, and an event loop waits for all of them."""
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + b"X: y\r\n" * 60_000 + b"\r\n"
    assert isinstance(sender(open_server(answering_once(data)).url).attempt(), Lost)


def test_a_head_may_be_long(sender: OpenSender, open_server: OpenServer) -> None:
    data = reply(b"{}", *[f"X-More: {'a' * 1000}"] * 100)
    assert sender(open_server(answering(data)).url).send().body == b"{}"


@pytest.mark.parametrize(("parts", "kind_of_end"), [(1500, Reply), (5000, Lost)])
def test_a_body_may_have_many_parts(
    sender: OpenSender, open_server: OpenServer, parts: int, kind_of_end: type[Sent]
) -> None:
    answer = sender(open_server(answering(chunked(*[b"a"] * parts) + b"0\r\n\r\n")).url).attempt()
    assert isinstance(answer, kind_of_end)
    assert not isinstance(answer, Lost) or "more than 4096 parts" in str(answer)


@pytest.mark.parametrize(("parts", "kind_of_end"), [(3000, Reply), (5000, Lost)])
def test_many_interim_answers_may_come(
    sender: OpenSender, open_server: OpenServer, parts: int, kind_of_end: type[Sent]
) -> None:
    data = b"HTTP/1.1 103 Early Hints\r\n\r\n" * parts + reply()
    assert isinstance(sender(open_server(answering(data)).url).attempt(), kind_of_end)


@pytest.mark.parametrize("has_length", [True, False])
@pytest.mark.parametrize(("size", "kind_of_end"), [(MAX_REPLY_SIZE - 1000, Reply), (MAX_REPLY_SIZE + 1, Lost)])
def test_a_body_may_be_as_long_as_the_limit(
    sender: OpenSender, open_server: OpenServer, size: int, kind_of_end: type[Sent], has_length: object
) -> None:
    body = b"a" * size
    data = reply(body) if has_length else chunked(body) + b"0\r\n\r\n"
    server = open_server(answering(data))
    answer = sender(server.url).attempt()
    assert isinstance(answer, kind_of_end)
    assert not isinstance(answer, Reply) or answer.body == body


@pytest.mark.parametrize("part", ["body", "tiny chunks", "interim answers", "chunk extension"])
def test_an_event_loop_runs_on_during_a_flood(async_sender: OpenSender, open_server: OpenServer, part: str) -> None:
    first, more = FLOODS[part]

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(first)
        peer.flood(more)

    sender = async_sender(open_server(serve).url)
    assert isinstance(sender, AsyncSender)
    assert sender.run(_longest_pause(sender, 1.0)) < 0.3


async def _longest_pause(sender: AsyncSender, seconds: float) -> float:
    """Return for how long the loop computed at a stretch; what else this machine did meanwhile does not count."""
    task = asyncio.create_task(sender.engine.send(CANCEL, sign, seconds=seconds))
    longest = 0.0
    while not task.done():
        start = time.thread_time()
        await asyncio.sleep(0)
        longest = max(longest, time.thread_time() - start)
    with pytest.raises(Lost):
        await task
    return longest


# ---- compressed answers, which nobody asked for


def test_a_compressed_answer_is_decompressed(sender: OpenSender, open_server: OpenServer) -> None:
    data = reply(_gzip(b'{"retCode":0}'), "Content-Encoding: gzip")
    assert sender(open_server(answering(data)).url).send().body == b'{"retCode":0}'


def test_no_compression_is_asked_for(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sender(server.url).send()
    assert server.requests[0].values(b"Accept-Encoding") == [b"identity"]


@pytest.mark.parametrize("size", [10**7, 10**8])
def test_a_bomb_is_given_up(sender: OpenSender, open_server: OpenServer, size: int) -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    part = b"\0" * 10**6
    bomb = b"".join(compressor.compress(part) for _ in range(size // 10**6)) + compressor.flush()
    server = open_server(answering_once(reply(bomb, "Content-Encoding: gzip")))
    answer = sender(server.url).attempt()
    assert isinstance(answer, Lost)
    assert "more than" in str(answer)


DAMAGED = {
    "not gzip": ("gzip", b"{}"),
    "gzip cut off": ("gzip", _gzip(b"{}")[:-3]),
    "gzip with a wrong sum": ("gzip", _gzip(b"{}")[:-8] + b"\0" * 8),
    "gzip with more behind it": ("gzip", _gzip(b"{}") + b"more"),
    "two gzips": ("gzip", _gzip(b"{") + _gzip(b"}")),
    "gzip in gzip": ("gzip, gzip", _gzip(_gzip(b"{}"))),
    "brotli": ("br", b"\x0b\x00\x80{}\x03"),
    "zstd": ("zstd", b"\x28\xb5\x2f\xfd"),
    "unknown": ("x-none-such", b"{}"),
    "not deflate": ("deflate", b"\xff" * 20),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_cannot_be_decompressed_is_lost(sender: OpenSender, open_server: OpenServer, damage: str) -> None:
    encoding, body = DAMAGED[damage]
    server = open_server(answering(reply(body, f"Content-Encoding: {encoding}")))
    assert isinstance(sender(server.url).attempt(), Lost)


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_is_damaged_is_not_decoded(damage: str) -> None:
    encoding, body = DAMAGED[damage]
    with pytest.raises(Lost):
        decode_body({"content-encoding": encoding}, body)


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [
        ("gzip", _gzip(b"{}")),
        (" GZip ", _gzip(b"{}")),
        ("x-gzip", _gzip(b"{}")),
        ("deflate", zlib.compress(b"{}")),
        ("identity", b"{}"),
        ("", b"{}"),
    ],
)
def test_a_body_is_decoded_by_its_encoding(encoding: str, compressed: bytes) -> None:
    assert decode_body({"content-encoding": encoding}, compressed) == b"{}"


def test_an_empty_body_has_nothing_to_decode() -> None:
    assert decode_body({"content-encoding": "gzip"}, b"") == b""


def test_a_body_is_decoded_up_to_the_limit() -> None:
    largest = b"a" * MAX_REPLY_SIZE
    assert decode_body({"content-encoding": "gzip"}, _gzip(largest)) == largest
    with pytest.raises(Lost, match="more than"):
        decode_body({"content-encoding": "gzip"}, _gzip(largest + b"a"))
