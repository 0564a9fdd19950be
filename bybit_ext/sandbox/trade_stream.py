"""The trade WebSocket: orders over a connection that has logged in, many in flight, by the handlers that HTTP has.

A request is checked in this order: its `reqId`, its operation, the log-in, its time, its form (the document).
"""

import json
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from attrs import define, field
from starlette.responses import Response
from starlette.websockets import WebSocket

from bybit_ext.calls.strict_json import object_fields

from .connections import Connection, Connections, read_object
from .exceptions import NOT_LOGGED_IN, OP_NOT_FOUND, REQ_ID_REPEATED, Refusal, invalid_request
from .fault_injection import Dropped, apply_fault, drop_connection
from .models import Exchange
from .operations import Answer, Operations
from .outcomes import Outcome
from .time_window import check_time
from .validation import RequestValidator

_OPERATIONS = {
    "order.create": ("POST", "/v5/order/create"),
    "order.create-batch": ("POST", "/v5/order/create-batch"),
    "order.cancel": ("POST", "/v5/order/cancel"),
    "order.cancel-batch": ("POST", "/v5/order/cancel-batch"),
}
_FIELDS = {"retCode": "retCode", "retMsg": "retMsg", "result": "data", "retExtInfo": "retExtInfo"}
_HEADERS = ("Traceid", "Timenow", "X-Bapi-Limit", "X-Bapi-Limit-Status", "X-Bapi-Limit-Reset-Timestamp")


class TradeStream:
    """Serves connections to the trade WebSocket of one exchange.

    Args:
        exchange: whose it is.
        validators: those of the document's operations, by method and path.
        operations: carries them out.
    """

    def __init__(
        self, exchange: Exchange, validators: Mapping[tuple[str, str], RequestValidator], operations: Operations
    ) -> None:
        known = {name: validators.get(at) for name, at in _OPERATIONS.items()}
        self._desk = _Desk(exchange, {name: one for name, one in known.items() if one}, operations)
        self._connections = Connections[_Connection]()

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        await socket.accept()
        await self._connections.serve(_Connection(self._desk, socket))

    def drop(self) -> None:
        """Disconnect everybody, from any thread."""
        self._connections.drop()


@define
class _Desk:
    """What all connections share.

    Attributes:
        exchange: whose they are.
        validators: those of the operations, by what they are called here.
        operations: carries them out.
        req_ids: the ids of all requests that were taken.
    """

    exchange: Exchange
    validators: dict[str, RequestValidator]
    operations: Operations
    req_ids: set[str] = field(factory=set[str])


class _Connection(Connection):
    def __init__(self, desk: _Desk, socket: WebSocket) -> None:
        super().__init__(desk.exchange, socket)
        self._desk = desk

    @property
    def _refuses_all(self) -> bool:
        return self._exchange.faults.trade.refuse_auth

    async def _answer_request(self, request: dict[str, Any] | None) -> bool:
        if request is None:
            await self._respond({}, Answer(Outcome.refuse(invalid_request("the request is not a JSON object"))))
        elif request.get("op") == "ping":
            await self._send({"op": "pong", "args": [str(self._exchange.clock())], "connId": self._id})
        elif request.get("op") == "auth":
            return await self._answer_log_in(request)
        else:
            self._do_beside(self._answer_order(request))  # later requests do not wait for it
        return True

    async def _answer_log_in(self, request: dict[str, Any]) -> bool:
        refusal = self._log_in(request.get("args"))
        ret_code, ret_msg = (refusal.ret_code, refusal.ret_msg) if refusal else (0, "OK")
        named = {name: request[name] for name in ("reqId",) if name in request}
        await self._send({**named, "retCode": ret_code, "retMsg": ret_msg, "op": "auth", "connId": self._id})
        return refusal is None

    async def _answer_order(self, request: dict[str, Any]) -> None:
        refusal = self._check(request)
        if refusal:
            await self._respond(request, Answer(Outcome.refuse(refusal)))
            return
        arguments: dict[str, Any] = request["args"][0]
        operation_id = self._desk.validators[request["op"]].operation_id
        await self._respond(request, self._desk.operations.call(operation_id, arguments, self._api_key or ""))

    async def _respond(self, request: dict[str, Any], answer: Answer) -> None:
        now, fault = self._exchange.clock(), answer.fault
        true = Response(headers={"Traceid": uuid.uuid4().hex, "Timenow": str(now), **answer.limits})
        spoiled = await apply_fault(fault, true, now)
        said = answer.outcome.as_json() if fault.body is None else read_object(fault.body.decode("latin-1"))
        if isinstance(spoiled, Dropped) or fault.status != HTTPStatus.OK:
            drop_connection(self._socket.scope)
            self._stop()
        elif fault.body is not None and said is None:
            await self._socket.send_text(fault.body.decode("latin-1"))
        else:
            await self._send(self._frame(request, said or {}, spoiled.headers))

    def _check(self, request: dict[str, Any]) -> Refusal | None:
        req_id = request.get("reqId")
        if req_id in self._desk.req_ids:
            return REQ_ID_REPEATED
        if isinstance(req_id, str):
            self._desk.req_ids.add(req_id)
        validator = self._desk.validators.get(str(request.get("op")))
        if validator is None:
            return OP_NOT_FOUND
        if self._api_key is None:
            return NOT_LOGGED_IN
        header = object_fields(request.get("header"))
        timestamp, recv_window = header.get("X-BAPI-TIMESTAMP", ""), header.get("X-BAPI-RECV-WINDOW", 5000)
        return check_time(str(timestamp), str(recv_window), self._exchange.clock()) or _check_form(validator, request)

    def _frame(self, request: dict[str, Any], said: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """Return what is said over HTTP as this road has it."""
        return {
            **{name: request[name] for name in ("reqId", "op") if name in request},
            **{field: said[name] for name, field in _FIELDS.items() if name in said},
            "header": {name: headers[name] for name in _HEADERS if name in headers},
            "connId": self._id,
        }


def _check_form(validator: RequestValidator, request: dict[str, Any]) -> Refusal | None:
    arguments: Any = request.get("args")
    if not isinstance(arguments, list) or len(cast("list[object]", arguments)) != 1:
        return invalid_request("args: must hold one object")
    problem = validator.validate(b"", "application/json", json.dumps(arguments[0]).encode())
    return invalid_request(problem) if problem else None
