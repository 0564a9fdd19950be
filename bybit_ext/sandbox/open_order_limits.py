"""How many open orders an account may have.

The table is that of https://bybit-exchange.github.io/docs/v5/order/create-order ("Open orders up limit"), the codes are
those of https://bybit-exchange.github.io/docs/v5/error. That page has no code for options; here it is that of futures.
"""

from collections.abc import Iterable

from attrs import define

from .exceptions import TOO_MANY_ORDERS, TOO_MANY_SPOT_ORDERS, TOO_MANY_STOP_ORDERS, Refusal
from .instruments import coins_of
from .placements import Placement


@define
class OpenOrderLimits:
    """How many orders may be open. A test may lower them.

    Attributes:
        futures: active orders of a linear or inverse symbol.
        futures_conditional: its orders that wait for a trigger.
        spot: orders of a spot symbol, of all kinds together.
        spot_tpsl: its take-profit and stop-loss orders.
        spot_conditional: its conditional orders.
        option: option orders of a base coin.
    """

    futures: int = 500
    futures_conditional: int = 10
    spot: int = 500
    spot_tpsl: int = 30
    spot_conditional: int = 30
    option: int = 50

    def refuse(self, placement: Placement, opened: Iterable[tuple[str, str]]) -> Refusal | None:
        """Refuse an order that would be one too many.

        Args:
            placement: the order.
            opened: symbol and kind of each open order of its category.
        """
        kinds = [kind for symbol, kind in opened if _are_counted_together(placement, symbol)]
        if placement.category == "option":
            return TOO_MANY_ORDERS if len(kinds) >= self.option else None
        if placement.category == "spot":
            return self._refuse_spot(placement, kinds)
        of_its_kind = kinds.count(placement.kind)
        if placement.kind == "Order":
            return TOO_MANY_ORDERS if of_its_kind >= self.futures else None
        return TOO_MANY_STOP_ORDERS if of_its_kind >= self.futures_conditional else None

    def _refuse_spot(self, placement: Placement, kinds: list[str]) -> Refusal | None:
        limits = {"tpslOrder": self.spot_tpsl, "StopOrder": self.spot_conditional}
        limit = limits.get(placement.kind, self.spot)
        is_too_much = len(kinds) >= self.spot or kinds.count(placement.kind) >= limit
        return TOO_MANY_SPOT_ORDERS if is_too_much else None


def _are_counted_together(placement: Placement, symbol: str) -> bool:
    if placement.category == "option":
        return coins_of("option", symbol).base == coins_of("option", placement.symbol).base
    return symbol == placement.symbol
