"""The exchange's state: keys, orders, and what a cancel or a fill does to them. No HTTP here."""

import itertools
import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from attrs import define, evolve, frozen
from bybit_v5.models import Category, Order, OrderFilter
from bybit_v5.types import UNSET

from ..auth.clock import Clock, system_clock
from ..calls.validation import validate_type

from .faults import Faults
from .exceptions import Refusal, closed, not_found
from .signatures import Verify, verifier

_OPEN = ("New", "PartiallyFilled", "Untriggered")
_CLOSED_KEPT = 500
_UNTRIGGERED = ("tpslOrder", "StopOrder")


@define
class _Placed:
    order: Order
    order_filter: OrderFilter

    @property
    def is_open(self) -> bool:
        return self.order.order_status in _OPEN


@frozen
class OrderName:
    """How a request names an order."""

    category: str
    symbol: str
    order_id: str | None
    order_link_id: str | None
    order_filter: str | None = None


class Exchange:
    """Keys and orders. Safe to use from several threads.

    Args:
        clock: tells the exchange's time in ms.

    Attributes:
        clock: the same; exchange it for one that runs ahead or behind.
        faults: what goes wrong, and when.
    """

    def __init__(self, *, clock: Clock = system_clock) -> None:
        self.clock = clock
        self._keys: dict[str, Verify] = {}
        self._orders: dict[str, _Placed] = {}
        self._lock = threading.RLock()
        self._spot_ids = itertools.count(1523347543495541248)
        self._listeners: list[Callable[[Order], None]] = []
        self.faults = Faults()

    def register_key(self, api_key: str, secret: str) -> None:
        """Let an API key in: with its HMAC secret, or with its RSA public key as PEM."""
        self._keys[api_key] = verifier(secret)

    def verify(self, api_key: str) -> Verify | None:
        """Return what checks signatures of a key, None if the key is not registered."""
        return self._keys.get(api_key)

    def place(  # noqa: PLR0913 - an order has as many sides
        self,
        category: Category,
        symbol: str,
        *,
        order_link_id: str = "",
        order_filter: OrderFilter = "Order",
        side: Literal["Buy", "Sell"] = "Buy",
        qty: str = "1",
        price: str = "100",
    ) -> Order:
        """Place an order and return it, open. Spot orders with a trigger (`tpslOrder`, `StopOrder`) wait for it.

        Raises:
            ValueError: the exchange has no such orders.
        """
        if order_filter != "Order" and category != "spot":
            raise ValueError("order_filter: exists on spot only")
        now = str(self.clock())
        with self._lock:
            order = Order(
                category=category,
                symbol=symbol,
                order_id=str(next(self._spot_ids)) if category == "spot" else str(uuid.uuid4()),
                order_link_id=order_link_id,
                side=side,
                order_type="Limit",
                order_status="Untriggered" if order_filter in _UNTRIGGERED else "New",
                cancel_type="UNKNOWN",
                reject_reason="EC_NoError",
                price=price,
                qty=qty,
                cum_exec_qty="0",
                cum_exec_value="0",
                leaves_qty=qty,
                avg_price="",
                created_time=now,
                updated_time=now,
            )
            problem = validate_type(category, Category, "category") or validate_type(order, Order, "")
            if problem or not (_is_number(qty) and _is_number(price)):
                raise ValueError(problem or "qty and price: must be decimal numbers")
            self._orders[order.order_id] = _Placed(order, order_filter)
            self._publish(order)
        return order

    def order(self, order_id: str) -> Order:
        """Return an order as it stands now."""
        return self._orders[order_id].order

    def fill(self, order_id: str, qty: str | None = None) -> Order:
        """Execute an open order at its price, all of it or `qty`, and return it."""
        with self._lock:
            placed = self._orders[order_id]
            order = placed.order
            if not placed.is_open:
                raise ValueError(f"order {order_id} is closed: {order.order_status}")
            executed = Decimal(order.cum_exec_qty) + Decimal(qty or str(order.leaves_qty))
            leaves = Decimal(order.qty) - executed
            if leaves < 0:
                raise ValueError(f"qty: order {order_id} has only {order.leaves_qty} left")
            placed.order = evolve(
                order,
                order_status="PartiallyFilled" if leaves else "Filled",
                cum_exec_qty=str(executed),
                cum_exec_value=str(executed * Decimal(str(order.price))),
                leaves_qty=str(leaves),
                avg_price=order.price,
                updated_time=str(self.clock()),
            )
            self._publish(placed.order)
            return placed.order

    def listen(self, listener: Callable[[Order], None]) -> Callable[[], None]:
        """Call a listener with every order that changes, in any thread. Returns what ends that."""
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def lose_race(self, order_id: str) -> None:
        """Fill an open order as if a cancel of it had come a moment too late: the stream tells the fill twice."""
        with self._lock:
            if not self._orders[order_id].is_open:
                return
            filled = self.fill(order_id)
            self._publish(evolve(filled, cancel_type="CancelByUser", reject_reason="EC_OrigClOrdIDDoesNotExist"))

    def request_cancel(self, name: OrderName) -> tuple[Order, Callable[[], None]] | Refusal:
        """Acknowledge a cancel: return the order and what carries the cancel out later; or refuse."""
        with self._lock:
            placed = self._find(name)
            if placed is None:
                return not_found(name.category)
            if not placed.is_open:
                return closed(name.category, str(placed.order.order_status))
            return placed.order, lambda: self._carry_out_cancel(placed)

    def query(self, name: OrderName) -> list[Order]:
        """Return open orders and the most recently closed ones, newest first."""
        with self._lock:
            found = [placed for placed in reversed(self._candidates(name)) if _matches(placed, name)]
        closed_ones = [placed.order.order_id for placed in found if not placed.is_open]
        forgotten = set(closed_ones[_CLOSED_KEPT:])
        # Only the stream's orders name their category.
        return [evolve(p.order, category=UNSET) for p in found if p.order.order_id not in forgotten]

    def open_orders(self) -> list[Order]:
        """Return all orders that are open."""
        with self._lock:
            return [placed.order for placed in self._orders.values() if placed.is_open]

    def find(self, name: OrderName) -> Order | None:
        """Return the order that a request to cancel names, None if there is none."""
        with self._lock:
            placed = self._find(name)
        return placed.order if placed else None

    def _find(self, name: OrderName) -> _Placed | None:
        with_filter = evolve(name, order_filter=name.order_filter or "Order")
        found = [placed for placed in self._candidates(name) if _matches(placed, with_filter)]
        # A link id may be used again once its order is closed: the open one is meant.
        return next((placed for placed in found if placed.is_open), found[-1] if found else None)

    def _candidates(self, name: OrderName) -> list[_Placed]:
        if name.order_id is None:
            return list(self._orders.values())
        placed = self._orders.get(name.order_id)
        return [placed] if placed else []

    def _carry_out_cancel(self, placed: _Placed) -> None:
        with self._lock:
            if not placed.is_open:
                return
            order = placed.order
            placed.order = evolve(
                order,
                order_status=_cancelled_status(order),
                cancel_type="CancelByUser",
                reject_reason="EC_PerCancelRequest",
                leaves_qty="0",
                updated_time=str(self.clock()),
            )
            self._publish(placed.order)

    def _publish(self, order: Order) -> None:
        for listener in list(self._listeners):
            listener(order)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except (ArithmeticError, TypeError):
        return False


def _cancelled_status(order: Order) -> str:
    if order.order_status == "Untriggered":
        return "Deactivated"
    if order.category == "spot" and order.order_status == "PartiallyFilled":
        return "PartiallyFilledCanceled"
    return "Cancelled"


def _matches(placed: _Placed, name: OrderName) -> bool:
    order = placed.order
    if (order.category, order.symbol) != (name.category, name.symbol):
        return False
    if name.category == "spot" and name.order_filter not in (None, placed.order_filter):
        return False
    if name.order_id:  # it goes first; a link id beside it is ignored
        return order.order_id == name.order_id
    return name.order_link_id in (None, order.order_link_id)
