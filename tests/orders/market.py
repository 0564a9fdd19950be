"""An exchange in virtual time: lists, cancels, batches, cancels of all, and the private stream. No sockets."""

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import define, field
from bybit_v5.models import Order

from bybit_ext import Bybit, BybitError
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.flow import CallTime, Flow, NextEvent, Send, Sleep, run
from bybit_ext.engines.interface import Lost
from bybit_ext.stream.broadcast import OrderKey
from bybit_ext.stream.events import StreamState
from tests.conftest import API_KEY, API_SECRET
from tests.virtual_time import LOST, reply

NOW = 1_700_000_000_000  # ms, when a call begins
MOST = 500  # orders that one request cancels
REALTIME, HISTORY = "/v5/order/realtime", "/v5/order/history"
CANCEL, BATCH, CANCEL_ALL = "/v5/order/cancel", "/v5/order/cancel-batch", "/v5/order/cancel-all"
FINAL = ("Cancelled", "Filled", "Rejected")
NOT_FOUND, CLOSED = 110001, 110008

Brings = Callable[[], Any]
"""Makes what a request brings in place of the truth: a reply, or what is raised."""


class Stream:
    """Stands for the subscription to the stream."""

    closed = 0

    def get(self, seconds: float | None) -> Any:
        raise AssertionError(f"only the driver waits, not for {seconds} s")

    def close(self) -> None:
        self.closed += 1


