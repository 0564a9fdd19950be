"""What the queries for orders ask for, and which orders they mean. No state here.

Of the parameters that name orders only the first that is given counts: orderId, orderLinkId, symbol, baseCoin,
settleCoin. The others narrow the list down further. Spot knows no coins: they are ignored there.
"""

from attrs import frozen
from bybit_v5.models import Order

from .instruments import coins_of

_DAY = 86_400_000  # ms
_MAX_RANGE = 7 * _DAY
_KEPT = 730 * _DAY  # two years
_UNFILLED_KEPT = _DAY
_KEPT_ONLY_A_DAY = ("Cancelled", "Rejected", "Deactivated")


@frozen
class OrderQuery:
    """What a query asks for. None is for what it does not say.

    Attributes:
        category: product type.
        symbol: symbol.
        base_coin: base coin of the symbol.
        settle_coin: settle coin of the symbol.
        order_id: the exchange's id.
        order_link_id: the caller's own id.
        order_filter: kind of the orders.
        open_only: 0 for open orders, 1 or 2 for closed ones; ignored beside an id, and by the history.
        order_status: status of the orders, in the history.
        start_time: earliest creation, in ms, in the history.
        end_time: latest creation, in ms, in the history.
        after: order id; only orders that the list shows after this one.
        limit: how many orders are shown at most.
        seconds_ago: how old the state is that is shown, in s; None for the lag that the faults give the list.
    """

    category: str
    symbol: str | None = None
    base_coin: str | None = None
    settle_coin: str | None = None
    order_id: str | None = None
    order_link_id: str | None = None
    order_filter: str | None = None
    open_only: int = 0
    order_status: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    after: str | None = None
    limit: int | None = None
    seconds_ago: float | None = None

    @property
    def has_id(self) -> bool:
        """Whether it names its order by an id."""
        return self.order_id is not None or self.order_link_id is not None

    @property
    def lacks_symbol(self) -> bool:
        """Whether it is one for linear orders without one of the three parameters that these need."""
        return self.category == "linear" and self.symbol is self.base_coin is self.settle_coin is None

    @property
    def has_too_long_range(self) -> bool:
        """Whether its time range is longer than seven days."""
        if self.start_time is None or self.end_time is None:
            return False
        return self.end_time - self.start_time > _MAX_RANGE

    def means(self, order: Order, order_filter: str) -> bool:
        """Return whether it asks for an order of this kind, wherever that stands."""
        if order.category != self.category or self.order_filter not in (None, order_filter):
            return False
        if self.order_id is not None:
            return order.order_id == self.order_id
        if self.order_link_id is not None:
            return order.order_link_id == self.order_link_id
        if self.symbol is not None:
            return order.symbol == self.symbol
        return self._means_coins_of(order)

    def _means_coins_of(self, order: Order) -> bool:
        if self.category == "spot":
            return True
        coins = coins_of(self.category, order.symbol)
        if self.base_coin is not None:
            return coins.base == self.base_coin
        return self.settle_coin in (None, coins.settle)

    def means_closed(self, order: Order, now: int) -> bool:
        """Return whether it asks the history for a closed order, and the history still has it.

        Bybit does not say which time a range is about, nor whether the default range counts beside an id. Here a range
        is about the creation, an order that ended without a fill is kept for a day after its end, and beside an id
        there is no default.
        """
        if self.order_status not in (None, order.order_status):
            return False
        is_unfilled = order.order_status in _KEPT_ONLY_A_DAY and order.cum_exec_qty == "0"
        if is_unfilled and int(order.updated_time) < now - _UNFILLED_KEPT:
            return False
        earliest, latest = self._range(now)
        created = int(order.created_time)
        return max(earliest, now - _KEPT) <= created and (latest is None or created <= latest)

    def _range(self, now: int) -> tuple[int, int | None]:
        if self.start_time is not None:
            return self.start_time, self.start_time + _MAX_RANGE if self.end_time is None else self.end_time
        if self.end_time is not None:
            return self.end_time - _MAX_RANGE, self.end_time
        return (0 if self.has_id else now - _MAX_RANGE), None
