"""What came back, judged: the spec's value, or the error that says what is known."""

import html
import json
import re
from http import HTTPStatus
from typing import Any

import httpx
from bybit_v5 import Client
from bybit_v5.models import Refusal

from .checking import find_mismatch
from .errors import BybitError, Forbidden, NotSent, OutcomeUnknown, meaning_of
from .evidence import Evidence, read_evidence
from .operations import Answer, Operation, read_answer

# Raised before the first byte of a request leaves: no connection, no TLS, no proxy, no free place in the pool.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def judge(
    operation: Operation[Any, Answer], client: Client, got: httpx.Response | httpx.HTTPError
) -> tuple[Answer, Evidence]:
    """Return the accepted answer and its evidence, or raise what came in its place.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or what it said is not an answer.
        NotSent: nothing left this machine.
    """
    if isinstance(got, httpx.HTTPError):
        raise _judge_failure(got) from got
    return _judge_response(operation, client, got)


def _judge_response(
    operation: Operation[Any, Answer], client: Client, response: httpx.Response
) -> tuple[Answer, Evidence]:
    evidence = read_evidence(response, _read_json(response), sends=1)
    if not (response.status_code == HTTPStatus.OK and evidence.ret_code == 0):
        raise _refusal(response, evidence)
    try:
        answer = read_answer(operation, client, response)
    except (TypeError, ValueError, KeyError, AttributeError):
        answer = None
    if answer is None or isinstance(answer, Refusal):
        raise OutcomeUnknown("The exchange accepted, but its answer does not have the documented form.", evidence)
    problem = find_mismatch(answer, type(answer), "")
    if problem:
        raise OutcomeUnknown(f"The exchange accepted, but in its answer {problem}.", evidence)
    return answer, evidence


def _judge_failure(error: httpx.HTTPError) -> BybitError:
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    if isinstance(error, _BEFORE_SENDING):
        return NotSent(f"The exchange was not reached ({what}).")
    return OutcomeUnknown(f"The request was sent, but no answer came back ({what}).", Evidence(sends=1))


def _refusal(response: httpx.Response, evidence: Evidence) -> BybitError:
    status, ret_code = response.status_code, evidence.ret_code
    if status == HTTPStatus.FORBIDDEN and ret_code != 0:
        return Forbidden(f"The exchange turned the request away: {_gist(response)}", evidence)
    if response.is_server_error:
        return OutcomeUnknown(f"The exchange failed: {_gist(response)}", evidence)
    if ret_code is None:
        return OutcomeUnknown(f"What came back is not an answer, it has no retCode: {_gist(response)}", evidence)
    if ret_code == 0:
        return OutcomeUnknown(f"retCode says accepted, HTTP status {status} says otherwise.", evidence)
    meaning = meaning_of(ret_code)
    said = "refused" if meaning is not OutcomeUnknown else "could not say what became of the request"
    return meaning(f"The exchange {said}.", evidence)


def _read_json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _gist(response: httpx.Response) -> str:
    """Return the beginning of a body, as text a person can read: of HTML without its tags."""
    longest = 200
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", response.text)
    words = " ".join(html.unescape(text).split())
    return repr(words[:longest]) if words else "an empty body."
