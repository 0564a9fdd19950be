"""What came back, judged: the spec's value, or the error that says what is known."""

import html
import re
from http import HTTPStatus
from typing import Any

import httpx
from bybit_v5 import Client
from bybit_v5.models import Refusal

from .blanking import blank_echo
from .checking import find_mismatch
from .errors import BybitError, Forbidden, InvalidInput, NotSent, OutcomeUnknown, meaning_of
from .evidence import Evidence, read_evidence
from .operations import Answer, Operation, read_answer
from .sending import surely_not_sent
from .strict_json import read_json

# Raised before the first byte of a request leaves: no connection, no TLS, no proxy, no free place in the pool.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Their words quote what the other side sent, which can be an echo of the key.
_QUOTING = (httpx.ProtocolError, httpx.DecodingError)
_GIST = 200  # characters of a body that a message shows
_GIST_IS_IN = 4000  # bytes of a body that are looked at for it


def judge(
    operation: Operation[Any, Answer], client: Client, request: httpx.Request, got: httpx.Response | Exception
) -> tuple[Answer, Evidence]:
    """Return the accepted answer and its evidence, or raise what came in its place.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or what it said is not an answer.
        NotSent: nothing left this machine.
    """
    if isinstance(got, BybitError):
        raise got
    if isinstance(got, httpx.Response):
        return _judge_response(operation, client, got)
    raise _judge_failure(got, request) from (None if isinstance(got, _QUOTING) else got)


def _judge_response(
    operation: Operation[Any, Answer], client: Client, response: httpx.Response
) -> tuple[Answer, Evidence]:
    content = _read_json(response)
    evidence = read_evidence(response, content, sends=1)
    if not (response.status_code == HTTPStatus.OK and evidence.ret_code == 0):
        raise _judge_refusal(response, evidence)
    try:
        answer = read_answer(operation, client, response)
    except (TypeError, ValueError, KeyError, AttributeError):
        answer = None
    if answer is None or isinstance(answer, Refusal):
        raise OutcomeUnknown("The exchange accepted, but its answer does not have the documented form.", evidence)
    problem = find_mismatch(answer, type(answer), "")
    if problem:
        raise OutcomeUnknown(f"The exchange accepted, but in its answer {problem}.", evidence)
    if answer.to_dict() != content:
        # The generated parser reads any empty value for an empty list.
        raise OutcomeUnknown("The exchange accepted, but not all of its answer can be read.", evidence)
    return answer, evidence


def _judge_failure(error: Exception, request: httpx.Request) -> BybitError:
    what = type(error).__name__ if isinstance(error, _QUOTING) else f"{type(error).__name__}: {error}"
    what = f"{request.url.host}: {what.removesuffix(': ')}"
    if isinstance(error, httpx.LocalProtocolError):
        return InvalidInput(f"The request cannot be sent ({what}): a header does not have the form that HTTP asks for.")
    if isinstance(error, _BEFORE_SENDING) or surely_not_sent(request):
        return NotSent(f"The exchange was not reached ({what}).")
    return OutcomeUnknown(f"The request was sent, but no answer came back ({what}).", Evidence(sends=1))


def _judge_refusal(response: httpx.Response, evidence: Evidence) -> BybitError:
    status, ret_code = response.status_code, evidence.ret_code
    if status == HTTPStatus.FORBIDDEN and ret_code != 0:
        gist = _gist(response)
        return Forbidden(f"The exchange turned the request away, {_reason_of_403(gist)}: {gist}", evidence)
    if response.is_server_error:
        return OutcomeUnknown(f"The exchange failed: {_gist(response)}", evidence)
    if response.is_redirect:
        return OutcomeUnknown("What came back is a redirect, which is not followed: is base_url right?", evidence)
    if ret_code is None:
        hint = " Is base_url right?" if status == HTTPStatus.NOT_FOUND else ""
        return OutcomeUnknown(f"What came back is not an answer, it has no retCode: {_gist(response)}{hint}", evidence)
    if ret_code == 0:
        return OutcomeUnknown(f"retCode says accepted, HTTP status {status} says otherwise.", evidence)
    meaning = meaning_of(ret_code)
    said = "refused" if meaning is not OutcomeUnknown else "could not say what became of the request"
    return meaning(f"The exchange {said}.", evidence)


def _reason_of_403(gist: str) -> str:
    """Tell the limit of an IP address from the block of a place, as far as the words of the page allow."""
    words = gist.lower()
    if any(sign in words for sign in ("frequent", "too many", "rate limit")):
        return "this IP address for too many requests"
    if any(sign in words for sign in ("country", "region", "location", "cloudfront", "could not be satisfied")):
        return "it seems for the place that it comes from"
    return "for a limit or for the place that it comes from"


def _read_json(response: httpx.Response) -> Any:
    try:
        return read_json(response.content)
    except ValueError:
        return None


def _gist(response: httpx.Response) -> str:
    """Return the beginning of a body, as text a person can read: of HTML without its tags."""
    text = response.content[:_GIST_IS_IN].decode(errors="replace")
    text = re.sub(r"<(script|style)\b[^<]*", " ", text)
    text = html.unescape(re.sub(r"<[^<>]*>", " ", text))
    words = " ".join(blank_echo(text, response).split())
    return repr(words[:_GIST]) if words else "an empty body."