@define
class Market:
    """The exchange, its time, and a client of it.

    Attributes:
        has_stream: whether there is a stream.
        is_silent: whether the stream reports no order.
        cancel_delay: seconds from the acknowledgement of a cancel to its end; None for never.
        takes: seconds that each request takes.
        faults: what the next requests to a path bring, in turn; of a path that is not there, all go right.
        codes: what a batch answers for an order, in turn, in place of cancelling it.
        absent_after: a setting of the client.
        lists_say_time: whether the lists say the exchange's time.
    """

    has_stream: bool = True
    is_silent: bool = False
    cancel_delay: float | None = 0.01
    takes: float = 0.0
    absent_after: float = 0.5
    lists_say_time: bool = True
    options: dict[str, Any] = field(factory=dict[str, Any])
    faults: defaultdict[str, list[Any]] = field(factory=lambda: defaultdict(list))
    codes: defaultdict[str, list[int]] = field(factory=lambda: defaultdict(list))
    hidden: set[str] = field(factory=set[str])
    orders: dict[str, dict[str, Any]] = field(factory=dict[str, dict[str, Any]])
    asked: list[tuple[float, str, Any]] = field(factory=list[tuple[float, str, Any]])
    now: float = 0.0
    stream: Stream = field(factory=Stream)
    _later: list[tuple[float, int, Callable[[], Any]]] = field(factory=list[tuple[float, int, Callable[[], Any]]])
    _events: list[tuple[float, int, Any]] = field(factory=list[tuple[float, int, Any]])
    _count: int = 0

    # ---- what happens

    def place(self, order_id: str, status: str = "New", *, created: int = -60_000, **fields: Any) -> str:
        """Place an order, created so many ms after the beginning."""
        known = {"category": "linear", "symbol": "BTCUSDT", "orderId": order_id, "orderLinkId": "", "qty": "2"}
        times = {"createdTime": str(NOW + created), "updatedTime": str(NOW + created)}
        self.orders[order_id] = {**known, "orderStatus": status, "cumExecQty": "0", **times, **fields}
        return order_id

    def place_many(self, count: int, **fields: Any) -> list[str]:
        return [self.place(f"id-{number}", created=-count + number - 100, **fields) for number in range(count)]

    def end(self, order_id: str, status: str = "Cancelled") -> Any:
        """End an open order, and report it."""
        order = self.orders[order_id]
        if order["orderStatus"] in FINAL:
            return
        filled = order["qty"] if status == "Filled" else "0"
        order |= {"orderStatus": status, "cumExecQty": filled, "updatedTime": str(self.clock())}
        if not self.is_silent and order_id not in self.hidden:
            self.report(order_id)

    def report(self, order_id: str) -> None:
        self.publish(Order.from_dict(dict(self.orders[order_id])))

    def publish(self, event: Any, seconds: float = 0.0) -> None:
        """Let the stream bring an event in so many seconds."""
        self._count += 1
        heapq.heappush(self._events, (self.now + seconds, self._count, event))

    def later(self, seconds: float, do: Callable[[], Any]) -> None:
        """Do something in so many seconds."""
        self._count += 1
        heapq.heappush(self._later, (self.now + seconds, self._count, do))

    def clock(self) -> int:
        return NOW + round(self.now * 1000)

    # ---- what a test asks

    def open_ids(self) -> list[str]:
        return [order_id for order_id, order in self.orders.items() if order["orderStatus"] not in FINAL]

    def paths(self) -> Counter[str]:
        return Counter(path for _, path, _ in self.asked)

    def bodies(self, path: str) -> list[Any]:
        return [body for _, one, body in self.asked if one == path]

    def times_sent(self) -> Counter[str]:
        """Return how often each order was named by a request to cancel it."""
        bodies = [*self.bodies(CANCEL), *(item for body in self.bodies(BATCH) for item in body["request"])]
        return Counter(item.get("orderId") or item["orderLinkId"] for item in bodies)

    # ---- the client

    def client(self) -> Bybit:
        market = self

        class Client(Bybit):
            def _listen_for(self, key: OrderKey) -> Any:
                assert key == OrderKey()
                if not market.has_stream:
                    return None
                market.publish(StreamState.SUBSCRIBED)
                return market.stream

        options: dict[str, Any] = {
            "base_url": "http://127.0.0.1:1",
            "clock": self.clock,
            "absent_after": self.absent_after,
        }
        return Client(API_KEY, API_SECRET, **{**options, **self.options})

    def call(self, flow_name: str, request: Any, deadline: float = 5.0, timeout: float | None = None) -> Any:
        """Run one of a client's flows."""
        with self.client() as bybit:
            time = CallTime(lambda: self.now)
            flow: Flow[Any] = getattr(bybit, flow_name)(time, request, GivenLimits(deadline, timeout))
            try:
                return run(flow, self.perform, time)
            finally:
                assert not self.has_stream or self.stream.closed or request == []

    def perform(self, effect: Any) -> Any:
        if isinstance(effect, Sleep):
            return self._pass(effect.seconds)
        if isinstance(effect, NextEvent):
            assert effect.subscription is self.stream
            assert not self.stream.closed
            return self._next_event(effect.seconds)
        assert isinstance(effect, Send)
        assert len(self.asked) < 5000
        effect.sign()
        target = urlsplit(effect.request.target)
        body = effect.request.body
        content: Any = json.loads(body) if body else {name: one[0] for name, one in parse_qs(target.query).items()}
        self.asked.append((round(self.now, 3), target.path, content))
        left = self.faults[target.path]
        self._pass(min(self.takes, effect.seconds))
        if effect.seconds <= 0:
            return Lost("no time")
        if left:
            brings = left.pop(0)
            brings = brings() if callable(brings) else brings
            if brings is not None:
                return brings
        return self._answer(target.path, content)

    def _pass(self, seconds: float) -> None:
        end = self.now + seconds
        while self._later and self._later[0][0] <= end:
            at, _, do = heapq.heappop(self._later)
            self.now = max(self.now, at)
            do()
        self.now = end

    def _next_event(self, seconds: float) -> Any:
        end = self.now + seconds
        while True:
            due = self._later[0][0] if self._later else float("inf")
            if self._events and self._events[0][0] <= min(end, due):
                at, _, event = heapq.heappop(self._events)
                self.now = max(self.now, at)
                return event
            if due > end:
                self.now = end
                return None
            self._pass(max(0.0, due - self.now))

    # ---- what it answers

    def _answer(self, path: str, content: Any) -> Any:
        answers: dict[str, Callable[[Any], Any]] = {
            REALTIME: lambda query: self._page(query, is_open=True),
            HISTORY: lambda query: self._page(query, is_open=False),
            CANCEL: self._cancel_one,
            BATCH: self._cancel_batch,
            CANCEL_ALL: self._cancel_all,
        }
        return answers[path](content)

    def _page(self, query: dict[str, str], *, is_open: bool) -> Any:
        assert query.get("symbol") or query.get("settleCoin") or query.get("baseCoin") or query["category"] != "linear"
        found = [
            dict(order)
            for order in self.orders.values()
            if order["category"] == query["category"]
            and query.get("symbol") in (None, order["symbol"])
            and query.get("orderId") in (None, order["orderId"])
            and query.get("orderLinkId") in (None, order["orderLinkId"])
            and (order["orderStatus"] not in FINAL) is is_open
        ]
        found.reverse()
        start, size = int(query.get("cursor", 0)), int(query.get("limit", 20))
        has_more = len(found) > start + size
        result = {"list": found[start : start + size], "nextPageCursor": str(start + size) if has_more else ""}
        time: dict[str, Any] = {"time": self.clock()} if self.lists_say_time else {}
        return reply(result={"category": query["category"], **result}, **time)

    def _find(self, item: dict[str, Any]) -> dict[str, Any] | None:
        if "orderId" in item:
            return self.orders.get(item["orderId"])
        named = [order for order in self.orders.values() if order["orderLinkId"] == item["orderLinkId"]]
        is_open = [order for order in named if order["orderStatus"] not in FINAL]
        return next(iter([*is_open, *named]), None)

    def _cancel(self, item: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        order = self._find(item)
        ids = {"symbol": item["symbol"], "orderId": "", "orderLinkId": "", **item}
        if order is None:
            return NOT_FOUND, ids
        codes = self.codes[order["orderId"]]
        if codes:
            return codes.pop(0), ids
        if order["orderStatus"] in FINAL:
            return CLOSED, ids
        self.end_later(order["orderId"])
        return 0, {**ids, "orderId": order["orderId"], "orderLinkId": order["orderLinkId"]}

    def end_later(self, order_id: str) -> None:
        """Carry out a cancel that was acknowledged."""
        if self.cancel_delay is not None:
            self.later(self.cancel_delay, lambda: self.end(order_id))

    def _cancel_one(self, item: dict[str, Any]) -> Any:
        code, ids = self._cancel(item)
        result = {"orderId": ids["orderId"], "orderLinkId": ids["orderLinkId"]} if not code else {}
        return reply(code, result=result, time=self.clock())

    def _cancel_batch(self, body: dict[str, Any]) -> Any:
        assert len(body["request"]) <= (10 if body["category"] == "spot" else 20)
        answers = [self._cancel(item) for item in body["request"]]
        codes = [{"code": code, "msg": "OK" if code == 0 else f"code {code}"} for code, _ in answers]
        entries = [{"category": body["category"], **ids} for _, ids in answers]
        return reply(result={"list": entries}, retExtInfo={"list": codes}, time=self.clock())

    def _cancel_all(self, body: dict[str, Any]) -> Any:
        found = [
            order_id
            for order_id in self.open_ids()
            if self.orders[order_id]["category"] == body["category"]
            and body.get("symbol") in (None, self.orders[order_id]["symbol"])
        ]
        if body["category"] in ("linear", "inverse"):
            found = found[:MOST]
        for order_id in found:
            self.end_later(order_id)
        ids = [{"orderId": one, "orderLinkId": self.orders[one]["orderLinkId"]} for one in found]
        return reply(result={"list": ids, "success": "1"}, time=self.clock())

    def then_lost(self, path: str) -> None:
        """Carry the next request to a path out, and lose the answer."""

        def lose() -> Any:
            self._answer(path, self.asked[-1][2])
            return LOST

        self.faults[path].append(lose)


def kinds(results: list[Any]) -> list[str]:
    """Name results: an end by its status, an error by its class."""
    return [type(one).__name__ if isinstance(one, BybitError) else one.status for one in results]
