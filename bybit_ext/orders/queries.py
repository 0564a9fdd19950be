"""Read orders from the two lists of the exchange. One order that cannot be read never hides another."""

from typing import Any, Literal, cast

from attrs import frozen
from bybit_v5.api.trade import get_order_history, get_orders
from bybit_v5.models import Category, Order

from bybit_ext.calls.lenient import parse_leniently
from bybit_ext.calls.operations import Operation
from bybit_ext.calls.responses import RawReply, read_reply
from bybit_ext.calls.strict_json import object_fields
from bybit_ext.errors import OutcomeUnknown
from bybit_ext.results import Evidence, RedactedReply

MAX_PAGE = 50
"""Orders that a page may have; of a link id that was used often, the newest."""

List = Literal["open orders", "history"]
OPERATIONS: dict[List, Operation[Any, Any]] = {"open orders": get_orders, "history": get_order_history}


@frozen
class ReadableOrders:
    """The orders of one answer.

    Attributes:
        orders: those that can be read.
        has_unreadable: whether there are others, in the answer or on further pages.
        left_out: how many orders of the answer cannot be read.
        next_page: the cursor of the next page; None if this is the last one.
        reply: the answer itself.
    """

    orders: list[Order]
    has_unreadable: bool
    left_out: int = 0
    next_page: str | None = None
    reply: RedactedReply | None = None


def process_orders(category: Category, raw: RawReply) -> tuple[ReadableOrders, Evidence]:
    """Return the orders of a reply and its evidence.

    Args:
        category: product type that was asked for; the orders of a list do not say it, the list around them may.
        raw: the reply.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: it did not say, or there is no list in its answer.
    """
    content, evidence = read_reply(raw)
    result = content.get("result")
    items = object_fields(result).get("list")
    if not isinstance(items, list):
        raise OutcomeUnknown("The exchange accepted, but there is no list of orders in its answer.", evidence)
    named = object_fields(result).get("category") or category
    page = cast("list[object]", items)
    orders = parse_leniently(Order, [_with_category(item, named) for item in page[:MAX_PAGE]])
    # Bybit names a next page behind the last one too; it has orders only if this one is full, or has none at all.
    cursor = object_fields(result).get("nextPageCursor")
    has_next = bool(cursor) and not 0 < len(page) < MAX_PAGE
    next_page = cursor if has_next and isinstance(cursor, str) else None
    left_out = len(page) - len(orders)
    return ReadableOrders(orders, has_next or left_out > 0, left_out, next_page, evidence.reply), evidence


def _with_category(item: object, category: object) -> object:
    """Add the product type to an order where only the list around it says so."""
    fields = object_fields(item)
    if fields and isinstance(category, str) and not fields.get("category"):
        return {**fields, "category": category}
    return item
