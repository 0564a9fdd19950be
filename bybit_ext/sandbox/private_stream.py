"""The private stream of orders: log-in, subscription, ping, and a message for every order that changes."""

import asyncio
import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from bybit_v5.models import Order
from starlette.websockets import WebSocket

from .models import Exchange

_TOPICS = ("order", "order.spot", "order.linear", "order.inverse", "order.option")


class PrivateStream:
    """Serves connections to the stream of one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._connections: set[_Connection] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def subscriptions(self) -> int:
        """How many connections are subscribed to orders."""
        return sum(connection.is_subscribed for connection in list(self._connections))

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        await socket.accept()
        self._loop = asyncio.get_running_loop()
        connection = _Connection(self._exchange, socket)
        self._connections.add(connection)
        try:
            await connection.serve()
        finally:
            self._connections.discard(connection)

    def drop(self) -> None:
        """Disconnect everybody, from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._drop)

    def _drop(self) -> None:
        for connection in self._connections:
            connection.drop()


class _Connection:
    def __init__(self, exchange: Exchange, socket: WebSocket) -> None:
        self._exchange = exchange
        self._socket = socket
        self._id = uuid.uuid4().hex
        self._api_key: str | None = None
        self._topics: list[str] = []
        self._changed: asyncio.Queue[Order] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_subscribed(self) -> bool:
        return bool(self._topics)

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()

        def hear(order: Order) -> None:
            with suppress(RuntimeError):  # the exchange outlives the loop
                loop.call_soon_threadsafe(self._changed.put_nowait, order)

        stop_listening = self._exchange.listen(hear)
        sending = asyncio.create_task(self._send_orders())
        self._task = asyncio.create_task(self._answer_requests())
        try:
            await asyncio.wait([self._task])
        finally:
            stop_listening()
            for task in (sending, self._task):
                task.cancel()
            # Each of them fails if the client has gone.
            await asyncio.gather(sending, self._task, self._socket.close(), return_exceptions=True)

    def drop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _answer_requests(self) -> None:
        while True:
            text = await self._socket.receive_text()
            try:
                request: Any = json.loads(text)
                answer = self._answer(cast("dict[str, Any]", request)) if isinstance(request, dict) else None
            except (ValueError, RecursionError):
                answer = None
            if answer is None:
                answer = self._refuse("", "the request is no JSON object")
            if not (self._exchange.faults.stream.silent and answer.get("op") == "pong"):
                await self._socket.send_text(json.dumps(answer))
            if answer.get("op") == "auth" and not answer["success"]:
                return

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        requests: dict[Any, Callable[[Any], dict[str, Any]]] = {
            "auth": self._log_in,
            "subscribe": self._subscribe,
            "ping": self._pong,
        }
        name = request.get("op")
        answer = requests[name](request.get("args")) if isinstance(name, str) and name in requests else None
        answer = answer or self._refuse(str(name), "unknown op")
        if "req_id" in request:
            answer["req_id"] = request["req_id"]
        return answer

    def _log_in(self, arguments: Any) -> dict[str, Any]:
        try:
            api_key, expires, signature = map(str, arguments)
        except (TypeError, ValueError):
            return self._refuse("auth", "Params Error")
        verify = self._exchange.verify(api_key)
        if verify is None or self._exchange.faults.stream.refuse_auth:
            return self._refuse("auth", "API key is invalid.")
        if not (expires.isdecimal() and expires.isascii() and int(expires[:18]) > self._exchange.clock()):
            return self._refuse("auth", "Params Error: expires is over")
        if not verify(f"GET/realtime{expires}".encode(), signature):
            return self._refuse("auth", f"error sign! api_key[{api_key}] sign[{signature}]")
        self._api_key = api_key
        return self._agree("auth")

    def _subscribe(self, arguments: Any) -> dict[str, Any]:
        topics = cast("list[object]", arguments) if isinstance(arguments, list) else []
        if self._api_key is None:
            return self._refuse("subscribe", "Request not authorized")
        if not topics or any(topic not in _TOPICS for topic in topics):
            return self._refuse("subscribe", f"Invalid topic {topics}")
        wanted = {*self._topics, *topics}
        if "order" in wanted and len(wanted) > 1:
            return self._refuse("subscribe", "all-in-one and categorised topics cannot be subscribed to at once")
        self._topics = sorted(map(str, wanted))
        return self._agree("subscribe")

    def _pong(self, _: Any) -> dict[str, Any]:
        return {"op": "pong", "args": [str(self._exchange.clock())], "conn_id": self._id}

    def _agree(self, name: str) -> dict[str, Any]:
        return {"success": True, "ret_msg": "", "op": name, "conn_id": self._id}

    def _refuse(self, name: str, why: str) -> dict[str, Any]:
        return {"success": False, "ret_msg": why, "op": name, "conn_id": self._id}

    async def _send_orders(self) -> None:
        kept_back: list[Order] = []
        while True:
            order = await self._changed.get()
            faults = self._exchange.faults.stream
            if faults.silent or not {"order", f"order.{order.category}"} & set(self._topics):
                continue
            if faults.delay:
                await asyncio.sleep(faults.delay)
            if faults.out_of_order and not kept_back:
                kept_back.append(order)
                # The one that overtakes it comes soon, or not at all.
                await asyncio.sleep(0.02)
                if not self._changed.empty():
                    continue
                order = kept_back.pop()
            for one in (order, *kept_back):
                for _ in range(2 if faults.duplicate else 1):
                    await self._send(one)
            kept_back.clear()

    async def _send(self, order: Order) -> None:
        message = {
            "id": uuid.uuid4().hex,
            "topic": next(topic for topic in self._topics if topic in ("order", f"order.{order.category}")),
            "creationTime": self._exchange.clock(),
            "data": [order.to_dict()],
        }
        await self._socket.send_text(json.dumps(message))
