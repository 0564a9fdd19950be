"""HTTP/1.1 by httptools, which is llhttp, the parser of Node.js: the same answers as by h11, in a fraction of the time.

llhttp is strict here: it takes no answer whose length is doubtful. It knows no limits of its own, and no end of a
connection: both are seen to here.
"""

import httptools

from .http1 import MAX_HEAD, MAX_PARTS, SLICE, decode_body, ended_too_early, not_http, too_large, too_many_parts
from .interface import MAX_REPLY_SIZE, Headers, Reply, Request
from .outgoing import RequestHead, check_headers

_VERSIONS = ("1.1", "1.0")
_INTERIM = range(100, 200)
_LENGTHS = ("content-length", "transfer-encoding")


class HttptoolsProtocol:
    """The protocol's side of one connection: see `Http1Protocol`.

    Args:
        head: builds the heads of its requests.
    """

    def __init__(self, head: RequestHead) -> None:
        self._head = head
        self._given: Headers = ()
        self._lines = ""
        self._parser = httptools.HttpResponseParser(self)
        self._begin()

    def _begin(self) -> None:
        self._received = self._parts = self._status = 0
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._has_head = self._is_complete = self._can_have_next = self._is_http1 = False

    def write(self, request: Request, signature: Headers) -> bytes:
        """Return the bytes of a request, and await its answer.

        Raises:
            InvalidInput: HTTP cannot carry it.
        """
        self._begin()
        headers = self._head.headers(request)
        if headers is not self._given:
            self._given, self._lines = headers, _lines(headers)
        length = f"Content-Length: {len(request.body)}\r\n" if request.body or request.method == "POST" else ""
        head = (
            f"{request.method} {self._head.target(request)} HTTP/1.1\r\n"
            f"{self._lines}{_lines(check_headers(signature))}{length}\r\n"
        )
        return head.encode("ascii") + request.body

    def feed(self, data: bytes) -> Reply | None:
        """Take bytes that came in (none at the end of the connection); return the reply once it is complete.

        Raises:
            Lost: what came is not an answer, or too large.
        """
        self._received += len(data)
        if self._received > MAX_REPLY_SIZE:
            raise too_large()
        if not data:
            return self._end()
        for start in range(0, len(data), SLICE):
            self._parse(data[start : start + SLICE])
        return self._reply() if self._is_complete else None

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._can_have_next = False
            if not self._is_complete:
                raise not_http() from None
        if self._parts > MAX_PARTS:
            raise too_many_parts()
        if not self._has_head and self._received > MAX_HEAD:
            raise not_http()

    def _end(self) -> Reply:
        """Return the reply: the connection has ended, so has a body whose length the head does not say."""
        if not self._has_head or any(name in self._headers for name in _LENGTHS):
            raise ended_too_early()
        return self._reply()

    def _reply(self) -> Reply:
        if not self._is_http1 or self._headers.get("transfer-encoding", "chunked").lower() != "chunked":
            raise not_http()
        return Reply(self._status, self._headers, decode_body(self._headers, b"".join(self._body)))

    def start_next(self) -> bool:
        """Get ready for the next request; return False if the connection cannot have one."""
        return self._can_have_next

    # ---- what the parser calls

    def on_message_begin(self) -> None:
        """Begin an answer: the one that is awaited, behind an interim one (1xx), or one that nobody asked for."""
        self._parts += 1
        self._can_have_next = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Those behind the body, which are trailers, do not count."""
        if not self._has_head:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        """Take the status, and drop an interim answer."""
        if self._is_complete:
            return
        self._is_http1 = self._parser.get_http_version() in _VERSIONS
        self._status = self._parser.get_status_code()
        if self._status in _INTERIM:
            self._headers = {}
        else:
            self._has_head = True

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._parts += 1
        if not self._is_complete:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """End the answer, if it was not an interim one."""
        if self._has_head and not self._is_complete:
            self._is_complete = True
            self._can_have_next = self._parser.should_keep_alive()


def _lines(headers: Headers) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers])
