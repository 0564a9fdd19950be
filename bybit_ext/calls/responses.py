"""Turn a reply into the operation's model, or raise the matching `BybitError`."""

import re
from http import HTTPStatus
from typing import Any

from attrs import frozen
from bybit_v5.models import ErrorResponse

from bybit_ext.auth.redaction import may_echo, redact, redact_json
from bybit_ext.engines.interface import Reply
from bybit_ext.errors import (
    AuthenticationFailed,
    BybitError,
    ClockError,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    error_class_for,
)
from bybit_ext.results import Evidence

from .evidence import read_evidence, readable_text
from .operations import Answer, Operation, parse_response
from .strict_json import parse_json
from .validation import validate_type

_EXCERPT = 200  # characters of a body that a message shows
_EXCERPT_IS_IN = 4000  # characters of a body that are looked at for it
_PLACES = ("country", "region", "location", "cloudfront", "could not be satisfied")
_LIMITS = ("frequent", "too many", "rate limit")


@frozen
class RawReply:
    """A reply as the call's flow hands it over to be processed. Its repr shows nothing of it.

    Attributes:
        reply: what came back.
        secrets: the API key and the signature that it may echo.
        timestamp: the time that was signed, UTC in ms; None if the request was not signed.
        sends: how many times the request has left this machine.
    """

    reply: Reply
    secrets: tuple[str, ...] = ()
    timestamp: int | None = None
    sends: int = 1

    def __repr__(self) -> str:
        return repr(self.reply)


def read_reply(raw: RawReply) -> tuple[Any, Evidence]:
    """Return the JSON of an accepted reply and its evidence.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or what it said is not an answer.
    """
    try:
        content = parse_json(raw.reply.body)
    except ValueError:
        content = None
    secrets = raw.secrets if may_echo(raw.reply.body + _text_of_headers(raw.reply), raw.secrets) else ()
    evidence = read_evidence(raw.reply, content, secrets=secrets, timestamp=raw.timestamp, sends=raw.sends)
    if raw.reply.status == HTTPStatus.OK and evidence.ret_code == 0:
        if secrets:
            redact_json(content, secrets)
        return content, evidence
    raise _refusal(raw, evidence)


def _text_of_headers(reply: Reply) -> bytes:
    return "".join(reply.headers.values()).encode(errors="replace")


def process_response(operation: Operation[Any, Answer], raw: RawReply) -> tuple[Answer, Evidence]:
    """Return the accepted answer and its evidence.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or what it said is not an answer.
    """
    content, evidence = read_reply(raw)
    try:
        answer = parse_response(operation, content)
        if answer is None or isinstance(answer, ErrorResponse):
            problem = "The exchange accepted, but its answer does not have the documented form."
        elif wrong := validate_type(answer, type(answer), ""):
            problem = f"The exchange accepted, but in its answer {_redact_value(wrong, raw)}."
        elif answer.to_dict() != content:
            # The generated parser reads any empty value for an empty list.
            problem = "The exchange accepted, but not all of its answer can be read."
        else:
            return answer, evidence
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        problem = "The exchange accepted, but its answer does not have the documented form."
    raise OutcomeUnknown(problem, evidence)


def _refusal(raw: RawReply, evidence: Evidence) -> BybitError:  # noqa: PLR0911 - one reason, one return
    """Return the error that a reply stands for, by its HTTP status first and its retCode second."""
    status, ret_code = raw.reply.status, evidence.ret_code
    if status == HTTPStatus.FORBIDDEN and ret_code != 0:
        excerpt = _excerpt(raw)
        return Forbidden(f"The exchange turned the request away, {_reason_of_403(excerpt)}: {excerpt}", evidence)
    if not raw.reply.is_answer:
        return _refusal_of_log_in(ret_code, evidence)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return OutcomeUnknown(f"The exchange failed: {_excerpt(raw)}", evidence)
    if status in range(300, 400):
        return OutcomeUnknown("What came back is a redirect, which is not followed: is base_url right?", evidence)
    if status == HTTPStatus.UNAUTHORIZED and ret_code is None:
        return AuthenticationFailed(f"The exchange did not accept the credentials: {_excerpt(raw)}", evidence)
    if ret_code is None:
        hint = " Is base_url right?" if status == HTTPStatus.NOT_FOUND else ""
        return OutcomeUnknown(f"What came back is not an answer, it has no retCode: {_excerpt(raw)}{hint}", evidence)
    if ret_code == 0:
        return OutcomeUnknown(f"retCode says accepted, HTTP status {status} says otherwise.", evidence)
    error_class = error_class_for(ret_code)
    said = "refused" if error_class is not OutcomeUnknown else "could not say what became of the request"
    return error_class(f"The exchange {said}.", evidence)


def _refusal_of_log_in(ret_code: int | None, evidence: Evidence) -> BybitError:
    """Return the error of a call that was not sent, since the exchange did not let this client log in for it."""
    error_class = error_class_for(ret_code) if ret_code else AuthenticationFailed
    message = "The exchange refused the log-in to the trade WebSocket."
    if error_class in (AuthenticationFailed, ClockError, Forbidden, RateLimited):
        return error_class(message, evidence)
    return AuthenticationFailed(f"{message} A clock that is a minute behind can be why: see sync_clock().", evidence)


def _reason_of_403(excerpt: str) -> str:
    """Tell the limit of an IP address from the block of a place, as far as the words of the page allow."""
    words = excerpt.lower()
    if any(word in words for word in _LIMITS):
        return "this IP address for too many requests"
    if any(word in words for word in _PLACES):
        return "it seems for the place that it comes from"
    return "for a limit or for the place that it comes from"


def _excerpt(raw: RawReply) -> str:
    """Return the beginning of a body, as text a person can read: of HTML without its tags."""
    # Redacted before it is cut, since half a secret is not recognised.
    text = redact(readable_text(raw.reply.body.decode(errors="replace")), *raw.secrets)[:_EXCERPT_IS_IN]
    text = re.sub(r"<(script|style)\b[^<]*", " ", text)
    text = re.sub(r"<[^<>]*>", " ", text)
    words = " ".join(text.split())
    return repr(words[:_EXCERPT]) if words else "an empty body."


def _redact_value(problem: str, raw: RawReply) -> str:
    """Return what is wrong in a redacted answer; without the value, which is cut, if the answer echoes a key."""
    text = raw.reply.body.decode("latin-1").lower()
    is_echo = any(secret.lower() in text for secret in raw.secrets)
    return problem.partition(", not ")[0] if is_echo else problem
