"""Read what a reply says of the call: the evidence that results and errors carry. Keys and signatures are redacted."""

import html
import re
from typing import Any
from urllib.parse import unquote

from bybit_ext.auth.redaction import redact
from bybit_ext.engines.interface import Reply
from bybit_ext.results import Evidence, RateLimit, RedactedReply

from .strict_json import object_fields
from .validation import parse_integer

_MAX_TIME = 10**14  # ms, the year 5138: no clock says that
_MAX_DIGITS = 18  # no count or time needs more, and int() refuses absurd lengths
_SHORT_MESSAGE = 2  # characters; "OK" is not worth a look
_MAX_MESSAGE = 500  # characters of the exchange's message that are kept
_MAX_BODY = 2**16  # bytes of a body that are kept: a page of 50 orders
_MAX_HEADER = 200  # characters of a header that are kept
_MARGIN = 2**10  # characters at the end of a part of a body, in which half a secret can stand
_HEADERS = frozenset(
    {
        *("content-type", "date", "retry-after", "server", "timenow", "traceid", "via", "x-cache"),
        *("x-bapi-limit", "x-bapi-limit-status", "x-bapi-limit-reset-timestamp"),
    }
)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")  # as JSON writes a character
_SERVER_TIMESTAMP = re.compile(r"server_timestamp\[(\d{1,18})\]", re.ASCII)


def read_evidence(
    reply: Reply, content: Any, *, secrets: tuple[str, ...], timestamp: int | None, sends: int
) -> Evidence:
    """Gather what a reply says. Nothing in it can make this fail.

    Args:
        reply: what came back.
        content: its JSON; None if it has none.
        secrets: what it may hold and must not be shown.
        timestamp: the time that was signed, UTC in ms; None if the request was not signed.
        sends: how many times the request has left this machine.
    """
    fields = object_fields(content)
    message = fields.get("retMsg")
    trace_id = reply.headers.get("traceid")
    return Evidence(
        ret_code=parse_integer(fields.get("retCode")),
        ret_msg=_redact(message, secrets) if isinstance(message, str) else None,
        status_code=reply.status,
        trace_id=_redact(trace_id, secrets) if trace_id and trace_id.isprintable() else None,
        rate_limit=_read_rate_limit(reply),
        server_time=_read_server_time(message, fields.get("time"), reply),
        timestamp=timestamp,
        sends=sends,
        reply=redact_reply(reply, secrets),
    )


def redact_reply(reply: Reply, secrets: tuple[str, ...]) -> RedactedReply:
    """Return an answer without secrets: its body, or so much of it, and the headers that tell something of the call."""
    headers = {
        name: (redact(value, *secrets) if secrets else value)[:_MAX_HEADER]
        for name, value in reply.headers.items()
        if name in _HEADERS
    }
    if len(reply.body) <= _MAX_BODY:
        return RedactedReply(reply.status, headers, _redact_body(reply.body, secrets))
    body = _redact_body(reply.body[:_MAX_BODY], secrets)[:-_MARGIN]
    return RedactedReply(reply.status, headers, body, is_whole=False)


def _redact_body(body: bytes, secrets: tuple[str, ...]) -> str:
    """Return a body as text; as it came, if there is nothing to redact, else without escapes."""
    text = body.decode(errors="replace")
    if not secrets:
        return text
    readable = unquote(readable_text(text))
    redacted = redact(readable, *secrets)
    return text if redacted == readable else redacted


def readable_text(text: str) -> str:
    """Return a text without the escapes of JSON and HTML, and without other encodings' nulls."""
    return html.unescape(_ESCAPE.sub(_unescape, text.replace("\0", "")))


def _unescape(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _redact(text: str, secrets: tuple[str, ...]) -> str | None:
    return cut_message(redact(text, *secrets) if len(text) > _SHORT_MESSAGE else text)


def cut_message(message: object) -> str | None:
    """Return as much of a redacted message as is kept; None if it is not one."""
    if not isinstance(message, str):
        return None
    return message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}…"


def _read_server_time(message: Any, time: Any, reply: Reply) -> int | None:
    """Return the exchange's time: a refused timestamp (10002) names it in its message, other answers beside it."""
    named = _SERVER_TIMESTAMP.search(message) if isinstance(message, str) else None
    times = (named and int(named[1]), parse_integer(time), _parse_header(reply, "timenow"))
    return next((time for time in times if time is not None and 0 < time < _MAX_TIME), None)


def _read_rate_limit(reply: Reply) -> RateLimit | None:
    limit, remaining, reset_at = (
        _parse_header(reply, name) for name in ("x-bapi-limit", "x-bapi-limit-status", "x-bapi-limit-reset-timestamp")
    )
    if limit is remaining is reset_at is None:
        return None
    return RateLimit(limit, remaining, reset_at)


def _parse_header(reply: Reply, name: str) -> int | None:
    text = reply.headers.get(name, "")
    return int(text) if len(text) <= _MAX_DIGITS and text.isascii() and text.isdigit() else None
