"""Servers over raw sockets: each connection is served by a function, in a thread of its own."""

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self

from attrs import define, field, frozen

LIMIT = (
    30.0  # seconds that a server waits for anything: longer than any test does, lest its end is taken for the client's
)


@frozen
class Received:
    """A request as it came in.

    Attributes:
        head: from the request line to the blank line.
        body: as long as Content-Length says.
    """

    head: bytes
    body: bytes

    @property
    def line(self) -> bytes:
        return self.head.split(b"\r\n", 1)[0]

    def values(self, name: bytes) -> list[bytes]:
        """Return the values of a header, in the order in which they came."""
        return re.findall(rb"(?im)^" + re.escape(name) + rb": *(.*?)\r$", self.head)


@define(eq=False)
class Peer:
    """The server's end of one connection."""

    socket: socket.socket
    server: "RawServer"
    _buffer: bytes = b""

    def read_head(self) -> bytes | None:
        """Return all up to a blank line; None if the client closes the connection."""
        while b"\r\n\r\n" not in self._buffer:
            data = self.socket.recv(65_536)
            if not data:
                return None
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def read_request(self) -> Received | None:
        """Return the next request; None if the client closes the connection."""
        head = self.read_head()
        if head is None:
            return None
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        size = int(length[1]) if length else 0
        while len(self._buffer) < size:
            data = self.socket.recv(65_536)
            if not data:
                return None
            self._buffer += data
        request = Received(head, self._buffer[:size])
        self._buffer = self._buffer[size:]
        self.server.requests.append(request)
        return request

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def drip(self, data: bytes, pause: float = 0.03) -> None:
        """Send a byte at a time, until the client has had enough."""
        for i in range(len(data)):
            self.send(data[i : i + 1])
            time.sleep(pause)

    def flood(self, data: bytes) -> int:
        """Send the same again and again, until the client has had enough; return how many bytes that took."""
        sent = 0
        with suppress(OSError):
            while not self.server.is_closing.is_set():
                self.send(data)
                sent += len(data)
        return sent

    def reset(self) -> None:
        """Close the connection by a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def wait_for_end(self) -> None:
        """Wait until the client closes the connection."""
        with suppress(OSError):
            while self.socket.recv(65_536):
                pass

    def ignore(self) -> None:
        """Do nothing, so that the connection is closed at once."""

    def hold(self) -> None:
        """Keep the connection open and say nothing, until the server closes."""
        self.server.is_closing.wait(LIMIT)


Serve = Callable[[Peer], object]


@define(eq=False)
class RawServer:
    """Serves connections to a port of this machine.

    Attributes:
        serve: serves one connection, which is closed when it returns.
        tls: what the server proves who it is with; None for clear text.
        host: the address that it listens to.
        requests: all that came in.
        opened: how many connections were opened.
        ended: how many of them `serve` has returned from.
    """

    serve: Serve
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    requests: list[Received] = field(factory=list[Received])
    opened: int = 0
    ended: int = 0
    is_closing: threading.Event = field(factory=threading.Event)
    _sockets: list[socket.socket] = field(factory=list[socket.socket])
    _problems: list[BaseException] = field(factory=list[BaseException])
    _threads: list[threading.Thread] = field(factory=list[threading.Thread])
    _listener: socket.socket = field(init=False)

    def __attrs_post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family, backlog=128)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.is_closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for opened in list(self._sockets):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(LIMIT)
        if error is None and self._problems:
            raise self._problems[0]

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                opened, _ = self._listener.accept()
            except OSError:
                return
            opened.settimeout(LIMIT)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(opened)
            self._start(partial(self._serve, opened))

    def _serve(self, opened: socket.socket) -> None:
        try:
            if self.tls:
                opened = self.tls.wrap_socket(opened, server_side=True, do_handshake_on_connect=False)
                self._sockets.append(opened)
                opened.do_handshake()
        except OSError:  # the client did not like the certificate
            opened.close()
            return
        peer = Peer(opened, self)
        self.opened += 1
        try:
            self.serve(peer)
        except OSError:
            pass  # the client has gone, or had its time
        except BaseException as error:  # noqa: BLE001 - it fails the test
            self._problems.append(error)
        finally:
            peer.socket.close()
            self.ended += 1


def reply(body: bytes = b'{"retCode":0}', *headers: str, status: str = "200 OK") -> bytes:
    """Return the bytes of an answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(*chunks: bytes) -> bytes:
    """Return the bytes of an answer in chunks, without the last one."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


def answering(data: bytes = reply()) -> Serve:
    """Return what answers every request of a connection with these bytes."""

    def serve(peer: Peer) -> None:
        while peer.read_request():
            peer.send(data)

    return serve


def answering_once(data: bytes) -> Serve:
    """Return what answers one request with these bytes, and closes the connection."""

    def serve(peer: Peer) -> None:
        if peer.read_request():
            peer.send(data)

    return serve


def silent(peer: Peer) -> None:
    """Read, and never answer."""
    peer.read_request()
    peer.hold()


def wait_until(condition: Callable[[], bool], seconds: float = LIMIT) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it did not become so in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)


class FullBacklog:
    """A port that takes no more connections, and does not refuse them either: whoever connects to it waits."""

    def __enter__(self) -> tuple[str, int]:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        address: tuple[str, int] = self._listener.getsockname()
        self._waiting: list[socket.socket] = []
        for _ in range(4):  # Linux takes one or two beyond what it was told
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            self._waiting.append(one)
        return address

    def __exit__(self, *_: object) -> None:
        for one in (*self._waiting, self._listener):
            one.close()
