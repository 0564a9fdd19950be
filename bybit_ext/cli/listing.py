"""Read all open orders, page by page."""

from bybit_v5.api.trade import get_orders
from bybit_v5.models import Category, Order
from bybit_v5.types import UNSET, Unset

from bybit_ext.client import Bybit
from bybit_ext.errors import InvalidInput, OutcomeUnknown
from bybit_ext.orders.queries import MAX_PAGE

from .requests import Scope, if_given, needs_scope


def open_orders(bybit: Bybit, category: Category, scope: Scope, read: dict[str, Order] | None = None) -> list[Order]:
    """Return the open orders, newest first as the exchange lists them; each with its category.

    Args:
        bybit: the client.
        category: product type.
        scope: what limits them to some of the category's orders.
        read: takes each order by its id as it is read, for who is interrupted; None if nobody needs that.

    Raises:
        InvalidInput: the category's orders cannot be listed so. Nothing was sent.
        NotSent: nothing left this machine.
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or not all of its answer can be read.
    """
    _check(category, scope)
    orders = {} if read is None else read  # an order can move to the next page between two requests
    cursors: set[str] = set()
    cursor: str | Unset = UNSET
    while True:
        page = bybit.call(
            get_orders,
            category=category,
            symbol=if_given(scope.symbol),
            base_coin=if_given(scope.base_coin),
            settle_coin=if_given(scope.settle_coin),
            open_only=0,
            limit=MAX_PAGE,
            cursor=cursor,
        ).result
        for order in page.list_:
            order.category = order.category or category
            orders[order.order_id] = order
        cursor = page.next_page_cursor
        # Bybit names a next page behind the last one too; it has orders only if this one is full, or has none at all.
        if not cursor or 0 < len(page.list_) < MAX_PAGE:
            break
        if cursor in cursors:
            if page.list_:
                raise OutcomeUnknown("The exchange lists the same page of orders again and again.")
            break
        cursors.add(cursor)
    return list(orders.values())


def _check(category: Category, scope: Scope) -> None:
    if category == "linear" and scope.is_all:
        raise needs_scope(category)
    if category == "spot" and not scope.symbol and not scope.is_all:
        raise InvalidInput("--base-coin, --settle-coin: the exchange does not list spot orders by a coin.")
