"""The trade WebSocket: it lets everybody in, and acknowledges cancels, at once or after a delay."""

import asyncio
import json
from typing import Any

from tools.benchmark.canned.orders import Orders

_LIMITS = {"X-Bapi-Limit": "10", "X-Bapi-Limit-Status": "9", "X-Bapi-Limit-Reset-Timestamp": "1700000000000"}
_HEADER = {"Traceid": "072b00c7cd5c4e7a9d5f9c9f4bd4b2ac", "Timenow": "1700000000000", **_LIMITS}
_OTHERS = {
    "auth": '{"retCode":0,"retMsg":"OK","op":"auth","connId":"benchmark"}',
    "ping": '{"op":"pong","args":["0"],"connId":"benchmark"}',
}


class TradeStream:
    """Acknowledges the cancels of a connection. For one event loop.

    Args:
        orders: what is cancelled.
        delay: seconds between a request and its answer.
    """

    def __init__(self, orders: Orders, delay: float) -> None:
        self._orders = orders
        self._delay = delay
        self._answering: set[asyncio.Task[None]] = set()

    async def serve(self, connection: Any) -> None:
        """Serve a connection of websockets until it ends."""
        async for message in connection:
            request: dict[str, Any] = json.loads(message)
            if request["op"] in _OTHERS:
                await connection.send(_OTHERS[request["op"]])
            elif self._delay:
                task = asyncio.create_task(self._answer_later(connection, request))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
            else:
                await connection.send(self._answer(request))

    async def _answer_later(self, connection: Any, request: dict[str, Any]) -> None:
        await asyncio.sleep(self._delay)
        await connection.send(self._answer(request))

    def _answer(self, request: dict[str, Any]) -> str:
        known = {"reqId": request["reqId"], "op": request["op"], "header": _HEADER, "connId": "benchmark"}
        if request["op"] != "order.cancel" or not self._orders.cancel(request["args"][0]):
            return json.dumps({**known, "retCode": 10001, "retMsg": "this is not the order of the benchmark"})
        ids = {"orderId": request["args"][0]["orderId"], "orderLinkId": ""}
        return json.dumps({**known, "retCode": 0, "retMsg": "OK", "data": ids, "retExtInfo": {}})
