"""The requests that the options stand for. What cannot be sent is refused here, before anything is asked or sent."""

import re
from collections.abc import Sequence
from typing import Any

from bybit_v5.api.trade import cancel_order
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Category,
    OrderFilter,
)

from bybit_ext.calls.operations import Model, Operation, build_request
from bybit_ext.errors import InvalidInput
from bybit_ext.orders.requests import CancelOrderRequest

_FIELD = re.compile(r"^body\.(\w+)")  # of a request: order_id or orderId


def cancel_requests(
    category: Category,
    symbol: str | None,
    order_ids: Sequence[str],
    order_link_ids: Sequence[str],
    order_filter: OrderFilter | None,
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
        raise InvalidInput(f"--order-filter: exists on spot only, not on {category}.")
    else:
        requests = [
            *(CancelSpotByOrderId("spot", symbol, one, order_filter) for one in order_ids),
            *(CancelSpotByOrderLinkId("spot", symbol, one, order_filter) for one in order_link_ids),
        ]
    for request in requests:
        _check(cancel_order, request)
    return requests


def check_scope(category: Category, *, symbol: str | None, base_coin: str | None, settle_coin: str | None) -> None:
    """Compare what limits a request to some of a category's orders with what the exchange takes.

    Raises:
        InvalidInput: more than one is given, one is empty, or none is given of linear orders.
    """
    limits = {"--symbol": symbol, "--base-coin": base_coin, "--settle-coin": settle_coin}
    given = {name: value for name, value in limits.items() if value is not None}
    for name, value in given.items():
        if not value:  # a variable that a script lacks must not widen the request to all orders
            raise InvalidInput(f"{name}: must not be empty.")
    if len(given) > 1:
        raise InvalidInput(f"{', '.join(given)}: give one of them; the exchange would ignore the rest.")
    if not given and category == "linear":
        raise InvalidInput(f"{', '.join(limits)}: one of them must be given on linear.")


def _check(operation: Operation[Any, Any], request: Model) -> None:
    """Let the request's own model refuse what it does not have; the message names the option."""
    try:
        build_request(operation, "", body=request)
    except InvalidInput as error:
        raise InvalidInput(_FIELD.sub(_option, error.args[0])) from None


def _option(field: re.Match[str]) -> str:
    words = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", field[1])
    return f"--{words.replace('_', '-')}"
