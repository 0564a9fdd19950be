"""One connection's side of the protocol, without I/O: bytes in, events out.

A connection goes through three states, and each only once:

    connecting   the opening handshake of WebSocket is under way
    logging in   the handshake is done, and the log-in, signed at that moment, has been written
    open         the log-in was agreed to; requests may be written, and are answered in any order

An answer belongs to the request whose `reqId` it has. An id names one request for ever: ids begin with what this
connection has drawn at random, and go on with a number. What has no id of a request that is in flight (an answer that
comes too late, or twice, or to nobody) belongs to none, and is dropped. What is not a message at all, or too large, or
answers another operation than was asked for ends the connection: what it says of anything is not to be trusted.
"""

import itertools
import secrets
from collections.abc import Callable, Iterator
from enum import Enum
from http import HTTPStatus
from typing import Any

from attrs import frozen
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from bybit_ext.auth.log_in import LogIn, frames_log
from bybit_ext.calls.validation import parse_integer
from bybit_ext.engines.interface import MAX_REPLY_SIZE, Headers, Reply
from bybit_ext.errors import AuthenticationFailed, OutcomeUnknown, error_class_for

from .messages import AUTH, PING, RESTARTING, as_reply, read_message, write_request

MAX_STRAY = 1000
"""Messages and frames of a heartbeat that no request has asked for: each takes time."""
_SLICE = 4096  # bytes that are looked at before the limit is: a frame can have two
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_MESSAGES = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


@frozen
class LoggedIn:
    """Requests may be written."""


@frozen
class LogInRefused:
    """The exchange lets nobody in, or not with this key.

    Attributes:
        reply: its answer.
    """

    reply: Reply


@frozen
class Answer:
    """The answer to a request.

    Attributes:
        req_id: the request's.
        reply: the answer.
    """

    req_id: str
    reply: Reply


Event = LoggedIn | LogInRefused | Answer


class Broken(Exception):
    """The connection is of no use any more. Its message says why, and quotes nothing that came in."""


class _State(Enum):
    CONNECTING = "connecting"
    LOGGING_IN = "logging in"
    OPEN = "open"


