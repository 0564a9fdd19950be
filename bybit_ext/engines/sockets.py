"""Opening a TCP connection within a limit: name lookup, and several addresses at once.

Everything here blocks; coroutines run it in a thread (`bybit_ext.engines.threads`).
"""

import errno
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from socket import getaddrinfo as getaddrinfo  # noqa: PLC0414 - tests put a slow one in its place
from typing import Any, Self

from attrs import frozen

from bybit_ext.errors import NotSent

from .forks import close_in_children
from .hosts import Address
from .proxies import Proxy
from .tunnel import open_tunnel

_HEAD_START = 0.25  # seconds that an address has before the next one is tried beside it: RFC 8305, section 5

AddressInfo = tuple[int, int, int, str, Any]


@frozen
class Route:
    """How a server is reached.

    Attributes:
        address: the server.
        proxy: a proxy in between; None for none.
    """

    address: Address
    proxy: Proxy | None = None

    @property
    def has_tunnel(self) -> bool:
        """Whether the proxy only passes bytes on, as it does for TLS and for WebSockets."""
        return self.proxy is not None and self.address.scheme != "http"


def open_socket(route: Route, seconds: float) -> socket.socket:
    """Return a connected socket, through the tunnel of the proxy if there is one.

    Raises:
        NotSent: none could be opened in time.
    """
    deadline = time.monotonic() + seconds
    if route.proxy is None:
        return connect(route.address.host, route.address.port, seconds)
    opened = connect(route.proxy.host, route.proxy.port, seconds)
    try:
        if route.has_tunnel:
            open_tunnel(opened, route.address, route.proxy, deadline)
    except BaseException:
        opened.close()
        raise
    return opened


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """Return a socket that is connected to a host, by whichever of its addresses.

    Raises:
        NotSent: none answered in time.
    """
    deadline = time.monotonic() + seconds
    infos = look_up(host, port, seconds)
    opened = _connect(infos, deadline, f"{host}:{port}")
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def is_quiet(opened: socket.socket) -> bool:
    """Return whether nothing came in. If something did, the connection has ended, or has an answer too many."""
    try:
        opened.setblocking(False)
        socket.socket.recv(opened, 1, socket.MSG_PEEK)  # past TLS, whose own method cannot peek
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def reason_of(error: BaseException) -> str:
    """Return why a connection failed, in words."""
    if isinstance(error, TimeoutError):
        return "no answer came in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def not_reached(name: str, reason: object) -> NotSent:
    """Return what is raised when no connection could be opened.

    Args:
        name: the host.
        reason: why, in words.
    """
    return NotSent(f"The exchange was not reached ({name}: {reason}).")


def look_up(host: str, port: int, seconds: float) -> Sequence[AddressInfo]:
    """Return the addresses of a host. The system's own look-up knows no limit, so it runs in a thread of its own.

    Raises:
        NotSent: it has none, or the look-up took too long.
    """
    if _is_ip_address(host):
        return getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    results: list[Sequence[AddressInfo] | Exception] = []
    has_ended = threading.Event()  # not a queue: those of CPython 3.11 to 3.13 can miss their time-out

    def run() -> None:
        try:
            results.append(getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            results.append(error)
        has_ended.set()

    threading.Thread(target=run, name="bybit name look-up", daemon=True).start()
    if not has_ended.wait(max(0.0, seconds)):
        raise not_reached(host, "the name look-up took too long")
    result = results[0]
    if isinstance(result, Exception):
        raise not_reached(host, result)
    return result


def _is_ip_address(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):
            return bool(socket.inet_pton(family, host))
    return False


def _connect(infos: Sequence[AddressInfo], deadline: float, name: str) -> socket.socket:
    """Connect to the first address that answers. Each has a head start over the next, but all have their turn in time.

    Raises:
        NotSent: none answered in time.
    """
    untried = list(infos)
    head_start = min(_HEAD_START, (deadline - time.monotonic()) / (2 * max(1, len(untried))))
    problem: object = "no address answered in time"
    with _Race() as race:
        while untried or race.is_on:
            if untried:
                problem = race.enter(untried.pop(0)) or problem
            left = max(0.0, deadline - time.monotonic())
            for opened, error in race.wait(min(left, head_start) if untried else left):
                if error is None:
                    return opened
                problem = error
            if not left:
                break
    raise not_reached(name, problem)


class _Race:
    """Sockets that are connecting. Those that are left when it ends are closed."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._connecting: set[socket.socket] = set()

    @property
    def is_on(self) -> bool:
        return bool(self._connecting)

    def enter(self, info: AddressInfo) -> OSError | None:
        """Start to connect to an address. Return what went wrong at once."""
        family, kind, protocol, _, address = info
        try:
            one = socket.socket(family, kind, protocol)
        except OSError as error:  # a family that this machine does not have
            return error
        close_in_children(one)
        self._connecting.add(one)
        self._selector.register(one, selectors.EVENT_WRITE)
        one.setblocking(False)
        code = one.connect_ex(address)
        if code in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN):
            return None
        self._leave(one)
        one.close()
        return OSError(code, os.strerror(code))

    def wait(self, seconds: float) -> Iterator[tuple[socket.socket, OSError | None]]:
        """Wait for sockets that have connected, or failed to."""
        if not self._connecting:
            return
        for key, _ in self._selector.select(seconds):
            one = key.fileobj
            if isinstance(one, socket.socket):
                self._leave(one)
                code = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code:
                    one.close()
                yield one, OSError(code, os.strerror(code)) if code else None

    def _leave(self, one: socket.socket) -> None:
        self._selector.unregister(one)
        self._connecting.discard(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._connecting:
            one.close()
        self._selector.close()
