"""What Bybit's page says of a cancel, in words that no schema made: the document itself is held to it."""

from typing import Any

import httpx
import pytest
from bybit_v5.models import Order

from bybit_ext import Bybit, BybitAuth, BybitError, load_credentials
from bybit_ext.sandbox import Sandbox
from tests.conformance.operations import OPERATIONS, validator

(CANCEL,) = (one for one in OPERATIONS if str(one) == "cancelOrder")
NO_SUCH_ORDER = (110001, 170213)
EXAMPLES: dict[str, Any] = CANCEL.definition["requestBody"]["content"]["application/json"]["examples"]

FORBIDDEN: dict[str, dict[str, Any]] = {
    "neither id": {"category": "linear", "symbol": "BTCUSDT"},
    "both ids null": {"category": "linear", "symbol": "BTCUSDT", "orderId": None, "orderLinkId": None},
    "an empty order id": {"category": "linear", "symbol": "BTCUSDT", "orderId": ""},
    "an empty link id": {"category": "linear", "symbol": "BTCUSDT", "orderLinkId": ""},
    "an empty order id beside a link id": {
        "category": "linear",
        "symbol": "BTCUSDT",
        "orderId": "",
        "orderLinkId": "1",
    },
    "an empty link id beside an order id": {
        "category": "linear",
        "symbol": "BTCUSDT",
        "orderId": "1",
        "orderLinkId": "",
    },
    "a number for an id": {"category": "linear", "symbol": "BTCUSDT", "orderId": 1523347543495541248},
    "a filter on linear": {"category": "linear", "symbol": "BTCUSDT", "orderId": "1", "orderFilter": "Order"},
    "a filter on inverse": {"category": "inverse", "symbol": "BTCUSD", "orderLinkId": "1", "orderFilter": "StopOrder"},
    "a filter on option": {"category": "option", "symbol": "BTC-1-C", "orderId": "1", "orderFilter": "tpslOrder"},
    "an unknown filter": {"category": "spot", "symbol": "BTCUSDT", "orderId": "1", "orderFilter": "order"},
    "an unknown category": {"category": "futures", "symbol": "BTCUSDT", "orderId": "1"},
    "a lower-case symbol": {"category": "linear", "symbol": "btcusdt", "orderId": "1"},
    "an empty symbol": {"category": "linear", "symbol": "", "orderId": "1"},
    "no symbol": {"category": "linear", "orderId": "1"},
    "no category": {"symbol": "BTCUSDT", "orderId": "1"},
}
IDS: list[dict[str, Any]] = [
    {"orderId": "1"},
    {"orderLinkId": "1"},
    {"orderId": "1", "orderLinkId": "2"},
    {"orderId": "1", "orderLinkId": None},
    {"orderId": None, "orderLinkId": "1"},
]
KINDS = [
    *({"category": category} for category in ("linear", "inverse", "spot", "option")),
    *({"category": "spot", "orderFilter": kind} for kind in ("Order", "tpslOrder", "StopOrder")),
]


@pytest.fixture(scope="module")
def auth(sandbox: Sandbox) -> BybitAuth:
    return BybitAuth(load_credentials(sandbox.api_key, sandbox.api_secret))


@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_page_forbids_is_forbidden(http: httpx.Client, auth: BybitAuth, body: dict[str, Any]) -> None:
    assert http.post("/v5/order/cancel", json=body, auth=auth).json()["retCode"] == 10001


@pytest.mark.parametrize("ids", IDS, ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_the_page_allows_is_allowed(bybit: Bybit, kind: dict[str, Any], ids: dict[str, Any]) -> None:
    with pytest.raises(BybitError) as caught:  # no such order: its form was right
        bybit.cancel_order(CANCEL.read_body({**kind, "symbol": "BTCUSDT", **ids}))
    assert caught.value.ret_code in NO_SUCH_ORDER


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_a_request_is_allowed(bybit: Bybit, name: str) -> None:
    with pytest.raises(BybitError) as caught:
        bybit.cancel_order(CANCEL.read_body(EXAMPLES[name]["value"]))
    assert caught.value.ret_code in NO_SUCH_ORDER


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        ({"retCode": 0}, True),
        ({"retCode": 0, "retMsg": "", "result": None, "retExtInfo": []}, True),
        ({"retCode": 0, "result": {"orderId": "1", "orderLinkId": "", "new": 1}, "new": 2}, True),
        ({"retCode": 110001, "retMsg": "x", "result": {}, "retExtInfo": None}, True),
        ({"retCode": "0"}, False),
        ({"retMsg": "OK"}, False),
        ({"retCode": 0, "result": []}, False),
        ({"retCode": 0, "result": {"orderId": 1}}, False),
        (None, False),
    ],
)
def test_an_answer_is_told_by_its_code(answer: Any, *, allowed: bool) -> None:
    assert validator(CANCEL.answer).is_valid(answer) is allowed


@pytest.mark.parametrize("field", ["orderStatus", "side", "orderType", "category", "cancelType"])
def test_what_the_exchange_may_extend_is_carried(sandbox: Sandbox, field: str) -> None:
    fields = {**sandbox.place("linear", "BTCUSDT").to_dict(), field: "BrandNew"}
    assert Order.from_dict(fields).to_dict() == fields


def test_orders_are_answered_newest_first(sandbox: Sandbox, http: httpx.Client, auth: BybitAuth) -> None:
    placed = [sandbox.place("spot", "DOGEUSDT") for _ in range(2)]
    answer = http.get("/v5/order/realtime", params={"category": "spot", "symbol": "DOGEUSDT"}, auth=auth).json()
    (read,) = (one for one in OPERATIONS if str(one) == "getOrders")
    assert validator(read.answer).is_valid(answer)
    assert [order["orderId"] for order in answer["result"]["list"]] == [order.order_id for order in reversed(placed)]
