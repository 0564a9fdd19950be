"""What came of a call, for the page: the result or the error in the terms of this package, as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, cast

import attrs

from bybit_ext.errors import BybitError, NotSent, Refused
from bybit_ext.orders.identity import FINAL
from bybit_ext.orders.outcomes import CancelAllOutcome
from bybit_ext.results import CancelOutcome, OrderAccepted, as_json

_NONE_OPEN = (
    "There was no open order of the kind that was asked for. On spot that is Order, unless orderFilter names another."
)

Kind = Literal["done", "not done", "refused", "unknown", "not sent"]
"""done: it is what was asked for. not done: it is known, and is something else. unknown: nobody can say."""


@attrs.frozen
class Verdict:
    """What came of a call.

    Attributes:
        kind: how good that is.
        name: the class of the result or of the error.
        headline: the verdict in a word or two.
        text: the verdict in a sentence.
        advice: what to do next; empty if nothing is to be done.
        details: the result or the error, field by field.
    """

    kind: Kind
    name: str
    headline: str
    text: str
    advice: str = ""
    details: Any = None


def verdict_of(result: Any) -> Verdict:
    """Return the verdict that a result or an error stands for; of a list, that on all of it."""
    if isinstance(result, list):
        return _of_many(cast("list[object]", result))
    name, details = type(result).__name__, as_json(result)
    if isinstance(result, BybitError):
        kind, headline = _kind_of(result)
        return Verdict(kind, name, headline, result.facts, result.advice, details)
    if isinstance(result, CancelOutcome):
        return Verdict("done" if result.cancelled else "not done", name, result.status, _say(result), "", details)
    if isinstance(result, CancelAllOutcome):
        return attrs.evolve(_of_all(result), name=name, details=details)
    if isinstance(result, OrderAccepted):
        return attrs.evolve(_of_placed(result), name=name, details=details)
    return Verdict("done", name, "Accepted", "The exchange accepted the request, and its answer was read.", "", details)


def _kind_of(error: BybitError) -> tuple[Kind, str]:
    if isinstance(error, NotSent):
        return "not sent", "Not sent"
    is_refused = isinstance(error, Refused) and not error.earlier_send_may_have_cancelled
    return ("refused", "Refused") if is_refused else ("unknown", "Outcome unknown")


def _say(outcome: CancelOutcome) -> str:
    source = "by the private stream" if outcome.confirmed_by == "stream" else "by reading the order back"
    took = f"{outcome.confirmed_at - outcome.requested_at} ms after the call began"
    filled = f"{outcome.filled_qty} {outcome.filled_unit} filled"
    return f"{filled}, {outcome.remaining_qty} {outcome.remaining_unit} not. Confirmed {source}, {took}."


def _of_placed(accepted: OrderAccepted) -> Verdict:
    """Return the verdict on a new order: the answer, or where that got lost what a query showed."""
    order = accepted.order
    if order is None:
        text = "The exchange took the order. It can still be rejected, which the stream reports."
        return Verdict("done", "", "Accepted", text)
    text = f"The answer got lost, but a query showed the order: {order.order_status}, filled {order.cum_exec_qty or 0}"
    text += f" of {order.qty}, reject reason {order.reject_reason or 'none'}."
    has_failed = order.order_status in FINAL and order.order_status != "Filled"
    return Verdict("not done" if has_failed else "done", "", order.order_status, text)


def _of_all(outcome: CancelAllOutcome) -> Verdict:
    """Return the verdict on all orders of a kind: on those that were open, those that were named, and what is open."""
    unlisted = outcome.unlisted
    verdict = _of_many([*outcome.results, *(error for _, error in unlisted.values())])
    ids_of_results = {order.order_id for order in outcome.before} | unlisted.keys()
    still_open = [order.order_id for order in outcome.still_open or () if order.order_id in ids_of_results]
    placed = [order.order_id for order in outcome.placed_meanwhile if order.order_id not in ids_of_results]
    if unlisted:
        text = f"The exchange named orders that it had not listed as open: {', '.join(unlisted)}."
        verdict = _add(verdict, "unknown", "", text)
    if outcome.refusal:
        verdict = _add(verdict, "refused", "", f"The request for all: {outcome.refusal.facts}")
    if still_open:
        verdict = _add(verdict, "not done", f"{len(still_open)} still open", f"Still open: {', '.join(still_open)}.")
    if placed:
        text = f"Placed meanwhile, and open: {', '.join(placed)}."
        verdict = _add(verdict, "not done", f"{len(placed)} placed meanwhile", text)
    if outcome.still_open is None:
        text = "The open orders could not be read afterwards: some may have been placed meanwhile."
        verdict = _add(verdict, "unknown", "open orders not read", text, "See the open orders before acting on it.")
    return verdict


def _add(verdict: Verdict, kind: Kind, headline: str, text: str, advice: str = "") -> Verdict:
    """Return a verdict with what else is known, which can only make it worse."""
    return attrs.evolve(
        verdict,
        kind=min(verdict.kind, kind, key=_WORST_FIRST.index),
        headline=", ".join(filter(None, (verdict.headline, headline))),
        text=f"{verdict.text} {text}",
        advice=verdict.advice or advice,
    )


def _of_many(results: Sequence[object]) -> Verdict:
    """Return the verdict on several orders: as good as the worst of theirs."""
    verdicts = [verdict_of(result) for result in results]
    counts = Counter(one.headline for one in verdicts)
    headline = ", ".join(f"{count} {headline}" for headline, count in counts.items()) or "No order"
    names = Counter(one.name for one in verdicts)
    text = "Each order has a verdict of its own." if verdicts else _NONE_OPEN
    kinds: set[Kind] = {one.kind for one in verdicts}
    worst = min(kinds, key=_WORST_FIRST.index) if kinds else "done"
    advice = next((one.advice for one in verdicts if one.kind == worst and one.advice), "")
    return Verdict(worst, " and ".join(names) or "list", headline, text, advice, as_json(results))


_WORST_FIRST: list[Kind] = ["unknown", "not sent", "refused", "not done", "done"]
