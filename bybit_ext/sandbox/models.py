"""The exchange's state: keys, orders, and what a cancel or a fill does to them. No HTTP here."""

import itertools
import threading
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from attrs import define, evolve, field, frozen
from bybit_v5.models import Category, KnownOrderType, KnownSide, Order, OrderFilter

from bybit_ext.auth.clock import Clock, system_clock

from .exceptions import OrderRefused, Refusal, closed, link_id_taken, not_found
from .faults import Faults
from .order_states import (
    CLOSED,
    OPEN,
    MarketUnit,
    Placement,
    cancelled_status,
    changed,
    ended,
    filled,
    shown,
)
from .queries import OrderQuery
from .real_time import monotonic
from .signatures import Verify, verifier

_CLOSED_KEPT = 500  # in the list of open and recently closed orders, of each category


@define(eq=False)
class _Record:
    """One order, with its past.

    Attributes:
        number: how many orders were placed before it.
        order_filter: kind of the order.
        price: price of its executions.
        states: what it has been, and since when in monotonic time; the last one is what it is.
        closing: how many orders of its category closed before it; None while it is open.
    """

    number: int
    order_filter: OrderFilter
    price: Decimal
    states: list[tuple[float, Order]]
    closing: int | None = None

    @property
    def order(self) -> Order:
        return self.states[-1][1]

    @property
    def is_open(self) -> bool:
        return self.order.order_status in OPEN

    @property
    def sort_key(self) -> tuple[int, int]:
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


