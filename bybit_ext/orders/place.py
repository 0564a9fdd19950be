"""Place an order, never twice: after a doubtful send it is looked up by its link id."""

from functools import partial
from typing import Any, cast
from uuid import uuid4

from attrs import define, evolve, field
from bybit_v5.api.trade import create_order
from bybit_v5.models import Order

from bybit_ext.auth.redaction import redact
from bybit_ext.calls.call import Caller, Limits, call_flow
from bybit_ext.calls.flow import CallTime, Deadline, Flow, Sleep, backoff_delay
from bybit_ext.calls.operations import build_request
from bybit_ext.calls.responses import RawReply, process_response
from bybit_ext.calls.retry import NON_RETRYABLE, READ, SAFE, RetryState
from bybit_ext.calls.validation import validate_request
from bybit_ext.errors import LINK_ID_TAKEN, BybitError, Forbidden, InvalidInput, OutcomeUnknown, Refused
from bybit_ext.results import Evidence, OrderAccepted, RedactedReply

from .identity import CLOCK_TOLERANCE, CallStart, Match, parse_time
from .quantities import parse_decimal
from .queries import OPERATIONS, List, process_orders
from .requests import PlaceOrderRequest, sendable_id

_TERMS = frozenset(
    {"side", "orderType", "qty", "price", "triggerPrice", "timeInForce", "reduceOnly", "closeOnTrigger", "positionIdx"}
)
_ASSUMED = {"timeInForce": "GTC", "reduceOnly": False, "closeOnTrigger": False}  # by the exchange, if it is not said
_MAX_READING = 1.0  # seconds for one list: what the other one shows must not wait for it
_MIN_WAIT = 0.01  # seconds; anything shorter is treated as expired


@define
class PlaceCalls:
    """The calls about one order to place.

    Attributes:
        caller: who calls.
        time: the time of the call.
        base_path: what stands before the document's paths.
        limits: how long all of them may take.
        order: the order, with its link id.
        start: when the call began, by the exchange's clock.
        is_made_up: whether the link id was made for this call: then no other order has it.
        state: what the sends have brought.
        last_order: an order of this link id that need not be the one; None if none was seen.
        is_blocked: whether the exchange turns this machine away.
        shown_by: the last answer that showed an order, by the order's id.
    """

    caller: Caller
    time: CallTime
    base_path: str
    limits: Limits
    order: PlaceOrderRequest
    start: CallStart
    is_made_up: bool
    state: RetryState = field(factory=RetryState)
    last_order: Order | None = None
    is_blocked: bool = False
    shown_by: dict[str, RedactedReply | None] = field(factory=dict[str, RedactedReply | None])

    def flow(self) -> Flow[OrderAccepted]:
        """Return the acknowledgement, or the order as it was found after a doubtful send.

        Raises:
            Refused: the exchange answered no, or has rejected the order.
            OutcomeUnknown: the order may have been placed.
            NotSent: nothing left this machine.
        """
        try:
            accepted, _ = yield from call_flow(
                build_request(create_order, self.base_path, body=self.order),
                partial(_process_acceptance, self.link_id),
                caller=self.caller,
                time=self.time,
                limits=self.limits,
                policy=SAFE,
                state=self.state,
            )
        except OutcomeUnknown as error:
            doubtful: OutcomeUnknown | Refused = error
        except Refused as error:
            if error.ret_code not in LINK_ID_TAKEN:
                raise
            doubtful = error
        else:
            return accepted
        return (yield from self._look_up(doubtful))

    @property
    def link_id(self) -> str:
        """The order's link id."""
        return str.__str__(cast("str", self.order.order_link_id))  # it may be a member of an enum

    def _look_up(self, error: OutcomeUnknown | Refused) -> Flow[OrderAccepted]:
        """Look the order up until it is found. That no list shows it proves nothing: it may still be under way."""
        readings = 0
        while True:
            found = yield from self._find()
            if isinstance(error, Refused) and not self.is_made_up and (found or self.last_order):
                raise self._judge_refusal(error, found)
            if found:
                return self._accept(found, error.evidence)
            readings += 1
            wait = backoff_delay(readings, longest=1.0)
            is_useless = error.status_code in NON_RETRYABLE or self.is_blocked
            if is_useless or wait + _MIN_WAIT > self.limits.deadline.remaining:
                break
            yield Sleep(wait)
        raise self._unknown(error, f"No list shows an order with the link id {self.link_id!r} that is surely this one.")

    def _judge_refusal(self, error: Refused, found: Order | None) -> BybitError:
        """Return what is known if an open order has the link id that the caller gave: it may be this one, doubled."""
        if found is None:
            return error
        self.last_order = found
        return self._unknown(error, f"The order {found.order_id} of the same terms has the link id {self.link_id!r}.")

    def _unknown(self, error: BybitError, what_is_shown: str) -> OutcomeUnknown:
        message = f"{error.args[0]} {what_is_shown}"
        return OutcomeUnknown(message, error.evidence, last_order=self.last_order, order_link_id=self.link_id)

    def _find(self) -> Flow[Order | None]:
        """Look for the order in both lists.

        Of several that are surely new, it is the oldest: once it had ended, others could be placed with its link id.
        """
        sure: list[Order] = []
        doubtful: dict[str, Order] = {}
        for which in OPERATIONS:
            for order in (yield from self._read(which)):
                match = self._match(order)
                if match is Match.CERTAIN:
                    sure.append(order)
                elif match is Match.DOUBTFUL and order.order_status != "Rejected":  # why it was placed again, perhaps
                    doubtful[order.order_id] = order
                self.last_order = self.last_order or order
        if sure:
            return min(sure, key=lambda order: parse_time(order.created_time) or 0)
        return next(iter(doubtful.values())) if len(doubtful) == 1 else None

    def _read(self, which: List) -> Flow[list[Order]]:
        """Read the orders of this link id from one of the lists; none if it cannot be read."""
        state = RetryState(lost_an_answer=self.state.lost_an_answer, secrets=self.state.secrets)
        seconds = min(_MAX_READING, self.limits.deadline.remaining)
        built = build_request(
            OPERATIONS[which],
            self.base_path,
            category=self.order.category,
            symbol=self.order.symbol,
            order_link_id=self.link_id,
        )
        try:
            found, evidence = yield from call_flow(
                built,
                partial(process_orders, self.order.category),
                caller=self.caller,
                time=self.time,
                limits=Limits(Deadline.after(self.time, seconds), min(self.limits.timeout, seconds)),
                policy=READ,
                state=state,
            )
        except BybitError as error:  # then there is nothing to go by, and the unknown outcome is what is known
            self.is_blocked = isinstance(error, Forbidden)
            return []
        self.state.lost_an_answer = False
        self.start.hear(evidence, self.caller.clock.offset, state.signed_at, self.time.now)
        orders = [order for order in found.orders if self._has_its_name(order)]
        self.shown_by |= {order.order_id: found.reply for order in orders}
        return orders

    def _has_its_name(self, order: Order) -> bool:
        is_of_category = (order.category or self.order.category) == self.order.category
        return is_of_category and order.symbol == self.order.symbol and order.order_link_id == self.link_id

    def _match(self, order: Order) -> Match:
        """Return how surely an order of this link id is the one: others may have had the same, before or after."""
        created = parse_time(order.created_time)
        if not order.order_id or not self._is_alike(order):
            return Match.FOREIGN
        if self.is_made_up:
            return Match.CERTAIN
        if created is None or not self.start.is_measured or created < self.start.latest - CLOCK_TOLERANCE:
            return Match.FOREIGN
        return Match.CERTAIN if created >= self.start.latest else Match.DOUBTFUL

    def _is_alike(self, order: Order) -> bool:
        """Return whether an order has the terms that were asked for, of those that the exchange does not change."""
        asked, shown = {**_ASSUMED, **self.order.to_dict()}, order.to_dict()
        names = {*_TERMS}
        if asked.get("reduceOnly") or asked.get("closeOnTrigger"):  # then the position limits it
            names.remove("qty")
        if asked["orderType"] == "Market" or "bboSideType" in asked:  # then the exchange sets it
            names -= {"price", "timeInForce"}
        return all(_is_same(asked[name], shown.get(name)) for name in names & asked.keys())

    def _accept(self, order: Order, evidence: Evidence) -> OrderAccepted:
        if order.order_status == "Rejected":
            reason = order.reject_reason if isinstance(order.reject_reason, str) else ""
            shown = evolve(evidence, reply=self.shown_by[order.order_id])
            raise Refused(f"The exchange rejected the order ({reason[:100]}).", shown)
        return OrderAccepted(
            order_id=order.order_id,
            order_link_id=self.link_id,
            order=order,
            sends=evidence.sends,
            reply=self.shown_by[order.order_id],
        )


