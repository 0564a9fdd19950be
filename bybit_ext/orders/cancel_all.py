"""Cancel all orders of a kind: ask for it, and know which orders it was about."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

from attrs import define, evolve, field, frozen
from bybit_v5.api.trade import cancel_all, cancel_order, get_orders
from bybit_v5.models import CancelAllSpot, CancelByOrderId, CancelSpotByOrderId, Category, Order, OrderIds
from bybit_v5.types import UNSET

from bybit_ext.calls.call import Caller, Limits, call_flow
from bybit_ext.calls.flow import CallTime, Deadline, Flow, Sleep, Subscription, backoff_delay
from bybit_ext.calls.operations import build_request
from bybit_ext.calls.responses import RawReply, process_response
from bybit_ext.calls.retry import READ, SAFE, RetryState
from bybit_ext.calls.validation import validate_request
from bybit_ext.errors import BybitError, InvalidInput, OutcomeUnknown
from bybit_ext.results import CancelAccepted, CancelAllAccepted, CancelOutcome, Evidence, RedactedReply, evidence_of

from .batch import BatchItem, SendBatch, copy_error
from .identity import FINAL
from .outcomes import CancelAllOutcome
from .queries import MAX_PAGE, process_orders
from .requests import CancelAllRequest, CancelOrderRequest

_MOST_AT_ONCE = 500  # futures orders that one request cancels
_FUTURES = ("linear", "inverse")
_MAX_PAGES = 200  # no account may have as many orders open as they hold
_SHARE_OF_FIRST_READING = 0.3  # of the time: the cancels must leave, even if the lists cannot be read
_PARTS = ("symbol", "baseCoin", "settleCoin")  # the first of them that is given counts
_BY_ID = ("tpslOrder", "StopOrder")  # kinds of spot orders that a cancel by id has to name

Confirm = Callable[[Sequence[Order]], Flow[list[CancelOutcome | BybitError]]]
"""Cancels some orders and confirms how each ended."""


@frozen
class OpenOrders:
    """The open orders of a kind.

    Attributes:
        orders: those that can be read and named, newest first.
        is_whole: whether these are all.
    """

    orders: list[Order]
    is_whole: bool


@define
class CancelAllCalls:
    """The calls about all orders of a kind.

    Attributes:
        caller: who calls.
        time: the time of the call.
        base_path: what stands before the document's paths.
        limits: how long all of them may take, and how often a request may be sent.
        request: which orders.
        named: the ids of the orders that the exchange has named so far.
        reply: its last answer to a request to cancel them; None if none came.
    """

    caller: Caller
    time: CallTime
    base_path: str
    limits: Limits
    request: CancelAllRequest
    named: dict[str, OrderIds] = field(factory=dict[str, OrderIds], init=False)
    reply: RedactedReply | None = field(default=None, init=False)

    def ask(self) -> Flow[CancelAllAccepted]:
        """Ask to cancel the orders; where the exchange does so for 500 at once, until it names fewer.

        Raises:
            Refused: the exchange answered no.
            OutcomeUnknown: the request may have been carried out.
            NotSent: nothing left this machine.
        """
        sends = rounds = 0
        while True:
            state = RetryState()
            try:
                orders, evidence = yield from self._send(state)
            except BybitError as error:
                self.reply = error.reply or self.reply
                if not sends:
                    raise
                raise self._unfinished(error.evidence, sends + state.sends) from error
            self.reply = evidence.reply
            sends += state.sends
            rounds += 1
            self.named |= {order.order_id: order for order in orders if isinstance(order.order_id, str)}
            may_be_more = self.request.category in _FUTURES and len(orders) >= _MOST_AT_ONCE
            if not may_be_more:
                return self._accepted(evidence, sends)
            wait = backoff_delay(rounds)
            most = self.limits.max_sends
            if wait > self.limits.deadline.remaining or (most is not None and sends >= most):
                raise self._unfinished(evidence, sends)
            yield Sleep(wait)

    def _unfinished(self, evidence: Evidence, sends: int) -> OutcomeUnknown:
        message = f"The exchange took the request for {len(self.named)} orders; more may be open."
        return OutcomeUnknown(message, evolve(evidence, sends=sends))

    def _send(self, state: RetryState) -> Flow[tuple[list[OrderIds], Evidence]]:
        return call_flow(
            build_request(cancel_all, self.base_path, body=self.request),
            _process_cancel_all,
            caller=self.caller,
            time=self.time,
            limits=self.limits,
            policy=SAFE,
            state=state,
        )

    def _accepted(self, evidence: Evidence, sends: int) -> CancelAllAccepted:
        return CancelAllAccepted(
            orders=list(self.named.values()),
            trace_id=evidence.trace_id,
            rate_limit=evidence.rate_limit,
            server_time=evidence.server_time,
            sends=sends,
            reply=evidence.reply,
        )

    def read_open(self, deadline: Deadline) -> Flow[OpenOrders]:
        """Read the orders that are open and of this kind.

        Raises:
            BybitError: they cannot be read by the deadline.
        """
        orders: dict[str, Order] = {}
        is_whole = True
        cursor: str | None = None
        seen: set[str] = set()
        query = _query_for(self.request)
        category: Category = self.request.category
        while True:
            page, _ = yield from call_flow(
                build_request(get_orders, self.base_path, **query, limit=MAX_PAGE, cursor=cursor or UNSET),
                partial(process_orders, category),
                caller=self.caller,
                time=self.time,
                limits=Limits(deadline, self.limits.timeout),
                policy=READ,
            )
            meant = [order for order in page.orders if self._means(order)]
            named = [order for order in meant if self._can_be_named(order)]
            orders |= {order.order_id: order for order in named}
            cursor = page.next_page
            is_whole &= not page.left_out and len(named) == len(meant)
            if cursor is None or cursor in seen or len(seen) == _MAX_PAGES:
                return OpenOrders(list(orders.values()), is_whole and cursor is None)
            seen.add(cursor)

    def _means(self, order: Order) -> bool:
        """Return whether an order is open and of this kind, as far as the query could not say it."""
        wanted: Any = self.request.to_dict()
        of_type = order.stop_order_type == wanted["stopOrderType"] if "stopOrderType" in wanted else True
        of_symbol = order.symbol == wanted["symbol"] if wanted.get("symbol") else True
        return order.order_status not in FINAL and of_type and of_symbol

    def _can_be_named(self, order: Order) -> bool:
        """Return whether an order can be cancelled by what the list says of it."""
        try:
            build_request(cancel_order, self.base_path, body=self.cancel_by_id(order))
        except InvalidInput:
            return False
        return True

    def cancel_by_id(self, order: Order) -> CancelOrderRequest:
        """Return the request to cancel one of the orders by its id."""
        order_filter = self.request.to_dict().get("orderFilter")
        if self.request.category == "spot" and order_filter in _BY_ID:
            return CancelSpotByOrderId("spot", order.symbol, order.order_id, order_filter)
        return CancelByOrderId(self.request.category, order.symbol, order.order_id)


@define
class CancelAllFirst:
    """Sends cancels: at first all in one request, and then by their ids those that it was not about.

    Attributes:
        calls: the calls about all orders of the kind.
        send_batch: sends cancels by their ids.
        refusal: why nothing came of the request for all; None if something may have.
        has_asked: whether all were asked for.
    """

    calls: CancelAllCalls
    send_batch: SendBatch
    refusal: BybitError | None = field(default=None, init=False)
    has_asked: bool = field(default=False, init=False)

    def send(self, items: Sequence[BatchItem], on_answer: Callable[[BatchItem], None]) -> Flow[None]:
        """Send the cancels of some orders, and pass each on as soon as it has its answer."""
        left = list(items)
        if not self.has_asked:
            self.has_asked = True
            left = yield from self._ask_for_all(left, on_answer)
        if left:
            yield from self.send_batch(left, on_answer)

    def _ask_for_all(self, items: list[BatchItem], on_answer: Callable[[BatchItem], None]) -> Flow[list[BatchItem]]:
        """Return the items that the request for all was not about, or may not have been."""
        try:
            accepted = yield from self.calls.ask()
        except OutcomeUnknown as error:
            for item in items:
                item.state.record(error)
            return items
        except BybitError as error:
            self.refusal = error
            for item in items:
                item.answer, item.evidence = copy_error(error), error.evidence
                on_answer(item)
            return []
        left: list[BatchItem] = []
        for item in items:
            named = self.calls.named.get(item.name.order_id or "")
            if named is None:
                left.append(item)
                continue
            item.answer = _acknowledge(item, named, accepted)
            on_answer(item)
        return left


def cancel_all_and_confirm(
    calls: CancelAllCalls, first: CancelAllFirst, confirm: Confirm, subscription: Subscription | None
) -> Flow[CancelAllOutcome]:
    """Return what became of all orders of a kind.

    Args:
        calls: the calls about them.
        first: sends the cancels.
        confirm: cancels some orders and confirms how each ended, over the stream.
        subscription: where the events of the stream arrive; None if there is no stream.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: the request may have been carried out, and which orders it was about cannot be read.
        NotSent: nothing left this machine.
    """
    try:
        before = yield from _read_or_cancel_blindly(calls)
        if not before:
            before = yield from _ask_of_none(calls)
            if not before:
                return (yield from _outcome(calls, [], [], None))
            first.has_asked = True
        results = yield from confirm(before)
    finally:
        if subscription:
            subscription.close()
    if first.refusal and not any(isinstance(result, CancelOutcome) for result in results):
        raise first.refusal
    return (yield from _outcome(calls, before, results, first.refusal))


def _read_or_cancel_blindly(calls: CancelAllCalls) -> Flow[list[Order]]:
    """Return the orders that are open. If they cannot be read, cancel them all the same, and raise what is known."""
    seconds = calls.limits.deadline.remaining * _SHARE_OF_FIRST_READING
    try:
        found = yield from calls.read_open(Deadline.after(calls.time, seconds))
    except BybitError as error:
        unread = error
    else:
        return found.orders
    accepted = yield from calls.ask()
    message = f"The exchange took the request for {len(accepted.orders)} orders, but they could not be read before."
    raise OutcomeUnknown(message, evidence_of(accepted)) from unread


def _ask_of_none(calls: CancelAllCalls) -> Flow[list[Order]]:
    """Ask although the list shows no orders, for it may lag. If the outcome is unknown, return those that show up."""
    try:
        yield from calls.ask()
    except OutcomeUnknown as unknown:
        seconds = calls.limits.deadline.remaining * _SHARE_OF_FIRST_READING
        deadline = Deadline.after(calls.time, seconds)
        for readings in count(1):
            wait = backoff_delay(readings)
            if wait > deadline.remaining:
                raise
            yield Sleep(wait)
            try:
                found = yield from calls.read_open(deadline)
            except BybitError:
                raise unknown from None
            if found.orders:
                return found.orders
    return []


def _outcome(
    calls: CancelAllCalls,
    before: list[Order],
    results: list[CancelOutcome | BybitError],
    refusal: BybitError | None,
) -> Flow[CancelAllOutcome]:
    try:
        found = yield from calls.read_open(calls.limits.deadline)
        still_open = found.orders if found.is_whole else None
    except BybitError:
        still_open = None
    ended = {order.order_id for order, result in zip(before, results, strict=True) if isinstance(result, CancelOutcome)}
    known = {order.order_id for order in before}
    if still_open is not None:  # a list may lag behind an end that was reported
        still_open = [order for order in still_open if order.order_id not in ended]
    return CancelAllOutcome(
        before=before,
        results=results,
        still_open=still_open,
        placed_meanwhile=[order for order in still_open or () if order.order_id not in known],
        named=list(calls.named.values()),
        refusal=refusal,
        reply=calls.reply,
    )


def _acknowledge(item: BatchItem, named: OrderIds, accepted: CancelAllAccepted) -> CancelAccepted:
    return CancelAccepted(
        order_id=item.name.order_id,
        order_link_id=named.order_link_id or None,
        trace_id=accepted.trace_id,
        rate_limit=accepted.rate_limit,
        server_time=accepted.server_time,
        sends=accepted.sends,
        reply=accepted.reply,
    )


def check_cancel_all(request: CancelAllRequest, *, will_read: bool = False) -> CancelAllRequest:
    """Return a copy of a request, which stays as it is when the caller changes theirs.

    Args:
        request: what the caller gave.
        will_read: whether the orders that it means will be queried.

    Raises:
        InvalidInput: it is not what the document says, or its orders cannot be queried; the message says why.
    """
    problem = validate_request(request, CancelAllRequest)
    if problem:
        raise InvalidInput(f"request{problem}.")
    copy = type(request).from_dict(request.to_dict())
    if will_read and isinstance(copy, CancelAllSpot) and copy.base_coin and not copy.symbol:
        message = "request.base_coin: spot orders of a base coin cannot be queried; give a symbol, or call cancel_all."
        raise InvalidInput(message)
    return copy


def _query_for(request: CancelAllRequest) -> dict[str, Any]:
    """Return the arguments of a query for the orders that a request means."""
    wanted = request.to_dict()
    part = next((name for name in _PARTS if wanted.get(name)), None)
    names = {"symbol": "symbol", "baseCoin": "base_coin", "settleCoin": "settle_coin"}
    order_filter = wanted.get("orderFilter") or ("Order" if wanted["category"] == "spot" else None)
    return {
        "category": wanted["category"],
        "order_filter": "Order" if order_filter == "OpenOrder" else order_filter or UNSET,
        **({names[part]: wanted[part]} if part else {}),
    }


def _process_cancel_all(raw: RawReply) -> tuple[list[OrderIds], Evidence]:
    response, evidence = process_response(cancel_all, raw)
    if response.result.success == "0":
        raise OutcomeUnknown("The exchange took the request, and says that it failed.", evidence)
    return response.result.list_, evidence
