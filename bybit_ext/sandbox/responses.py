"""The exchange over HTTP: an ASGI application that checks a request and responds as the exchange would.

A request is checked in this order: its form (the document), its key, its signature, its time, then what no schema can
say. Then the state decides (`models`), and a fault may spoil the response (`fault_injection`).
"""

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import quote, unquote

from attrs import evolve
from bybit_v5.models import Order
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from .exceptions import (
    API_KEY_INVALID,
    COIN_MISSING,
    NOT_IMITATED,
    RANGE_TOO_LONG,
    ROUTE_NOT_FOUND,
    Refusal,
    invalid_request,
    outside_window,
    unknown_cursor,
    wrong_signature,
)
from .fault_injection import apply_fault
from .faults import Fault
from .models import Exchange, OrderName
from .private_stream import PrivateStream
from .queries import OrderQuery
from .validation import RequestValidator, read_validators

# Requests a second and account: https://bybit-exchange.github.io/docs/v5/rate-limit
_CANCEL_LIMITS = {"linear": 10, "inverse": 10, "option": 10, "spot": 20}
_OTHER_LIMIT = 50
_NUMBER = re.compile(r"[0-9]{1,18}")
_CURSOR = re.compile(r"page_args=([^&]+)&")
_PAGE = 20  # orders of a page whose request names no limit
_GOES_RIGHT = Fault()
_LISTS: dict[str, Literal["realtime", "history"]] = {"getOrders": "realtime", "getOrderHistory": "history"}

Result = dict[str, Any]
Handler = Callable[[dict[str, Any], Fault], Result | Refusal]


