"""What calls about orders take, and which order a cancel is about."""

from collections.abc import Iterable
from typing import Any, TypeVar

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
    FuturesCategory,
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
from bybit_v5.models.category import CATEGORY_VALUES
from bybit_v5.models.futures_category import FUTURES_CATEGORY_VALUES

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

Choice = TypeVar("Choice", bound=str)


def parse_category(text: str) -> Category:
    """Return a category that is given as plain text, by a config file say: then the request models take it.

    >>> CancelByOrderId(parse_category(config["category"]), "BTCUSDT", order_id="c6f055d9-7f21-4079-913d-e6523a9cfffa")

    Args:
        text: `linear`, `inverse`, `spot` or `option`.

    Raises:
        InvalidInput: it is none of them.

    Source: https://bybit-exchange.github.io/docs/v5/enum#category
    """
    return _parse_choice(text, CATEGORY_VALUES)


def parse_futures_category(text: str) -> FuturesCategory:
    """Return a category of futures that is given as plain text: as `parse_category`, for the models of futures.

    Args:
        text: `linear` or `inverse`.

    Raises:
        InvalidInput: it is none of them.

    Source: https://bybit-exchange.github.io/docs/v5/enum#category
    """
    return _parse_choice(text, FUTURES_CATEGORY_VALUES)


def _parse_choice(text: str, choices: set[Choice]) -> Choice:
    for choice in choices:
        if choice == text:
            return choice
    raise InvalidInput(f"category: must be {' or '.join(map(repr, sorted(choices)))}, not {show(text)}.")


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
