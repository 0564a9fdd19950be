"""What has become of each order, and when: the truth to which results are held."""

from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager

from attrs import define, field, frozen
from bybit_v5.models import Order

from bybit_ext.auth.clock import system_clock
from bybit_ext.sandbox import Sandbox

OPEN = ("New", "PartiallyFilled", "Untriggered")


@frozen
class State:
    """What an order has been, since when in ms."""

    since: int
    order: Order


@define
class Ledger:
    """All states of all orders since it listens. Times are this machine's, as are those of the calls."""

    _states: defaultdict[str, list[State]] = field(factory=lambda: defaultdict[str, list[State]](list))
    _order_ids: defaultdict[str, list[str]] = field(factory=lambda: defaultdict[str, list[str]](list))

    def hear(self, order: Order) -> None:
        """Called by the exchange, while it is locked."""
        states = self._states[order.order_id]
        if not states:
            self._order_ids[order.symbol].append(order.order_id)
        if not states or is_open(states[-1].order):  # a lost race is reported twice
            states.append(State(system_clock(), order))

    def of_symbol(self, symbol: str) -> list[Order]:
        """Return the orders of a symbol as they are, oldest first."""
        return [self.order(order_id) for order_id in list(self._order_ids[symbol])]

    def order(self, order_id: str) -> Order:
        """Return an order as it is."""
        return self._states[order_id][-1].order

    def statuses(self, order_id: str) -> set[str]:
        """Return all statuses that an order has had."""
        return {state.order.order_status for state in self._states[order_id]}

    def opened_at(self, order_id: str) -> int:
        return self._states[order_id][0].since

    def was_open(self, order_id: str, since: float, until: float) -> bool:
        """Return whether an order was open at some moment of a time."""
        return self.opened_at(order_id) <= until and self.closed_at(order_id) >= since

    def was_open_throughout(self, order_id: str, since: float, until: float) -> bool:
        return self.opened_at(order_id) <= since and self.closed_at(order_id) > until

    def closed_at(self, order_id: str) -> float:
        """Return when an order ended; never is infinite."""
        last = self._states[order_id][-1]
        return float("inf") if is_open(last.order) else last.since


def is_open(order: Order) -> bool:
    return order.order_status in OPEN


@contextmanager
def ledger_of(exchange: Sandbox) -> Generator[Ledger]:
    ledger = Ledger()
    stop = exchange.listen(ledger.hear)
    try:
        yield ledger
    finally:
        stop()
