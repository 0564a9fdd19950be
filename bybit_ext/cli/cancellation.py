"""Cancel the orders that a command names, and show what became of each."""

from collections.abc import Sequence
from time import monotonic

from attrs import frozen

from bybit_ext.client import Bybit
from bybit_ext.errors import BybitError, NotSent
from bybit_ext.orders.requests import CancelOrderRequest, OrderName
from bybit_ext.results import CancelAccepted, CancelOutcome

from .exit_status import Exit, exit_of, worst
from .render import OrderLabel, show_accepted, show_failure, show_interruption, show_outcome, waiting

Result = CancelAccepted | CancelOutcome | BybitError
"""What became of one order."""


@frozen
class CancelSettings:
    """How orders are cancelled.

    Attributes:
        bybit: the client.
        confirm: whether to wait until it is known how each order ended.
        deadline: seconds that it may take as a whole.
        as_json: whether to show the results as JSON.
    """

    bybit: Bybit
    confirm: bool
    deadline: float
    as_json: bool


@frozen
class NamedOrders:
    """The orders that were named by their ids, all of one category and symbol.

    Attributes:
        requests: one for each.
    """

    requests: Sequence[CancelOrderRequest]

    @property
    def intent(self) -> str:
        """What is about to be done, in words."""
        first = self.requests[0]
        names = ", ".join(str(label_of(request)) for request in self.requests)
        return f"cancel {names} ({first.category}, {first.symbol})"

    def cancel(self, settings: CancelSettings) -> Exit:
        """Cancel the orders, show one line for each in their order, and return the worst status.

        Ctrl-C ends it. The orders that were being cancelled are then reported as unknown, those after them as not sent.
        """
        end = monotonic() + settings.deadline
        labels = [label_of(request) for request in self.requests]
        statuses: list[Exit] = []
        sent = 0
        try:
            for call in _calls(self.requests):
                sent += len(call)
                for result in _cancel(settings, call, end - monotonic()):
                    statuses.append(show_result(result, labels[len(statuses)], as_json=settings.as_json))
        except KeyboardInterrupt:
            show_interruption(labels[len(statuses) : sent], labels[sent:], as_json=settings.as_json)
            return Exit.INTERRUPTED
        return worst(statuses)


def label_of(order: CancelOrderRequest) -> OrderLabel:
    """Return how a request names its order."""
    name = OrderName.of(order)
    return OrderLabel(name.order_id, name.order_link_id)


def show_result(result: Result, label: OrderLabel, *, as_json: bool) -> Exit:
    """Show what became of an order, and return the status that it stands for."""
    if isinstance(result, CancelAccepted):
        show_accepted(result, as_json=as_json)
        return Exit.ACCEPTED
    if isinstance(result, CancelOutcome):
        show_outcome(result, as_json=as_json)
        return Exit.ACCEPTED if result.cancelled else Exit.NOT_CANCELLED
    show_failure(result, label=label, as_json=as_json)
    return exit_of(result)


def _calls(orders: Sequence[CancelOrderRequest]) -> list[Sequence[CancelOrderRequest]]:
    """Return the orders by the call that cancels them."""
    return [[order] for order in orders]


def _cancel(settings: CancelSettings, orders: Sequence[CancelOrderRequest], seconds: float) -> Sequence[Result]:
    """Cancel the orders of one call, and return what became of each."""
    if seconds <= 0:
        return [NotSent("The deadline passed before it was this order's turn.")]
    (order,) = orders
    try:
        if not settings.confirm:
            return [settings.bybit.cancel_order(order, deadline=seconds)]
        with waiting(f"Waiting for {label_of(order)} to end …"):
            return [settings.bybit.cancel_and_confirm(order, deadline=seconds)]
    except BybitError as error:
        return [error]
