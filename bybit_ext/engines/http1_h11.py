"""HTTP/1.1 by h11.

httpcore does the same with I/O in it, but its connection keeps to itself whether bytes came beyond an answer (which
would be the next call's answer), and writes the headers of requests and answers to its DEBUG log.
"""

import h11

from .http1 import MAX_HEAD, MAX_PARTS, SLICE, decode_body, ended_too_early, not_http, too_large, too_many_parts
from .interface import MAX_REPLY_SIZE, Headers, Reply, Request
from .outgoing import RequestHead, check_headers


class H11Protocol:
    """The protocol's side of one connection: see `Http1Protocol`.

    Args:
        head: builds the heads of its requests.
    """

    def __init__(self, head: RequestHead) -> None:
        self._head = head
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._received = self._parts = 0
        self._response: h11.Response | None = None
        self._body: list[bytes] = []

    def write(self, request: Request, signature: Headers) -> bytes:
        """Return the bytes of a request, and await its answer.

        Raises:
            InvalidInput: HTTP cannot carry it.
        """
        self._received = self._parts = 0
        self._response, self._body = None, []
        headers = [*self._head.headers(request), *check_headers(signature)]
        if request.body or request.method == "POST":
            headers.append(("Content-Length", str(len(request.body))))
        head = h11.Request(method=request.method, target=self._head.target(request), headers=headers)
        events = (head, h11.Data(data=request.body), h11.EndOfMessage())
        return b"".join([self._h11.send(event) or b"" for event in events])

    def feed(self, data: bytes) -> Reply | None:
        """Take bytes that came in (none at the end of the connection); return the reply once it is complete.

        Raises:
            Lost: what came is not an answer, or too large.
        """
        self._received += len(data)
        if self._received > MAX_REPLY_SIZE:
            raise too_large()
        reply = None
        try:
            for start in range(0, len(data) or 1, SLICE):
                self._h11.receive_data(data[start : start + SLICE])
                reply = reply or self._read_events()
        except h11.RemoteProtocolError:
            # Its words can quote what the other side sent, which can be an echo of the key.
            raise not_http() from None
        return reply

    def _read_events(self) -> Reply | None:
        while True:
            self._parts += 1
            if self._parts > MAX_PARTS:
                raise too_many_parts()
            event = self._h11.next_event()
            if isinstance(event, h11.Response):
                self._response = event
            elif isinstance(event, h11.Data):
                self._body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and self._response:
                return self._reply(self._response)
            elif event is h11.NEED_DATA:
                return None
            elif not isinstance(event, h11.InformationalResponse):
                raise ended_too_early()

    def _reply(self, response: h11.Response) -> Reply:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
        return Reply(response.status_code, headers, decode_body(headers, b"".join(self._body)))

    def start_next(self) -> bool:
        """Get ready for the next request; return False if the connection cannot have one."""
        if self._h11.trailing_data != (b"", False):
            return False
        try:
            self._h11.start_next_cycle()
        except h11.LocalProtocolError:  # one of the two sides wants it closed
            return False
        return True
