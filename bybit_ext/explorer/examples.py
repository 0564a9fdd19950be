"""The document as the page shows it: with examples that can be sent as they stand, since their orders rest now."""

import secrets
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from bybit_v5.models import Order

from bybit_ext.document import document

_MOST_SHOWN = 4  # orders that have an example of their own
_MOST_IN_BATCH = 2


def plain_document(server: str) -> dict[str, Any]:
    """Return the document for one server, for other tools.

    Args:
        server: its URL.
    """
    return {**document(), "servers": [{"url": server}]}


def filled_document(server: str, orders: Sequence[Order]) -> dict[str, Any]:
    """Return the document with examples that name orders of the account.

    Args:
        server: what stands before the paths of the page's requests.
        orders: those that are open; if there are none, the document's own examples stay.
    """
    content = deepcopy(plain_document(server))
    # It is signed by the server: nobody has to give the page a key.
    content.pop("security", None)
    content["components"].pop("securitySchemes", None)
    operations = {one["operationId"]: one for item in content["paths"].values() for one in item.values()}
    for operation in operations.values():
        operation.pop("security", None)
        _leave_optional_empty(operation, orders)
    _give(operations["createOrder"], _to_place(operations["createOrder"]))
    if orders:
        _give(operations["cancelOrder"], _to_cancel(orders))
        _give(operations["cancelBatch"], _to_cancel_several(orders))
        _give(operations["cancelAll"], _to_cancel_all(orders) | _examples_of(operations["cancelAll"]))
    return content


def _examples_of(operation: dict[str, Any]) -> dict[str, Any]:
    examples: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["examples"]
    return examples


def _give(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    operation["requestBody"]["content"]["application/json"]["examples"] = examples


def _leave_optional_empty(operation: dict[str, Any], orders: Sequence[Order]) -> None:
    """Fill in category and symbol only: the page would send every parameter that has an example."""
    values = {"category": orders[0].category, "symbol": orders[0].symbol} if orders else {}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] not in ("category", "symbol"):
            parameter.pop("example", None)
        elif values.get(parameter["name"]):
            parameter["example"] = values[parameter["name"]]


def _to_place(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the document's examples, with link ids that no open order has."""
    examples = deepcopy(_examples_of(operation))
    for example in examples.values():
        if "orderLinkId" in example["value"]:
            example["value"]["orderLinkId"] = f"try-{secrets.token_hex(4)}"
    return examples


def _to_cancel(orders: Sequence[Order]) -> dict[str, Any]:
    examples = {
        f"resting{number}": {"summary": f"A resting order: {describe(order)}", "value": cancel_request(order)}
        for number, order in enumerate(orders[:_MOST_SHOWN], 1)
    }
    named = next((order for order in orders if order.order_link_id), None)
    if named:
        value = _without(cancel_request(named), "orderId") | {"orderLinkId": named.order_link_id}
        examples["linkId"] = {"summary": f"By the caller's own id: {named.order_link_id}", "value": value}
    first = cancel_request(orders[0])
    unknown = {"summary": "Refused: no such order", "value": first | {"orderId": "no-such-order"}}
    nameless = {"summary": "Not sent: it names no order", "value": _without(first, "orderId")}
    return examples | {"refused": unknown, "notSent": nameless}


def _to_cancel_several(orders: Sequence[Order]) -> dict[str, Any]:
    category = orders[0].category
    same = [order for order in orders if order.category == category][:_MOST_IN_BATCH]
    items = [{"symbol": order.symbol, "orderId": order.order_id} for order in same]
    batch = {"category": category, "request": items}
    missing = {**batch, "request": [*items, {"symbol": orders[0].symbol, "orderId": "no-such-order"}]}
    return {
        "resting": {"summary": "Resting orders", "value": batch},
        "mixed": {"summary": "Resting orders, and one that does not exist", "value": missing},
    }


def _to_cancel_all(orders: Sequence[Order]) -> dict[str, Any]:
    order = orders[0]
    value = {"category": order.category, "symbol": order.symbol}
    return {"resting": {"summary": f"All {order.category} orders of {order.symbol}", "value": value}}


def cancel_request(order: Order) -> dict[str, Any]:
    """Return the JSON of a request that cancels an order."""
    request: dict[str, Any] = {"category": order.category, "symbol": order.symbol, "orderId": order.order_id}
    kind = _filter_of(order)
    return request | {"orderFilter": kind} if kind else request


def _filter_of(order: Order) -> str | None:
    """Return the `orderFilter` without which the exchange does not find a spot order; None if it needs none."""
    if order.category != "spot":
        return None
    if order.order_status != "Untriggered":
        return "Order"
    return "tpslOrder" if order.stop_order_type == "tpslOrder" else "StopOrder"


def _without(request: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in request.items() if key != name}


def describe(order: Order) -> str:
    """Return an order in a few words."""
    price = f"at {order.price}" if order.price and order.price != "0" else ""
    return " ".join(str(one) for one in (order.category, order.symbol, order.side, order.qty, price) if one)
