"""Cancel several orders by as few requests as the exchange allows, and tell them apart.

An answer to a batch acknowledges the batch: each order has its own code. An order whose code asks to try again goes
into the next batch; one that is named by the exchange's id does so too when no clear answer came. Spot orders that
name their kind are cancelled one by one: a batch cannot name it.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from itertools import groupby
from typing import Any, cast

from attrs import define, evolve, field
from bybit_v5.api.trade import cancel_batch, cancel_order
from bybit_v5.models import BatchCancelByOrderId, BatchCancelByOrderLinkId, CancelBatch, CancelSpotBatch

from bybit_ext.calls.call import MIN_SEND_TIME, Caller, Limits, Process, call_flow
from bybit_ext.calls.evidence import cut_message
from bybit_ext.calls.flow import CallTime, Flow, Sleep
from bybit_ext.calls.hooks import Hook
from bybit_ext.calls.operations import BuiltRequest, build_request
from bybit_ext.calls.responses import RawReply, read_reply
from bybit_ext.calls.retry import IDEMPOTENT, SAFE, RetryState, retry_rate_limit, wait_before_next
from bybit_ext.calls.strict_json import object_fields
from bybit_ext.calls.validation import parse_integer
from bybit_ext.document import longest_list
from bybit_ext.errors import BybitError, Forbidden, NotSent, OutcomeUnknown, RateLimited, error_class_for
from bybit_ext.results import CancelAccepted, Evidence

from .order_calls import process_acknowledgement
from .requests import CancelOrderRequest, OrderName, sendable_id

# A rate limit is that of a category: orders of others need not wait for it.
_POLICY = [rule for rule in SAFE if rule is not retry_rate_limit]

Answer = CancelAccepted | BybitError
"""What a batch brings for one order."""
Entry = tuple[dict[str, Any], dict[str, Any]]
"""What an answer says of one order: how it names it, and what became of it."""
SendBatch = Callable[[Sequence["BatchItem"], Callable[["BatchItem"], None]], Flow[None]]
"""Sends the cancels of some orders, and passes each on as soon as it has its answer."""


@define(eq=False)
class BatchItem:
    """One order to cancel.

    Attributes:
        request: the cancel as it was asked for.
        name: how it names the order.
        state: what the sends of its cancel have brought.
        evidence: what the last answer about it said.
        answer: what became of the request; None until that is known.
    """

    request: CancelOrderRequest
    name: OrderName = field(init=False)
    state: RetryState = field(factory=RetryState)
    evidence: Evidence = field(factory=Evidence)
    answer: Answer | None = None

    def __attrs_post_init__(self) -> None:
        self.name = OrderName.of(self.request)

    def to_json(self) -> dict[str, Any]:
        """Return it as the item of a batch."""
        fields = self.request.to_dict().items()
        return {name: value for name, value in fields if name != "category" and value is not None}


@define
class BatchCalls:
    """Sends cancels in batches.

    Attributes:
        caller: who calls.
        time: the time of the call.
        base_path: what stands before the document's paths.
        limits: how long all of them may take, and how often each may be sent.
    """

    caller: Caller
    time: CallTime
    base_path: str
    limits: Limits

    def cancel(self, items: Sequence[BatchItem], on_answer: Callable[[BatchItem], None]) -> Flow[None]:
        """Ask to cancel orders, and again those where that is safe and useful.

        Args:
            items: the orders.
            on_answer: called with each item as soon as it has its answer.
        """
        pending = list(items)
        is_blocked = False
        while pending:
            again: list[BatchItem] = []
            longest = 0.0
            limited: set[str] = set()  # categories of which no more is sent until their rate limit resets
            for part in _split(pending):
                if part[0].name.category in limited:
                    again += part
                    continue
                if is_blocked:
                    _leave_unsent(part, on_answer)
                    continue
                yield from self._send(part)
                is_blocked = isinstance(part[0].answer, Forbidden)
                for item in part:
                    wait = self._wait_before_next(item)
                    if wait is None:
                        on_answer(item)
                        continue
                    again.append(item)
                    longest = max(longest, wait)
                    if isinstance(item.answer, RateLimited):
                        limited.add(item.name.category)
            pending = again
            if longest:
                yield Sleep(longest)

    def answer_each(self, items: list[BatchItem], on_result: Hook) -> Flow[list[Answer]]:
        """Ask to cancel orders, tell what became of each request as it is known, and return it, in their order."""
        places = {item: place for place, item in enumerate(items)}
        yield from self.cancel(items, lambda item: on_result.tell(places[item], item.answer))
        return [item.answer for item in items if item.answer is not None]

    def _send(self, part: list[BatchItem]) -> Flow[None]:
        """Send one request, and give each of its items what it brought."""
        state = _state_before(part)
        failed_before = state.failures
        built, process = _build(part, self.base_path)
        call_failed = False
        try:
            if self.limits.deadline.remaining < MIN_SEND_TIME:
                raise NotSent("The deadline passed before the request could be sent.")
            answers, evidence = yield from call_flow(
                built,
                process,
                caller=self.caller,
                time=self.time,
                limits=self.limits,
                policy=_POLICY,
                state=state,
            )
        except BybitError as error:
            answers, evidence, call_failed = [copy_error(error) for _ in part], error.evidence, True
        failures = state.failures - failed_before - call_failed  # what failed last is counted with each answer
        for item, answer in zip(part, answers, strict=True):
            _take(item, answer, evidence, state, failures)

    def _wait_before_next(self, item: BatchItem) -> float | None:
        """Return how long to wait before an item is sent again; None if its answer is the last one."""
        error = item.answer
        if not isinstance(error, BybitError):
            return None
        wait = wait_before_next(IDEMPOTENT if item.name.order_id else SAFE, error, item.state)
        if wait is not None and isinstance(error, RateLimited) and error.evidence.server_time is not None:
            error.retry_at = error.evidence.server_time + round(wait * 1000)
        if wait is not None and self.limits.allow(wait, item.state):
            return wait
        item.answer = item.state.final_error(error)
        return None


def _leave_unsent(part: list[BatchItem], on_answer: Callable[[BatchItem], None]) -> None:
    """Give items their answer whose request must not follow one that the exchange turned away."""
    for item in part:
        error = NotSent("Nothing more was sent after the exchange had turned this machine away.", item.evidence)
        item.answer = item.state.final_error(error)
        on_answer(item)


def _split(items: list[BatchItem]) -> Iterator[list[BatchItem]]:
    """Divide items among requests: one category each, and no more than the document allows."""
    for (category, order_filter), several in groupby(sorted(items, key=_group), key=_group):
        alike = list(several)
        schema = CancelSpotBatch if category == "spot" else CancelBatch
        size = 1 if order_filter else longest_list(schema.__name__, "request")
        for start in range(0, len(alike), size):
            yield alike[start : start + size]


def _group(item: BatchItem) -> tuple[str, str]:
    return item.name.category, item.name.order_filter or ""


def _build(part: list[BatchItem], base_path: str) -> tuple[BuiltRequest, Process[list[Answer]]]:
    """Return the request for some items, and what reads its answer."""
    first = part[0]
    if first.name.order_filter:
        return build_request(cancel_order, base_path, body=first.request), partial(_process_one, first.name)
    models = [
        (BatchCancelByOrderId if item.name.order_id else BatchCancelByOrderLinkId).from_dict(item.to_json())
        for item in part
    ]
    category = first.name.category
    body = CancelSpotBatch("spot", models) if category == "spot" else CancelBatch(category, models)
    return build_request(cancel_batch, base_path, body=body), partial(process_batch, [item.name for item in part])


def _state_before(part: list[BatchItem]) -> RetryState:
    """Return what earlier sends of some items mean for a common one."""
    states = [item.state for item in part]
    return RetryState(
        failures=max(state.failures for state in states),
        corrected_by=next((state.corrected_by for state in states if state.corrected_by), None),
        lost_an_answer=any(state.lost_an_answer for state in states),
        secrets=list(dict.fromkeys(secret for state in states for secret in state.secrets)),
    )


def _take(item: BatchItem, answer: Answer, evidence: Evidence, sent: RetryState, failures: int) -> None:
    """Take note of what a request brought for one of its items, after so many tries that failed."""
    state = item.state
    state.sends += sent.sends
    state.failures += failures
    state.signed_at, state.lost_an_answer, state.corrected_by = sent.signed_at, sent.lost_an_answer, sent.corrected_by
    state.secrets = list(sent.secrets)
    item.evidence = evidence
    if isinstance(answer, BybitError):
        item.evidence = answer.evidence = evolve(answer.evidence, sends=state.sends)
        state.record(answer)
        item.answer = answer
    else:
        item.answer = evolve(answer, sends=state.sends)


def process_batch(names: Sequence[OrderName], raw: RawReply) -> tuple[list[Answer], Evidence]:
    """Return what an answer says of each order of a batch, and the evidence.

    An order is told by its place in the lists, and has to be named there where it was accepted. If the lists are not as
    long as the request, only its id tells it.

    Raises:
        Refused: the exchange refused the batch.
        OutcomeUnknown: it did not say, or its answer does not tell the orders apart.
    """
    content, evidence = read_reply(raw)
    orders, codes = (_list_in(content, name) for name in ("result", "retExtInfo"))
    if orders is None or codes is None or len(orders) != len(codes):
        message = "The exchange took the batch, but its answer does not say what became of each order."
        raise OutcomeUnknown(message, evidence)
    entries = [(object_fields(order), object_fields(code)) for order, code in zip(orders, codes, strict=True)]
    if len(entries) == len(names):
        pairs = zip(names, entries, strict=True)
        return [_read_place(name, entry, entries, evidence) for name, entry in pairs], evidence
    return [_find_entry(name, entries, evidence) for name in names], evidence


def _list_in(content: Any, name: str) -> list[object] | None:
    found = object_fields(object_fields(content).get(name)).get("list")
    return cast("list[object]", found) if isinstance(found, list) else None


def _read_place(name: OrderName, entry: Entry, entries: list[Entry], evidence: Evidence) -> Answer:
    """Return what the entry in an order's place says, unless the answer has the order in another place."""
    if not _names(name, entry[0]) and any(_names(name, order) for order, _ in entries):
        return OutcomeUnknown("The answer to the batch has this order in the place of another one.", evidence)
    return _read_entry(name, *entry, evidence)


