"""The requests of a connection, and its answers: at once, or after a delay."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_LENGTH = re.compile(rb"\r\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh]: *(\d+)")


class Request(NamedTuple):
    """A request.

    Attributes:
        method: its method.
        target: path and query.
        head: all up to the blank line.
        body: as long as Content-Length says.
    """

    method: str
    target: str
    head: bytes
    body: bytes


Respond = Callable[[Request], bytes]


class RequestReader:
    """Finds the requests in what comes in. One in chunks is refused: none of the clients sends any."""

    def __init__(self) -> None:
        self._received = b""

    def feed(self, data: bytes) -> Iterator[Request]:
        """Take bytes, and yield the requests that they complete."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            length = _LENGTH.search(head)
            start, stop = end + 4, end + 4 + int(length[1] if length else 0)
            if len(self._received) < stop:
                return
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            yield Request(method, target, head, self._received[start:stop])
            self._received = self._received[stop:]


class Connection(asyncio.Protocol):
    """One connection of the server.

    Args:
        respond: returns the bytes of an answer.
        delay: seconds between a request and its answer.
    """

    def __init__(self, respond: Respond, delay: float) -> None:
        self._respond = respond
        self._delay = delay
        self._reader = RequestReader()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where answers go."""
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer the requests in these bytes."""
        for request in self._reader.feed(data):
            answer = self._respond(request)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport:
            self._transport.write(answer)
