"""What calls about orders take, and which order a cancel is about."""

from collections.abc import Iterable
from typing import Any

from attrs import frozen
from bybit_v5.api.trade import cancel_order
from bybit_v5.models import (
    CancelAllByBaseCoin,
    CancelAllBySettleCoin,
    CancelAllBySymbol,
    CancelAllOptions,
    CancelAllSpot,
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Category,
    FuturesLimitOrder,
    FuturesMarketOrder,
    OptionLimitOrder,
    OptionMarketOrder,
    OrderFilter,
    SpotLimitOrder,
    SpotMarketOrder,
    SpotTriggerLimitOrder,
    SpotTriggerMarketOrder,
)

from bybit_ext.calls.operations import build_request
from bybit_ext.errors import InvalidInput, show

CancelOrderRequest = CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId
"""The four ways to name the order to cancel."""
CancelAllRequest = CancelAllBySymbol | CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllSpot | CancelAllOptions
"""The five ways to say which orders to cancel."""
PlaceOrderRequest = (
    FuturesLimitOrder
    | FuturesMarketOrder
    | SpotLimitOrder
    | SpotMarketOrder
    | SpotTriggerLimitOrder
    | SpotTriggerMarketOrder
    | OptionLimitOrder
    | OptionMarketOrder
)
"""The eight kinds of orders to place."""


def sendable_id(reported: object) -> str | None:
    """Return what the exchange reported as an order id; None if it cannot name an order in a request."""
    return reported if isinstance(reported, str) and reported != "" and reported.isprintable() else None


def check_orders(orders: Iterable[CancelOrderRequest]) -> list[CancelOrderRequest]:
    """Return copies of requests to cancel, which stay as they are when the caller changes theirs.

    Raises:
        InvalidInput: one of them is not what the document says; the message says which.
    """
    given: Any = orders  # of a caller without a type checker
    if not isinstance(given, Iterable):
        raise InvalidInput(f"orders: must be a list of request models, not {show(orders)}.")
    requests = list(orders)
    for index, order in enumerate(requests):
        try:
            build_request(cancel_order, "", body=order)
        except InvalidInput as error:
            problem: str = error.args[0]
            where = problem.removeprefix("body") if problem.startswith("body") else f": {problem}"
            raise InvalidInput(f"orders[{index}]{where}") from None
    return [type(order).from_dict(order.to_dict()) for order in requests]


@frozen
class OrderName:
    """How a request names its order.

    Attributes:
        category: product type.
        symbol: symbol.
        order_id: the exchange's id; None if the request names the order by its link id.
        order_link_id: the caller's own id; None if the request names the order by the exchange's: beside it, Bybit
            ignores the other one.
        order_filter: kind of a spot order; None if the request does not say.
    """

    category: Category
    symbol: str
    order_id: str | None
    order_link_id: str | None
    order_filter: OrderFilter | None

    @classmethod
    def of(cls, request: CancelOrderRequest) -> "OrderName":
        """Return how a request names its order: a copy, which stays as it is when the request is changed."""
        # As plain strings: the caller may use a StrEnum, whose `str()` may be another text.
        fields: dict[str, Any] = {
            name: str.__str__(value) for name, value in request.to_dict().items() if isinstance(value, str)
        }
        order_id = fields.get("orderId")
        return cls(
            category=fields["category"],
            symbol=fields["symbol"],
            order_id=order_id,
            order_link_id=None if order_id else fields["orderLinkId"],
            order_filter=fields.get("orderFilter"),
        )

    def cancel_by_id(self, order_id: str) -> CancelByOrderId | CancelSpotByOrderId:
        """Return a request to cancel the order of this id, of the same category, symbol and kind."""
        if self.order_filter is None:
            return CancelByOrderId(self.category, self.symbol, order_id)
        return CancelSpotByOrderId("spot", self.symbol, order_id, self.order_filter)
