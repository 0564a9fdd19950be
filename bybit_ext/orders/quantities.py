"""Quantities of an order: exact in every decimal context, and with their unit."""

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, DecimalException

from attrs import frozen
from bybit_v5.models import Order

from bybit_ext.results import Unit

_MAX_EXPONENT = 64  # no coin is counted in larger numbers or smaller parts
# The caller's own context may round, or raise: this one does neither for what `_MAX_EXPONENT` lets through.
_EXACT = Context(prec=4 * _MAX_EXPONENT, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])


@frozen
class Quantities:
    """What an order's quantities say.

    Attributes:
        filled: quantity that was executed.
        filled_unit: base coin; contracts on inverse.
        remaining: quantity that was not executed.
        remaining_unit: the unit in which the order was placed.
    """

    filled: Decimal
    filled_unit: Unit
    remaining: Decimal
    remaining_unit: Unit


def read_quantities(order: Order) -> Quantities | None:
    """Return the quantities of an order; None if they make no sense: such an order proves nothing."""
    qty, executed = parse_decimal(order.qty), parse_decimal(order.cum_exec_qty)
    if qty is None or executed is None or qty < 0 or executed < 0:
        return None
    unit: Unit = "contracts" if order.category == "inverse" else "base coin"
    sized, placed_unit = executed, unit
    if _is_sized_in_quote_coin(order):
        spent = parse_decimal(order.cum_exec_value)
        if spent is None:
            return None
        sized, placed_unit = spent, "quote coin"
    remaining = _EXACT.subtract(qty, sized)
    if order.order_status == "Filled":
        # Of one sized in quote coin, the lot size can leave a rest that cannot be executed.
        if executed == 0 or (remaining > 0 and placed_unit != "quote coin"):
            return None
        remaining = Decimal(0)
    return Quantities(executed, unit, remaining, placed_unit) if remaining >= 0 else None


def parse_decimal(text: object) -> Decimal | None:
    """Return a number, whatever the decimal context is: 0 for an empty string, None for what is not a number."""
    if not isinstance(text, str):
        return None
    try:
        number = _EXACT.create_decimal(text or "0")
    except (DecimalException, ValueError):
        return None
    is_sane = number.is_finite() and abs(number.adjusted()) <= _MAX_EXPONENT
    return number if is_sane and len(number.as_tuple().digits) <= _MAX_EXPONENT else None


def _is_sized_in_quote_coin(order: Order) -> bool:
    """Return whether `qty` counts quote coin: a spot market order says so, or buys without saying otherwise."""
    if order.category != "spot" or order.order_type != "Market":
        return False
    return order.market_unit == "quoteCoin" or (order.side == "Buy" and order.market_unit != "baseCoin")
