"""`bybit sandbox`: the imitation exchange, for other programs on this machine."""

import threading
from contextlib import suppress
from typing import Any

from bybit_v5.models import Order
from rich.console import Console

from bybit_ext.sandbox import Exchange, Sandbox
from bybit_ext.sandbox.exceptions import OrderRefused
from bybit_ext.sandbox.order_states import OPEN

from .console import print_safely

# The orders that the README's commands cancel, by their link ids.
_EXAMPLES: dict[str, dict[str, Any]] = {
    **{f"my-order-{number}": {"category": "linear", "symbol": "BTCUSDT"} for number in (1, 2, 3)},
    "my-stop-1": {"category": "spot", "symbol": "XRPUSDT", "order_filter": "StopOrder"},
}


class Refill:
    """Places each of the examples, and once it has ended, places it anew after a moment.

    Args:
        exchange: where.
        delay: seconds between an end and the next order.
    """

    def __init__(self, exchange: Exchange, delay: float = 2.0) -> None:
        self._exchange = exchange
        self._delay = delay
        self._due: set[str] = set()

    def start(self) -> None:
        """Place them for the first time."""
        self._exchange.listen(self._hear)
        for link_id in _EXAMPLES:
            self._place(link_id)

    def _place(self, link_id: str) -> None:
        self._due.discard(link_id)
        with suppress(OrderRefused):  # somebody else's order has the link id: once it has ended, it is the turn of ours
            self._exchange.place(**_EXAMPLES[link_id], order_link_id=link_id)

    def _hear(self, order: Order) -> None:
        link_id = order.order_link_id
        # An end can be reported twice.
        if order.order_status in OPEN or link_id not in _EXAMPLES or link_id in self._due:
            return
        self._due.add(link_id)
        timer = threading.Timer(self._delay, self._place, [link_id])
        timer.daemon = True
        timer.start()


def serve(console: Console, port: int) -> None:
    """Serve until Ctrl-C, with the orders that the README's commands cancel. What has ended is placed anew.

    Raises:
        OSError: the port is taken.
    """
    with Sandbox(port) as exchange:
        try:
            Refill(exchange).start()
            print_safely(console, _welcome(exchange))
            threading.Event().wait()
        except KeyboardInterrupt:
            lost = len(exchange.open_orders())
            print_safely(console, f"\nThe sandbox is closed, and its {lost} open orders are gone.")


def _welcome(exchange: Sandbox) -> str:
    host = f"--base-url {exchange.url}"
    hosts = f"{host} --stream-url {exchange.stream_url}"
    page = ""
    with suppress(ModuleNotFoundError):  # without the extra `explore` there is no page
        page = f"\n\nTo try it in a browser:\n\n{exchange.page_url}"
    return (
        f"The sandbox listens on [bold]{exchange.url}[/]. Ctrl-C ends it. It takes this key, and no other:\n\n"
        f"export BYBIT_API_KEY={exchange.api_key}\nexport BYBIT_API_SECRET={exchange.api_secret}\n\n"
        "Four orders rest there: my-order-1 to 3 (linear, BTCUSDT), my-stop-1 (spot, XRPUSDT). One that has ended\n"
        "is placed anew, under the same link id. To cancel one:\n\n"
        f"bybit cancel {hosts} --category linear --symbol BTCUSDT --order-link-id my-order-1 --confirm --yes\n\n"
        f"To list those that are open:\n\nbybit orders {host} --category linear --symbol BTCUSDT\n\n"
        f"To see what happens there:\n\nbybit watch {hosts}{page}"
    )
