"""What changes an order: fills and its end. Which of its fields a list or the stream shows, by category.

An order is stored with all fields that its category has; `shown` leaves out what a list or the stream does not show:

                                                   stream   realtime list   history
    category, brokerOrderPrice, closedPnl,
    feeCurrency                                    yes      no              no
    extraFees                                      no       no              yes
    slippageTolerance, slippageToleranceType,
    rpiTakerAccess, rpiMatchedQty                  yes      no              yes
    createType of options                          no       yes             yes
    lastPriceOnCreated of spot                     yes      no              no
    basePrice (spot only)                          no       yes             yes

The fee of what was executed is in cumFeeDetail on linear and spot, in cumExecFee on all.

Sources: https://bybit-exchange.github.io/docs/v5/order/open-order, https://bybit-exchange.github.io/docs/v5/order/order-list,
https://bybit-exchange.github.io/docs/v5/websocket/private/order
"""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any, Literal

from attrs import evolve
from bybit_v5.models import FeeDetail, Order
from bybit_v5.types import UNSET

from .instruments import coins_of

View = Literal["stream", "realtime", "history"]
"""Who shows an order."""

OPEN = ("New", "PartiallyFilled", "Untriggered", "Triggered")
"""The statuses of an order that can still be filled or cancelled. `Triggered` passes on to `New`."""
CLOSED = ("Cancelled", "PartiallyFilledCanceled", "Deactivated", "Filled", "Rejected")
"""The statuses that never change again."""

LOT = Decimal("0.000001")  # smallest part of a base coin that can be executed
_INVERSE_PLACES = Decimal("0.00000001")  # base coin has eight decimals
_MAX_DIGITS = 64  # no price and no quantity has more, before or after the point
# The caller's own context may round, or raise.
_EXACT = Context(prec=8 * _MAX_DIGITS, traps=[])
_FEE_RATES = {
    "linear": Decimal("0.00055"),
    "inverse": Decimal("0.00055"),
    "option": Decimal("0.0003"),
    "spot": Decimal("0.001"),
}
_STREAM_ONLY = ("category", "broker_order_price", "closed_pnl", "fee_currency")
_HIDDEN: dict[View, tuple[str, ...]] = {
    "stream": ("base_price", "extra_fees"),
    "realtime": (
        *_STREAM_ONLY,
        "extra_fees",
        "slippage_tolerance",
        "slippage_tolerance_type",
        "rpi_taker_access",
        "rpi_matched_qty",
    ),
    "history": _STREAM_ONLY,
}
_HIDDEN_BY_CATEGORY: dict[tuple[str, View], tuple[str, ...]] = {
    ("option", "stream"): ("create_type",),
    ("spot", "realtime"): ("last_price_on_created",),
    ("spot", "history"): ("last_price_on_created",),
}


class NothingLeftError(ValueError):
    """Nothing of an order can be executed at a price."""


def shown(order: Order, view: View) -> Order:
    """Return a copy of an order as a list or the stream shows it."""
    hidden = (*_HIDDEN[view], *_HIDDEN_BY_CATEGORY.get((str(order.category), view), ()))
    return changed(order, **dict.fromkeys(hidden, UNSET))


def changed(order: Order, **fields: Any) -> Order:
    """Return a copy of an order with other values of some fields. Those that the document does not name stay."""
    copy = evolve(order, **fields)
    copy.additional_properties = dict(order.additional_properties)
    return copy


def filled(order: Order, qty: str | None, price: Decimal, now: int) -> Order:
    """Return an order after an execution.

    Args:
        order: the order.
        qty: how much is executed, in base coin, on inverse in contracts; None for all that is left.
        price: at which price.
        now: time at the exchange, in ms.

    Raises:
        NothingLeftError: what is left of an amount of quote coin buys less than a lot at this price.
        ValueError: `qty` is not a number above 0, or more than what is left.
    """
    left = _qty_left(order, price)
    if not left:
        raise NothingLeftError(f"order {order.order_id} has nothing left that can be executed at {text_of(price)}")
    amount = left if qty is None else read_number(qty)
    if amount is None:
        raise ValueError(f"qty: must be a decimal number above 0, not {qty!r:.40}")
    if amount > left:
        raise ValueError(f"qty: order {order.order_id} has only {text_of(left)} left, not {qty}")
    executed = _EXACT.add(Decimal(order.cum_exec_qty), amount)
    order = changed(
        order,
        cum_exec_qty=text_of(executed),
        cum_exec_value=text_of(_value(order, executed, price)),
        avg_price=text_of(price),
        updated_time=str(now),
    )
    is_whole = not _qty_left(order, price)
    return changed(
        order,
        order_status="Filled" if is_whole else "PartiallyFilled",
        leaves_qty=_leaves_qty(order, is_whole=is_whole),
        leaves_value="0" if is_whole else text_of(value_left(order, price)),
        **_fees(order, executed, price),
    )


