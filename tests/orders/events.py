"""Orders and times for the tests of a confirmation."""

from typing import Any

from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, Order

from bybit_ext.orders.identity import CallStart, Identity
from bybit_ext.orders.requests import OrderName
from bybit_ext.results import CancelAccepted

BEGAN = 1_700_000_000_000  # ms, when every call here begins, by the exchange's clock
BY_ID = CancelByOrderId("linear", "BTCUSDT", "1")
BY_LINK_ID = CancelByOrderLinkId("linear", "BTCUSDT", "mine")
ACCEPTED = CancelAccepted("1", "mine", trace_id="trace")
WITHOUT_IDS = CancelAccepted(None, "mine")


def order(status: str = "New", *, created: int = -60_000, updated: int = 10, **fields: Any) -> Order:
    """Make an order that was created and last changed so many ms after the call began."""
    known = {"symbol": "BTCUSDT", "orderId": "1", "orderLinkId": "mine", "qty": "2"}
    known["cumExecQty"] = "2" if status == "Filled" else "0.5"
    times = {"createdTime": str(BEGAN + created), "updatedTime": str(BEGAN + updated)}
    whole = {"category": "linear", "orderStatus": status, **known, **times, **fields}
    return Order.from_dict({name: value for name, value in whole.items() if value is not None})


def identity(request: Any = BY_ID, accepted: CancelAccepted | None = None) -> Identity:
    """Return what is known of the order that a request names, if the call began at 0 s."""
    start = CallStart(0.0, BEGAN, BEGAN, 5000)
    start.is_measured = True
    return Identity(OrderName.of(request), start, accepted)
