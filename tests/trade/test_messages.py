"""Which requests go over the trade WebSocket, and how they are written."""

import json

import pytest

from bybit_ext.engines.interface import Request
from bybit_ext.trade.messages import operation_of, read_message, write_request


@pytest.mark.parametrize("base_path", ["", "/gateway"])
@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/v5/order/create", "order.create"),
        ("POST", "/v5/order/create-batch", "order.create-batch"),
        ("POST", "/v5/order/cancel", "order.cancel"),
        ("POST", "/v5/order/cancel-batch", "order.cancel-batch"),
        ("POST", "/v5/order/cancel-all", None),
        ("GET", "/v5/order/cancel", None),
        ("GET", "/v5/order/realtime?category=linear", None),
    ],
)
def test_only_four_operations_go_over_it(method: str, path: str, operation: str | None, base_path: str) -> None:
    assert operation_of(Request(method, base_path + path), base_path) == operation


@pytest.mark.parametrize("target", ["/v5/order/cancel", "/other/v5/order/cancel", "/v5/order/cancel/gateway"])
def test_what_is_not_below_the_base_path_goes_over_http(target: str) -> None:
    assert operation_of(Request("POST", target), "/gateway") is None


def test_a_request_names_its_headers_as_the_exchange_does_and_no_signature() -> None:
    headers = (("x-bapi-timestamp", "1"), ("REFERER", "broker"), ("X-BAPI-SIGN", "secret"), ("Content-Type", "json"))
    text = write_request("7", "order.cancel", b'{"a": 1.0}', headers)
    assert json.loads(text) == {
        "reqId": "7",
        "header": {"X-BAPI-TIMESTAMP": "1", "Referer": "broker"},
        "op": "order.cancel",
        "args": [{"a": 1.0}],
    }


def test_a_message_is_a_json_object_without_secrets() -> None:
    assert read_message(b'{"a": "of SECRET", "b": 1}', ["secret"]) == {"a": "of ***", "b": 1}
    for text in (b"[]", b"null", b"{", b"\xff"):
        with pytest.raises(ValueError):
            read_message(text, [])
