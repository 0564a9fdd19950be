"""What the command shows: results and errors, for people or as JSON."""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import attrs
from bybit_v5.models import Order, OrderIds
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bybit_ext.errors import BybitError, OutcomeUnknown
from bybit_ext.results import CancelAccepted, CancelAllAccepted, CancelOutcome

from .console import err, out, plain, print_safely, print_text
from .exit_status import exit_of

_ROOM_FOR_TABLE = 40  # characters that a terminal needs to show the four columns at all
_ROOM_FOR_IDS = 80  # characters that a line needs to show ids of 36, as most are, beside all else


@attrs.frozen
class OrderLabel:
    """How an order was named, to show beside what became of it. Without an id, it stands for all of them.

    Attributes:
        order_id: the exchange's id; None if it is not known.
        order_link_id: the caller's own id; None if it is not known.
    """

    order_id: str | None = None
    order_link_id: str | None = None

    @classmethod
    def of(cls, order: Order | OrderIds) -> "OrderLabel":
        """Return how an order is named that the exchange named."""
        return cls(order.order_id or None, order.order_link_id or None)

    def __str__(self) -> str:
        return self.order_id or self.order_link_id or "all open orders"


@contextmanager
def waiting(text: str) -> Generator[Callable[[str], None], None, None]:
    """Show a live line for as long as something is waited for; a terminal shows it, a file does not get it.

    It yields what changes the line.
    """
    status = err.status(plain(text))
    with suppress(OSError, UnicodeError):  # the terminal may be gone: what is waited for counts
        status.start()
    try:
        yield lambda text: status.update(plain(text))
    finally:
        with suppress(OSError, UnicodeError):
            status.stop()


def show_intent(host: str, intent: str) -> None:
    """Show what is about to be done, and where."""
    print_safely(err, f"On [bold]{plain(host)}[/]: {plain(intent)}.")


def show_accepted(accepted: CancelAccepted, *, as_json: bool) -> None:
    """Show an acknowledgement."""
    if as_json:
        _print_json({"result": "accepted", **accepted.to_dict()})
        return
    name = plain(accepted.order_id or accepted.order_link_id)
    text = f"[green]accepted[/]  The exchange took the request to cancel {name}. How it ends is yet to be seen."
    print_safely(out, text)


def show_all_accepted(accepted: CancelAllAccepted, which: str, *, as_json: bool) -> None:
    """Show the acknowledgement of a cancel of all orders of a kind, one line for each order that it names."""
    about = {field.name: getattr(accepted, field.name) for field in attrs.fields(CancelAllAccepted)}
    del about["orders"]
    for ids in accepted.orders:
        one = CancelAccepted(order_id=ids.order_id or None, order_link_id=ids.order_link_id or None, **about)
        show_accepted(one, as_json=as_json)
    if not accepted.orders:
        show_none_open(which, as_json=as_json)


def show_none_open(which: str, *, as_json: bool) -> None:
    """Show which orders there were none of to cancel; in JSON, which has one object for each order, nothing."""
    if not as_json:
        print_safely(out, f"[green]accepted[/]  There was no open order to cancel ({plain(which)}).")


def show_placed_meanwhile(order: Order, *, as_json: bool) -> None:
    """Show an order that is open after all were cancelled, because it was placed after that had begun."""
    if as_json:
        label = OrderLabel.of(order)
        _print_json({"result": "placed meanwhile", **attrs.asdict(label), "order": order.to_dict()})
        return
    name = f"{plain(order.order_id)}: {plain(order.symbol)}"
    print_safely(out, f"[yellow]placed meanwhile[/]  {name} {_summary(order)}. It is open.")


def show_note(text: str) -> None:
    """Show what is to be known beside the results."""
    print_safely(err, f"[yellow]Note[/]  {plain(text)}")


def show_outcome(outcome: CancelOutcome, *, as_json: bool) -> None:
    """Show how an order ended."""
    if as_json:
        _print_json({"result": "cancelled" if outcome.cancelled else "not cancelled", **outcome.to_dict()})
        return
    colour = "green" if outcome.cancelled else "yellow"
    filled = f"{outcome.filled_qty} {outcome.filled_unit} filled"
    remaining = f"{outcome.remaining_qty} {outcome.remaining_unit} not"
    source = "reported by the stream" if outcome.confirmed_by == "stream" else "read back"
    text = f"[{colour}]{plain(outcome.status)}[/]  {plain(outcome.order.order_id)}: {filled}, {remaining}, {source}."
    print_safely(out, text)


