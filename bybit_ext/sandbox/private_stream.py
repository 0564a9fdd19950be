"""The private stream of orders: log-in, subscription, ping, and an event for every order that changes.

What goes wrong with an event is decided when its order changes, once for all connections. Each connection that is
subscribed at that moment sends it when it is due.
"""

import asyncio
import itertools
import uuid
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush
from typing import Any, cast

from attrs import define, evolve, field, frozen
from bybit_v5.models import Order
from starlette.websockets import WebSocket

from .connections import Connection, Connections
from .faults import EventFault
from .models import Exchange

_TOPICS = ("order", "order.spot", "order.linear", "order.inverse", "order.option")
_OVERTAKING = 0.02  # seconds in which another event must come to overtake one
_EVENT_GOES_RIGHT = EventFault()


@frozen
class _Event:
    """An order that changed, and how the stream reports it.

    Attributes:
        category: product type of the order.
        order: the order, by its names on the wire.
        time: when it changed, by the exchange's clock, in ms.
        copies: how often it is sent.
        interval: seconds between these.
        delay: seconds until the first.
        can_be_overtaken: whether it lets the next one go first.
    """

    category: str
    order: dict[str, Any]
    time: int
    copies: int
    interval: float
    delay: float
    can_be_overtaken: bool


class PrivateStream:
    """Serves connections to the stream of one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._connections = Connections[_Connection]()
        exchange.listen(self._publish)

    @property
    def subscriptions(self) -> int:
        """How many connections are subscribed to orders."""
        return sum(connection.is_subscribed for connection in self._connections.all())

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        await socket.accept()
        await self._connections.serve(_Connection(self._exchange, socket))

    def drop(self) -> None:
        """Disconnect everybody, from any thread."""
        self._connections.drop()

    def _publish(self, order: Order) -> None:
        faults = self._exchange.faults
        fault, always = faults.take_for_event(order.order_id) or _EVENT_GOES_RIGHT, faults.stream
        if always.silent or not fault.copies:
            return
        event = _Event(
            category=str(order.category),
            order=faults.report(order.order_id, order.to_dict()),
            time=self._exchange.clock(),
            copies=fault.copies * (2 if always.duplicate else 1),
            interval=fault.interval,
            delay=fault.delay + always.delay,
            can_be_overtaken=always.out_of_order,
        )
        for connection in self._connections.all():
            connection.publish(event)


@define(eq=False)
class _Waiting:
    """An event that is to be sent.

    Attributes:
        due: when, in the loop's time.
        topic: the topic that it belongs to.
        event: the event.
    """

    due: float
    topic: str
    event: _Event


@define(eq=False)
class _Outbox:
    """The events that are to be sent, in the order in which they are due. For one loop."""

    _waiting: list[tuple[float, int, _Waiting]] = field(factory=list[tuple[float, int, _Waiting]], init=False)
    _numbers: "itertools.count[int]" = field(factory=itertools.count, init=False)
    _changed: asyncio.Event = field(factory=asyncio.Event, init=False)
    _overtakable: _Waiting | None = field(default=None, init=False)

    def put(self, topic: str, event: _Event) -> None:
        """Let an event be sent when it is due."""
        new = _Waiting(asyncio.get_running_loop().time() + event.delay, topic, event)
        overtaken, self._overtakable = self._overtakable, None
        if overtaken:
            new.due = overtaken.due
            new.topic, new.event, overtaken.topic, overtaken.event = overtaken.topic, overtaken.event, topic, event
        elif event.can_be_overtaken:
            new.due += _OVERTAKING
            self._overtakable = new
        self._push(new)

    async def get(self) -> _Waiting:
        """Return the next event once it is due."""
        loop = asyncio.get_running_loop()
        while True:
            left = self._waiting[0][0] - loop.time() if self._waiting else None
            if left is not None and left <= 0:
                return self._pop()
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()

    def _push(self, waiting: _Waiting) -> None:
        heappush(self._waiting, (waiting.due, next(self._numbers), waiting))
        self._changed.set()

    def _pop(self) -> _Waiting:
        _, _, waiting = heappop(self._waiting)
        if waiting is self._overtakable:
            self._overtakable = None
        event = waiting.event
        if event.copies > 1:
            self._push(_Waiting(waiting.due + event.interval, waiting.topic, evolve(event, copies=event.copies - 1)))
        return waiting


class _Connection(Connection):
    def __init__(self, exchange: Exchange, socket: WebSocket) -> None:
        super().__init__(exchange, socket)
        self._topics: list[str] = []
        self._outbox = _Outbox()

    @property
    def is_subscribed(self) -> bool:
        return bool(self._topics)

    @property
    def _refuses_all(self) -> bool:
        return self._exchange.faults.stream.refuse_auth

    def publish(self, event: _Event) -> None:
        """Send an event when it is due, if its topic is subscribed to. From any thread."""
        self._call(self._put, event)

    def _put(self, event: _Event) -> None:
        topics = ("order", f"order.{event.category}")
        topic = next((topic for topic in self._topics if topic in topics), None)
        if topic:
            self._outbox.put(topic, event)

    async def serve(self) -> None:
        """Serve it until it ends."""
        self._do_beside(self._send_events())
        await super().serve()

    async def _send_events(self) -> None:
        while True:
            waiting = await self._outbox.get()
            message = {
                "id": uuid.uuid4().hex,
                "topic": waiting.topic,
                "creationTime": waiting.event.time,
                "data": [waiting.event.order],
            }
            await self._send(message)

    async def _answer_request(self, request: dict[str, Any] | None) -> bool:
        answer = self._refuse("", "the request is not a JSON object") if request is None else self._answer(request)
        is_silent = self._exchange.faults.stream.silent and answer.get("op") == "pong"
        if not is_silent:
            await self._send(answer)
        return answer.get("op") != "auth" or bool(answer["success"])

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        requests: dict[Any, Callable[[Any], dict[str, Any]]] = {
            "auth": self._answer_log_in,
            "subscribe": self._subscribe,
            "ping": self._pong,
        }
        name = request.get("op")
        answer = requests[name](request.get("args")) if isinstance(name, str) and name in requests else None
        answer = answer or self._refuse(str(name), "unknown op")
        if "req_id" in request:
            answer["req_id"] = request["req_id"]
        return answer

    def _answer_log_in(self, arguments: Any) -> dict[str, Any]:
        refusal = self._log_in(arguments)
        return self._refuse("auth", refusal.ret_msg) if refusal else self._agree("auth")

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
