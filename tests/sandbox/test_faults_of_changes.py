"""What goes wrong with requests to create orders, to cancel a batch, and to cancel all."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from bybit_v5.models import Order

from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    delay_response,
    drop_response,
    fill_first,
    respond_with,
    respond_with_body,
    respond_with_foreign_ids,
    respond_with_page,
    shorten_list,
    truncate_response,
)
from tests.sandbox.wire import RESET, Wire, codes_of, ids_of, orders_of

BOTH = pytest.mark.parametrize("carry_out", [True, False])
LINEAR: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT"}
LIMIT_ORDER = {**LINEAR, "side": "Buy", "orderType": "Limit", "qty": "1", "price": "100"}


@pytest.fixture
def orders(exchange: Sandbox) -> list[Order]:
    return [exchange.place("linear", "BTCUSDT", order_link_id=f"link-{number}") for number in range(3)]


def statuses(exchange: Sandbox, orders: list[Order]) -> list[str]:
    # Once more through the server's loop: what is carried out has been by then.
    httpx.get(f"{exchange.url}/v5/market/time")
    return [str(exchange.order(order.order_id).order_status) for order in orders]


def batch_of(orders: list[Order]) -> dict[str, Any]:
    named = [{"symbol": "BTCUSDT", "orderId": order.order_id} for order in orders]
    return {"category": "linear", "request": named}


class TestCreate:
    @BOTH
    def test_response_is_lost_before_or_after_the_order_was_taken(
        self, exchange: Sandbox, wire: Wire, *, carry_out: bool
    ) -> None:
        exchange.faults.on_create("mine", [drop_response(carry_out=carry_out)])
        with pytest.raises(RESET):
            wire.create(orderLinkId="mine")
        assert [order.order_link_id for order in exchange.open_orders()] == (["mine"] if carry_out else [])

    @BOTH
    def test_ret_code_comes_whether_or_not_the_order_was_taken(
        self, exchange: Sandbox, wire: Wire, *, carry_out: bool
    ) -> None:
        exchange.faults.on_create("mine", [respond_with(10016, carry_out=carry_out)])
        assert wire.create(orderLinkId="mine")["retCode"] == 10016
        assert len(exchange.open_orders()) == carry_out

    def test_fault_is_for_its_link_id_and_for_creating(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.on_create("mine", [respond_with(10016)])
        assert wire.create(orderLinkId="other")["retCode"] == 0
        assert wire.cancel(**LINEAR, orderLinkId="mine")["retCode"] == 110001
        assert [wire.create(orderLinkId="mine")["retCode"] for _ in range(2)] == [10016, 0]

    def test_next_create_goes_wrong_though_it_has_no_link_id(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.on_next([respond_with(10016)], of="creates")
        assert [wire.create()["retCode"] for _ in range(2)] == [10016, 0]

    def test_response_is_late(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.on_next([delay_response(0.2)], of="creates")
        answer = wire.send(wire.post_request("/v5/order/create", LIMIT_ORDER))
        assert answer.elapsed.total_seconds() >= 0.2
        assert len(exchange.open_orders()) == 1

    def test_response_names_another_order(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.on_create("mine", [respond_with_foreign_ids()])
        result = wire.create(orderLinkId="mine")["result"]
        (order,) = exchange.open_orders()
        assert result["orderId"] != order.order_id
        assert result["orderLinkId"] != order.order_link_id == "mine"

    def test_fault_that_fills_others_is_for_cancels(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([Fault(fill_first=True, lose_race_after=True, fill_others=True)], of="creates")
        assert wire.create()["retCode"] == 0
        assert statuses(exchange, orders) == ["New"] * 3


class TestOrdersOfABatch:
    def test_order_gets_the_code_of_its_fault(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on(orders[1].order_id, [respond_with(10016)])
        assert codes_of(wire.cancel_batch(orders)) == [0, 10016, 0]
        assert statuses(exchange, orders) == ["Cancelled", "New", "Cancelled"]

    def test_order_is_cancelled_though_its_code_says_otherwise(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        exchange.faults.on(orders[1].order_id, [respond_with(10016, carry_out=True)])
        answer = wire.cancel_batch(orders)
        assert answer["retExtInfo"]["list"][1] == {"code": 10016, "msg": "a fault of the sandbox"}
        assert statuses(exchange, orders) == ["Cancelled"] * 3

    def test_order_is_filled_first(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on(orders[0].order_id, [fill_first()]).on(orders[1].order_id, [fill_first(110001)])
        assert codes_of(wire.cancel_batch(orders)) == [110008, 110001, 0]
        assert statuses(exchange, orders) == ["Filled", "Filled", "Cancelled"]

    def test_order_is_filled_after_the_acknowledgement(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        exchange.faults.on(orders[1].order_id, [Fault(lose_race_after=True)])
        assert codes_of(wire.cancel_batch(orders)) == [0, 0, 0]
        assert statuses(exchange, orders) == ["Cancelled", "Filled", "Cancelled"]

    @BOTH
    def test_lost_response_of_an_order_is_that_of_the_whole_batch(
        self, exchange: Sandbox, wire: Wire, orders: list[Order], *, carry_out: bool
    ) -> None:
        exchange.faults.on(orders[1].order_id, [drop_response(carry_out=carry_out)])
        with pytest.raises(RESET):
            wire.cancel_batch(orders)
        assert statuses(exchange, orders) == ["Cancelled", "Cancelled" if carry_out else "New", "Cancelled"]

    def test_first_fault_of_the_response_counts(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on(orders[0].order_id, [respond_with(10016)])
        exchange.faults.on(orders[1].order_id, [respond_with_page(502)])
        exchange.faults.on(orders[2].order_id, [respond_with_page(503)])
        assert wire.send(wire.post_request("/v5/order/cancel-batch", batch_of(orders))).status_code == 502

    def test_headers_of_an_order_come_with_the_batch(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on(orders[1].order_id, [Fault(headers={"Retry-After": "1"}, ret_code=10016)])
        answer = wire.send(wire.post_request("/v5/order/cancel-batch", batch_of(orders)))
        assert codes_of(answer.json()) == [0, 10016, 0]
        assert answer.headers["Retry-After"] == "1"
        assert "X-Bapi-Limit-Reset-Timestamp" in answer.headers  # as with every batch that is taken

    def test_fault_is_used_up_by_the_batch(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on(orders[0].order_id, [respond_with(10016), respond_with(10000)])
        assert codes_of(wire.cancel_batch(orders[:1])) == [10016]
        assert wire.cancel(orders[0])["retCode"] == 10000
        assert wire.cancel(orders[0])["retCode"] == 0

    def test_order_may_have_a_fault_though_it_is_named_by_its_link_id(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        exchange.faults.on(orders[0].order_id, [respond_with(10016)])
        assert codes_of(wire.cancel_batch([{"symbol": "BTCUSDT", "orderLinkId": "link-0"}])) == [10016]


class TestBatches:
    @BOTH
    def test_response_is_lost_before_or_after_the_batch_was_taken(
        self, exchange: Sandbox, wire: Wire, orders: list[Order], *, carry_out: bool
    ) -> None:
        exchange.faults.on_next([drop_response(carry_out=carry_out)], of="batches")
        with pytest.raises(RESET):
            wire.cancel_batch(orders)
        assert statuses(exchange, orders) == ["Cancelled" if carry_out else "New"] * 3

    def test_batch_is_refused_as_a_whole(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([respond_with(10006, reset_in=60)], of="batches")
        answer = wire.cancel_batch(orders)
        assert (answer["retCode"], answer["result"], answer["retExtInfo"]) == (10006, {}, {})
        assert statuses(exchange, orders) == ["New"] * 3

    def test_response_is_garbage(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([respond_with_body(b"[]"), truncate_response()], of="batches")
        assert wire.send(wire.post_request("/v5/order/cancel-batch", batch_of(orders[:1]))).content == b"[]"
        with pytest.raises(RESET):
            wire.cancel_batch(orders[:1])

    @pytest.mark.parametrize(
        ("fault", "left"),
        [
            (shorten_list(), (2, 2)),
            (shorten_list(2), (1, 2)),
            (shorten_list(0, 3), (3, 0)),
            (shorten_list(9, 9), (0, 0)),
        ],
    )
    def test_lists_are_shorter_than_the_request(
        self, exchange: Sandbox, wire: Wire, orders: list[Order], fault: Fault, left: tuple[int, int]
    ) -> None:
        exchange.faults.on_next([fault], of="batches")
        answer = wire.cancel_batch(orders)
        named = [one["orderId"] for one in answer["result"]["list"]]
        assert named == [order.order_id for order in orders[: left[0]]]
        assert (len(named), codes_of(answer)) == (left[0], [0] * left[1])
        assert statuses(exchange, orders) == ["Cancelled"] * 3

    def test_response_names_other_orders(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([respond_with_foreign_ids()], of="batches")
        answer = wire.cancel_batch(orders)
        named = {one["orderId"] for one in answer["result"]["list"]}
        assert len(named) == 3
        assert not named & {order.order_id for order in orders}
        assert {one["symbol"] for one in answer["result"]["list"]} == {"BTCUSDT"}

    def test_all_orders_of_a_batch_are_filled_first(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([Fault(fill_first=True)], of="batches")
        assert codes_of(wire.cancel_batch(orders)) == [110008] * 3

    def test_all_but_the_orders_of_a_batch_are_filled_after_it(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        exchange.faults.on_next([Fault(fill_others=True)], of="batches")
        assert codes_of(wire.cancel_batch(orders[:2])) == [0, 0]
        assert statuses(exchange, orders) == ["Cancelled", "Cancelled", "Filled"]

    def test_fault_of_the_batch_goes_before_those_of_its_orders(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        exchange.faults.on_next([respond_with_page(502, carry_out=True)], of="batches")
        exchange.faults.on(orders[0].order_id, [respond_with_page(503)])
        assert wire.send(wire.post_request("/v5/order/cancel-batch", batch_of(orders[:1]))).status_code == 502


class TestCancelAll:
    @BOTH
    def test_response_is_lost_before_or_after_the_request_was_taken(
        self, exchange: Sandbox, wire: Wire, orders: list[Order], *, carry_out: bool
    ) -> None:
        exchange.faults.on_next([drop_response(carry_out=carry_out)], of="cancel_alls")
        with pytest.raises(RESET):
            wire.cancel_all(**LINEAR)
        assert statuses(exchange, orders) == ["Cancelled" if carry_out else "New"] * 3

    def test_list_is_shorter_than_it_should_be(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([shorten_list()], of="cancel_alls")
        answer = wire.cancel_all(**LINEAR)
        assert ids_of(answer) == [order.order_id for order in orders[:2]]
        assert answer["retExtInfo"] == {}
        assert statuses(exchange, orders) == ["Cancelled"] * 3

    def test_response_names_other_orders(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([respond_with_foreign_ids()], of="cancel_alls")
        assert not {*ids_of(wire.cancel_all(**LINEAR))} & {order.order_id for order in orders}

    def test_orders_are_filled_first(self, exchange: Sandbox, wire: Wire, orders: list[Order]) -> None:
        exchange.faults.on_next([fill_first()], of="cancel_alls")
        assert orders_of(wire.cancel_all(**LINEAR)) == []
        assert statuses(exchange, orders) == ["Filled"] * 3

    def test_orders_are_filled_after_the_acknowledgement(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        other = exchange.place("spot", "BTCUSDT")
        exchange.faults.on_next([Fault(lose_race_after=True)], of="cancel_alls")
        assert len(ids_of(wire.cancel_all(**LINEAR))) == 3
        assert statuses(exchange, [*orders, other]) == ["Filled", "Filled", "Filled", "New"]

    def test_fault_of_an_order_waits_for_a_cancel_that_names_it(
        self, exchange: Sandbox, wire: Wire, orders: list[Order]
    ) -> None:
        exchange.faults.on(orders[0].order_id, [respond_with(10016)])
        assert wire.cancel_all(**LINEAR)["retCode"] == 0
        assert wire.cancel(orders[0])["retCode"] == 10016


@pytest.mark.parametrize("of", ["cancels", "creates", "batches", "cancel_alls"])
def test_requests_of_each_kind_go_wrong_at_random(exchange: Sandbox, wire: Wire, of: Any) -> None:
    exchange.faults.at_random([respond_with(10016)], rate=0.5, seed=1, of=of)
    order = exchange.place("linear", "BTCUSDT", qty="100")
    requests: dict[str, Callable[[], dict[str, Any]]] = {
        "cancels": lambda: wire.cancel(**LINEAR, orderId="unknown"),
        "creates": wire.create,
        "batches": lambda: wire.cancel_batch([{"symbol": "BTCUSDT", "orderId": "unknown"}]),
        "cancel_alls": lambda: wire.cancel_all(category="linear", symbol="ETHUSDT"),
    }
    went_wrong = {kind: {send()["retCode"] == 10016 for _ in range(20)} for kind, send in requests.items()}
    assert went_wrong == {kind: {True, False} if kind == of else {False} for kind in requests}
    assert exchange.order(order.order_id).order_status == "New"
