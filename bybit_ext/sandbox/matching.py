"""The matching rule: what the last price of a symbol does to an order. No state here.

A test sets the price (`Exchange.set_price`); without one, nothing is filled by itself. There is no order book, so no
order meets another.

- A price **crosses** a limit order that buys at or above it, or sells at or below it. It crosses every market order.
- An order that rests is filled when a price crosses it: a limit order at its own price, a market order at that price;
  all that is left of it, at once.
- An order that arrives is filled in the same way if the last price crosses it, after its acknowledgement. One that is
  PostOnly or RPI is cancelled instead. IOC and FOK are cancelled if the price does not cross them, or there is none.
  A market order waits for a price.
- An order with a trigger waits until a price is at or beyond it, in the direction that `triggerDirection` says. Without
  that, it is the side from which the last price at its placing has to come; if there was none, a buy waits for a rise
  and a sell for a fall. Then it arrives as any other.

Sources: https://bybit-exchange.github.io/docs/v5/order/create-order, of the reasons
https://bybit-exchange.github.io/docs/v5/enum#rejectreason
"""

from decimal import Decimal
from typing import Any

from bybit_v5.models import Order

RISE, FALL = 1, 2
"""The values of `triggerDirection`."""


def crosses(price: Decimal, order: Order) -> bool:
    """Return whether a price crosses an order."""
    if order.order_type == "Market":
        return True
    limit = Decimal(str(order.price))
    return limit >= price if order.side == "Buy" else limit <= price


def reason_to_cancel(order: Order, price: Decimal | None) -> str | None:
    """Return why an order that arrives is cancelled, None if it is not.

    Args:
        order: the order.
        price: the last price of its symbol, None if there is none.
    """
    if order.order_type == "Market":
        return None
    is_crossed = price is not None and crosses(price, order)
    if order.time_in_force in ("PostOnly", "RPI"):
        return "EC_PostOnlyWillTakeLiquidity" if is_crossed else None
    reasons: dict[Any, str] = {"IOC": "EC_NoImmediateQtyToFill", "FOK": "EC_CancelForNoFullFill"}
    return None if is_crossed else reasons.get(order.time_in_force)


def direction_to_trigger(order: Order, price: Decimal | None) -> int:
    """Return whether the price has to rise or to fall to an order's trigger.

    Args:
        order: the order, as it is placed.
        price: the last price of its symbol then, None if there is none.
    """
    if isinstance(order.trigger_direction, int) and order.trigger_direction in (RISE, FALL):
        return order.trigger_direction
    if price is None:
        return RISE if order.side == "Buy" else FALL
    return RISE if Decimal(str(order.trigger_price)) > price else FALL


def is_triggered(order: Order, direction: int, price: Decimal) -> bool:
    """Return whether a price is at the trigger of an order that waits for it, or beyond."""
    trigger = Decimal(str(order.trigger_price))
    return price >= trigger if direction == RISE else price <= trigger