def ended(order: Order, status: str, cancel_type: str, reject_reason: str, now: int) -> Order:
    """Return an order after its end.

    Args:
        order: the order.
        status: how it ended.
        cancel_type: who cancelled it.
        reject_reason: why it ended.
        now: time at the exchange, in ms.
    """
    return changed(
        order,
        order_status=status,
        cancel_type=cancel_type,
        reject_reason=reject_reason,
        leaves_qty="0",
        leaves_value="0",
        updated_time=str(now),
    )


def cancelled_status(order: Order) -> str:
    """Return the status of an open order after a cancel."""
    if order.order_status == "Untriggered":
        return "Deactivated"
    if order.category == "spot" and order.order_status == "PartiallyFilled":
        return "PartiallyFilledCanceled"
    return "Cancelled"


def read_number(text: object) -> Decimal | None:
    """Return a decimal number above 0, None for anything else."""
    try:
        number = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except DecimalException:
        return None
    if not number.is_finite() or number <= 0:
        return None
    is_sane = abs(number.adjusted()) < _MAX_DIGITS and len(number.as_tuple().digits) <= _MAX_DIGITS
    return number if is_sane else None


def text_of(number: Decimal) -> str:
    """Return a number as the exchange writes it."""
    return format(number, "f")


def _is_sized_in_quote_coin(order: Order) -> bool:
    return order.market_unit == "quoteCoin"


def lots(amount: Decimal, price: Decimal) -> Decimal:
    """Return how much base coin an amount of quote coin buys, in whole lots."""
    return _EXACT.divide(amount, price).quantize(LOT, ROUND_DOWN, _EXACT)


def _qty_left(order: Order, price: Decimal) -> Decimal:
    """Return what can still be executed, in base coin, on inverse in contracts."""
    if _is_sized_in_quote_coin(order):
        return lots(_EXACT.subtract(Decimal(order.qty), Decimal(str(order.cum_exec_value))), price)
    return _EXACT.subtract(Decimal(order.qty), Decimal(order.cum_exec_qty))


def _leaves_qty(order: Order, *, is_whole: bool) -> str:
    """Return what is left of `qty`, in its own unit. Of an amount of quote coin, less than a lot counts as nothing."""
    if not _is_sized_in_quote_coin(order):
        return text_of(_EXACT.subtract(Decimal(order.qty), Decimal(order.cum_exec_qty)))
    return "0" if is_whole else text_of(_EXACT.subtract(Decimal(order.qty), Decimal(str(order.cum_exec_value))))


def _value(order: Order, qty: Decimal, price: Decimal) -> Decimal:
    """Return the value of a quantity: in quote coin, on inverse in base coin."""
    if order.category == "inverse":
        return _EXACT.divide(qty, price).quantize(_INVERSE_PLACES, ROUND_HALF_EVEN, _EXACT)
    return _EXACT.multiply(qty, price)


def value_left(order: Order, price: Decimal) -> Decimal:
    """Return the value of what can still be executed."""
    if _is_sized_in_quote_coin(order):
        return _EXACT.subtract(Decimal(order.qty), Decimal(str(order.cum_exec_value)))
    return _value(order, _qty_left(order, price), price)


def _fees(order: Order, executed: Decimal, price: Decimal) -> dict[str, Any]:
    """Return the fields that say what all executions cost. A spot buy pays in what it bought, all else in value."""
    coins = coins_of(str(order.category), order.symbol)
    is_spot = order.category == "spot"
    is_spot_buy = is_spot and order.side == "Buy"
    charged = executed if is_spot_buy else _value(order, executed, price)
    fee = text_of(_EXACT.multiply(charged, _FEE_RATES[str(order.category)]))
    spot_coin = coins.base if is_spot_buy else coins.quote
    return {
        "cum_exec_fee": fee,
        "fee_currency": spot_coin if is_spot else "",
        "cum_fee_detail": FeeDetail.from_dict({spot_coin if is_spot else coins.settle: fee})
        if order.category in ("spot", "linear")
        else UNSET,
    }
