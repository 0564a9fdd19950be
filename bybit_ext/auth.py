"""Bybit's request signing: one pure function, and a thin hook that httpx calls on every send.

Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
"""

import time
from collections.abc import Callable, Generator

import httpx

from .blanking import blank_body
from .credentials import Credentials
from .errors import InvalidInput
from .spec import is_among, public_operations

_WITHOUT_BODY = ("GET", "HEAD", "DELETE")

Clock = Callable[[], int]
"""Tells UTC time in ms."""


class ServerClock:
    """The exchange's time, as far as it is known: this machine's clock plus an offset.

    Args:
        clock: tells this machine's UTC time, in ms.

    Attributes:
        offset: how far the exchange's clock is ahead of this machine's, in ms; 0 until it is measured.
    """

    def __init__(self, clock: Clock) -> None:
        self.local = clock
        self.offset = 0

    def __call__(self) -> int:
        """Tell the exchange's time, in ms."""
        return self.local() + self.offset

    def correct(self, server_time: int) -> None:
        """Take over the time that the exchange has just told, in ms."""
        self.offset = server_time - self.local()


def system_clock() -> int:
    """Tell this machine's UTC time, in ms."""
    return time.time_ns() // 1_000_000


def sign(credentials: Credentials, *, timestamp: int, recv_window: int, payload: bytes) -> str:
    """Sign one request.

    Args:
        credentials: the API key and what signs for it.
        timestamp: UTC time in ms, as in X-BAPI-TIMESTAMP.
        recv_window: how long the signature stays good, in ms, as in X-BAPI-RECV-WINDOW.
        payload: the very bytes that are sent: the body of a POST, the raw query string of a GET.

    Returns:
        What stands in X-BAPI-SIGN.
    """
    return credentials.signing_key.sign(f"{timestamp}{credentials.api_key}{recv_window}".encode() + payload)


class BybitAuth(httpx.Auth):
    """Signs what leaves, as it leaves, and blanks the key in what comes back.

    An operation that the spec declares public (`security: []`) is not signed.

    Args:
        credentials: the API key and what signs for it.
        recv_window: how long a signature stays good, in ms.
        clock: tells UTC time in ms.

    Raises:
        InvalidInput: recv_window is not a positive whole number.
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(self, credentials: Credentials, *, recv_window: int = 5000, clock: Clock = system_clock) -> None:
        if type(recv_window) is not int or recv_window <= 0:
            raise InvalidInput(f"recv_window: must be a positive whole number of ms, not {recv_window!r}.")
        self._credentials = credentials
        self._recv_window = recv_window
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Serve httpx: sign the request, then blank what the answer echoes of it."""
        if is_among(public_operations(), request):
            yield request
            return
        self._sign(request)
        response = yield request
        blank_body(response)

    def _sign(self, request: httpx.Request) -> None:
        timestamp = self._clock()
        if type(timestamp) is not int:
            raise InvalidInput(f"clock: must tell whole ms as int, not {timestamp!r}.")
        payload = request.url.query if request.method in _WITHOUT_BODY else request.content
        signature = sign(self._credentials, timestamp=timestamp, recv_window=self._recv_window, payload=payload)
        request.headers["X-BAPI-API-KEY"] = self._credentials.api_key
        request.headers["X-BAPI-TIMESTAMP"] = str(timestamp)
        request.headers["X-BAPI-RECV-WINDOW"] = str(self._recv_window)
        request.headers["X-BAPI-SIGN"] = signature
