"""The exchange over HTTP: an ASGI application that judges a request and answers as the exchange would."""

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from .validation import RequestValidator, read_validators
from .models import Exchange, OrderName
from .faults import Fault
from .fault_injection import apply_fault
from .private_stream import PrivateStream
from .exceptions import API_KEY_INVALID, NOT_IMITATED, Refusal, invalid_request, outside_window, wrong_signature

# Requests a second and account: https://bybit-exchange.github.io/docs/v5/rate-limit
_CANCEL_LIMITS = {"linear": 10, "inverse": 10, "option": 10, "spot": 20}
_OTHER_LIMIT = 50
_NUMBER = re.compile(r"[0-9]{1,18}")

Result = dict[str, Any]


def create_app(exchange: Exchange, *, cancel_delay: float = 0.05) -> Starlette:
    """Make the application.

    Args:
        exchange: the state it serves; place orders there.
        cancel_delay: seconds between the acknowledgement of a cancel and the cancel.
    """
    operations = _Operations(exchange, cancel_delay)
    stream = PrivateStream(exchange)
    app = Starlette(
        routes=[
            *(
                Route(path, operations.endpoint(validator), methods=[method])
                for (method, path), validator in read_validators().items()
            ),
            WebSocketRoute("/v5/private", stream.serve),
        ]
    )
    app.state.stream = stream
    return app


class _Operations:
    def __init__(self, exchange: Exchange, cancel_delay: float) -> None:
        self._exchange = exchange
        self._cancel_delay = cancel_delay
        self._limits = _RateLimits()
        self._carry_out: dict[str, Callable[[dict[str, Any]], Result | Refusal]] = {
            "cancelOrder": self._cancel_order,
            "getOrders": self._get_orders,
            "getServerTime": self._get_server_time,
        }

    def endpoint(self, validator: RequestValidator) -> Callable[[Request], Awaitable[Response]]:
        carry_out = self._carry_out.get(validator.operation_id, _do_not_imitate)

        async def serve(request: Request) -> Response:
            body = await request.body()
            refusal = self._check(validator, request, body)
            if refusal:
                return self._answer(refusal)
            arguments = json.loads(body) if validator.body else validator.read_query(request.scope["query_string"])
            limits = self._count(validator, request, arguments)
            fault = self._take_fault(validator, arguments)
            if fault is None:
                return self._answer(carry_out(arguments), limits)
            outcome = carry_out(arguments) if fault.carry_out else {}
            self._happen_after(fault, arguments)
            if fault.ret_code is not None:
                outcome = Refusal(fault.ret_code, "a fault of the sandbox")
            return await apply_fault(fault, self._answer(outcome, limits))

        return serve

    def _take_fault(self, validator: RequestValidator, arguments: dict[str, Any]) -> Fault | None:
        faults = self._exchange.faults
        if validator.operation_id == "getOrders":
            return faults.take_for_read()
        if validator.operation_id != "cancelOrder":
            return None
        order = self._exchange.find(_order_name(arguments))
        fault = faults.take(order.order_id if order else None)
        if fault and fault.fill_first and order:
            self._exchange.lose_race(order.order_id)
        return fault

    def _happen_after(self, fault: Fault, arguments: dict[str, Any]) -> None:
        order = self._exchange.find(_order_name(arguments))
        for one in self._exchange.open_orders():
            if fault.lose_race_after if order and one.order_id == order.order_id else fault.fill_others:
                self._exchange.lose_race(one.order_id)

    def _check(self, validator: RequestValidator, request: Request, body: bytes) -> Refusal | None:
        """The form first, then, in the exchange's order, the key, the signature and the time."""
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
        now = self._exchange.clock()
        if not _in_window(timestamp, recv_window, now):
            return outside_window(timestamp, now, recv_window)
        return None

    def _cancel_order(self, arguments: dict[str, Any]) -> Result | Refusal:
        outcome = self._exchange.request_cancel(_order_name(arguments))
        if isinstance(outcome, Refusal):
            return outcome
        order, carry_out = outcome
        asyncio.get_running_loop().call_later(self._cancel_delay, carry_out)
        return {"orderId": order.order_id, "orderLinkId": order.order_link_id}

    def _get_orders(self, arguments: dict[str, Any]) -> Result:
        orders = self._exchange.query(_order_name(arguments))
        return {
            "category": arguments["category"],
            "nextPageCursor": "",
            "list": [order.to_dict() for order in orders],
        }

    def _get_server_time(self, _: dict[str, Any]) -> Result:
        now = self._exchange.clock()
        return {"timeSecond": str(now // 1000), "timeNano": str(now * 1_000_000)}

    def _count(self, validator: RequestValidator, request: Request, arguments: dict[str, Any]) -> dict[str, str]:
        limit = _CANCEL_LIMITS[arguments["category"]] if validator.operation_id == "cancelOrder" else _OTHER_LIMIT
        caller = request.headers.get("X-BAPI-API-KEY", "")
        return self._limits.count((validator.operation_id, caller), limit, self._exchange.clock())

    def _answer(self, outcome: Result | Refusal, limits: Mapping[str, str] = MappingProxyType({})) -> Response:
        now = self._exchange.clock()
        if isinstance(outcome, Refusal):
            ret_code, ret_msg, result = outcome.ret_code, outcome.ret_msg, dict[str, Any]()
        else:
            ret_code, ret_msg, result = 0, "OK", outcome
        # Not Starlette's JSONResponse: a request can hold half a surrogate pair, which UTF-8 cannot, but an escape can.
        return Response(
            json.dumps({"retCode": ret_code, "retMsg": ret_msg, "result": result, "retExtInfo": {}, "time": now}),
            media_type="application/json",
            headers={"Traceid": uuid.uuid4().hex, "Timenow": str(now), "Ret_code": str(ret_code), **limits},
        )


class _RateLimits:
    """Counts requests a second, for the headers. It refuses none: tests and demos send in bursts."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], tuple[int, int]] = {}

    def count(self, who: tuple[str, str], limit: int, now: int) -> dict[str, str]:
        second, used = self._counted.get(who, (0, 0))
        used = used + 1 if second == now // 1000 else 1
        self._counted[who] = (now // 1000, used)
        return {
            "X-Bapi-Limit": str(limit),
            "X-Bapi-Limit-Status": str(max(0, limit - used)),
            "X-Bapi-Limit-Reset-Timestamp": str(now),
        }


def _do_not_imitate(_: dict[str, Any]) -> Refusal:
    return NOT_IMITATED


def _order_name(arguments: dict[str, Any]) -> OrderName:
    return OrderName(
        category=arguments["category"],
        symbol=arguments["symbol"],
        order_id=arguments.get("orderId"),
        order_link_id=arguments.get("orderLinkId"),
        order_filter=arguments.get("orderFilter"),
    )


def _in_window(timestamp: str, recv_window: str, now: int) -> bool:
    """Check the documented rule, in ms: a clock that is ahead by a second is refused whatever the window."""
    if not (_NUMBER.fullmatch(timestamp) and _NUMBER.fullmatch(recv_window)):
        return False
    return now - int(recv_window) <= int(timestamp) < now + 1000
