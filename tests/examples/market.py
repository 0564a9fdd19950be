"""A market that does the same to every bot, and the books that it ends with."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Protocol

from attrs import frozen
from bybit_v5.models import KnownSide, Order

from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import fill_first
from examples.ladder_bot import LEVELS, PRICES

OPEN = ("New", "PartiallyFilled")
SEED = 7
MOVES = 9
STRANGER = "DOGEUSDT"  # somebody else's order is one of this symbol


class Bot(Protocol):
    """A bot that quotes ladders, whatever its client."""

    @property
    def filled(self) -> Mapping[tuple[str, str], Decimal]: ...

    def quote(self, symbol: str, price: int) -> None: ...

    def stop(self) -> None: ...


@frozen
class Move:
    """What happens between two quotes.

    Attributes:
        symbol: whose price moves.
        price: where to.
        partly_filled: side of the new ladder whose nearest order is filled in part afterwards. The nearest of the other
            side is filled when the next request to cancel it arrives.
    """

    symbol: str
    price: int
    partly_filled: KnownSide


@frozen
class Books:
    """The orders of an exchange, as far as no client chooses them: symbol, side, price, status and filled quantity."""

    opened: Counter[tuple[str, ...]]
    ended: Counter[tuple[str, ...]]

    @classmethod
    def of(cls, exchange: Sandbox) -> "Books":
        opened, ended = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
        for order in exchange.orders():
            (opened if order.order_status in OPEN else ended)[entry_of(order)] += 1
        return cls(opened, ended)

    @property
    def filled(self) -> dict[tuple[str, str], Decimal]:
        """What was filled, by symbol and side."""
        filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (symbol, side, _, _, qty), count in self.ended.items():
            filled[symbol, side] += Decimal(qty) * count
        return without_zeros(filled)


def without_zeros(filled: Mapping[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    return {name: qty for name, qty in filled.items() if qty}


def entry_of(order: Order) -> tuple[str, ...]:
    price, filled = (f"{Decimal(str(number)).normalize():f}" for number in (order.price, order.cum_exec_qty))
    return order.symbol, str(order.side), price, order.order_status, filled


def moves() -> Iterator[Move]:
    rng = random.Random(SEED)
    prices = dict(PRICES)
    for symbol in rng.choices([*PRICES], k=MOVES):
        prices[symbol] += rng.choice([-3, -2, -1, 1, 2, 3])
        yield Move(symbol, prices[symbol], rng.choice(["Buy", "Sell"]))


def drive(exchange: Sandbox, bot: Bot) -> Books:
    """Let a bot live through all moves and stop, and return the books then.

    The exchange has to carry cancels out at once: otherwise chance decides between them and what else happens.
    """
    exchange.place("linear", STRANGER)
    for symbol, price in PRICES.items():
        bot.quote(symbol, price)
    assert len(exchange.open_orders()) == 1 + 2 * LEVELS * len(PRICES)
    for move in moves():
        exchange.set_price(move.symbol, str(move.price))
        bot.quote(move.symbol, move.price)
        exchange.fill(nearest(exchange, move, move.partly_filled).order_id, "0.4")
        other_side: KnownSide = "Sell" if move.partly_filled == "Buy" else "Buy"
        exchange.faults.on(nearest(exchange, move, other_side).order_id, [fill_first(110001)])
    for symbol in PRICES:  # what is filled between the last quote and the end counts too
        exchange.set_price(symbol, str(PRICES[symbol] + 2))
    bot.stop()
    return Books.of(exchange)


def nearest(exchange: Sandbox, move: Move, side: KnownSide) -> Order:
    """Return the order of the new ladder that is nearest to the price."""
    orders = [order for order in exchange.open_orders() if (order.symbol, order.side) == (move.symbol, side)]
    return min(orders, key=lambda order: abs(Decimal(str(order.price)) - move.price))
