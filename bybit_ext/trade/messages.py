"""The messages of the trade WebSocket: from the requests that every engine takes, to the replies that it returns.

Source: https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from bybit_ext.auth.redaction import may_echo, redact_json
from bybit_ext.calls.strict_json import object_fields, parse_json
from bybit_ext.engines.interface import Headers, Reply, Request

AUTH = "auth"
PING = b'{"op":"ping"}'
RESTARTING = 10019
"""The retCode of a service that takes no new requests; those that it has are not affected."""

# By method and path. What is not here goes over HTTP.
_OPERATIONS = {
    ("POST", "/v5/order/create"): "order.create",
    ("POST", "/v5/order/create-batch"): "order.create-batch",
    ("POST", "/v5/order/cancel"): "order.cancel",
    ("POST", "/v5/order/cancel-batch"): "order.cancel-batch",
}
# What a request's header may hold. Nothing in it is signed: the log-in was.
_HEADER = {name.lower(): name for name in ("X-BAPI-TIMESTAMP", "X-BAPI-RECV-WINDOW", "Referer")}
# The fields of an answer, by what they are called over HTTP.
_FIELDS = {"retCode": "retCode", "retMsg": "retMsg", "result": "data", "retExtInfo": "retExtInfo"}
_STATUS_OK = 200
_MAX_TIME_DIGITS = 18


def operation_of(request: Request, base_path: str) -> str | None:
    """Return the operation that a request is, None if it goes over HTTP.

    Args:
        request: what is to be sent.
        base_path: what stands before the document's paths.
    """
    if not request.target.startswith(base_path):
        return None
    return _OPERATIONS.get((request.method, request.target.removeprefix(base_path)))


def write_request(req_id: str, operation: str, body: bytes, headers: Headers) -> bytes:
    """Return the text of a request.

    Args:
        req_id: what its answer is known by.
        operation: what is to be done.
        body: JSON, which is sent as it is.
        headers: those of the request and of its signature.
    """
    header = {_HEADER[name.lower()]: value for name, value in headers if name.lower() in _HEADER}
    head = json.dumps({"reqId": req_id, "header": header, "op": operation})
    return b'%s, "args": [%s]}' % (head[:-1].encode(), body)


def read_message(data: bytes, secrets: Sequence[str]) -> dict[str, Any]:
    """Return a message, redacted.

    Raises:
        ValueError: it is not a JSON object.
    """
    content = parse_json(data.decode())
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - as if it were no JSON at all
    if may_echo(data, secrets):
        redact_json(content, secrets)
    return cast("dict[str, Any]", content)


def as_reply(message: Mapping[str, Any], *, is_answer: bool = True) -> Reply:
    """Return an answer as if it had come over HTTP.

    Args:
        message: the answer.
        is_answer: whether it answers the request itself; else it refuses what comes before.
    """
    headers = {name.lower(): str(value) for name, value in object_fields(message.get("header")).items()}
    body = {name: message[field] for name, field in _FIELDS.items() if field in message}
    time = headers.get("timenow", "")
    if time.isascii() and time.isdigit() and len(time) <= _MAX_TIME_DIGITS:
        body["time"] = int(time)
    return Reply(_STATUS_OK, headers, json.dumps(body).encode(), is_answer=is_answer)
