"""The requests that the options stand for. What cannot be sent is refused here, before anything is asked or sent."""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, cast

from attrs import frozen
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
    FuturesOrderFilter,
    OptionOrderFilter,
    OrderFilter,
    SpotOrderFilter,
)
from bybit_v5.types import UNSET, Unset

from bybit_ext.errors import InvalidInput
from bybit_ext.orders.cancel_all import check_cancel_all
from bybit_ext.orders.requests import CancelAllRequest, CancelOrderRequest, check_orders

CancelFilter = Literal[OrderFilter, SpotOrderFilter, FuturesOrderFilter, OptionOrderFilter]
"""The kinds of orders that some cancel can be limited to; which one can, its request says."""

_FIELD = re.compile(r"^(?:request|orders\[\d+\])\.(\w+)")  # of a request, as a message names it


@frozen
class Scope:
    """What limits a request to some of a category's orders: one of these at most, None for the others.

    Attributes:
        symbol: symbol.
        base_coin: base coin of the symbols.
        settle_coin: settle coin of the symbols.
    """

    symbol: str | None = None
    base_coin: str | None = None
    settle_coin: str | None = None

    def __attrs_post_init__(self) -> None:
        given = {name: value for name, value in self._options.items() if value is not None}
        for name, value in given.items():
            if not value:  # a variable that a script lacks must not widen the request to all orders
                raise InvalidInput(f"{name}: must not be empty.")
        if len(given) > 1:
            raise InvalidInput(f"{', '.join(given)}: give one of them; the exchange would ignore the rest.")

    @property
    def _options(self) -> dict[str, str | None]:
        return {"--symbol": self.symbol, "--base-coin": self.base_coin, "--settle-coin": self.settle_coin}

    @property
    def is_all(self) -> bool:
        """Whether it limits nothing."""
        return not any(self._options.values())

    def __str__(self) -> str:
        if self.base_coin or self.settle_coin:
            return f"base coin {self.base_coin}" if self.base_coin else f"settle coin {self.settle_coin}"
        return self.symbol or "all symbols"


def needs_scope(category: Category) -> InvalidInput:
    """Return the error of a request for orders of a category that has to be limited to some of them."""
    return InvalidInput(f"--symbol, --base-coin, --settle-coin: one of them must be given on {category}.")


def cancel_requests(
    category: Category,
    symbol: str | None,
    order_ids: Sequence[str],
    order_link_ids: Sequence[str],
    order_filter: CancelFilter | None,
) -> list[CancelOrderRequest]:
    """Return one request for each id: those by order id first.

    Raises:
        InvalidInput: there is no id, or no order of this category can be named so.
    """
    if not order_ids and not order_link_ids:
        raise InvalidInput("Name each order by --order-id or by --order-link-id, or all of them by --all.")
    if not symbol:
        raise InvalidInput("--symbol: must be given beside --order-id and --order-link-id.")
    if order_filter is None:
        requests: list[CancelOrderRequest] = [
            *(CancelByOrderId(category, symbol, one) for one in order_ids),
            *(CancelByOrderLinkId(category, symbol, one) for one in order_link_ids),
        ]
    elif category != "spot":
        raise InvalidInput(f"--order-filter: exists on spot only, not on {category}; beside --all it does.")
    else:
        kind = cast("OrderFilter", order_filter)  # its request refuses others
        requests = [
            *(CancelSpotByOrderId("spot", symbol, one, kind) for one in order_ids),
            *(CancelSpotByOrderLinkId("spot", symbol, one, kind) for one in order_link_ids),
        ]
    with _naming_options():
        return check_orders(requests)


def cancel_all_request(
    category: Category, scope: Scope, order_filter: CancelFilter | None, *, confirm: bool
) -> CancelAllRequest:
    """Return the request to cancel all orders of a scope and kind.

    Args:
        category: product type.
        scope: what limits it to some of the category's orders.
        order_filter: kind of the orders; None for what the exchange assumes.
        confirm: whether it has to be known how each order ended, for which they must be listed.

    Raises:
        InvalidInput: the orders of this category cannot be limited so.
    """
    request = _cancel_all_request(category, scope, cast("Any", if_given(order_filter)))
    with _naming_options():
        return check_cancel_all(request, will_read=confirm)


def _cancel_all_request(category: Category, scope: Scope, order_filter: Any) -> CancelAllRequest:
    if category == "spot":
        if scope.settle_coin is not None:
            raise InvalidInput("--settle-coin: spot orders have none.")
        symbol, base_coin = if_given(scope.symbol), if_given(scope.base_coin)
        return CancelAllSpot("spot", symbol, base_coin, order_filter)
    if category == "option":
        settle_coin = cast("Any", if_given(scope.settle_coin))
        return CancelAllOptions("option", if_given(scope.symbol), if_given(scope.base_coin), settle_coin, order_filter)
    if scope.symbol is not None:
        return CancelAllBySymbol(category, scope.symbol, order_filter)
    if scope.base_coin is not None:
        return CancelAllByBaseCoin(category, scope.base_coin, order_filter)
    if scope.settle_coin is not None:
        return CancelAllBySettleCoin(category, scope.settle_coin, order_filter)
    raise needs_scope(category)


def if_given(text: str | None) -> str | Unset:
    """Return the value of an option as a request has it."""
    return UNSET if text is None else text


@contextmanager
def _naming_options() -> Generator[None, None, None]:
    """Let the message of a request that is refused name the option of the field that is wrong."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(_FIELD.sub(_option, error.args[0])) from None


def _option(field: re.Match[str]) -> str:
    words = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", field[1])
    return f"--{words.replace('_', '-')}"
