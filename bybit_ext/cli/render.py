"""What the command shows: results and errors, for people or as JSON."""

import json
from contextlib import AbstractContextManager
from typing import Any

import attrs
from bybit_v5.models import Order

from bybit_ext.errors import BybitError, OutcomeUnknown
from bybit_ext.results import CancelAccepted, CancelOutcome

from .console import err, out, plain, print_safely, print_text


def waiting(text: str) -> AbstractContextManager[object]:
    """Show a live line for as long as something is waited for; a terminal shows it, a file does not get it."""
    return err.status(plain(text))


def show_accepted(accepted: CancelAccepted, *, as_json: bool) -> None:
    """Show an acknowledgement."""
    if as_json:
        _print_json({"result": "accepted", **attrs.asdict(accepted)})
        return
    name = plain(accepted.order_id or accepted.order_link_id)
    text = f"[green]accepted[/]  The exchange took the request to cancel {name}. How it ends is yet to be seen."
    print_safely(out, text)


def show_outcome(outcome: CancelOutcome, *, as_json: bool) -> None:
    """Show how an order ended."""
    if as_json:
        quantities = {"filled_qty": str(outcome.filled_qty), "remaining_qty": str(outcome.remaining_qty)}
        result = "cancelled" if outcome.cancelled else "not cancelled"
        _print_json({"result": result, **attrs.asdict(outcome), **quantities, "order": outcome.order.to_dict()})
        return
    colour = "green" if outcome.cancelled else "yellow"
    filled = f"{outcome.filled_qty} {outcome.filled_unit} filled"
    remaining = f"{outcome.remaining_qty} {outcome.remaining_unit} not"
    source = "reported by the stream" if outcome.confirmed_by == "stream" else "read back"
    text = f"[{colour}]{plain(outcome.status)}[/]  {plain(outcome.order.order_id)}: {filled}, {remaining}, {source}."
    print_safely(out, text)


def show_update(order: Order, *, as_json: bool) -> None:
    """Show an order that changed."""
    if as_json:
        _print_json(order.to_dict())
        return
    name = plain(f"{order.category or ''} {order.symbol} {order.order_id} {order.order_link_id}".strip())
    filled = plain(f"{order.cum_exec_qty or 0} of {order.qty}")
    print_safely(out, f"[bold]{plain(order.order_status):24}[/] {name}, {filled}")


def show_failure(error: BybitError, result: str, *, as_json: bool) -> None:
    """Show an error."""
    if not as_json:
        print_safely(err, f"[red]{type(error).__name__}[/]  {plain(error)}")
        return
    fields = {"result": result, "error": type(error).__name__, "message": str(error), **attrs.asdict(error.evidence)}
    last_order = error.last_order if isinstance(error, OutcomeUnknown) else None
    _print_json({**fields, "last_order": last_order.to_dict() if last_order else None})


def show_interruption(name: str, *, as_json: bool) -> None:
    """Show what is known of a cancel that Ctrl-C interrupted."""
    message = (
        f"The cancel of {name} was interrupted. It may have been sent, and may yet take effect: how the order ends is "
        "unknown. Query the order before acting on it."
    )
    if as_json:
        _print_json({"result": "outcome unknown", "error": "Interrupted", "message": message})
    else:
        print_safely(err, f"[red]Interrupted[/]  {plain(message)}")


def _print_json(content: dict[str, Any]) -> None:
    print_text(json.dumps(content))
