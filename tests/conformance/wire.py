"""What Schemathesis needs to judge the sandbox over the wire, with all its checks on.

Its checks tell a refusal by the HTTP status. Bybit refuses with HTTP 200 and a retCode, so they would take every
refusal for a success. Instead of switching them off, `StatusOfRefusal` stands before the sandbox and gives a refused
form or credential the status that it would have elsewhere, and `with_statuses` documents that. Nothing else is changed;
what the sandbox sends without that layer is held to the document in test_wire.py too.
"""

import time
from http import HTTPStatus
from typing import Any

import requests
import schemathesis
from requests.auth import AuthBase
from schemathesis.core.parameters import ParameterLocation
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bybit_ext import Credentials, load_credentials, sign
from bybit_ext.document import document
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.exceptions import COIN_MISSING, RANGE_TOO_LONG

STATUSES = {
    b"10001": HTTPStatus.BAD_REQUEST,
    b"10002": HTTPStatus.UNAUTHORIZED,
    b"10003": HTTPStatus.UNAUTHORIZED,
    b"10004": HTTPStatus.UNAUTHORIZED,
}


# What is wrong between two parameters of a query, or with a cursor that no page had.
NO_SCHEMA_CAN_SAY = (
    COIN_MISSING.ret_msg,
    RANGE_TOO_LONG.ret_msg,
    "is not the nextPageCursor of any page",
    "symbol invalid",
)


class StatusOfRefusal:
    """Gives the refusal of a form or of a credential the HTTP status that Schemathesis knows it by."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}

        async def translate(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            if start:  # the body's beginning says why
                ret_code = dict(start["headers"]).get(b"ret_code", b"")
                is_by_form = not any(text.encode() in message.get("body", b"") for text in NO_SCHEMA_CAN_SAY)
                await send(
                    {**start, "status": STATUSES.get(ret_code, start["status"]) if is_by_form else start["status"]}
                )
                start.clear()
            await send(message)

        await self._app(scope, receive, translate)


def with_statuses(whole: dict[str, Any]) -> dict[str, Any]:
    """Document the statuses of `StatusOfRefusal`."""
    refused = {
        "description": "Refused.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}},
    }
    responses = {str(status.value): refused for status in STATUSES.values()}
    paths = {
        path: {
            method: {**operation, "responses": {**operation["responses"], **responses}}
            for method, operation in item.items()
        }
        for path, item in whole["paths"].items()
    }
    return {**whole, "paths": paths}


# Schemathesis leaves its types open.
SCHEMA_WITH_STATUSES: Any = schemathesis.openapi.from_dict(with_statuses(document()))


class Signing(AuthBase):
    """The SDK's signing, for a client that is not ours. Schemathesis leaves it out where it tries wrong credentials."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        timestamp, recv_window = time.time_ns() // 1_000_000, 5000
        # What is sent: the body that requests wrote, or the query that it escaped.
        payload = request.body if request.method == "POST" else (request.url or "").partition("?")[2]
        signature = sign(
            self._credentials,
            timestamp=timestamp,
            recv_window=recv_window,
            payload=payload if isinstance(payload, bytes) else str(payload or "").encode(),
        )
        request.headers["X-BAPI-API-KEY"] = self._credentials.api_key
        request.headers["X-BAPI-TIMESTAMP"] = str(timestamp)
        request.headers["X-BAPI-RECV-WINDOW"] = str(recv_window)
        request.headers["X-BAPI-SIGN"] = signature
        return request


def options_for(case: Any, exchange: Sandbox) -> dict[str, Any]:
    """Return where to send a case, and its credentials; none if it is one that tries wrong ones."""
    credentials = load_credentials(exchange.api_key, exchange.api_secret)
    # The only headers of this document are credentials.
    wrong = case.meta.is_negative_at(ParameterLocation.HEADER)
    return {"base_url": exchange.url, **({} if wrong else {"auth": Signing(credentials)})}
