"""What calls return and what errors carry: plain data, without parsing and without redaction.

CancelAccepted    the exchange took the request to cancel
CancelOutcome     how the order ended
CancelAllAccepted the exchange took the request to cancel all orders of a kind
OrderAccepted     the exchange took the order
Evidence          what is known of the exchange's answer
RateLimit         how much of the rate limit was left
"""

from decimal import Decimal
from typing import Literal

from attrs import frozen
from bybit_v5.models import Order, OrderIds

FinalStatus = Literal["Cancelled", "PartiallyFilledCanceled", "Deactivated", "Filled", "Rejected"]
"""A status that never changes again. Source: https://bybit-exchange.github.io/docs/v5/enum#orderstatus"""
Source = Literal["stream", "read-back"]
"""Who reported the end of an order."""
Unit = Literal["base coin", "quote coin", "contracts"]
"""What a quantity counts."""


@frozen
class RateLimit:
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
class Evidence:
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
class CancelAccepted:
    """The exchange took the request to cancel. The order is not cancelled yet, and may still be filled.

    Attributes:
        order_id: the exchange's id of the order; None if only the link id is known.
        order_link_id: the caller's own id; None if the order has none, or if only the exchange's id is known.
        trace_id: names the request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        server_time: time at the exchange, UTC in ms; None if the answer did not say.
        sends: how many times the request left this machine.

    Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
    """

    order_id: str | None
    order_link_id: str | None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1


@frozen
class CancelOutcome:
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


@frozen
class CancelAllAccepted:
    """The exchange took the request to cancel all orders of a kind. They are not cancelled yet.

    Attributes:
        orders: the ids of the orders that the exchange named, each once.
        trace_id: names the last request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        server_time: time at the exchange, UTC in ms; None if the answer did not say.
        sends: how many requests left this machine.

    Source: https://bybit-exchange.github.io/docs/v5/order/cancel-all
    """

    orders: list[OrderIds]
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1


@frozen
class OrderAccepted:
    """The exchange took an order. It can still be rejected, which the stream tells.

    Attributes:
        order_id: the exchange's id of the order.
        order_link_id: the link id that it was placed with.
        order: the order as a query showed it, if the answer to the request got lost; None otherwise.
        trace_id: names the request to Bybit's support; None if the answer did not say.
        rate_limit: how much of the rate limit was left; None if the answer did not say.
        server_time: time at the exchange, UTC in ms; None if the answer did not say.
        sends: how many times the request left this machine: more than once only if all others surely placed nothing.

    Source: https://bybit-exchange.github.io/docs/v5/order/create-order
    """

    order_id: str
    order_link_id: str
    order: Order | None = None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1
