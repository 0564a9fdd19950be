"""`bybit sandbox` places its orders anew once they have ended."""

import pytest
from bybit_v5.models import Order

from bybit_ext.cli.serve import Refill
from bybit_ext.sandbox import Exchange
from tests.conftest import wait_until

LINK_IDS = ["my-order-1", "my-order-2", "my-order-3", "my-stop-1"]


@pytest.fixture
def exchange() -> Exchange:
    exchange = Exchange()
    Refill(exchange, delay=0.01).start()
    return exchange


def open_order(exchange: Exchange, link_id: str) -> Order | None:
    return next((order for order in exchange.open_orders() if order.order_link_id == link_id), None)


def link_ids(exchange: Exchange) -> list[str]:
    return sorted(order.order_link_id for order in exchange.open_orders())


def test_examples_rest_from_the_beginning(exchange: Exchange) -> None:
    assert link_ids(exchange) == LINK_IDS


@pytest.mark.parametrize("link_id", LINK_IDS)
@pytest.mark.parametrize("end", ["Filled", "Cancelled", "lost race"])
def test_order_that_has_ended_is_placed_anew(exchange: Exchange, link_id: str, end: str) -> None:
    for _ in range(2):
        order = open_order(exchange, link_id)
        assert order
        if end == "Filled":
            exchange.fill(order.order_id)
        elif end == "Cancelled":
            exchange.end(order.order_id, "Cancelled")
        else:
            exchange.lose_race(order.order_id)
        wait_until(lambda: open_order(exchange, link_id))
    assert link_ids(exchange) == LINK_IDS
    renewed = open_order(exchange, link_id)
    assert renewed
    assert renewed.symbol == ("XRPUSDT" if link_id == "my-stop-1" else "BTCUSDT")


def test_other_orders_are_not_placed_anew(exchange: Exchange) -> None:
    for link_id in ("", "mine"):
        exchange.fill(exchange.place("linear", "BTCUSDT", order_link_id=link_id).order_id)
    exchange.end(exchange.open_orders()[0].order_id, "Cancelled")
    wait_until(lambda: len(exchange.open_orders()) == 4)
    assert len(exchange.orders()) == 7


def test_order_of_somebody_else_with_the_link_id_is_left_alone() -> None:
    exchange = Exchange()
    taken = exchange.place("linear", "BTCUSDT", order_link_id="my-order-1")
    Refill(exchange, delay=0.01).start()
    assert link_ids(exchange) == LINK_IDS
    exchange.fill(taken.order_id)
    wait_until(lambda: open_order(exchange, "my-order-1"))
    assert link_ids(exchange) == LINK_IDS
