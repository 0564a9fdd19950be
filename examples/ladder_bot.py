"""Quote a ladder of orders on both sides of the price of three symbols, and count what is filled of them.

    python examples/ladder_bot.py    # on an embedded exchange: no key, no network

Fills are counted where orders end. Each order that is placed is cancelled at some time, and its outcome says how much
of it was filled, whether a fill or the cancel came first. So no fill is missed, and none is counted twice.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from bybit_v5.models import CancelAllBySymbol, CancelByOrderId, CancelByOrderLinkId, FuturesLimitOrder, KnownSide

from bybit_ext import Bybit, CancelOrderRequest, CancelOutcome, OrderNotFound, OutcomeUnknown
from bybit_ext.sandbox import Sandbox

PRICES = {"BTCUSDT": 300, "ETHUSDT": 200, "SOLUSDT": 100}  # where the market opens
LEVELS = 5  # on each side, one quote coin apart
SIGNS: dict[KnownSide, int] = {"Buy": -1, "Sell": 1}


def ladder(symbol: str, price: int) -> Iterator[FuturesLimitOrder]:
    """Return the orders around a price, the nearest first. None of them takes what others offer."""
    for level in range(1, LEVELS + 1):
        for side, sign in SIGNS.items():
            at = str(price + sign * level)
            yield FuturesLimitOrder("linear", symbol, side, qty="1", price=at, time_in_force="PostOnly")


class LadderBot:
    """Quotes ladders.

    Attributes:
        filled: what was filled, in base coin, by symbol and side.
    """

    def __init__(self, bybit: Bybit) -> None:
        self.filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._bybit = bybit
        self._cancels: defaultdict[str, list[CancelOrderRequest]] = defaultdict(list)  # of the orders of a symbol

    def quote(self, symbol: str, price: int) -> None:
        """Place the ladder of a symbol around a price, in place of the one before."""
        self._cancel(symbol)
        self._cancels[symbol] += [self._place(order) for order in ladder(symbol, price)]

    def stop(self) -> None:
        """Cancel all orders, by one request for each symbol. Then count what was filled of them."""
        for symbol in PRICES:
            with suppress(OutcomeUnknown):  # each order is asked about below
                self._bybit.cancel_all(CancelAllBySymbol("linear", symbol))
        for symbol in PRICES:
            self._cancel(symbol)

    def _place(self, order: FuturesLimitOrder) -> CancelOrderRequest:
        """Place an order, and return what cancels it."""
        try:
            accepted = self._bybit.place_order(order)
        except OutcomeUnknown as error:  # it may be there, and has got a link id
            if error.order_link_id is None:
                raise
            return CancelByOrderLinkId(order.category, order.symbol, error.order_link_id)
        return CancelByOrderId(order.category, order.symbol, accepted.order_id)

    def _cancel(self, symbol: str) -> None:
        """Cancel the orders of a symbol, and count what was filled of them."""
        cancels = self._cancels.pop(symbol, [])
        for cancel, result in zip(cancels, self._bybit.cancel_batch_and_confirm(cancels), strict=True):
            if isinstance(result, CancelOutcome):
                self.filled[symbol, str(result.order.side)] += result.filled_qty
            elif not isinstance(result, OrderNotFound):  # how it ended is not known: ask again next time
                self._cancels[symbol].append(cancel)


def main() -> None:
    """Quote on an exchange whose prices move at random."""
    rng = random.Random(1)  # noqa: S311 - it is to be repeatable
    with (
        Sandbox() as exchange,
        Bybit(exchange.api_key, exchange.api_secret, base_url=exchange.url, stream_url=exchange.stream_url) as bybit,
    ):
        bot = LadderBot(bybit)
        try:
            for symbol, price in PRICES.items():
                bot.quote(symbol, price)
            for symbol in rng.choices([*PRICES], k=10):
                price = PRICES[symbol] + rng.randint(-3, 3)
                exchange.set_price(symbol, str(price))
                bot.quote(symbol, price)
        finally:
            bot.stop()
    for (symbol, side), qty in sorted(bot.filled.items()):
        print(f"{symbol} {side:4} {qty}")


if __name__ == "__main__":
    main()
