"""How an order ended, and what its quantities say."""

from decimal import Decimal, InvalidOperation
from typing import Literal

from attrs import frozen
from bybit_v5.models import Order

from .accepted import CancelAccepted

Source = Literal["stream", "read-back"]
"""Who told the end."""

CANCELLED = ("Cancelled", "PartiallyFilledCanceled", "Deactivated")
FINAL = (*CANCELLED, "Filled", "Rejected")


@frozen
class CancelOutcome:
    """How an order ended after it was asked to be cancelled.

    Attributes:
        status: the order's final status, as the exchange names it.
        cancelled: whether it was cancelled (perhaps after a partial fill); False if it was filled or rejected.
        order: the order at its end.
        filled_qty: quantity that was executed.
        remaining_qty: quantity that was not executed.
        confirmed_by: who told the end.
        accepted: the acknowledgement; None if none came.
        requested_at: when the cancel was asked for, UTC in ms.
        confirmed_at: when the end was known here, UTC in ms.
    """

    status: str
    cancelled: bool
    order: Order
    filled_qty: Decimal
    remaining_qty: Decimal
    confirmed_by: Source
    accepted: CancelAccepted | None
    requested_at: int
    confirmed_at: int


def decimal(text: str) -> Decimal:
    """Return a quantity; an empty one is 0."""
    return Decimal(text or "0")


def is_readable(order: Order) -> bool:
    """Tell whether an order's quantities are numbers; one whose are not proves nothing."""
    try:
        return decimal(order.qty).is_finite() and decimal(order.cum_exec_qty).is_finite()
    except InvalidOperation:
        return False
