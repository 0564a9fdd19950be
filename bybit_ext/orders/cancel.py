"""Ask the exchange to cancel one order, and again where that is safe."""

from bybit_ext.calls.flow import Flow, Sleep, backoff_delay
from bybit_ext.errors import BybitError, NotCancellable, OrderClosed, OrderNotFound, OutcomeUnknown
from bybit_ext.results import CancelAccepted

from .order_calls import OrderCalls, shows
from .reports import Reports
from .tracker import is_worth_resending

_MIN_WAIT = 0.01  # seconds; anything shorter is treated as expired


def cancel_flow(calls: OrderCalls) -> Flow[CancelAccepted]:
    """Return the acknowledgement.

    By order id, the call itself sends again. By link id, an outcome that is unknown is looked into first, because the
    id may name a newer order by then; what is sent again names the order by the exchange's id.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: the request may have been carried out.
        NotSent: nothing left this machine.
    """
    try:
        return (yield from calls.cancel())
    except (OutcomeUnknown, NotCancellable) as error:
        if calls.identity.name.order_id or not is_worth_resending(error) or not calls.may_send_again:
            raise
        unclear = error
    return (yield from _cancel_by_id(calls, unclear))


def _cancel_by_id(calls: OrderCalls, unclear: OutcomeUnknown | NotCancellable) -> Flow[CancelAccepted]:
    """Find the order that a cancel by link id meant, and cancel it by its id."""
    reports = Reports(calls.identity)
    refused: dict[str, BybitError] = {}
    readings = 0
    while True:
        yield from _read(calls, reports)
        readings += 1
        meant = reports.meant  # once: what its cancel brings can change what is known of the exchange's clock
        if meant:
            order_id = meant.order.order_id
            try:
                if order_id not in refused:
                    return (yield from calls.cancel(order_id))
            except (OrderNotFound, OrderClosed) as error:
                refused[order_id] = error
            if meant.is_final:  # it ended during the call, so it is the one
                raise refused[order_id]
        wait = backoff_delay(readings, longest=1.0)
        if wait + _MIN_WAIT > calls.limits.deadline.remaining:
            if isinstance(unclear, NotCancellable):
                raise unclear
            raise OutcomeUnknown(unclear.args[0], unclear.evidence, last_order=reports.last_order)
        yield Sleep(wait)


def _read(calls: OrderCalls, reports: Reports) -> Flow[None]:
    for which in ("open orders", "history"):
        try:
            found = yield from calls.read(which)
        except BybitError:  # then there is nothing to go by, and the unknown outcome is what is known
            continue
        for order in found.orders:
            reports.add(order, "read-back")
        if shows(found, calls.identity):
            return
