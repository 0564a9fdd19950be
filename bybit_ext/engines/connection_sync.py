"""One connection for threads: a socket, and TLS on it."""

import socket
import ssl
import time

from bybit_ext.errors import NotSent

from .forks import close_in_children
from .http1 import Http1Protocol, NewProtocol
from .interface import Lost, Reply, Request, Sign
from .outgoing import RequestHead
from .settings import EngineSettings
from .sockets import is_quiet, not_reached, open_socket, reason_of

_CHUNK = 65_536  # bytes of one read
_RECORD = 16_384  # bytes, the most that a record of TLS holds: RFC 8446, section 5.1


def open_connection(settings: EngineSettings, protocol: NewProtocol, deadline: float) -> "Connection":
    """Return a new connection.

    Args:
        settings: how to reach the server.
        protocol: makes the protocol's side of it.
        deadline: by when it must stand, in monotonic time.

    Raises:
        NotSent: none could be opened in time.
    """
    return Connection(_open(settings, deadline), protocol(RequestHead(settings.route)))


def _open(settings: EngineSettings, deadline: float) -> socket.socket:
    route = settings.route
    context = settings.tls.ssl_context() if route.address.is_secure else None
    opened = open_socket(route, deadline - time.monotonic())
    if context is None:
        return opened
    host = route.address.host.removesuffix(".")  # no certificate has the dot
    try:
        # An end of TLS without its good-bye is an error: it would look like the end of a body without a length.
        opened = context.wrap_socket(
            opened, server_hostname=host, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        close_in_children(opened)
        opened.settimeout(max(0.001, deadline - time.monotonic()))
        opened.do_handshake()
    except (OSError, ValueError) as error:
        opened.close()
        raise not_reached(host, reason_of(error)) from None
    except BaseException:
        opened.close()
        raise
    return opened


class Connection:
    """A connection to the server, which has one request after another.

    Args:
        opened: its socket, connected.
        http: the protocol's side of it.
    """

    def __init__(self, opened: socket.socket, http: Http1Protocol) -> None:
        self._socket = opened
        self._http = http

    def exchange(self, request: Request, sign: Sign, deadline: float) -> Reply:
        """Send a request and return the reply.

        Args:
            request: what is sent.
            sign: returns the headers that sign it.
            deadline: by when that must end, in monotonic time.

        Raises:
            NotSent: nothing left this machine.
            Lost: something may have.
        """
        message = self._http.write(request, sign())
        if time.monotonic() >= deadline:
            raise NotSent("The request did not leave (its time was over).")
        self._write(message, deadline)
        try:
            reply = None
            while reply is None:
                self._limit(deadline)
                reply = self._http.feed(self._socket.recv(_CHUNK))
        except OSError as error:
            raise Lost(reason_of(error)) from None
        return reply

    def _write(self, message: bytes, deadline: float) -> None:
        unsent = memoryview(message)
        try:
            while unsent:
                self._limit(deadline)
                unsent = unsent[self._socket.send(unsent) :]
        except OSError as error:
            # A closed connection took nothing of the first piece, with TLS only if that is one record. Any other error
            # can be a signal handler's, raised after the bytes have left.
            is_one_record = not isinstance(self._socket, ssl.SSLSocket) or len(message) <= _RECORD
            if len(unsent) == len(message) and isinstance(error, ConnectionError) and is_one_record:
                raise NotSent(f"The request did not leave ({reason_of(error)}).") from None
            raise Lost(reason_of(error)) from None

    def _limit(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def start_next(self) -> bool:
        """Get ready for the next request; return False if the connection cannot have one."""
        return self._http.start_next()

    def is_quiet(self) -> bool:
        """Return whether nothing came in since. If something did, it has ended, or has an answer too many."""
        return is_quiet(self._socket)

    def close(self) -> None:
        """Close it, in a forked child its copy, without a word to the server. Closing twice is safe."""
        self._socket.close()
