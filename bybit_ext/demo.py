"""`bybit demo`: whole cancels on an embedded exchange."""

import time

from bybit_v5.api.trade import get_orders
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Order,
)
from rich.console import Console
from rich.markup import escape

from .accepted import CancelOrderRequest
from .client import Bybit
from .errors import Refused
from .sandbox import Sandbox

_PATIENCE = 5.0  # seconds; the sandbox cancels within a fraction of one
# A spot order that is cancelled before its trigger ends by another name.
_ENDS = {"Deactivated": "Cancelled (as Deactivated: before its trigger)"}


def run(console: Console) -> None:
    """Place orders of each kind, cancel them by each id and filter, show how each ended, and show a refusal."""
    with Sandbox() as sandbox, Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as bybit:
        console.print(f"An exchange of its own listens on [bold]{sandbox.url}[/]. It enforces spec/openapi.yaml.\n")
        cancels = _place_orders(sandbox)
        for order, request in cancels:
            console.print(f"[bold]{order.category:8}[/] {order.symbol:20} {_name(request)}")
            accepted = bybit.cancel_order(request)
            console.print(f"         [yellow]accepted[/], trace id {accepted.trace_id}, then ", end="")
            console.print(f"[green]{_wait_for_end(bybit, order)}[/]")
        console.print("\nThe first order once more:")
        try:
            bybit.cancel_order(cancels[0][1])
        except Refused as error:
            console.print(f"         [red]{type(error).__name__}[/] {escape(str(error))}")


def _place_orders(sandbox: Sandbox) -> list[tuple[Order, CancelOrderRequest]]:
    linear = sandbox.place("linear", "BTCUSDT")
    inverse = sandbox.place("inverse", "BTCUSD", order_link_id="my-order-1")
    option = sandbox.place("option", "BTC-29JUL22-25000-C", order_link_id="my-order-2")
    spot = sandbox.place("spot", "XRPUSDT")
    take_profit = sandbox.place("spot", "XRPUSDT", order_filter="tpslOrder")
    stop = sandbox.place("spot", "XRPUSDT", order_filter="StopOrder", order_link_id="my-stop-1")
    return [
        (linear, CancelByOrderId("linear", "BTCUSDT", linear.order_id)),
        (inverse, CancelByOrderLinkId("inverse", "BTCUSD", "my-order-1")),
        (option, CancelByOrderId("option", option.symbol, option.order_id, order_link_id="my-order-2")),
        (spot, CancelSpotByOrderId("spot", "XRPUSDT", spot.order_id, "Order")),
        (take_profit, CancelSpotByOrderId("spot", "XRPUSDT", take_profit.order_id, "tpslOrder")),
        (stop, CancelSpotByOrderLinkId("spot", "XRPUSDT", "my-stop-1", "StopOrder")),
    ]


def _name(request: CancelOrderRequest) -> str:
    named = {"orderId": request.order_id, "orderLinkId": request.order_link_id}
    if isinstance(request, CancelSpotByOrderId | CancelSpotByOrderLinkId):
        named["orderFilter"] = request.order_filter
    return ", ".join(f"{name} {value}" for name, value in named.items() if value)


def _wait_for_end(bybit: Bybit, order: Order) -> str:
    """Read the order back until it is closed: an acknowledgement is not a cancel."""
    assert order.category  # noqa: S101 - the sandbox places none without
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        answer = bybit.call(get_orders, category=order.category, symbol=order.symbol, order_id=order.order_id)
        status = str(answer.result.list_[0].order_status)
        if status not in ("New", "Untriggered"):
            return _ENDS.get(status, status)
        time.sleep(0.02)
    return f"still open after {_PATIENCE:.0f} s"
