"""Place an order, never twice: after a doubtful send it is looked up by its link id."""

from functools import partial
from typing import Any
from uuid import uuid4

from attrs import define, field
from bybit_v5.api.trade import create_order
from bybit_v5.models import Order

from bybit_ext.auth.redaction import redact
from bybit_ext.calls.call import Caller, Limits, call_flow
from bybit_ext.calls.flow import CallTime, Deadline, Flow, Sleep, backoff_delay
from bybit_ext.calls.operations import build_request
from bybit_ext.calls.responses import RawReply, process_response
from bybit_ext.calls.retry import NON_RETRYABLE, READ, SAFE, RetryState
from bybit_ext.calls.validation import validate_request
from bybit_ext.errors import BybitError, InvalidInput, OutcomeUnknown, Refused
from bybit_ext.results import Evidence, OrderAccepted

from .identity import CLOCK_TOLERANCE, CallStart, ServerTimeReading, parse_time
from .quantities import parse_decimal
from .queries import OPERATIONS, List, process_orders
from .requests import PlaceOrderRequest

# An open order has this link id: perhaps this very one, if something on the way has doubled the request.
_DUPLICATE = (110072, 170141)
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
            unknown = error
        except Refused as error:
            found = (yield from self._find()) if error.ret_code in _DUPLICATE else None
            if found is None:
                raise
            return self._accept(found, error.evidence)
        else:
            return accepted
        return (yield from self._look_up(unknown))

    @property
    def link_id(self) -> str:
        """The order's link id."""
        return str(self.order.order_link_id)

    def _look_up(self, unknown: OutcomeUnknown) -> Flow[OrderAccepted]:
        """Look the order up until it is found. That no list shows it proves nothing: it may still be under way."""
        readings = 0
        while True:
            found = yield from self._find()
            if found:
                return self._accept(found, unknown.evidence)
            readings += 1
            wait = backoff_delay(readings, longest=1.0)
            is_final = unknown.status_code in NON_RETRYABLE
            if is_final or wait + _MIN_WAIT > self.limits.deadline.remaining:
                break
            yield Sleep(wait)
        message = f"{unknown.args[0]} No list shows an order with the link id {self.link_id!r} that is surely this one."
        raise OutcomeUnknown(message, unknown.evidence, last_order=self.last_order, order_link_id=self.link_id)

    def _find(self) -> Flow[Order | None]:
        """Look for the order in both lists.

        Of several that can be it, it is the oldest: once it had ended, others could be placed with its link id.
        """
        found: list[Order] = []
        for which in OPERATIONS:
            for order in (yield from self._read(which)):
                if self._is_it(order):
                    found.append(order)
                self.last_order = self.last_order or order
        return min(found, key=lambda order: parse_time(order.created_time) or 0) if found else None

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
        except BybitError:  # then there is nothing to go by, and the unknown outcome is what is known
            return []
        self.state.lost_an_answer = False
        self.start.follow(self.caller.clock.offset)
        if evidence.server_time is not None and evidence.timestamp is not None:
            reading = ServerTimeReading(evidence.server_time, evidence.timestamp, state.signed_at, self.time.now)
            self.start.narrow(reading)
        return [order for order in found.orders if self._has_its_name(order)]

    def _has_its_name(self, order: Order) -> bool:
        is_of_category = (order.category or self.order.category) == self.order.category
        return is_of_category and order.symbol == self.order.symbol and order.order_link_id == self.link_id

    def _is_it(self, order: Order) -> bool:
        """Return whether an order of this link id can be the one: others may have had the same, before or after."""
        if not order.order_id or not self._is_alike(order):
            return False
        return self.is_made_up or self._is_new(order)

    def _is_new(self, order: Order) -> bool:
        """Return whether an order was made after the call began: surely so, if an answer has said the time."""
        created = parse_time(order.created_time)
        began_at = self.start.latest if self.start.is_measured else self.start.earliest
        return created is not None and created >= began_at - CLOCK_TOLERANCE

    def _is_alike(self, order: Order) -> bool:
        asked = self.order.to_dict()
        may_be_reduced = asked.get("reduceOnly") or asked.get("closeOnTrigger")  # to the position that is there
        is_of_qty = may_be_reduced or parse_decimal(order.qty) == parse_decimal(self.order.qty)
        is_of_kind = (order.side, order.order_type) == (self.order.side, self.order.order_type)
        return bool(is_of_qty) and is_of_kind and self._is_of_price(order, asked)

    def _is_of_price(self, order: Order, asked: dict[str, Any]) -> bool:
        """Return whether an order has the price that was asked for, unless the exchange sets it from its book."""
        if "price" not in asked or "bboSideType" in asked:
            return True
        return parse_decimal(order.price) == parse_decimal(asked["price"])

    def _accept(self, order: Order, evidence: Evidence) -> OrderAccepted:
        if order.order_status == "Rejected":
            reason = order.reject_reason if isinstance(order.reject_reason, str) else ""
            raise Refused(f"The exchange rejected the order ({reason[:100]}).", evidence)
        return OrderAccepted(order_id=order.order_id, order_link_id=self.link_id, order=order, sends=evidence.sends)


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
    order_id, reported = response.result.order_id, response.result.order_link_id
    if reported and reported != link_id:
        raise OutcomeUnknown(f"The answer is about another order, {redact(reported, *raw.secrets)!r:.100}.", evidence)
    if not order_id or not order_id.isprintable():
        raise OutcomeUnknown("The exchange accepted the order, but did not name it.", evidence)
    accepted = OrderAccepted(
        order_id=order_id,
        order_link_id=link_id,
        trace_id=evidence.trace_id,
        rate_limit=evidence.rate_limit,
        server_time=evidence.server_time,
        sends=evidence.sends,
    )
    return accepted, evidence
