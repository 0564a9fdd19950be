"""What an acknowledged cancel says."""

from attrs import frozen
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelOrderAnswer,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    OrderIds,
)

from .errors import OutcomeUnknown
from .evidence import Evidence, RateLimit

CancelOrderRequest = CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId
"""The four ways to name the order to cancel."""


@frozen
class CancelAccepted:
    """The exchange took the request to cancel. The order is not cancelled yet, and may still be filled.

    Attributes:
        order_id: the exchange's id of the order; None if only the other one is known.
        order_link_id: the caller's own id; None if it has none, or if only the other one is known.
        trace_id: names the request to Bybit's support.
        rate_limit: how much of the rate limit was left.
        server_time: time at the exchange, in ms.
        sends: how many times the request left this machine.

    Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
    """

    order_id: str | None
    order_link_id: str | None
    trace_id: str | None = None
    rate_limit: RateLimit | None = None
    server_time: int | None = None
    sends: int = 1


def read_acknowledgement(request: CancelOrderRequest, answer: CancelOrderAnswer, evidence: Evidence) -> CancelAccepted:
    """Join what the exchange answered with what was asked: its answer may lack the ids.

    Raises:
        OutcomeUnknown: the answer is about another order.
    """
    answered = answer.result if isinstance(answer.result, OrderIds) else OrderIds()
    asked_for, told_of = (
        (request.order_id, answered.order_id) if request.order_id else (request.order_link_id, answered.order_link_id)
    )
    if told_of and told_of != asked_for:
        raise OutcomeUnknown(f"The answer is about another order, {told_of!r}.", evidence)
    by_order_id = bool(request.order_id)  # then the exchange ignores a link id beside it, and so must we
    return CancelAccepted(
        order_id=answered.order_id or request.order_id or None,
        order_link_id=answered.order_link_id or (None if by_order_id else request.order_link_id) or None,
        trace_id=evidence.trace_id,
        rate_limit=evidence.rate_limit,
        server_time=evidence.server_time,
        sends=evidence.sends,
    )
