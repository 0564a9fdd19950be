"""Bybit's request signing: one pure function, and a thin hook on it for the generated client.

Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
"""

from collections.abc import Generator

import httpx

from bybit_ext.document import is_public
from bybit_ext.errors import InvalidInput, show

from .clock import Clock, system_clock
from .credentials import Credentials

_MAX_RECV_WINDOW = 86_400_000  # ms
_WITHOUT_BODY = ("GET", "HEAD", "DELETE")


def sign(credentials: Credentials, *, timestamp: int, recv_window: int, payload: bytes) -> str:
    """Sign one request.

    Args:
        credentials: the API key and what signs for it.
        timestamp: UTC time in ms, as in X-BAPI-TIMESTAMP.
        recv_window: how long the signature stays good, in ms, as in X-BAPI-RECV-WINDOW.
        payload: the very bytes that are sent: the body of a POST, the raw query string of a GET.

    Returns:
        What stands in X-BAPI-SIGN.

    Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
    """
    return credentials.signing_key.sign(f"{timestamp}{credentials.api_key}{recv_window}".encode() + payload)


class Signature:
    """The four headers of one signed request. Its repr shows none of them.

    Attributes:
        timestamp: the time that was signed, UTC in ms.
        headers: names and values, as they are sent.
    """

    __slots__ = ("headers", "timestamp")

    def __init__(self, credentials: Credentials, *, timestamp: int, recv_window: int, payload: bytes) -> None:
        self.timestamp: int = timestamp
        self.headers: tuple[tuple[str, str], ...] = (
            ("X-BAPI-API-KEY", credentials.api_key),
            ("X-BAPI-TIMESTAMP", str(timestamp)),
            ("X-BAPI-RECV-WINDOW", str(recv_window)),
            ("X-BAPI-SIGN", sign(credentials, timestamp=timestamp, recv_window=recv_window, payload=payload)),
        )

    @property
    def signature(self) -> str:
        """What must not be shown, beside the API key."""
        return self.headers[3][1]

    def __repr__(self) -> str:
        return f"Signature(timestamp={self.timestamp})"


def payload_of(method: str, query: bytes, body: bytes) -> bytes:
    """Return the part of a request that is signed: its raw query string, or its body."""
    return query if method in _WITHOUT_BODY else body


def check_recv_window(recv_window: object) -> int:
    """Return how long a signature stays good, in ms.

    Raises:
        InvalidInput: it is not a positive whole number, or more than a day.
    """
    if type(recv_window) is not int or not 0 < recv_window <= _MAX_RECV_WINDOW:
        raise InvalidInput(f"recv_window: must be a positive whole number of ms, up to a day, not {show(recv_window)}.")
    return recv_window


class BybitAuth(httpx.Auth):
    """Signs the requests of an httpx client as they leave, but for those that the document declares public.

    Args:
        credentials: the API key and what signs for it.
        recv_window: how long a signature stays good, in ms.
        clock: returns UTC time in ms.

    Raises:
        InvalidInput: recv_window is not a positive whole number.

    Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
    """

    requires_request_body = True

    def __init__(self, credentials: Credentials, *, recv_window: int = 5000, clock: Clock = system_clock) -> None:
        self._credentials = credentials
        self._recv_window = check_recv_window(recv_window)
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request as httpx sends it. If that fails, take the signature off: httpx's errors keep the request.

        Args:
            request: is given the four headers, unless the document declares its operation public.

        Raises:
            InvalidInput: the clock raised, or did not return whole ms.
        """
        if is_public(request.method, request.url.path):
            yield request
            return
        signature = Signature(
            self._credentials,
            timestamp=self._clock(),
            recv_window=self._recv_window,
            payload=payload_of(request.method, request.url.query, request.content),
        )
        request.headers.update(signature.headers)
        try:
            yield request
        except GeneratorExit as end:
            if end.__context__ is not None:  # httpx ends the flow because of an error
                for name, _ in signature.headers:
                    del request.headers[name]
            raise
