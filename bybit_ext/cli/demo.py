"""`bybit demo`: whole cancels on an embedded exchange."""

from collections.abc import Iterator

from attrs import frozen
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Category,
    Order,
    OrderFilter,
)
from rich.console import Console
from rich.markup import escape

from bybit_ext.auth.clock import system_clock
from bybit_ext.client import Bybit
from bybit_ext.errors import BybitError
from bybit_ext.orders.requests import CancelOrderRequest
from bybit_ext.results import CancelOutcome
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import drop_response, fill_first


@frozen
class _Scene:
    title: str
    category: Category
    symbol: str
    by_link_id: bool = False
    order_filter: OrderFilter | None = None
    faults: tuple[Fault, ...] = ()
    clock_ahead: int = 0  # ms

    def request(self, order: Order) -> CancelOrderRequest:
        if self.order_filter is None:
            if self.by_link_id:
                return CancelByOrderLinkId(self.category, self.symbol, order.order_link_id)
            return CancelByOrderId(self.category, self.symbol, order.order_id)
        if self.by_link_id:
            return CancelSpotByOrderLinkId("spot", self.symbol, order.order_link_id, self.order_filter)
        return CancelSpotByOrderId("spot", self.symbol, order.order_id, self.order_filter)


_SCENES = (
    _Scene("A cancel by order id", "linear", "BTCUSDT"),
    _Scene("By the caller's own id", "inverse", "BTCUSD", by_link_id=True),
    _Scene("An option", "option", "BTC-29JUL22-25000-C"),
    _Scene("A spot order", "spot", "XRPUSDT", order_filter="Order"),
    _Scene("A spot take-profit order", "spot", "XRPUSDT", order_filter="tpslOrder"),
    _Scene("A spot stop order, by the caller's own id", "spot", "XRPUSDT", by_link_id=True, order_filter="StopOrder"),
    _Scene("One that loses to a fill, and is told 'not exists'", "linear", "BTCUSDT", faults=(fill_first(110001),)),
    _Scene("One whose acknowledgement is lost", "linear", "BTCUSDT", faults=(drop_response(),)),
    _Scene("One with a clock that runs ahead", "linear", "BTCUSDT", clock_ahead=3000),
)


def run(console: Console) -> None:
    """Place orders of each kind, cancel them by each id and filter, and show how each ended; then show a refusal."""
    with Sandbox() as sandbox:
        console.print(f"An exchange of its own listens on [bold]{sandbox.url}[/]. It enforces spec/openapi.yaml.\n")
        for line in _play(sandbox):
            console.print(line)


def _play(sandbox: Sandbox) -> Iterator[str]:
    for number, scene in enumerate(_SCENES, 1):
        order = sandbox.place(
            scene.category,
            scene.symbol,
            order_link_id=f"my-order-{number}",
            order_filter=scene.order_filter or "Order",
        )
        sandbox.faults.on(order.order_id, scene.faults)
        with _open(sandbox, scene.clock_ahead) as bybit:
            yield f"[bold]{scene.title}[/]"
            yield f"  {scene.category:8} {scene.symbol:20} {_tell(bybit.cancel_and_confirm(scene.request(order)))}"
    yield "[bold]An order that never was[/]"
    with _open(sandbox) as bybit:
        try:
            bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", "no-such-order"))
        except BybitError as error:
            yield f"  [red]{type(error).__name__}[/] {escape(str(error))}"


def _open(sandbox: Sandbox, clock_ahead: int = 0) -> Bybit:
    return Bybit(
        sandbox.api_key,
        sandbox.api_secret,
        base_url=sandbox.url,
        stream_url=sandbox.stream_url,
        clock=lambda: system_clock() + clock_ahead,
    )


def _tell(outcome: CancelOutcome) -> str:
    accepted = outcome.accepted
    sends = f", at send {accepted.sends}" if accepted and accepted.sends > 1 else ""
    first = f"[yellow]accepted[/]{sends}, then " if accepted else "[yellow]no acknowledgement[/], yet "
    colour, end = ("green", "Cancelled") if outcome.cancelled else ("magenta", outcome.status)
    # A spot order that is cancelled before its trigger ends by another name.
    name = "" if outcome.status == end else f" (as {outcome.status})"
    return f"{first}[{colour}]{end}[/]{name}, {outcome.filled_qty} filled, reported by {outcome.confirmed_by}"