class TradeProtocol:
    """The protocol's side of one connection.

    Args:
        url: the WebSocket's.
        log_in: returns a request to log in, signed now.

    Attributes:
        is_over: whether new requests are of no use here: the exchange restarts, or has forgotten the log-in.
    """

    def __init__(self, url: str, log_in: Callable[[], LogIn]) -> None:
        self.is_over: bool = False
        self._frames = ClientProtocol(parse_uri(url), max_size=MAX_REPLY_SIZE, logger=frames_log)
        self._log_in = log_in
        self._secrets: tuple[str, ...] = ()
        self._state = _State.CONNECTING
        self._ids = map(f"{secrets.token_hex(10)}-{{}}".format, itertools.count(1))
        self._in_flight: dict[str, str] = {}  # operations by reqId
        self._parts: list[bytes] = []  # of a message that comes in several frames
        self._strays = 0

    def output(self) -> bytes:
        """Return the bytes that are to be sent by now."""
        return b"".join(self._frames.data_to_send())

    def connect(self) -> None:
        """Begin the opening handshake."""
        self._frames.send_request(self._frames.connect())

    def request(self, operation: str, body: bytes, headers: Headers) -> str:
        """Write a request, and return its reqId.

        Args:
            operation: what is to be done.
            body: JSON, which is sent as it is.
            headers: those of the request and of its signature.
        """
        req_id = next(self._ids)
        self._in_flight[req_id] = operation
        self._frames.send_text(write_request(req_id, operation, body, headers))
        return req_id

    def forget(self, req_id: str) -> None:
        """Await the answer to a request no longer."""
        self._in_flight.pop(req_id, None)

    def ping(self) -> None:
        """Begin a heartbeat: ask whether the exchange is still there."""
        self._strays = 0
        if self._state is _State.OPEN:
            self._frames.send_text(PING)

    def close(self) -> None:
        """Say good-bye, if there is anything to say it to."""
        if self._state is not _State.CONNECTING:
            self._frames.send_close(1000)

    def receive(self, data: bytes) -> Iterator[Event]:
        """Take bytes that came in, and yield what they say.

        Raises:
            Broken: the connection is of no use any more.
            InvalidInput: the clock for the log-in cannot be used.
        """
        for start in range(0, len(data), _SLICE):
            self._frames.receive_data(data[start : start + _SLICE])
            for event in self._frames.events_received():
                yield from self._take(event)
            self._check()

    def receive_eof(self) -> Iterator[LogInRefused]:
        """Take the end of what comes in, and yield the refusal that it is the end of, if it is one.

        Raises:
            Broken: it is the end of something else.
        """
        self._frames.receive_eof()
        for event in self._frames.events_received():
            for taken in self._take(event):
                if isinstance(taken, LogInRefused):
                    yield taken

    def _check(self) -> None:
        """Raise what the library has found wrong."""
        if self._frames.handshake_exc is not None and self._state is _State.CONNECTING:
            raise Broken("what answered is not a WebSocket")
        if isinstance(self._frames.parser_exc, PayloadTooBig):
            raise Broken(f"a message has more than {MAX_REPLY_SIZE} bytes")
        if self._frames.parser_exc is not None:
            raise Broken("what came back is not WebSocket")

    def _take(self, event: object) -> Iterator[Event]:
        if isinstance(event, Response):
            yield from self._take_handshake(event)
        elif isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
            raise Broken("the server closed it")
        elif isinstance(event, Frame) and event.opcode in _MESSAGES:
            self._parts.append(bytes(event.data))
            if event.fin:
                text, self._parts = b"".join(self._parts), []
                yield from self._take_message(text)
            else:
                self._count_stray()
        else:
            self._count_stray()

    def _take_handshake(self, response: Response) -> Iterator[Event]:
        refusal = self._frames.handshake_exc
        if refusal is None:
            log_in = self._log_in()
            self._secrets = log_in.secrets
            self._frames.send_text(log_in.text.encode())
            self._state = _State.LOGGING_IN
        elif isinstance(refusal, InvalidStatus) and response.status_code in _REFUSALS:
            headers = {name.lower(): value for name, value in response.headers.raw_items()}
            yield LogInRefused(Reply(response.status_code, headers, bytes(response.body or b""), is_answer=False))
        elif isinstance(refusal, InvalidStatus):
            raise Broken(f"HTTP {response.status_code}")

    def _take_message(self, text: bytes) -> Iterator[Event]:
        try:
            message = read_message(text, self._secrets)
            if self._state is _State.LOGGING_IN and message.get("op") == AUTH:
                yield self._take_log_in(message)
            elif (req_id := self._awaited(message)) is None:
                self._count_stray()
            else:
                yield Answer(req_id, as_reply(message))
        except (ValueError, RecursionError):
            raise Broken("what came back is not JSON, or not an object") from None

    def _take_log_in(self, message: dict[str, Any]) -> Event:
        ret_code = parse_integer(message.get("retCode"))
        if ret_code == 0:
            self._state = _State.OPEN
            return LoggedIn()
        if ret_code is None or error_class_for(ret_code) is OutcomeUnknown:
            raise Broken(f"the log-in failed, retCode {ret_code}")
        return LogInRefused(as_reply(message, is_answer=False))

    def _awaited(self, message: dict[str, Any]) -> str | None:
        """Return the id of the request that a message answers; None if it answers none that is in flight."""
        req_id = message.get("reqId")
        operation = self._in_flight.pop(req_id, None) if isinstance(req_id, str) else None
        if operation is None or not isinstance(req_id, str):
            return None
        if message.get("op", operation) != operation:
            raise Broken("an answer names another operation than its request")
        ret_code = parse_integer(message.get("retCode"))
        self.is_over |= ret_code == RESTARTING or (ret_code and error_class_for(ret_code)) is AuthenticationFailed
        return req_id

    def _count_stray(self) -> None:
        self._strays += 1
        if self._strays > MAX_STRAY:
            raise Broken(f"more than {MAX_STRAY} messages came that no request had asked for")