def _find_entry(name: OrderName, entries: list[Entry], evidence: Evidence) -> Answer:
    """Return what the only entry says that names an order."""
    about_it = [(order, code) for order, code in entries if _names(name, order)]
    if len(about_it) == 1:
        return _read_entry(name, *about_it[0], evidence)
    return OutcomeUnknown("The answer to the batch does not say what became of this order.", evidence)


def _read_entry(name: OrderName, order: dict[str, Any], code: dict[str, Any], evidence: Evidence) -> Answer:
    ret_code = parse_integer(code.get("code"))
    evidence = evolve(evidence, ret_code=ret_code, ret_msg=cut_message(code.get("msg")))
    if ret_code is None:
        return OutcomeUnknown("The answer to the batch has no code for this order.", evidence)
    if _contradicts(name, order) or (ret_code == 0 and not _names(name, order)):
        return OutcomeUnknown("In the answer to the batch, another order stands in the place of this one.", evidence)
    if ret_code != 0:
        error_class = error_class_for(ret_code)
        said = "refused this order of the batch" if error_class is not OutcomeUnknown else "could not say"
        return error_class(f"The exchange {said}.", evidence)
    order_link_id = order.get("orderLinkId")
    return CancelAccepted(
        order_id=name.order_id or sendable_id(order.get("orderId")),
        order_link_id=name.order_link_id or (order_link_id if isinstance(order_link_id, str) else None) or None,
        trace_id=evidence.trace_id,
        rate_limit=evidence.rate_limit,
        server_time=evidence.server_time,
        reply=evidence.reply,
    )


def _names(name: OrderName, order: dict[str, Any]) -> bool:
    """Return whether an entry names an order by the id that the request named it by."""
    return (order.get("orderId") == name.order_id) if name.order_id else order.get("orderLinkId") == name.order_link_id


def _contradicts(name: OrderName, order: dict[str, Any]) -> bool:
    """Return whether an entry is about another order: the exchange leaves the ids of a refused one empty."""
    reported = order.get("orderId") if name.order_id else order.get("orderLinkId")
    return bool(reported) and not _names(name, order)


def _process_one(name: OrderName, raw: RawReply) -> tuple[list[Answer], Evidence]:
    accepted, evidence = process_acknowledgement(name, raw)
    return [accepted], evidence


def copy_error(error: BybitError) -> BybitError:
    """Return an error of its own for each order: whoever raises it adds a traceback."""
    one = copy(error)
    one.__cause__ = error.__cause__
    return one