def create_app(exchange: Exchange, *, cancel_delay: float = 0.05) -> Starlette:
    """Return an ASGI application that serves an exchange, with its private stream.

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
        ],
        exception_handlers={HTTPException: operations.refuse_route},
    )
    app.router.redirect_slashes = False  # the exchange knows no other paths either
    app.state.stream = stream
    return app


class _Operations:
    def __init__(self, exchange: Exchange, cancel_delay: float) -> None:
        self._exchange = exchange
        self._cancel_delay = cancel_delay
        self._limits = _RateLimits()
        self._handlers: dict[str, Handler] = {
            "cancelOrder": self._cancel_order,
            "getOrders": self._get_orders,
            "getOrderHistory": self._get_order_history,
            "getServerTime": self._get_server_time,
        }

    def endpoint(self, validator: RequestValidator) -> Callable[[Request], Awaitable[Response]]:
        handle = self._handlers.get(validator.operation_id, _do_not_imitate)

        async def serve(request: Request) -> Response:
            body = await request.body()
            refusal = self._check(validator, request, body)
            if refusal:
                return self._respond(refusal)
            arguments = _read_arguments(validator, request, body)
            limits = self._count(validator, request, arguments)
            fault = self._take_fault(validator, arguments)
            outcome = handle(arguments, fault) if fault.carry_out else {}
            if validator.operation_id == "cancelOrder":
                self._fill_after(fault, _order_name(arguments))
            if fault.ret_code is not None:
                outcome = Refusal(fault.ret_code, "a fault of the sandbox")
            return await apply_fault(fault, self._respond(outcome, limits), self._exchange.clock())

        return serve

    async def refuse_route(self, _: Request, error: Exception) -> Response:
        """Respond to a path or a method that the document does not have."""
        response = self._respond(ROUTE_NOT_FOUND)
        if isinstance(error, HTTPException):
            response.status_code = error.status_code
            response.headers.update(error.headers or {})
        return response

    # ---- faults

    def _take_fault(self, validator: RequestValidator, arguments: dict[str, Any]) -> Fault:
        faults = self._exchange.faults
        if validator.operation_id in _LISTS:
            return faults.take_for_read(_LISTS[validator.operation_id]) or _GOES_RIGHT
        if validator.operation_id != "cancelOrder":
            return _GOES_RIGHT
        order = self._exchange.find(_order_name(arguments))
        fault = faults.take(order.order_id if order else None) or _GOES_RIGHT
        if fault.fill_first and order:
            self._exchange.lose_race(order.order_id)
        return fault

    def _fill_after(self, fault: Fault, name: OrderName) -> None:
        """Fill, after the acknowledgement, those orders that a fault wants filled."""
        if not (fault.lose_race_after or fault.fill_others):
            return
        named = self._exchange.find(name)
        for order in self._exchange.open_orders():
            is_named = named is not None and order.order_id == named.order_id
            is_to_be_filled = fault.lose_race_after if is_named else fault.fill_others
            if is_to_be_filled:
                self._exchange.lose_race(order.order_id)

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
        now = self._exchange.clock()
        if not _in_window(timestamp, recv_window, now):
            return outside_window(timestamp, now, recv_window)
        return None

    # ---- operations

    def _cancel_order(self, arguments: dict[str, Any], _: Fault) -> Result | Refusal:
        outcome = self._exchange.request_cancel(_order_name(arguments))
        if isinstance(outcome, Refusal):
            return outcome
        order, carry_out = outcome
        asyncio.get_running_loop().call_later(self._cancel_delay, carry_out)
        return {"orderId": order.order_id, "orderLinkId": order.order_link_id}

    def _get_orders(self, arguments: dict[str, Any], fault: Fault) -> Result | Refusal:
        return self._read_page(arguments, fault, self._exchange.query)

    def _get_order_history(self, arguments: dict[str, Any], fault: Fault) -> Result | Refusal:
        return self._read_page(arguments, fault, self._exchange.query_history)

    def _read_page(
        self, arguments: dict[str, Any], fault: Fault, read: Callable[[OrderQuery], list[Order]]
    ) -> Result | Refusal:
        query = _order_query(arguments)
        if query.lacks_symbol:
            return COIN_MISSING
        if query.has_too_long_range:
            return RANGE_TOO_LONG
        if "cursor" in arguments:
            after = _read_cursor(arguments["cursor"])
            if after is None or not self._exchange.knows(after):
                return unknown_cursor(arguments["cursor"])
            query = evolve(query, after=after)
        size = arguments.get("limit", _PAGE)
        orders = read(evolve(query, seconds_ago=fault.lag, limit=size + 1))
        page, has_more = orders[:size], len(orders) > size
        return {
            "category": query.category,
            "nextPageCursor": _write_cursor(page[-1].order_id) if has_more else "",
            "list": [self._exchange.faults.report(order.order_id, order.to_dict()) for order in page],
        }

    def _get_server_time(self, _: dict[str, Any], __: Fault) -> Result:
        now = self._exchange.clock()
        return {"timeSecond": str(now // 1000), "timeNano": str(now * 1_000_000)}

    # ---- responses

    def _count(self, validator: RequestValidator, request: Request, arguments: dict[str, Any]) -> dict[str, str]:
        limit = _CANCEL_LIMITS[arguments["category"]] if validator.operation_id == "cancelOrder" else _OTHER_LIMIT
        caller = request.headers.get("X-BAPI-API-KEY", "")
        return self._limits.count((validator.operation_id, caller), limit, self._exchange.clock())

    def _respond(self, outcome: Result | Refusal, limits: Mapping[str, str] = MappingProxyType({})) -> Response:
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


def _read_arguments(validator: RequestValidator, request: Request, body: bytes) -> dict[str, Any]:
    """Return what a request of right form says. Parameters that the document does not have are ignored."""
    if validator.body:
        content: dict[str, Any] = json.loads(body)
        return content
    query = validator.read_query(request.scope["query_string"])
    return {name: value for name, value in query.items() if name in validator.parameters}


def _do_not_imitate(_: dict[str, Any], __: Fault) -> Refusal:
    return NOT_IMITATED


def _order_name(arguments: dict[str, Any]) -> OrderName:
    return OrderName(
        category=arguments["category"],
        symbol=arguments["symbol"],
        order_id=arguments.get("orderId"),
        order_link_id=arguments.get("orderLinkId"),
        order_filter=arguments.get("orderFilter"),
    )


def _order_query(arguments: dict[str, Any]) -> OrderQuery:
    return OrderQuery(
        category=arguments["category"],
        symbol=arguments.get("symbol"),
        base_coin=arguments.get("baseCoin"),
        settle_coin=arguments.get("settleCoin"),
        order_id=arguments.get("orderId"),
        order_link_id=arguments.get("orderLinkId"),
        order_filter=arguments.get("orderFilter"),
        open_only=arguments.get("openOnly", 0),
        order_status=arguments.get("orderStatus"),
        start_time=arguments.get("startTime"),
        end_time=arguments.get("endTime"),
    )


def _write_cursor(order_id: str) -> str:
    """Return the cursor of the page that begins after an order. Like the exchange's, it is escaped already."""
    return quote(f"page_args={order_id}&", safe="")


def _read_cursor(cursor: str) -> str | None:
    """Return the order id of a cursor, None if it is not one. Clients send it as it came, or escape it once more."""
    found = _CURSOR.fullmatch(unquote(cursor))
    return found[1] if found else None


def _in_window(timestamp: str, recv_window: str, now: int) -> bool:
    """Check the documented rule, in ms: a clock that is ahead by a second is refused whatever the window."""
    if not (_NUMBER.fullmatch(timestamp) and _NUMBER.fullmatch(recv_window)):
        return False
    return now - int(recv_window) <= int(timestamp) < now + 1000