def _is_same(asked: Any, shown: Any) -> bool:
    """Return whether a term is what was asked for: a number may be written otherwise, and a list may leave it out."""
    if shown is None:
        return True
    number = parse_decimal(asked)
    return asked == shown if number is None else number == parse_decimal(shown)


def prepare_order(order: PlaceOrderRequest) -> tuple[PlaceOrderRequest, bool]:
    """Return a copy of an order that has a link id, and whether that was made up.

    Raises:
        InvalidInput: it is not what the document says; the message names the field.
    """
    problem = validate_request(order, PlaceOrderRequest)
    if problem:
        raise InvalidInput(f"order{problem}.")
    fields: dict[str, Any] = order.to_dict()
    is_made_up = "orderLinkId" not in fields
    return type(order).from_dict({"orderLinkId": uuid4().hex, **fields}), is_made_up


def _process_acceptance(link_id: str, raw: RawReply) -> tuple[OrderAccepted, Evidence]:
    """Return what the exchange answered, and the evidence.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or its answer is about another order.
    """
    response, evidence = process_response(create_order, raw)
    order_id, reported = sendable_id(response.result.order_id), response.result.order_link_id
    if reported and reported != link_id:
        raise OutcomeUnknown(f"The answer is about another order, {redact(reported, *raw.secrets)!r:.100}.", evidence)
    if order_id is None:
        raise OutcomeUnknown("The exchange accepted the order, but did not name it.", evidence)
    accepted = OrderAccepted(
        order_id=order_id,
        order_link_id=link_id,
        trace_id=evidence.trace_id,
        rate_limit=evidence.rate_limit,
        server_time=evidence.server_time,
        sends=evidence.sends,
        reply=evidence.reply,
    )
    return accepted, evidence
