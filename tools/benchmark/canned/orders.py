"""The orders that were placed. A cancel ends one after a delay, and its end is reported once."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bybit_ext.sandbox.models import Exchange
from tools.benchmark.canned.answers import Acknowledgements, answer, refusal
from tools.benchmark.canned.http import Request
from tools.benchmark.target import CATEGORY, PATH, SYMBOL

Report = Callable[[str], None]

_CANCELLED = {
    "orderStatus": "Cancelled",
    "cancelType": "CancelByUser",
    "rejectReason": "EC_PerCancelRequest",
    "leavesQty": "0",
    "leavesValue": "0",
}
_READINGS = ("/v5/order/realtime", "/v5/order/history")


class Orders:
    """What the server answers, and what becomes of the orders that were placed there.

    Every cancel of the right form is acknowledged; those of orders that were placed come to an end.

    Args:
        report: takes a message of the private stream.
        delay: seconds between the acknowledgement of a cancel and the report of the order's end.

    Attributes:
        readings: how many times an order was read: a client does when the stream does not report in time.
    """

    def __init__(self, report: Report, delay: float) -> None:
        self._report = report
        self._delay = delay
        self._acknowledgements = Acknowledgements()
        self._template: dict[str, Any] = Exchange().place(CATEGORY, SYMBOL).to_dict()
        self._open: dict[str, int] = {}  # when each was created
        self._ended: dict[str, dict[str, Any]] = {}
        self.readings = 0

    def place(self, count: int) -> list[str]:
        """Place orders, and return their ids."""
        self._ended.clear()  # nobody asks for those of an earlier batch
        placed = [str(uuid.uuid4()) for _ in range(count)]
        self._open.update(dict.fromkeys(placed, _now()))
        return placed

    def respond(self, request: Request) -> bytes:
        """Return the answer to a request."""
        if request.method == "POST" and request.target == PATH:
            return self._cancel(json.loads(request.body))
        url = urlsplit(request.target)
        if request.method == "GET" and url.path in _READINGS:
            self.readings += 1
            return self._read(parse_qs(url.query).get("orderId", [""])[0])
        return refusal(404, "there is no such operation here", "404 Not Found")

    def cancel(self, body: dict[str, Any]) -> bool:
        """Cancel an order; return whether it is one of the benchmark's."""
        order_id = str(body.get("orderId"))
        if (body.get("category"), body.get("symbol"), len(order_id)) != (CATEGORY, SYMBOL, 36):
            return False
        created = self._open.pop(order_id, None)
        if created is not None:
            order = {**self._template, "orderId": order_id, "createdTime": str(created)}
            asyncio.get_running_loop().call_later(self._delay, self._end, order)
        return True

    def _cancel(self, body: dict[str, Any]) -> bytes:
        if not self.cancel(body):
            return refusal(10001, "this is not the order of the benchmark")
        return self._acknowledgements.of(str(body["orderId"]))

    def _end(self, order: dict[str, Any]) -> None:
        now = _now()
        ended = {**order, **_CANCELLED, "updatedTime": str(now)}
        self._ended[order["orderId"]] = ended
        self._report(json.dumps({"id": uuid.uuid4().hex, "topic": "order", "creationTime": now, "data": [ended]}))

    def _read(self, order_id: str) -> bytes:
        found = self._ended.get(order_id)
        return answer({"category": CATEGORY, "nextPageCursor": "", "list": [found] if found else []})


def _now() -> int:
    return time.time_ns() // 1_000_000