class Exchange:
    """Keep orders and keys as an exchange does, without HTTP. Safe to use from several threads.

    >>> exchange = Exchange()
    >>> order = exchange.place("linear", "BTCUSDT", qty="2")
    >>> exchange.fill(order.order_id, "0.5").order_status
    'PartiallyFilled'

    Orders that are returned have the fields that the stream reports.

    Args:
        clock: returns the exchange's time, UTC in ms.

    Attributes:
        clock: the same; exchange it for one that runs ahead or behind.
        faults: what goes wrong, and when.
    """

    def __init__(self, *, clock: Clock = system_clock) -> None:
        self.clock = clock
        self.faults = Faults()
        self._keys: dict[str, Verify] = {}
        self._orders: dict[str, _Record] = {}
        self._by_link_id: defaultdict[tuple[str, str], list[_Record]] = defaultdict(list)
        self._closings: defaultdict[str, _Closings] = defaultdict(_Closings)
        self._lock = threading.RLock()
        self._spot_ids = itertools.count(1523347543495541248)
        self._listeners: list[Callable[[Order], None]] = []

    def register_key(self, api_key: str, secret: str) -> None:
        """Let an API key in: with its HMAC secret, or with its RSA public key as PEM."""
        self._keys[api_key] = verifier(secret)

    def verify(self, api_key: str) -> Verify | None:
        """Return what checks signatures of a key, None if the key is not registered."""
        return self._keys.get(api_key)

    def listen(self, listener: Callable[[Order], None]) -> Callable[[], None]:
        """Call a listener with every order that changes, faults or not, in the thread that changes it.

        It is called while the exchange is locked: let it be quick. Returns a function that ends the calls.
        """
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock, suppress(ValueError):  # it was stopped before
                self._listeners.remove(listener)

        return stop

    # ---- what happens to orders

    def place(  # noqa: PLR0913 - an order has as many sides
        self,
        category: Category,
        symbol: str,
        *,
        order_link_id: str = "",
        order_filter: OrderFilter = "Order",
        side: KnownSide = "Buy",
        qty: str = "1",
        price: str = "100",
        order_type: KnownOrderType = "Limit",
        market_unit: MarketUnit | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Order:
        """Place an order and return it, open. It rests, whatever its type, until `fill`, `end` or a cancel.

        Args:
            category: product type.
            symbol: symbol, of any form; see `instruments` for the coins that it is taken to have.
            order_link_id: the caller's own id; empty for none. It can be used again once its order is closed.
            order_filter: kind of the order. Those with a trigger (`tpslOrder`, `StopOrder`; spot only) wait for
                `trigger`.
            side: `Buy` or `Sell`.
            qty: quantity, in base coin; on inverse in contracts; in quote coin if it is a spot market order whose
                `market_unit` says so, or which buys and has none.
            price: price of the order and of its executions. A spot market order has only the latter.
            order_type: `Limit` or `Market`.
            market_unit: unit of `qty` of a spot market order, `baseCoin` or `quoteCoin`; None for the exchange's
                default.
            fields: more fields that the order carries, by their names on the wire, like `{"takeProfit": "27000"}`; None
                for none. The document need not know them.

        Raises:
            OrderRefused: an order of this category, symbol and link id is open (110072, on spot 170141).
            ValueError: the exchange has no such orders.
        """
        placement = Placement(
            category=category,
            symbol=symbol,
            order_link_id=order_link_id,
            order_filter=order_filter,
            side=side,
            order_type=order_type,
            qty=qty,
            price=price,
            market_unit=market_unit,
            fields=fields or {},
        )
        problem = placement.validate()
        if problem:
            raise ValueError(problem)
        with self._lock:
            self._refuse_link_id_of_open_order(placement)
            order_id = str(next(self._spot_ids)) if category == "spot" else str(uuid.uuid4())
            order = placement.to_order(order_id, self.clock())
            record = _Record(len(self._orders), order_filter, Decimal(price), [])
            self._orders[order_id] = record
            if order_link_id:
                self._by_link_id[category, order_link_id].append(record)
            return self._change(record, order)

    def _refuse_link_id_of_open_order(self, placement: Placement) -> None:
        for record in self._by_link_id.get((placement.category, placement.order_link_id), ()):
            if record.is_open and record.order.symbol == placement.symbol:
                problem = f"order_link_id {placement.order_link_id!r} is that of {record.order.order_id}, which is open"
                raise OrderRefused(link_id_taken(placement.category), problem)

    def order(self, order_id: str) -> Order:
        """Return an order as it stands now.

        Raises:
            KeyError: there is no such order.
        """
        return shown(self._orders[order_id].order, "stream")

    def open_orders(self) -> list[Order]:
        """Return all orders that are open."""
        with self._lock:
            return [shown(record.order, "stream") for record in self._orders.values() if record.is_open]

    def fill(self, order_id: str, qty: str | None = None) -> Order:
        """Execute an open order at its price, and return it.

        Args:
            order_id: the order.
            qty: how much of it is executed, in base coin, on inverse in contracts; None for all that is left.

        Raises:
            ValueError: the order is closed, or less than `qty` is left.
        """
        with self._lock:
            record = self._open_record(order_id)
            return self._change(record, filled(record.order, qty, record.price, self.clock()))

    def lose_race(self, order_id: str) -> None:
        """Fill an order as if a cancel of it had come a moment too late: the stream reports the fill twice."""
        with self._lock:
            record = self._orders[order_id]
            if not record.is_open:
                return
            self.fill(order_id)
            reason = {"cancel_type": "CancelByUser", "reject_reason": "EC_OrigClOrdIDDoesNotExist"}
            self._publish(changed(shown(record.order, "stream"), **reason))

    def trigger(self, order_id: str) -> Order:
        """Trigger an order that waits for that, and return it: it is `Triggered`, and at once `New`.

        Raises:
            ValueError: the order does not wait for a trigger.
        """
        with self._lock:
            record = self._orders[order_id]
            if record.order.order_status != "Untriggered":
                raise ValueError(f"order {order_id} does not wait for a trigger: it is {record.order.order_status}")
            now = str(self.clock())
            self._change(record, changed(record.order, order_status="Triggered", updated_time=now))
            return self._change(record, changed(record.order, order_status="New"))

    def end(
        self, order_id: str, status: str, *, cancel_type: str = "UNKNOWN", reject_reason: str = "EC_Others"
    ) -> Order:
        """End an open order by the exchange's own doing, and return it.

        Args:
            order_id: the order.
            status: how it ends, like `Rejected`, or `Cancelled`.
            cancel_type: who cancelled it, like `CancelByAdmin`.
            reject_reason: why it ended, like `EC_PostOnlyWillTakeLiquidity`.

        Raises:
            ValueError: the order is closed, or `status` is not one in which an order ends without being filled.
        """
        allowed = [one for one in CLOSED if one != "Filled"]
        if status not in allowed:
            raise ValueError(f"status: must be one of {', '.join(allowed)}, not {status!r}")
        with self._lock:
            record = self._open_record(order_id)
            return self._change(record, ended(record.order, status, cancel_type, reject_reason, self.clock()))

    def repeat_last_event(self, order_id: str, times: int = 1) -> None:
        """Let the stream report once more, or more often, what an order is: also one that ended long ago."""
        with self._lock:
            for _ in range(times):
                self._publish(self.order(order_id))

    def restart(self) -> None:
        """Restart the exchange: orders that are closed by now are in the history only, for good."""
        with self._lock:
            for closings in self._closings.values():
                closings.cleared = len(closings.times)

    def request_cancel(self, name: OrderName) -> tuple[Order, Callable[[], None]] | Refusal:
        """Acknowledge a cancel: return the order and what carries the cancel out later; or refuse."""
        with self._lock:
            record = self._find(name)
            if record is None:
                return not_found(name.category)
            if not record.is_open:
                return closed(name.category, str(record.order.order_status))
            return shown(record.order, "stream"), lambda: self._carry_out_cancel(record)

    def _carry_out_cancel(self, record: _Record) -> None:
        with self._lock:
            if not record.is_open:
                return
            order, status = record.order, cancelled_status(record.order)
            self._change(record, ended(order, status, "CancelByUser", "EC_PerCancelRequest", self.clock()))

    def _open_record(self, order_id: str) -> _Record:
        record = self._orders[order_id]
        if not record.is_open:
            raise ValueError(f"order {order_id} is closed: {record.order.order_status}")
        return record

    def _change(self, record: _Record, order: Order) -> Order:
        now = monotonic()
        record.states.append((now, order))
        if record.closing is None and not record.is_open:
            closings = self._closings[str(order.category)]
            record.closing = len(closings.times)
            closings.times.append(now)
        reported = shown(order, "stream")
        self._publish(reported)
        return reported

    def _publish(self, order: Order) -> None:
        for listener in list(self._listeners):
            listener(order)

    # ---- which orders a request means

    def find(self, name: OrderName) -> Order | None:
        """Return the order that a request to cancel names, None if there is none."""
        with self._lock:
            record = self._find(name)
        return shown(record.order, "stream") if record else None

    def _find(self, name: OrderName) -> _Record | None:
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

    def knows(self, order_id: str) -> bool:
        """Return whether there is an order of this id."""
        return order_id in self._orders

    def query(self, query: OrderQuery) -> list[Order]:
        """Return the orders that the list of open and recently closed orders shows, newest first."""
        lag = self.faults.lists.realtime_lag if query.seconds_ago is None else query.seconds_ago
        with self._lock:
            moment = monotonic() - lag
            found = (
                order
                for record, order in self._seen(query, moment)
                if self._is_in_realtime_list(record, order, query, moment)
            )
            return [shown(order, "realtime") for order in itertools.islice(found, query.limit)]

    def _is_in_realtime_list(self, record: _Record, order: Order, query: OrderQuery, moment: float) -> bool:
        closings = self._closings[query.category]
        was_lost_by_restart = record.closing is not None and record.closing < closings.cleared
        if was_lost_by_restart:
            return False
        if order.order_status in OPEN:
            return query.has_id or query.open_only == 0
        is_asked_for = query.has_id or query.open_only != 0
        return is_asked_for and (record.closing is None or closings.keeps(record.closing, moment))

    def query_history(self, query: OrderQuery) -> list[Order]:
        """Return the orders that the history shows, newest first."""
        lag = self.faults.lists.history_lag if query.seconds_ago is None else query.seconds_ago
        with self._lock:
            moment, now = monotonic() - lag, self.clock()
            found = (
                order
                for _, order in self._seen(query, moment)
                if order.order_status not in OPEN and query.means_closed(order, now)
            )
            return [shown(order, "history") for order in itertools.islice(found, query.limit)]

    def _seen(self, query: OrderQuery, moment: float) -> list[tuple[_Record, Order]]:
        """Return the orders that a query means as they were at a moment, newest first."""
        found: list[tuple[_Record, Order]] = []
        before = self._orders[query.after].sort_key if query.after else None
        for record in self._candidates(query):
            order = record.as_of(moment)
            if order and query.means(order, record.order_filter) and (before is None or record.sort_key < before):
                found.append((record, order))
        return sorted(found, key=lambda pair: pair[0].sort_key, reverse=True)

    def _candidates(self, query: OrderQuery) -> list[_Record]:
        """Return the orders among which a query means some, oldest first."""
        if query.order_id is not None:
            record = self._orders.get(query.order_id)
            return [record] if record else []
        if query.order_link_id is not None:
            return list(self._by_link_id.get((query.category, query.order_link_id), ()))
        return list(self._orders.values())
