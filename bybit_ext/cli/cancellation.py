"""Cancel the orders that a command means, and show what became of each."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from attrs import frozen
from bybit_v5.models import Order

from bybit_ext.client import Bybit
from bybit_ext.errors import BybitError
from bybit_ext.orders.outcomes import CancelAllOutcome
from bybit_ext.orders.requests import CancelAllRequest, CancelOrderRequest, OrderName
from bybit_ext.results import CancelAccepted, CancelOutcome

from .exit_status import Exit, exit_of, worst
from .render import (
    OrderLabel,
    show_accepted,
    show_all_accepted,
    show_failure,
    show_interruption,
    show_none_open,
    show_note,
    show_outcome,
    show_placed_meanwhile,
    waiting,
)
from .requests import Scope

Result = CancelAccepted | CancelOutcome | BybitError
"""What became of one order."""


@frozen
class CancelSettings:
    """How orders are cancelled.

    Attributes:
        bybit: the client, with the deadline of the command.
        confirm: whether to wait until it is known how each order ended.
        as_json: whether to show the results as JSON.
    """

    bybit: Bybit
    confirm: bool
    as_json: bool

    def waiting(self, what: str) -> AbstractContextManager[Callable[[str], None] | None]:
        """Show what is waited for, if the end of the orders is."""
        return waiting(f"Waiting for {what} to end …") if self.confirm else nullcontext()


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
        names = ", ".join(str(label) for label in self._labels)
        return f"cancel {names} ({first.category}, {first.symbol})"

    @property
    def _labels(self) -> list[OrderLabel]:
        names = [OrderName.of(request) for request in self.requests]
        return [OrderLabel(name.order_id, name.order_link_id) for name in names]

    def cancel(self, settings: CancelSettings) -> Exit:
        """Cancel the orders, show one line for each in their order, and return the worst status."""
        known, statuses, as_json = dict[int, Result](), list[Exit](), settings.as_json
        try:
            known.update(enumerate(self._cancel(settings, known)))
            for place, label in enumerate(self._labels):
                statuses.append(show_result(known[place], label, as_json=as_json))
        except KeyboardInterrupt:
            for place, label in list(enumerate(self._labels))[len(statuses) :]:
                if place in known:
                    show_result(known[place], label, as_json=as_json)
                else:
                    show_interruption(label, as_json=as_json)
            return Exit.INTERRUPTED
        return worst(statuses)

    def _cancel(self, settings: CancelSettings, known: dict[int, Result]) -> Sequence[Result]:
        """Cancel the orders and return what became of each; of several, keep it by its place as soon as it is known."""
        bybit, requests = settings.bybit, self.requests
        if len(requests) > 1:
            what = f"{len(requests)} orders"
            with settings.waiting(what) as show:

                def keep(place: int, result: Result) -> None:
                    known[place] = result
                    if show:
                        show(f"Waiting for {what} to end: {len(known)} known …")

                cancel_batch = bybit.cancel_batch_and_confirm if settings.confirm else bybit.cancel_batch
                return cancel_batch(requests, on_result=keep)
        try:
            with settings.waiting(str(self._labels[0])):
                return [(bybit.cancel_and_confirm if settings.confirm else bybit.cancel_order)(requests[0])]
        except BybitError as error:
            return [error]


@frozen
class AllOrders:
    """All open orders of a category, scope and kind.

    Attributes:
        request: the request to cancel them.
        scope: what limits it to some of the category.
    """

    request: CancelAllRequest
    scope: Scope

    @property
    def intent(self) -> str:
        """What is about to be done, in words."""
        return f"cancel all open orders ({self._which})"

    @property
    def _which(self) -> str:
        category = self.request.category
        kind = self.request.order_filter or (
            "Order" if category == "spot" else "of all kinds"
        )  # as the exchange has it
        return f"{category}, {self.scope}, {kind}"

    def cancel(self, settings: CancelSettings) -> Exit:
        """Cancel the orders, show one line for each, and return the worst status.

        Raises:
            BybitError: of no order it is known what became of it; why.
        """
        as_json, known = settings.as_json, list[tuple[OrderLabel, Result]]()
        try:
            if not settings.confirm:
                show_all_accepted(settings.bybit.cancel_all(self.request), self._which, as_json=as_json)
                return Exit.ACCEPTED
            outcome = self._confirm(settings, known)
        except KeyboardInterrupt:
            for label, result in known:
                show_result(result, label, as_json=as_json)
            show_interruption(OrderLabel(), as_json=as_json, of_others=bool(known))
            return Exit.INTERRUPTED
        return _show_outcome_of_all(outcome, self._which, as_json=as_json)

    def _confirm(self, settings: CancelSettings, known: list[tuple[OrderLabel, Result]]) -> CancelAllOutcome:
        """Cancel the orders and return what became of them; keep what became of each as soon as it is known."""
        with settings.waiting("all of them") as show:

            def keep(order: Order, result: Result) -> None:
                known.append((OrderLabel.of(order), result))
                if show:
                    show(f"Waiting for all of them to end: {len(known)} known …")

            return settings.bybit.cancel_all_and_confirm(self.request, on_result=keep)


def show_result(result: Result, label: OrderLabel, *, as_json: bool, open_order: Order | None = None) -> Exit:
    """Show what became of an order, and return the status that it stands for.

    Args:
        result: what became of it.
        label: how it was named.
        as_json: whether to show it as JSON.
        open_order: the order, if it is known to be open still; None otherwise.
    """
    if isinstance(result, CancelAccepted):
        show_accepted(result, as_json=as_json)
        return Exit.ACCEPTED
    if isinstance(result, CancelOutcome):
        show_outcome(result, as_json=as_json)
        return Exit.ACCEPTED if result.cancelled else Exit.NOT_CANCELLED
    show_failure(result, label=label, open_order=open_order, as_json=as_json)
    return exit_of(result)


def _show_outcome_of_all(outcome: CancelAllOutcome, which: str, *, as_json: bool) -> Exit:
    """Show how each order ended that was open before, then what else is known, and return the worst status."""
    still_open = {order.order_id: order for order in outcome.still_open or ()}
    results: dict[str, tuple[OrderLabel, Result]] = {
        order.order_id: (OrderLabel.of(order), result)
        for order, result in zip(outcome.before, outcome.results, strict=True)
    }
    for order_id, (ids, error) in outcome.unlisted.items():
        results[order_id] = OrderLabel.of(ids), error
    statuses = [
        show_result(result, label, open_order=still_open.get(order_id), as_json=as_json)
        for order_id, (label, result) in results.items()
    ]
    for order in outcome.placed_meanwhile:
        if order.order_id not in results:
            show_placed_meanwhile(order, as_json=as_json)
    if not results:
        show_none_open(which, as_json=as_json)
    if outcome.still_open is None:
        show_note("The open orders could not be read afterwards: some may have been placed meanwhile.")
    return worst(statuses)
