"""What is asked of a stream, and what its answers mean, without a connection."""

import asyncio
import json
from typing import Any

import pytest
from bybit_v5.models import Order

from bybit_ext import AuthenticationFailed, Refused
from bybit_ext.stream.connection import _request
from bybit_ext.stream.events import StreamEvent
from bybit_ext.stream.protocol import Subscribe
from tests.orders.events import order

REQUEST = Subscribe(("secret",))


class Connection:
    """Answers a request with some messages."""

    def __init__(self, *answers: Any) -> None:
        self.answers = [json.dumps(answer) for answer in answers]
        self.sent: list[str] = []

    async def send(self, text: str) -> None:
        self.sent.append(text)

    async def recv(self) -> str:
        return self.answers.pop(0)


def ask(*answers: Any, refusal: type[Refused] = Refused) -> tuple[Connection, list[StreamEvent]]:
    connection, published = Connection(*answers), list[StreamEvent]()
    asyncio.run(_request(connection, REQUEST, published.append, refusal))
    return connection, published


def test_a_request_ends_with_its_own_answer_and_no_other() -> None:
    connection, published = ask({"op": "pong"}, {"success": False}, {"op": "subscribe", "success": True}, {"op": "x"})
    assert connection.sent == [REQUEST.text]
    assert (len(connection.answers), published) == (1, [])


def test_orders_that_come_before_it_are_reported() -> None:
    data = [order("New", orderId=one).to_dict() for one in ("1", "2")]
    _, published = ask({"topic": "order", "data": data}, {"op": "subscribe", "success": True})
    assert [one.order_id for one in published if isinstance(one, Order)] == ["1", "2"]


@pytest.mark.parametrize("success", [False, None, 1, "true"])
def test_only_a_success_is_one(success: Any) -> None:
    with pytest.raises(AuthenticationFailed, match=r"^The stream refused op subscribe: 'of \*\*\*'\."):
        ask({"op": "subscribe", "success": success, "ret_msg": "of secret"}, refusal=AuthenticationFailed)


def test_of_a_long_refusal_200_characters_are_shown() -> None:
    with pytest.raises(Refused) as caught:
        ask({"op": "subscribe", "ret_msg": "z" * 201})
    assert caught.value.args == (f"The stream refused op subscribe: {'z' * 200!r}.",)