def show_order(order: Order, *, as_json: bool) -> bool:
    """Show an order in one line; return whether it could be printed."""
    if as_json:
        return _print_json(order.to_dict())
    name = plain(f"{order.category or ''} {order.symbol} {order.order_id} {order.order_link_id}".strip())
    return print_safely(out, f"[bold]{plain(order.order_status):24}[/] {name}, {_summary(order)}")


def show_orders(orders: Sequence[Order], host: str, *, as_json: bool) -> bool:
    """Show the open orders of a host: as a table on a terminal that has room for it, else one line for each.

    Returns:
        Whether all of them could be printed.
    """
    if as_json or not out.is_terminal or out.width < _ROOM_FOR_TABLE:
        return all(show_order(order, as_json=as_json) for order in orders)
    return print_safely(out, _table_of(orders, host), fold=True)


def show_failure(
    error: BybitError, *, label: OrderLabel | None = None, open_order: Order | None = None, as_json: bool
) -> None:
    """Show an error.

    Args:
        error: what went wrong.
        label: the order that it is about; None if it is about the command as a whole.
        open_order: the order, if it is known to be open still; None otherwise.
        as_json: whether to show it as JSON.
    """
    if not as_json:
        name = f"{plain(label)}: " if label else ""
        still = " It is still open." if open_order else ""
        print_safely(err, f"[red]{type(error).__name__}[/]  {name}{plain(error)}{still}")
        return
    last_order = open_order or (error.last_order if isinstance(error, OutcomeUnknown) else None)
    about = {**attrs.asdict(label or OrderLabel()), "last_order": last_order.to_dict() if last_order else None}
    _print_json({"result": exit_of(error).words, **error.to_dict(), **about})


def show_interruption(label: OrderLabel, *, as_json: bool, of_others: bool = False) -> None:
    """Show what is known of a cancel that Ctrl-C interrupted: that it may have been sent.

    Args:
        label: the order that it is about, or all of them.
        as_json: whether to show it as JSON.
        of_others: whether it is about all of them but those that are shown.
    """
    orders = "all other open orders" if of_others else label
    message = (
        f"The cancel of {orders} was interrupted. It may have been sent, and may yet take effect: the outcome is "
        "unknown. See the open orders and the history before acting on it."
    )
    if as_json:
        unknown = {"result": "outcome unknown", **attrs.asdict(label)}
        _print_json({**unknown, "error": "Interrupted", "message": message})
    else:
        print_safely(err, f"[red]Interrupted[/]  {plain(message)}")


def _table_of(orders: Sequence[Order], host: str) -> Table:
    table = Table(title=f"Open orders on {plain(host)}: {len(orders)}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("Placed (UTC)", "Status", "Order"):
        table.add_column(heading, overflow="fold")
    # An id that is cut cannot be copied, and one that is broken hardly: where there is room, the others give way.
    table.add_column("Order id, link id", overflow="fold", no_wrap=out.width >= _ROOM_FOR_IDS)
    for order in orders:
        ids = "\n".join(plain(one) for one in (order.order_id, order.order_link_id) if one)
        table.add_row(
            plain(_time_of(order)), plain(order.order_status), f"{plain(order.symbol)} {_summary(order)}", ids
        )
    return table


def _summary(order: Order) -> str:
    return ", ".join(plain(one) for one in (_terms_of(order), _filled_of(order)) if one)


def _terms_of(order: Order) -> str:
    """Return side, type, price and trigger of an order as far as it has them, like "Buy Limit at 25000"."""
    price = f"at {order.price}" if order.price and order.price != "0" else ""
    trigger = f"with trigger {order.trigger_price}" if order.trigger_price and order.trigger_price != "0" else ""
    return " ".join(str(one) for one in (order.side, order.order_type, price, trigger) if one)


def _filled_of(order: Order) -> str:
    return f"{order.cum_exec_qty or 0} of {order.qty}"


def _time_of(order: Order) -> str:
    try:
        return datetime.fromtimestamp(int(order.created_time) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):  # shown as the exchange wrote it
        return order.created_time


def _print_json(content: dict[str, Any]) -> bool:
    return print_text(json.dumps(content))
