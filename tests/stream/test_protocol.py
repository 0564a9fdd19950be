"""The messages of the stream, without a connection."""

import json
from typing import Any

import pytest

from bybit_ext.stream.protocol import Subscribe, parse_message, read_orders
from tests.orders.events import order

ORDER = order("New").to_dict()


def test_what_is_subscribed_to_are_the_orders() -> None:
    request = Subscribe(("secret",))
    assert (request.op, json.loads(request.text)) == ("subscribe", {"op": "subscribe", "args": ["order"]})
    assert request.secrets == ("secret",)


@pytest.mark.parametrize("text", ['{"op": "pong"}', b'{"op": "pong"}'])
def test_a_message_is_a_json_object(text: str | bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert parse_message(text, ()) == {"op": "pong"}
    assert not caplog.records


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null", "NaN", b"\xff", "[" * 100_000])
def test_anything_else_is_an_empty_one_and_logged(text: str | bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert parse_message(text, ("secret",)) == {}
    assert [(one.name, one.getMessage()) for one in caplog.records] == [
        ("bybit_ext", "the stream sent what is not a JSON object")
    ]


def test_secrets_in_a_message_are_redacted() -> None:
    assert parse_message('{"ret_msg": "of SECRET", "data": [{"a": "secret"}]}', ("secret",)) == {
        "ret_msg": "of ***",
        "data": [{"a": "***"}],
    }


@pytest.mark.parametrize("topic", ["order", "order.linear"])
@pytest.mark.parametrize(("data", "count"), [([ORDER, ORDER], 2), (ORDER, 1), ([], 0), ([ORDER, 5, {}], 1), (None, 0)])
def test_the_orders_of_a_message_that_can_be_read_are_reported(topic: str, data: Any, count: int) -> None:
    assert [one.to_dict() for one in read_orders({"topic": topic, "data": data})] == [ORDER] * count


@pytest.mark.parametrize("message", [{}, {"topic": None}, {"topic": 5}, {"topic": "execution"}, {"op": "pong"}])
def test_a_message_of_something_else_reports_none(message: Any) -> None:
    assert read_orders({"data": [ORDER], **message}) == []


def test_a_message_may_report_10000_orders_and_no_more() -> None:
    assert read_orders({"topic": "order", "data": [{}] * 10_000}) == []
    with pytest.raises(OSError, match=r"^a message reports 10001 orders$"):
        read_orders({"topic": "order", "data": [{}] * 10_001})
