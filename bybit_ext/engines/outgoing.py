"""The head of a request: method, target and headers, the same from every engine."""

import re

from bybit_ext.errors import InvalidInput

from .interface import Headers, Request
from .sockets import Route

# RFC 9110, sections 5.1, 5.5 and 9.1, and RFC 9112, section 3.2, of which only ASCII is sent.
# A line for each header, with a null where its value begins: neither name nor value can hold one.
_HEADERS = re.compile(r"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+\0(?:[!-~]+(?:[ \t]+[!-~]+)*)?\n)*")
_REQUEST_LINE = re.compile(r"[A-Z]+ [!-~]+")


class RequestHead:
    """Builds the heads of the requests to one server.

    Args:
        route: how the server is reached.
    """

    def __init__(self, route: Route) -> None:
        authority = route.address.authority
        is_forwarded = route.proxy is not None and not route.has_tunnel
        self._origin = f"{route.address.scheme}://{authority}" if is_forwarded else ""
        self._own = (
            ("Host", authority),
            ("Accept-Encoding", "identity"),
            *(route.proxy.headers if route.proxy and is_forwarded else ()),
        )
        self._line = ("", "")
        self._given: Headers = ()
        self._headers: Headers = self._own

    def target(self, request: Request) -> str:
        """Return what the request line names: the whole URL if a proxy forwards the request.

        Raises:
            InvalidInput: HTTP cannot carry it.
        """
        line = (request.method, request.target)
        if line != self._line and not _REQUEST_LINE.fullmatch(" ".join(line)):
            raise unsendable()
        self._line = line
        return self._origin + request.target

    def headers(self, request: Request) -> Headers:
        """Return the headers, without Content-Length and those of the signature; the same object for the same headers.

        Raises:
            InvalidInput: HTTP cannot carry one of them.
        """
        if request.headers is not self._given:  # they are the same for most requests, and looked at once
            self._headers = (*self._own, *check_headers(request.headers))
            self._given = request.headers
        return self._headers


def check_headers(headers: Headers) -> Headers:
    """Return headers as they are.

    Raises:
        InvalidInput: HTTP cannot carry one of them.
    """
    lines = "".join([f"{name}\0{value}\n" for name, value in headers])
    if not _HEADERS.fullmatch(lines) or lines.count("\n") > len(headers):
        raise unsendable()
    return headers


def unsendable() -> InvalidInput:
    """Return what is raised for a request that HTTP cannot carry."""
    # It does not say which: that could be the one that holds the API key.
    return InvalidInput("The request cannot be sent: HTTP cannot carry its method, its target or one of its headers.")
