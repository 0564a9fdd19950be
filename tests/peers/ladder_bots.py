"""The bot of `examples/ladder_bot.py`, written as users of pybit and ccxt would.

Neither says how an order ended. So both cancel a ladder, then query each of its orders until it has ended, and count
what that says is filled: pybit's `cumExecQty` in the history, ccxt's `filled` of `fetch_order`.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from examples.ladder_bot import PRICES, ladder
from tests.examples.market import OPEN

PATIENCE = 10.0  # seconds until an order has ended


class PybitLadderBot:
    def __init__(self, session: Any) -> None:
        self.filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._session = session
        self._order_ids: defaultdict[str, list[str]] = defaultdict(list)

    def quote(self, symbol: str, price: int) -> None:
        self._cancel(symbol)
        for order in ladder(symbol, price):
            self._order_ids[symbol].append(self._session.place_order(**order.to_dict())["result"]["orderId"])

    def stop(self) -> None:
        for symbol in PRICES:
            self._session.cancel_all_orders(category="linear", symbol=symbol)
            self._count(symbol)

    def _cancel(self, symbol: str) -> None:
        if self._order_ids[symbol]:
            request = [{"symbol": symbol, "orderId": order_id} for order_id in self._order_ids[symbol]]
            self._session.cancel_batch_order(category="linear", request=request)
        self._count(symbol)

    def _count(self, symbol: str) -> None:
        for order_id in self._order_ids.pop(symbol, []):
            order = wait_for(lambda order_id=order_id: self._ended(symbol, order_id))  # type: ignore[misc]
            self.filled[symbol, order["side"]] += Decimal(order["cumExecQty"])

    def _ended(self, symbol: str, order_id: str) -> Any:
        """Return the order from the history, which has those that have ended; None if it is not there."""
        answer = self._session.get_order_history(category="linear", symbol=symbol, orderId=order_id)
        return next((order for order in answer["result"]["list"] if order["orderStatus"] not in OPEN), None)


class CcxtLadderBot:
    def __init__(self, exchange: Any) -> None:
        self.filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._exchange = exchange
        self._order_ids: defaultdict[str, list[str]] = defaultdict(list)

    def quote(self, symbol: str, price: int) -> None:
        self._cancel(symbol)
        for order in ladder(symbol, price):
            placed = self._exchange.create_order(
                name_of(symbol), "limit", order.side.lower(), float(order.qty), float(order.price), {"postOnly": True}
            )
            self._order_ids[symbol].append(placed["id"])

    def stop(self) -> None:
        for symbol in PRICES:
            self._exchange.cancel_all_orders(name_of(symbol))
            self._count(symbol)

    def _cancel(self, symbol: str) -> None:
        if self._order_ids[symbol]:
            self._exchange.cancel_orders(self._order_ids[symbol], name_of(symbol))
        self._count(symbol)

    def _count(self, symbol: str) -> None:
        for order_id in self._order_ids.pop(symbol, []):
            order = wait_for(lambda order_id=order_id: self._ended(symbol, order_id))  # type: ignore[misc]
            self.filled[symbol, order["side"].capitalize()] += Decimal(str(order["filled"]))

    def _ended(self, symbol: str, order_id: str) -> Any:
        """Return the order from the list of open and recently closed ones; None if it is open."""
        # ccxt wants to hear that its caller knows: this list has only the last 500 orders that were closed.
        order = self._exchange.fetch_order(order_id, name_of(symbol), {"acknowledged": True})
        return None if order["status"] == "open" else order


def name_of(symbol: str) -> str:
    """Return how ccxt names a symbol."""
    return f"{symbol.removesuffix('USDT')}/USDT:USDT"


def wait_for(read: Callable[[], Any]) -> Any:
    """Read until there is something, and return it."""
    end = time.monotonic() + PATIENCE
    while not (found := read()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found
