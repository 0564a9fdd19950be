"""How the arguments of an operation are sent."""

from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId

from bybit_ext import InvalidInput
from bybit_ext.calls.operations import build_request
from bybit_ext.engines.interface import Request


class Side(str, Enum):  # noqa: UP042 - whose str() is another, unlike a StrEnum's
    BUY = "Buy"


def test_a_query_has_its_values_as_json_writes_them_and_lists_item_by_item() -> None:
    values = {"count": 5, "price": 1.5, "yes": True, "no": False, "side": Side.BUY, "many": [1, True, "a b", Side.BUY]}

    def get_kwargs() -> dict[str, Any]:
        return {"method": "get", "url": "/v5/order/realtime", "params": values}

    operation: Any = SimpleNamespace(_get_kwargs=get_kwargs, _parse_response=None)
    path, _, query = build_request(operation, "/base").request.target.partition("?")
    assert path == "/base/v5/order/realtime"
    assert query == "count=5&price=1.5&yes=true&no=false&side=Buy&many=1&many=true&many=a%20b&many=Buy"


@pytest.mark.parametrize(
    ("operation", "arguments", "is_signed", "is_idempotent", "is_read"),
    [
        (get_server_time, {}, False, True, True),
        (get_orders, {"category": "linear", "symbol": "X"}, True, True, True),
        (cancel_order, {"body": CancelByOrderId("linear", "X", "1")}, True, True, False),
        (cancel_order, {"body": CancelByOrderLinkId("linear", "X", "1")}, True, False, False),
    ],
)
def test_the_document_says_what_is_signed_and_what_may_be_sent_twice(
    operation: Any, arguments: dict[str, Any], *, is_signed: bool, is_idempotent: bool, is_read: bool
) -> None:
    built = build_request(operation, "", **arguments)
    assert (built.is_signed, built.is_idempotent, built.is_read) == (is_signed, is_idempotent, is_read)


def test_a_body_is_sent_as_json_without_spaces_and_a_query_without_a_body() -> None:
    cancel = build_request(cancel_order, "/base", body=CancelByOrderId("linear", "ż", "1"))
    body = '{"category":"linear","symbol":"ż","orderId":"1"}'.encode()
    assert cancel.request == Request("POST", "/base/v5/order/cancel", (("Content-Type", "application/json"),), body)
    query = build_request(get_orders, "/base", category="linear", order_id="a b")
    assert query.request == Request("GET", "/base/v5/order/realtime?category=linear&orderId=a%20b", (), b"")


def test_a_member_of_an_enum_is_handed_over_as_its_string() -> None:
    def get_kwargs(*, side: str) -> dict[str, Any]:
        return {"method": "get", "url": f"/v5/{side}"}

    operation: Any = SimpleNamespace(_get_kwargs=get_kwargs, _parse_response=None)
    assert build_request(operation, "", side=Side.BUY).request.target == "/v5/Buy"


def test_a_path_keeps_the_characters_that_may_stand_in_one() -> None:
    def get_kwargs() -> dict[str, Any]:
        return {"method": "get", "url": "/v5/%41:@!$&'()*+,;=~ ?#X"}

    operation: Any = SimpleNamespace(_get_kwargs=get_kwargs, _parse_response=None)
    assert build_request(operation, "").request.target == "/v5/%41:@!$&'()*+,;=~%20%3F%23X"


def test_a_target_may_have_65536_characters() -> None:
    room = 65_536 - len("/v5/order/realtime?category=linear&symbol=")
    build_request(get_orders, "", category="linear", symbol="x" * room)
    with pytest.raises(InvalidInput) as caught:
        build_request(get_orders, "", category="linear", symbol="x" * (room + 1))
    assert caught.value.args == ("get_orders: its arguments are too long for a URL.",)


def test_a_value_of_a_query_that_the_document_forbids_is_named_as_the_document_names_it() -> None:
    with pytest.raises(InvalidInput, match=r"^orderId: must not be empty\."):
        build_request(get_orders, "", category="linear", order_id="")


@pytest.mark.parametrize("lacks", ["_get_kwargs", "_parse_response"])
def test_what_lacks_half_of_an_operation_is_none(lacks: str) -> None:
    halves = {"_get_kwargs": get_orders._get_kwargs, "_parse_response": get_orders._parse_response}
    operation: Any = SimpleNamespace(**{name: half for name, half in halves.items() if name != lacks})
    with pytest.raises(InvalidInput, match=r"^operation: must be a generated module"):
        build_request(operation, "", category="linear")
