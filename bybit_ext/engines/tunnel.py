"""The tunnel through an HTTP proxy: RFC 9110, section 9.3.6."""

import socket
import time

import h11

from bybit_ext.errors import NotSent

from .hosts import Address
from .proxies import Proxy

_MAX_REPLY = 65_536  # bytes


def open_tunnel(opened: socket.socket, address: Address, proxy: Proxy, deadline: float) -> None:
    """Ask a proxy to pass bytes on to an address.

    Args:
        opened: a connection to the proxy.
        address: what it shall connect to.
        proxy: the proxy.
        deadline: by when, in monotonic time.

    Raises:
        NotSent: it did not, or not in time.
    """
    status: int | str
    try:
        status = _ask(opened, address, proxy, deadline)
    except (OSError, h11.RemoteProtocolError) as error:
        status = type(error).__name__
    if status not in range(200, 300):
        raise NotSent(f"The exchange was not reached (the proxy {proxy.host}:{proxy.port} answered {status}).")


def _ask(opened: socket.socket, address: Address, proxy: Proxy, deadline: float) -> int | str:
    name = address.host_and_port
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(method="CONNECT", target=name, headers=[("Host", name), *proxy.headers])
    _limit(opened, deadline)
    opened.sendall((connection.send(request) or b"") + (connection.send(h11.EndOfMessage()) or b""))
    received = 0
    while received < _MAX_REPLY:
        event = connection.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            _limit(opened, deadline)
            data = opened.recv(4096)
            received += len(data)
            connection.receive_data(data)
    return "too much"


def _limit(opened: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    opened.settimeout(left)
