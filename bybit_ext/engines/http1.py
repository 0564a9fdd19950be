"""One HTTP/1.1 exchange after another on one connection: bytes out, bytes in, no I/O.

What every parser has to do, and what is the same whichever it is: limits, and decompression.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

from .interface import MAX_REPLY_SIZE, Headers, Lost, Reply, Request
from .outgoing import RequestHead

MAX_HEAD = 131_072  # bytes
MAX_PARTS = 4096  # parts of an answer; each takes time, so tiny chunks would block an event loop
SLICE = 16_384  # bytes that are looked at before the limits are
_IDENTITY = ("", "identity")
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class Http1Protocol(Protocol):
    """The protocol's side of one connection."""

    def write(self, request: Request, signature: Headers) -> bytes:
        """Return the bytes of a request, and await its answer.

        Raises:
            InvalidInput: HTTP cannot carry it.
        """
        ...

    def feed(self, data: bytes) -> Reply | None:
        """Take bytes that came in (none at the end of the connection); return the reply once it is complete.

        Raises:
            Lost: what came is not an answer, or too large.
        """
        ...

    def start_next(self) -> bool:
        """Get ready for the next request; return False if the connection cannot have one."""
        ...


NewProtocol = Callable[[RequestHead], Http1Protocol]
"""Makes the protocol's side of a connection, whose requests get these heads."""


def not_http() -> Lost:
    """Return what is raised for what is not an answer."""
    return Lost("what came back is not HTTP, or ended too early")


def ended_too_early() -> Lost:
    """Return what is raised if the connection ends before the answer does."""
    return Lost("the connection was closed before an answer came")


def too_many_parts() -> Lost:
    """Return what is raised for an answer in too many parts."""
    return Lost(f"the answer has more than {MAX_PARTS} parts")


def too_large() -> Lost:
    """Return what is raised for an answer that has too many bytes."""
    return Lost(f"the answer has more than {MAX_REPLY_SIZE} bytes")


def decode_body(headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a body as it was before it was compressed.

    Raises:
        Lost: it is too large, or compressed in another way than gzip or deflate.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in _IDENTITY or not body:
        return body
    if encoding not in _WINDOWS:
        raise Lost("the answer is compressed in a way that was not asked for")
    decompressor = zlib.decompressobj(_WINDOWS[encoding])
    try:
        decoded = decompressor.decompress(body, MAX_REPLY_SIZE)
    except zlib.error:
        raise Lost("the answer is compressed, and damaged") from None
    if decompressor.unconsumed_tail:
        raise Lost(f"the answer has more than {MAX_REPLY_SIZE} bytes once it is decompressed")
    if not decompressor.eof:
        raise Lost("the answer is compressed, and cut off")
    if decompressor.unused_data:
        raise Lost("the answer is compressed, and goes on behind its end")
    return decoded
