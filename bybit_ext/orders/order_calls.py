"""The calls about one order: to cancel it, and to read it from either list."""

from functools import partial

from attrs import define, field
from bybit_v5.api.trade import cancel_order
from bybit_v5.models import OrderIds
from bybit_v5.types import UNSET

from bybit_ext.auth.redaction import redact
from bybit_ext.calls.call import Caller, Limits, call_flow
from bybit_ext.calls.flow import CallTime, Flow
from bybit_ext.calls.operations import BuiltRequest, build_request
from bybit_ext.calls.responses import RawReply, process_response
from bybit_ext.calls.retry import READ, RetryState, policy_for
from bybit_ext.errors import BybitError, OutcomeUnknown
from bybit_ext.results import CancelAccepted, Evidence

from .identity import Identity, Match
from .queries import MAX_PAGE, OPERATIONS, List, ReadableOrders, process_orders
from .requests import OrderName

_MAX_READING = 1.0  # seconds of one reading; the stream is not heard meanwhile


@define
class OrderCalls:
    """The calls about one order.

    Attributes:
        caller: who calls.
        time: the time of the call.
        base_path: what stands before the document's paths.
        request: the cancel as it was asked for.
        identity: which order it is; every answer that says the exchange's time is taken note of there.
        limits: how long all of them may take, and how often the cancel may be sent.
        state: what the sends of the cancel have brought.
    """

    caller: Caller
    time: CallTime
    base_path: str
    request: BuiltRequest
    identity: Identity
    limits: Limits
    state: RetryState = field(factory=RetryState)

    def cancel(self, order_id: str | None = None) -> Flow[CancelAccepted]:
        """Ask to cancel the order, by this id or as it was asked for; again where that is safe and useful."""
        name, built = self.identity.name, self.request
        if order_id is not None:
            request = name.cancel_by_id(order_id)
            name, built = OrderName.of(request), build_request(cancel_order, self.base_path, body=request)
        try:
            accepted, evidence = yield from call_flow(
                built,
                partial(process_acknowledgement, name),
                caller=self.caller,
                time=self.time,
                limits=self.limits,
                policy=policy_for(built),
                state=self.state,
            )
        except BybitError as error:
            self.note_time(error.evidence, self.state)
            raise
        self.note_time(evidence, self.state)
        return accepted

    def read(self, which: List) -> Flow[ReadableOrders]:
        """Read the orders that can be the one from one of the lists."""
        name, order_id = self.identity.name, self.identity.order_id
        built = build_request(
            OPERATIONS[which],
            self.base_path,
            category=name.category,
            symbol=name.symbol,
            order_id=order_id or UNSET,
            order_link_id=UNSET if order_id else name.order_link_id or UNSET,
            limit=UNSET if order_id else MAX_PAGE,
        )
        state = RetryState(lost_an_answer=self.state.lost_an_answer, secrets=self.state.secrets)
        try:
            orders, evidence = yield from call_flow(
                built,
                partial(process_orders, name.category),
                caller=self.caller,
                time=self.time,
                limits=Limits(self.limits.deadline, min(self.limits.timeout, _MAX_READING)),
                policy=READ,
                state=state,
            )
        except BybitError as error:
            self.note_time(error.evidence, state)
            raise
        self.state.lost_an_answer = False  # a connection stands that brings answers
        self.note_time(evidence, state)
        return orders

    @property
    def may_send_again(self) -> bool:
        """Whether the cancel may be sent again at all."""
        return self.limits.allow(0.0, self.state)

    def note_time(self, evidence: Evidence, state: RetryState) -> None:
        """Take over what an answer says of the exchange's clock."""
        self.identity.start.hear(evidence, self.caller.clock.offset, state.signed_at, self.time.now)


def shows(orders: ReadableOrders, identity: Identity) -> bool:
    """Return whether one of the orders is certain to be the one."""
    return any(identity.match(order) is Match.CERTAIN for order in orders.orders)


def process_acknowledgement(name: OrderName, raw: RawReply) -> tuple[CancelAccepted, Evidence]:
    """Return what the exchange answered, joined with what was asked, and the evidence: an answer may lack the ids.

    An order id is believed only if the answer does not contradict the request's link id: an empty link id does.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or its answer is about another order.
    """
    response, evidence = process_response(cancel_order, raw)
    answered = response.result if isinstance(response.result, OrderIds) else OrderIds()
    asked_for, reported = (
        (name.order_id, answered.order_id) if name.order_id else (name.order_link_id, answered.order_link_id)
    )
    if reported and reported != asked_for:
        raise OutcomeUnknown(f"The answer is about another order, {redact(reported, *raw.secrets)!r:.100}.", evidence)
    is_believed = name.order_id is not None or (reported != "" and (answered.order_id or "").isprintable())
    accepted = CancelAccepted(
        order_id=(answered.order_id if is_believed else None) or name.order_id,
        order_link_id=answered.order_link_id or name.order_link_id,
        trace_id=evidence.trace_id,
        rate_limit=evidence.rate_limit,
        server_time=evidence.server_time,
        sends=evidence.sends,
        reply=evidence.reply,
    )
    return accepted, evidence
