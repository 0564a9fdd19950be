"""What is known of one call: the facts that results and errors carry."""

import re
from typing import Any, cast

import httpx
from attrs import frozen

from .blanking import blank_echo


@frozen
class RateLimit:
    """The rate limit, as an answer's headers told it; a field is None if its header was missing or no number.

    Attributes:
        limit: requests a second that the operation allows the account.
        remaining: requests left in this second.
        reset_at: when the limit resets, in ms; merely the time of the answer unless the limit was exceeded.
    """

    limit: int | None = None
    remaining: int | None = None
    reset_at: int | None = None


@frozen
class Evidence:
    """What is known of the exchange's answer; all None if there was no answer.

    Attributes:
        ret_code: the exchange's code.
        ret_msg: the exchange's words.
        status_code: the HTTP status.
        trace_id: names the request to Bybit's support.
        rate_limit: how much of the rate limit was left.
        server_time: time at the exchange, in ms.
        timestamp: the time that was signed, in ms.
        sends: how many times the request left this machine.
    """

    ret_code: int | None = None
    ret_msg: str | None = None
    status_code: int | None = None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    timestamp: int | None = None
    sends: int = 0

    @property
    def summary(self) -> str:
        """The evidence in words, for a message; empty if there is none."""
        facts = {
            "retCode": self.ret_code,
            "retMsg": self.ret_msg and repr(self.ret_msg),
            "HTTP": self.status_code,
            "trace id": self.trace_id,
            "sends": self.sends if self.sends > 1 else None,
        }
        known = [f"{name} {fact}" for name, fact in facts.items() if fact is not None and fact != ""]
        return f"[{', '.join(known)}]" if known else ""


_NEVER = 10**14  # ms, the year 5138: no clock tells that
# How a refused timestamp (10002) tells the time at the exchange.
_SERVER_TIMESTAMP = re.compile(r"server_timestamp\[(\d{1,18})\]", re.ASCII)


def read_evidence(response: httpx.Response, body: Any, *, sends: int) -> Evidence:
    """Gather what an answer tells; `body` is its JSON, None if it has none. Nothing in it can make this fail."""
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    message = fields.get("retMsg")
    message = blank_echo(message, response) if isinstance(message, str) else None
    told = _SERVER_TIMESTAMP.search(message or "")
    times = (told and int(told[1]), whole_number(fields.get("time")), _header_number(response.headers, "Timenow"))
    trace_id = response.headers.get("Traceid")
    return Evidence(
        ret_code=whole_number(fields.get("retCode")),
        ret_msg=message,
        status_code=response.status_code,
        trace_id=trace_id and blank_echo(trace_id, response),
        rate_limit=_read_rate_limit(response.headers),
        server_time=next((time for time in times if time is not None and 0 < time < _NEVER), None),
        timestamp=_header_number(response.request.headers, "X-BAPI-TIMESTAMP"),
        sends=sends,
    )


def whole_number(value: object) -> int | None:
    """Return a JSON integer as an int, None if it is none. 5.0 is one (JSON Schema says so); true is not."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _read_rate_limit(headers: httpx.Headers) -> RateLimit | None:
    rate_limit = RateLimit(
        limit=_header_number(headers, "X-Bapi-Limit"),
        remaining=_header_number(headers, "X-Bapi-Limit-Status"),
        reset_at=_header_number(headers, "X-Bapi-Limit-Reset-Timestamp"),
    )
    return None if rate_limit == RateLimit() else rate_limit


def _header_number(headers: httpx.Headers, name: str) -> int | None:
    text = headers.get(name, "")
    longest = 18  # digits; no count or time needs more, and int() refuses absurd lengths
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None
