"""The orders of an exchange with their past, and which of them a request or a list means. No lock and no clock here."""

import itertools
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal

from attrs import define, evolve, field, frozen
from bybit_v5.models import Order, OrderFilter

from .order_states import OPEN, shown
from .queries import OrderQuery

_CLOSED_KEPT = 500  # in the list of open and recently closed orders, of each category


@frozen
class OrderName:
    """How a request to cancel names an order.

    Attributes:
        category: product type.
        symbol: symbol.
        order_id: the exchange's id, None if it is not given.
        order_link_id: the caller's own id, None if it is not given; ignored beside the other one.
        order_filter: kind of a spot order, None for `Order`.
    """

    category: str
    symbol: str
    order_id: str | None
    order_link_id: str | None
    order_filter: str | None = None


@define(eq=False)
class Record:
    """One order, with its past.

    Attributes:
        number: how many orders were placed before it.
        order_filter: kind of the order.
        price: price of its executions.
        direction: whether the price has to rise or to fall to its trigger.
        states: what it has been, and since when in monotonic time; the last one is what it is.
        closing: how many orders of its category closed before it; None while it is open.
    """

    number: int
    order_filter: OrderFilter
    price: Decimal
    direction: int
    states: list[tuple[float, Order]]
    closing: int | None = None

    @property
    def order(self) -> Order:
        """The order as it is."""
        return self.states[-1][1]

    @property
    def is_open(self) -> bool:
        """Whether it can still be filled or cancelled."""
        return self.order.order_status in OPEN

    @property
    def sort_key(self) -> tuple[int, int]:
        """By which the lists are sorted."""
        return int(self.order.created_time), self.number

    def as_of(self, moment: float) -> Order | None:
        """Return the order as it was at a moment, None if it was not there yet."""
        return next((order for since, order in reversed(self.states) if since <= moment), None)


@define
class _Closings:
    """The closings of one category.

    Attributes:
        times: when its orders closed, in monotonic time, in this order.
        cleared: how many of them the list of recently closed orders has lost by a restart.
    """

    times: list[float] = field(factory=list[float])
    cleared: int = 0

    def keeps(self, closing: int, moment: float) -> bool:
        """Return whether the list shows, at a moment, the order that closed after so many others."""
        return closing >= max(self.cleared, bisect_right(self.times, moment) - _CLOSED_KEPT)


class Records:
    """Keep orders. Moments are in monotonic time, in s."""

    def __init__(self) -> None:
        self._orders: dict[str, Record] = {}
        self._open: dict[str, Record] = {}
        self._by_link_id: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
        self._closings: defaultdict[str, _Closings] = defaultdict(_Closings)

    def __len__(self) -> int:
        return len(self._orders)

    def __contains__(self, order_id: str) -> bool:
        return order_id in self._orders

    def __getitem__(self, order_id: str) -> Record:
        return self._orders[order_id]

    def all(self) -> list[Record]:
        """Return all orders, oldest first."""
        return list(self._orders.values())

    def opened(self) -> list[Record]:
        """Return the open orders, oldest first."""
        return list(self._open.values())

    def change(self, record: Record, order: Order, moment: float) -> None:
        """Let an order be something else from a moment on. One that is new is added."""
        is_new = not record.states
        record.states.append((moment, order))
        if is_new:
            self._add(record, order)
        if record.closing is None and not record.is_open:
            closings = self._closings[str(order.category)]
            record.closing = len(closings.times)
            closings.times.append(moment)
            del self._open[order.order_id]

    def _add(self, record: Record, order: Order) -> None:
        self._orders[order.order_id] = self._open[order.order_id] = record
        if order.order_link_id:
            self._by_link_id[str(order.category), order.order_link_id].append(record)

    def forget_closed(self) -> None:
        """Let the orders that are closed by now be in the history only."""
        for closings in self._closings.values():
            closings.cleared = len(closings.times)

    def find(self, name: OrderName) -> Record | None:
        """Return the order that a request to cancel names, None if there is none."""
        query = OrderQuery(name.category, order_id=name.order_id, order_link_id=name.order_link_id)
        if name.category == "spot":
            query = evolve(query, order_filter=name.order_filter or "Order")
        found = [
            record
            for record in self._candidates(query)
            if record.order.symbol == name.symbol and query.means(record.order, record.order_filter)
        ]
        # A link id may be used again once its order is closed: the open one is meant.
        return next((record for record in found if record.is_open), found[-1] if found else None)

    def find_open(self, query: OrderQuery) -> list[Record]:
        """Return the open orders that a query means, oldest first."""
        return [record for record in self._open.values() if query.means(record.order, record.order_filter)]

    def query(self, query: OrderQuery, moment: float) -> list[Order]:
        """Return what the list of open and recently closed orders shows at a moment, newest first."""
        found = (
            order
            for record, order in self._seen(query, moment)
            if self._is_in_realtime_list(record, order, query, moment)
        )
        return [shown(order, "realtime") for order in itertools.islice(found, query.limit)]

    def _is_in_realtime_list(self, record: Record, order: Order, query: OrderQuery, moment: float) -> bool:
        closings = self._closings[query.category]
        was_lost_by_restart = record.closing is not None and record.closing < closings.cleared
        if was_lost_by_restart:
            return False
        if order.order_status in OPEN:
            return query.has_id or query.open_only == 0
        is_asked_for = query.has_id or query.open_only != 0
        return is_asked_for and (record.closing is None or closings.keeps(record.closing, moment))

    def query_history(self, query: OrderQuery, moment: float, now: int) -> list[Order]:
        """Return what the history shows at a moment, newest first.

        Args:
            query: which orders are asked for.
            moment: when.
            now: time at the exchange, in ms.
        """
        found = (
            order
            for _, order in self._seen(query, moment)
            if order.order_status not in OPEN and query.means_closed(order, now)
        )
        return [shown(order, "history") for order in itertools.islice(found, query.limit)]

    def _seen(self, query: OrderQuery, moment: float) -> list[tuple[Record, Order]]:
        """Return the orders that a query means as they were at a moment, newest first."""
        found: list[tuple[Record, Order]] = []
        before = self._orders[query.after].sort_key if query.after else None
        for record in self._candidates(query):
            order = record.as_of(moment)
            if order and query.means(order, record.order_filter) and (before is None or record.sort_key < before):
                found.append((record, order))
        return sorted(found, key=lambda pair: pair[0].sort_key, reverse=True)

    def _candidates(self, query: OrderQuery) -> list[Record]:
        """Return the orders among which a query means some, oldest first."""
        if query.order_id is not None:
            record = self._orders.get(query.order_id)
            return [record] if record else []
        if query.order_link_id is not None:
            return self.of_link_id(query.category, query.order_link_id)
        return self.all()

    def of_link_id(self, category: str, order_link_id: str) -> list[Record]:
        """Return the orders of a link id, oldest first."""
        return list(self._by_link_id.get((category, order_link_id), ()))
