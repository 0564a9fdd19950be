"""The exchange's state: keys, orders, prices, and what a cancel, a fill or a price does to an order. No HTTP here."""

import itertools
import random
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, get_args

from attrs import evolve
from bybit_v5.models import Category, KnownOrderType, KnownSide, Order, OrderFilter

from bybit_ext.auth.clock import Clock, system_clock

from .exceptions import OrderRefused, Refusal, closed, link_id_taken, not_found
from .faults import Faults
from .matching import crosses, direction_to_trigger, is_triggered, reason_to_cancel
from .open_order_limits import OpenOrderLimits
from .order_states import (
    CLOSED,
    NothingLeftError,
    cancelled_status,
    changed,
    ended,
    filled,
    read_number,
    shown,
    text_of,
)
from .placements import MarketUnit, Placement
from .queries import OrderQuery
from .real_time import monotonic
from .records import OrderName, Record, Records
from .signatures import Verify, verifier

MOST_CANCELLED = 500  # by one request, of linear and inverse
_CATEGORIES: tuple[Category, ...] = get_args(Category)

CarryOut = Callable[[], None]
"""Does what was acknowledged."""


class Exchange:
    """Keep orders and keys as an exchange does, without HTTP. Safe to use from several threads.

    >>> exchange = Exchange()
    >>> order = exchange.place("linear", "BTCUSDT", qty="2")
    >>> exchange.fill(order.order_id, "0.5").order_status
    'PartiallyFilled'

    Orders that are returned have the fields that the stream reports.

    Orders rest until a test fills them (`fill`) or sets a price that crosses them (`set_price`); `matching` has the
    rule. There are no balances and no positions: nothing is too much for the account, and `reduceOnly` and
    `closeOnTrigger` are carried, not obeyed.

    Args:
        clock: returns the exchange's time, UTC in ms.

    Attributes:
        clock: the same; exchange it for one that runs ahead or behind.
        faults: what goes wrong, and when.
        open_order_limits: how many open orders clients may have. They do not hold for `place`.
    """

    def __init__(self, *, clock: Clock = system_clock) -> None:
        self.clock: Clock = clock
        self.faults: Faults = Faults()
        self._keys: dict[str, Verify] = {}
        self.open_order_limits: OpenOrderLimits = OpenOrderLimits()
        self._records = Records()
        self._prices: dict[tuple[str, str], Decimal] = {}
        self._lock = threading.RLock()
        self._spot_ids = itertools.count(1523347543495541248)
        self._listeners: list[Callable[[Order], None]] = []

    def register_key(self, api_key: str, secret: str) -> None:
        """Let an API key in.

        Args:
            api_key: the key.
            secret: its HMAC secret, or its RSA public key as PEM.
        """
        self._keys[api_key] = verifier(secret)

    def verify(self, api_key: str) -> Verify | None:
        """Return what checks signatures of a key, None if the key is not registered.

        Args:
            api_key: the key.
        """
        return self._keys.get(api_key)

    def listen(self, listener: Callable[[Order], None]) -> Callable[[], None]:
        """Call a listener with every order that changes, faults or not, in the thread that changes it.

        It is called while the exchange is locked: let it be quick.

        Args:
            listener: is given the order, as the stream reports it.

        Returns:
            A function that ends the calls.
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
        trigger_price: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Order:
        """Place an order and return it, open. It rests, whatever its type, until `fill`, `end`, a price or a cancel.

        Args:
            category: product type.
            symbol: symbol, of any form; see `instruments` for the coins that it is taken to have.
            order_link_id: the caller's own id; empty for none. It can be used again once its order is closed.
            order_filter: kind of the order. Those with a trigger (`tpslOrder`, `StopOrder`; spot only) wait for
                `trigger`, or for a price.
            side: `Buy` or `Sell`.
            qty: quantity, in base coin; on inverse in contracts; in quote coin if it is a spot market order whose
                `market_unit` says so, or which buys and has none.
            price: price of the order and of its executions. A spot market order has only the latter.
            order_type: `Limit` or `Market`.
            market_unit: unit of `qty` of a spot market order, `baseCoin` or `quoteCoin`; None for the exchange's
                default.
            trigger_price: price that triggers the order; on spot, `order_filter` says whether it has one. None for no
                trigger, or for `price`.
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
            trigger_price=trigger_price,
            fields=fields or {},
        )
        problem = placement.validate()
        if problem:
            raise ValueError(problem)
        return self._place(placement)

    def _place(self, placement: Placement) -> Order:
        with self._lock:
            self._refuse_link_id_of_open_order(placement)
            last_price = self._last_price(placement.category, placement.symbol)
            order_id = str(next(self._spot_ids)) if placement.category == "spot" else str(uuid.uuid4())
            order = placement.to_order(order_id, self.clock(), text_of(last_price) if last_price else None)
            record = Record(
                number=len(self._records),
                order_filter=placement.kind,
                price=Decimal(placement.price),
                direction=direction_to_trigger(order, last_price) if placement.kind != "Order" else 0,
                states=[],
            )
            return self._change(record, order)

    def _refuse_link_id_of_open_order(self, placement: Placement) -> None:
        for record in self._records.of_link_id(placement.category, placement.order_link_id):
            if record.is_open and record.order.symbol == placement.symbol:
                problem = f"order_link_id {placement.order_link_id!r} is that of {record.order.order_id}, which is open"
                raise OrderRefused(link_id_taken(placement.category), problem)

    def order(self, order_id: str) -> Order:
        """Return an order as it stands now.

        Args:
            order_id: the order.

        Raises:
            KeyError: there is no such order.
        """
        return shown(self._records[order_id].order, "stream")

    def orders(self) -> list[Order]:
        """Return all orders that were ever placed, oldest first."""
        with self._lock:
            return [shown(record.order, "stream") for record in self._records.all()]

    def open_orders(self) -> list[Order]:
        """Return all orders that are open."""
        with self._lock:
            return [shown(record.order, "stream") for record in self._records.opened()]

    def fill(self, order_id: str, qty: str | None = None) -> Order:
        """Execute an open order at its price, and return it.

        Args:
            order_id: the order.
            qty: how much of it is executed, in base coin, on inverse in contracts; None for all that is left.

        Raises:
            ValueError: the order is closed, or less than `qty` is left, or nothing that can be executed at its price.
        """
        with self._lock:
            record = self._open_record(order_id)
            return self._change(record, filled(record.order, qty, record.price, self.clock()))

    def lose_race(self, order_id: str) -> None:
        """Fill an order as if a cancel of it had come a moment too late: the stream reports the fill twice.

        Args:
            order_id: the order; if it is closed, nothing happens.
        """
        with self._lock:
            record = self._records[order_id]
            if not record.is_open:
                return
            self.fill(order_id)
            reason = {"cancel_type": "CancelByUser", "reject_reason": "EC_OrigClOrdIDDoesNotExist"}
            self._publish(changed(shown(record.order, "stream"), **reason))

    def trigger(self, order_id: str) -> Order:
        """Trigger an order that waits for that, and return it: it is `Triggered`, and at once `New`.

        Args:
            order_id: the order.

        Raises:
            ValueError: the order does not wait for a trigger.
        """
        with self._lock:
            record = self._records[order_id]
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
        """Let the stream report once more, or more often, what an order is: also one that ended long ago.

        Args:
            order_id: the order.
            times: how often.
        """
        with self._lock:
            for _ in range(times):
                self._publish(self.order(order_id))

    def restart(self) -> None:
        """Restart the exchange: orders that are closed by now are in the history only, for good."""
        with self._lock:
            self._records.forget_closed()

    # ---- prices

    def set_price(self, symbol: str, price: str, category: Category | None = None) -> None:
        """Set the last price of a symbol: open orders that it crosses are filled, those that it triggers triggered.

        Orders that clients create from then on meet it too; `matching` has the rule.

        Args:
            symbol: symbol.
            price: the price, as a decimal number above 0.
            category: product type; None for all.

        Raises:
            ValueError: `price` is not such a number, or there is no such category.
        """
        number = read_number(price)
        if number is None:
            raise ValueError(f"price: must be a decimal number above 0, not {price!r:.40}")
        if category not in (None, *_CATEGORIES):
            raise ValueError(f"category: must be one of {', '.join(_CATEGORIES)}, or None, not {category!r:.40}")
        categories = _CATEGORIES if category is None else (category,)
        with self._lock:
            self._prices.update({(one, symbol): number for one in categories})
            for record in self._records.opened():
                order = record.order
                if order.symbol == symbol and order.category in categories:
                    self._meet_price(record, number)

    def _last_price(self, category: str, symbol: str) -> Decimal | None:
        return self._prices.get((category, symbol))

    def _meet_price(self, record: Record, price: Decimal) -> None:
        """Let an order that rests, or waits for its trigger, meet a price."""
        if record.order.order_status == "Untriggered":
            self._arrive(record)
        elif crosses(price, record.order):
            self._execute(record, price)

    def _arrive(self, record: Record) -> None:
        """Let an order that arrives, or waits for its trigger, meet the last price of its symbol."""
        price = self._last_price(str(record.order.category), record.order.symbol)
        if record.order.order_status == "Untriggered":
            if price is None or not is_triggered(record.order, record.direction, price):
                return
            self.trigger(record.order.order_id)
        reason = reason_to_cancel(record.order, price)
        if reason:
            self.end(record.order.order_id, cancelled_status(record.order), reject_reason=reason)
        elif price is not None and crosses(price, record.order):
            self._execute(record, price)

    def _execute(self, record: Record, price: Decimal) -> None:
        """Fill what is left of an order that a price crosses."""
        if record.order.order_type == "Market":
            record.price = price
        try:
            self.fill(record.order.order_id)
        except NothingLeftError:
            reason = "EC_CancelByOrderValueZero"
            self.end(record.order.order_id, cancelled_status(record.order), reject_reason=reason)

    # ---- what clients ask for

    def request_place(self, placement: Placement) -> tuple[Order, CarryOut] | Refusal:
        """Acknowledge an order: return it, open, and what lets it meet the last price later; or refuse.

        Args:
            placement: what the order is placed with.
        """
        with self._lock:
            last_price = self._last_price(placement.category, placement.symbol)
            if placement.order_type == "Market" and last_price:
                placement = evolve(placement, price=text_of(last_price))
            refusal = placement.refuse()
            if refusal:
                return refusal
            opened = ((one.order, one.order_filter) for one in self._records.opened())
            of_category = [(order.symbol, kind) for order, kind in opened if order.category == placement.category]
            refusal = self.open_order_limits.refuse(placement, of_category)
            if refusal:
                return refusal
            try:
                order = self._place(placement)
            except OrderRefused as error:
                return error.refusal
        return order, lambda: self._carry_out_place(order.order_id)

    def _carry_out_place(self, order_id: str) -> None:
        with self._lock:
            record = self._records[order_id]
            if record.is_open:
                self._arrive(record)

    def request_cancel(self, name: OrderName) -> tuple[Order, CarryOut] | Refusal:
        """Acknowledge a cancel: return the order and what carries the cancel out later; or refuse.

        Args:
            name: which order it is about.
        """
        with self._lock:
            record = self._records.find(name)
            if record is None:
                return not_found(name.category)
            if not record.is_open:
                return closed(name.category, str(record.order.order_status))
            return shown(record.order, "stream"), lambda: self._carry_out_cancel([record])

    def request_cancel_all(self, query: OrderQuery) -> tuple[list[Order], CarryOut]:
        """Acknowledge a cancel of all open orders that a query means: return them, and what cancels them later.

        Of linear and inverse orders these are at most 500, picked at random.

        Args:
            query: which orders it is about.
        """
        with self._lock:
            records = self._records.find_open(query)
            if query.category in ("linear", "inverse") and len(records) > MOST_CANCELLED:
                records = random.sample(records, MOST_CANCELLED)
            return [shown(record.order, "stream") for record in records], lambda: self._carry_out_cancel(records)

    def _carry_out_cancel(self, records: Sequence[Record]) -> None:
        with self._lock:
            for record in records:
                if record.is_open:
                    order, status = record.order, cancelled_status(record.order)
                    self._change(record, ended(order, status, "CancelByUser", "EC_PerCancelRequest", self.clock()))

    def _open_record(self, order_id: str) -> Record:
        record = self._records[order_id]
        if not record.is_open:
            raise ValueError(f"order {order_id} is closed: {record.order.order_status}")
        return record

    def _change(self, record: Record, order: Order) -> Order:
        self._records.change(record, order, monotonic())
        reported = shown(order, "stream")
        self._publish(reported)
        return reported

    def _publish(self, order: Order) -> None:
        for listener in list(self._listeners):
            listener(order)

    # ---- which orders a request means

    def find(self, name: OrderName) -> Order | None:
        """Return the order that a request to cancel names, None if there is none.

        Args:
            name: how the request names it.
        """
        with self._lock:
            record = self._records.find(name)
        return shown(record.order, "stream") if record else None

    def find_open(self, query: OrderQuery) -> list[Order]:
        """Return the open orders that a request to cancel all means.

        Args:
            query: which orders the request is about.
        """
        with self._lock:
            return [shown(record.order, "stream") for record in self._records.find_open(query)]

    def knows(self, order_id: str) -> bool:
        """Return whether there is an order of this id.

        Args:
            order_id: the id.
        """
        return order_id in self._records

    def query(self, query: OrderQuery) -> list[Order]:
        """Return the orders that the list of open and recently closed orders shows, newest first.

        Args:
            query: which orders the request is about.
        """
        lag = self.faults.lists.realtime_lag if query.seconds_ago is None else query.seconds_ago
        with self._lock:
            return self._records.query(query, monotonic() - lag)

    def query_history(self, query: OrderQuery) -> list[Order]:
        """Return the orders that the history shows, newest first.

        Args:
            query: which orders the request is about.
        """
        lag = self.faults.lists.history_lag if query.seconds_ago is None else query.seconds_ago
        with self._lock:
            return self._records.query_history(query, monotonic() - lag, self.clock())
