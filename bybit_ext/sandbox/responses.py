"""The exchange over HTTP: an ASGI application that checks a request and responds as the exchange would.

A request is checked in this order: its form (the document), its key, its signature, its time. Then it is carried out
(`operations`), and a fault may spoil the response (`fault_injection`).
"""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan

from .exceptions import (
    API_KEY_INVALID,
    ROUTE_NOT_FOUND,
    Refusal,
    invalid_request,
    wrong_signature,
)
from .fault_injection import apply_fault
from .models import Exchange
from .operations import Operations
from .outcomes import Outcome
from .private_stream import PrivateStream
from .time_window import check_time
from .trade_stream import TradeStream
from .validation import RequestValidator, read_validators


def create_app(
    exchange: Exchange,
    *,
    cancel_delay: float = 0.05,
    enforce_rate_limits: bool = False,
    more_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """Return an ASGI application that serves an exchange, with its private stream and its trade WebSocket.

    Args:
        exchange: the state it serves; place orders there.
        cancel_delay: seconds between the acknowledgement of a request and what it asks for: the cancel, or the first
            match of a new order.
        enforce_rate_limits: whether requests over the documented rate limits are refused.
        more_routes: what is served beside the exchange, at paths that it does not have.
        lifespan: what is opened and closed with the application; None for nothing.
    """
    operations = Operations(exchange, delay=cancel_delay, enforce_rate_limits=enforce_rate_limits)
    http = _Http(exchange, operations)
    stream = PrivateStream(exchange)
    validators = read_validators()
    trade = TradeStream(exchange, validators, operations)
    app = Starlette(
        routes=[
            *(
                Route(path, http.endpoint(validator), methods=[method])
                for (method, path), validator in validators.items()
            ),
            WebSocketRoute("/v5/private", stream.serve),
            WebSocketRoute("/v5/trade", trade.serve),
            *more_routes,
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: http.refuse_route},
    )
    app.router.redirect_slashes = False  # the exchange knows no other paths either
    app.state.stream = stream
    app.state.trade = trade
    return app


class _Http:
    def __init__(self, exchange: Exchange, operations: Operations) -> None:
        self._exchange = exchange
        self._operations = operations

    def endpoint(self, validator: RequestValidator) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            body = await request.body()
            refusal = self._check(validator, request, body)
            if refusal:
                return self._respond(Outcome.refuse(refusal))
            arguments = _read_arguments(validator, request, body)
            account = request.headers.get("X-BAPI-API-KEY", "")
            answer = self._operations.call(validator.operation_id, arguments, account)
            response = self._respond(answer.outcome, answer.limits)
            return await apply_fault(answer.fault, response, self._exchange.clock())

        return serve

    async def refuse_route(self, _: Request, error: Exception) -> Response:
        """Respond to a path or a method that the document does not have."""
        response = self._respond(Outcome.refuse(ROUTE_NOT_FOUND))
        if isinstance(error, HTTPException):
            response.status_code = error.status_code
            response.headers.update(error.headers or {})
        return response

    # ---- checks

    def _check(self, validator: RequestValidator, request: Request, body: bytes) -> Refusal | None:
        query: bytes = request.scope["query_string"]
        problem = validator.validate(query, request.headers.get("Content-Type", ""), body)
        if problem:
            return invalid_request(problem)
        payload = body if validator.body else query
        return self._check_signature(request, payload) if validator.signed else None

    def _check_signature(self, request: Request, payload: bytes) -> Refusal | None:
        api_key = request.headers.get("X-BAPI-API-KEY", "")
        timestamp = request.headers.get("X-BAPI-TIMESTAMP", "")
        recv_window = request.headers.get("X-BAPI-RECV-WINDOW", "5000")
        verify = self._exchange.verify(api_key)
        if verify is None:
            return API_KEY_INVALID
        text = f"{timestamp}{api_key}{recv_window}".encode() + payload
        if not verify(text, request.headers.get("X-BAPI-SIGN", "")):
            return wrong_signature(text.decode(errors="replace"))
        return check_time(timestamp, recv_window, self._exchange.clock())

    # ---- responses

    def _respond(self, outcome: Outcome, limits: Mapping[str, str] = MappingProxyType({})) -> Response:
        now = self._exchange.clock()
        # Not Starlette's JSONResponse: a request can hold half a surrogate pair, which UTF-8 cannot, but an escape can.
        return Response(
            json.dumps({**outcome.as_json(), "time": now}),
            media_type="application/json",
            headers={
                "Traceid": uuid.uuid4().hex,
                "Timenow": str(now),
                "Ret_code": str(outcome.ret_code),
                **limits,
            },
        )


def _read_arguments(validator: RequestValidator, request: Request, body: bytes) -> dict[str, Any]:
    """Return what a request of right form says. Parameters that the document does not have are ignored."""
    if validator.body:
        content: dict[str, Any] = json.loads(body)
        return content
    query = validator.read_query(request.scope["query_string"])
    return {name: value for name, value in query.items() if name in validator.parameters}
