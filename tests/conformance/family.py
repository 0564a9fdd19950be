"""What Bybit's pages forbid of placing, batches and cancels of all, in words that no schema made."""

from typing import Any

_LIMIT = {"category": "linear", "symbol": "X", "side": "Buy", "orderType": "Limit", "qty": "1", "price": "1"}
_MARKET = {"category": "linear", "symbol": "X", "side": "Buy", "orderType": "Market", "qty": "1"}
_SPOT = {**_LIMIT, "category": "spot"}
_OPTION = {**_LIMIT, "category": "option", "orderLinkId": "1"}
_ITEM = {"symbol": "X", "orderId": "1"}


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


CREATE: dict[str, dict[str, Any]] = {
    "a limit order without a price": _without(_LIMIT, "price"),
    "a spot limit order without a price": _without(_SPOT, "price"),
    "an option without a link id": _without(_OPTION, "orderLinkId"),
    "a spot take-profit order without its trigger": {**_SPOT, "orderFilter": "tpslOrder"},
    "a spot conditional order without its trigger": {**_SPOT, "orderFilter": "StopOrder"},
    "a spot trigger without its kind": {**_SPOT, "triggerPrice": "1"},
    "a spot order that reduces a position": {**_SPOT, "reduceOnly": True},
    "a spot order of a position": {**_SPOT, "positionIdx": 0},
    "a futures order that borrows": {**_LIMIT, "isLeverage": 1},
    "a futures order with a unit": {**_MARKET, "marketUnit": "baseCoin"},
    "a futures order with a kind": {**_LIMIT, "orderFilter": "StopOrder"},
    "an option with a take profit": {**_OPTION, "takeProfit": "1"},
    "a futures order with a volatility": {**_LIMIT, "orderIv": "1"},
    "a quantity as a number": {**_LIMIT, "qty": 1},
    "a quantity that is none": {**_LIMIT, "qty": "one"},
    "no quantity": _without(_LIMIT, "qty"),
    "an unknown side": {**_LIMIT, "side": "buy"},
    "an unknown type": {**_LIMIT, "orderType": "Stop"},
    "an unknown time in force": {**_LIMIT, "timeInForce": "GTD"},
    "a link id that is too long": {**_LIMIT, "orderLinkId": "1" * 37},
    "a link id with a blank": {**_LIMIT, "orderLinkId": "my order"},
    "a field that is misspelled": {**_LIMIT, "reduceonly": True},
}
BATCH: dict[str, dict[str, Any]] = {
    "an item with neither id": {"category": "linear", "request": [{"symbol": "X"}]},
    "one item of several with neither id": {"category": "linear", "request": [_ITEM, {"symbol": "X"}]},
    "an item without a symbol": {"category": "linear", "request": [{"orderId": "1"}]},
    "an item with an empty id": {"category": "linear", "request": [{"symbol": "X", "orderLinkId": ""}]},
    "no items": {"category": "linear", "request": []},
    "21 items": {"category": "linear", "request": [_ITEM] * 21},
    "11 spot items": {"category": "spot", "request": [_ITEM] * 11},
    "no category": {"request": [_ITEM]},
}
ALL: dict[str, dict[str, Any]] = {
    "linear without symbol or coin": {"category": "linear"},
    "inverse without symbol or coin": {"category": "inverse"},
    "spot with a settle coin": {"category": "spot", "settleCoin": "USDT"},
    "an option's settle coin that is none": {"category": "option", "settleCoin": "BTC"},
    "a filter of futures on spot": {"category": "spot", "orderFilter": "OpenOrder"},
    "a filter of spot on futures": {"category": "linear", "symbol": "X", "orderFilter": "tpslOrder"},
    "a filter of futures on options": {"category": "option", "orderFilter": "OpenOrder"},
    "a stop type without its filter": {"category": "linear", "symbol": "X", "stopOrderType": "Stop"},
    "a stop type beside another filter": {
        "category": "linear",
        "symbol": "X",
        "stopOrderType": "Stop",
        "orderFilter": "Order",
    },
    "a stop type on spot": {"category": "spot", "orderFilter": "StopOrder", "stopOrderType": "Stop"},
    "a field that is misspelled": {"category": "spot", "orderfilter": "tpslOrder"},
}
FORBIDDEN: dict[str, tuple[str, dict[str, Any]]] = {
    f"{path.rpartition('/')[2]}: {name}": (path, body)
    for path, bodies in (
        ("/v5/order/create", CREATE),
        ("/v5/order/cancel-batch", BATCH),
        ("/v5/order/cancel-all", ALL),
    )
    for name, body in bodies.items()
}
