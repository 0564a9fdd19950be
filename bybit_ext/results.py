"""What calls return and what errors carry: plain data, without parsing and without redaction.

CancelAccepted    the exchange took the request to cancel
CancelOutcome     how the order ended
CancelAllAccepted the exchange took the request to cancel all orders of a kind
OrderAccepted     the exchange took the order
Evidence          what is known of the exchange's answer
RedactedReply     the answer itself
RateLimit         how much of the rate limit was left
SendEvent         what one send brought
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast

from attrs import field, fields, frozen
from bybit_v5.models import Order, OrderIds

FinalStatus = Literal["Cancelled", "PartiallyFilledCanceled", "Deactivated", "Filled", "Rejected"]
"""A status that never changes again. Source: https://bybit-exchange.github.io/docs/v5/enum#orderstatus"""
Source = Literal["stream", "read-back"]
"""Who reported the end of an order."""
Unit = Literal["base coin", "quote coin", "contracts"]
"""What a quantity counts."""

_MAX_DEPTH = 50  # of what the exchange nests; deeper than that, JSON cannot be written everywhere


def as_json(value: object, *, depth: int = 0) -> Any:  # noqa: PLR0911 - one for each kind of value
    """Return a value as plain JSON: decimals as strings, members of enums as their values, models as they are sent."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return as_json(value.value, depth=depth)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)  # JSON has no number for it
    to_dict: Any = getattr(value, "to_dict", None)
    if to_dict:
        value = to_dict()
    if isinstance(value, Mapping | list | tuple) and depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value).items()
        return {str(name): as_json(one, depth=depth + 1) for name, one in entries}
    if isinstance(value, list | tuple):
        return [as_json(one, depth=depth + 1) for one in cast("list[object]", value)]
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


class Serializable:
    """What can be logged as JSON."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON, for a log: `json.dumps` takes it.

        Decimals are strings, orders are as the exchange wrote them. `reply`, which is long, is left out: it has a
        `to_dict()` of its own.
        """
        names = (one.name for one in fields(cast("Any", type(self))) if one.name != "reply")
        return {name: as_json(getattr(self, name)) for name in names}


@frozen
class RateLimit(Serializable):
    """The rate limit, as the headers of an answer report it. A field is None if its header is missing or not a number.

    Attributes:
        limit: requests a second that the operation allows the account.
        remaining: requests left in this second.
        reset_at: when the limit resets, UTC in ms; merely the time of the answer unless the limit was exceeded.

    Source: https://bybit-exchange.github.io/docs/v5/rate-limit
    """

    limit: int | None = None
    remaining: int | None = None
    reset_at: int | None = None


@frozen
class RedactedReply(Serializable):
    """An answer of the exchange as it came, but for keys and signatures, in whose place `***` stands.

    One that came over the trade WebSocket is as it would have been over HTTP.

    Attributes:
        status_code: the HTTP status.
        headers: those that tell something of the call, by their names in lower case.
        body: the body as text; the beginning of it, if it is long.
        is_whole: whether `body` is all of it.

    Source: https://bybit-exchange.github.io/docs/v5/guide
    """

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    body: str = field(repr=False)
    is_whole: bool = True


@frozen
class Evidence(Serializable):
    """What is known of the exchange's answer. A field is None if there was no answer or it did not say.

    Attributes:
        ret_code: the exchange's code.
        ret_msg: the exchange's message, with keys and signatures redacted.
        status_code: the HTTP status.
        trace_id: names the request to Bybit's support.
        rate_limit: how much of the rate limit was left.
        server_time: time at the exchange, UTC in ms.
        timestamp: the time that was signed, UTC in ms.
        sends: how many times the request left this machine, as far as can be known.
        reply: the answer itself.

    Source: https://bybit-exchange.github.io/docs/v5/intro
    """

    ret_code: int | None = None
    ret_msg: str | None = None
    status_code: int | None = None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    timestamp: int | None = None
    sends: int = 0
    reply: RedactedReply | None = field(default=None, eq=False, repr=False)

    @property
    def summary(self) -> str:
        """The evidence in words, for a message; empty if there is none."""
        facts = {
            "retCode": self.ret_code,
            "retMsg": self.ret_msg and repr(self.ret_msg),
            "HTTP": self.status_code,
            "trace id": self.trace_id,
            "sends": self.sends if self.sends > 1 else None,
        }
        known = [f"{name} {fact}" for name, fact in facts.items() if fact is not None and fact != ""]
        return f"[{', '.join(known)}]" if known else ""


@frozen
class CancelAccepted(Serializable):
    """The exchange took the request to cancel. The order is not cancelled yet, and may still be filled.

    Attributes:
        order_id: the exchange's id of the order; None if only the link id is known.
        order_link_id: the caller's own id; None if the order has none, or if only the exchange's id is known.
        trace_id: names the request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        server_time: time at the exchange, UTC in ms; None if the answer did not say.
        sends: how many times the request left this machine.
        reply: the answer itself; of a batch that of the batch.

    Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
    """

    order_id: str | None
    order_link_id: str | None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1
    reply: RedactedReply | None = field(default=None, eq=False, repr=False)


def evidence_of(accepted: "CancelAccepted | CancelAllAccepted") -> Evidence:
    """Return what an acceptance says of the answer, for an error of what came after it.

    Args:
        accepted: what the exchange took.
    """
    return Evidence(
        trace_id=accepted.trace_id,
        rate_limit=accepted.rate_limit,
        server_time=accepted.server_time,
        sends=accepted.sends,
        reply=accepted.reply,
    )


@frozen
class CancelOutcome(Serializable):
    """How an order ended after it was asked to be cancelled.

    Attributes:
        status: the order's final status, as the exchange names it.
        cancelled: whether it was cancelled, perhaps after a partial fill; False if it was filled or rejected.
        order: the order at its end.
        filled_qty: quantity that was executed, in `filled_unit`.
        filled_unit: base coin; contracts on inverse.
        remaining_qty: quantity that was not executed, in `remaining_unit`.
        remaining_unit: the unit in which the order was placed: base coin; contracts on inverse; quote coin for a spot
            market order that was sized in it.
        confirmed_by: who reported the end.
        accepted: the acknowledgement; None if none came.
        requested_at: when the call began, UTC in ms; by this machine's clock, corrected if the exchange refused it.
        confirmed_at: when the end was known here, UTC in ms by the same clock.
        reply: the first answer that showed the end; None if the stream alone reported it, whose words are in
            `order.to_dict()`. The answer to the cancel is `accepted.reply`.

    Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
    """

    status: FinalStatus
    cancelled: bool
    order: Order
    filled_qty: Decimal
    filled_unit: Unit
    remaining_qty: Decimal
    remaining_unit: Unit
    confirmed_by: Source
    accepted: CancelAccepted | None
    requested_at: int
    confirmed_at: int
    reply: RedactedReply | None = field(default=None, eq=False, repr=False)


@frozen
class CancelAllAccepted(Serializable):
    """The exchange took the request to cancel all orders of a kind. They are not cancelled yet.

    Attributes:
        orders: the ids of the orders that the exchange named, each once.
        trace_id: names the last request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        server_time: time at the exchange, UTC in ms; None if the answer did not say.
        sends: how many requests left this machine.
        reply: the last answer itself.

    Source: https://bybit-exchange.github.io/docs/v5/order/cancel-all
    """

    orders: list[OrderIds]
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1
    reply: RedactedReply | None = field(default=None, eq=False, repr=False)


@frozen
class OrderAccepted(Serializable):
    """The exchange took an order. It can still be rejected, which the stream tells.

    Attributes:
        order_id: the exchange's id of the order.
        order_link_id: the link id that it was placed with.
        order: the order as a query showed it, if the answer to the request got lost; None otherwise.
        trace_id: names the request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        server_time: time at the exchange, UTC in ms; None if the answer did not say.
        sends: how many times the request left this machine: more than once only if all others surely placed nothing.
        reply: the answer itself; that of the query which showed the order, if the one to the request got lost.

    Source: https://bybit-exchange.github.io/docs/v5/order/create-order
    """

    order_id: str
    order_link_id: str
    order: Order | None = None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1
    reply: RedactedReply | None = field(default=None, eq=False, repr=False)


@frozen
class SendEvent(Serializable):
    """What one send of a request brought. `Bybit(on_send=…)` and the logger `bybit_ext` tell it as it happens.

    Attributes:
        operation: method and path, like `POST /v5/order/cancel`.
        send: which send of its call it was, from 1; tries that did not leave this machine count too.
        result: `accepted`, or the name of the error that it stands for, like `RateLimited`. Of a batch it is about the
            request as a whole: each order has a result of its own.
        message: what went wrong, in words; None if it was accepted.
        status_code: the HTTP status; None if no answer came.
        ret_code: the exchange's code; None if it gave none.
        trace_id: names the request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        elapsed: seconds that it took, with connecting and waiting for a connection.
        pause: seconds until the same request is sent again; None if it is not. Calls that look their order up first,
            or put it into another batch, may still send a new request.

    Source: https://bybit-exchange.github.io/docs/v5/guide
    """

    operation: str
    send: int
    result: str
    message: str | None
    status_code: int | None
    ret_code: int | None
    trace_id: str | None
    rate_limit: RateLimit | None
    elapsed: float
    pause: float | None
