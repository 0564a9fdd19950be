"""A socket alone, with a request that is signed by hand and an answer whose length is looked for: the least there is.

One for a thread.
"""

import socket
from collections.abc import Generator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from tools.benchmark.clients import Cancel
from tools.benchmark.clients.by_hand import read_acknowledgement, sign_cancel, trust
from tools.benchmark.target import PATH, Target

_CHUNK = 65_536
_TIMEOUT = 10.0


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by a socket."""
    with closing(_connect(target)) as opened:

        def cancel(order_id: str) -> str:
            body, headers = sign_cancel(target, order_id)
            lines = [f"POST {PATH} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            opened.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            return read_acknowledgement(_read_body(opened))

        yield cancel


def _connect(target: Target) -> socket.socket:
    url = urlsplit(target.url)
    opened = socket.create_connection((url.hostname, url.port), timeout=_TIMEOUT)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    context = trust(target)
    return context.wrap_socket(opened, server_hostname=url.hostname) if context else opened


def _read_body(opened: socket.socket) -> bytes:
    received = _receive(opened)
    while b"\r\n\r\n" not in received:
        received += _receive(opened)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _receive(opened)
    return body


def _receive(opened: socket.socket) -> bytes:
    data = opened.recv(_CHUNK)
    if not data:
        raise ConnectionError("the connection was closed")
    return data
