"""What the last price of a symbol does to orders that rest, that wait for a trigger, and that arrive."""

from typing import Any

import pytest
from bybit_v5.models import Order

from bybit_ext.sandbox import Exchange, Sandbox
from bybit_ext.sandbox.exceptions import Refusal
from bybit_ext.sandbox.placements import Placement
from tests.sandbox.wire import StreamClient, Wire, wait_for_end


def status_of(exchange: Exchange, order: Order) -> str:
    return str(exchange.order(order.order_id).order_status)


class TestResting:
    @pytest.mark.parametrize(
        ("side", "price", "is_filled"),
        [
            ("Buy", "99.9", True),
            ("Buy", "100", True),
            ("Buy", "100.1", False),
            ("Sell", "100.1", True),
            ("Sell", "100", True),
            ("Sell", "99.9", False),
        ],
    )
    def test_limit_order_is_filled_at_its_own_price_when_a_price_crosses_it(
        self, side: Any, price: str, *, is_filled: bool
    ) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT", side=side, price="100", qty="2")
        exchange.set_price("BTCUSDT", price)
        now = exchange.order(order.order_id)
        wanted = ("Filled", "100", "2") if is_filled else ("New", "", "0")
        assert (now.order_status, now.avg_price, now.cum_exec_qty) == wanted

    def test_rest_of_an_order_is_filled(self) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT", qty="2")
        exchange.fill(order.order_id, "0.5")
        exchange.set_price("BTCUSDT", "90")
        now = exchange.order(order.order_id)
        assert (now.order_status, now.cum_exec_qty) == ("Filled", "2.0")

    @pytest.mark.parametrize("category", ["linear", "spot"])
    def test_market_order_is_filled_at_the_price_that_comes(self, category: Any) -> None:
        exchange = Exchange()
        order = exchange.place(category, "BTCUSDT", side="Sell", order_type="Market", qty="2")
        exchange.set_price("BTCUSDT", "90.5")
        now = exchange.order(order.order_id)
        assert (now.order_status, now.avg_price, now.cum_exec_value) == ("Filled", "90.5", "181.0")

    def test_amount_of_quote_coin_that_buys_nothing_at_the_price_is_cancelled(self) -> None:
        exchange = Exchange()
        order = exchange.place("spot", "BTCUSDT", order_type="Market", qty="0.001")
        exchange.set_price("BTCUSDT", "90000")
        now = exchange.order(order.order_id)
        assert (now.order_status, now.reject_reason) == ("Cancelled", "EC_CancelByOrderValueZero")

    def test_order_that_was_cancelled_is_not_filled(self) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT")
        exchange.end(order.order_id, "Cancelled")
        exchange.set_price("BTCUSDT", "90")
        assert status_of(exchange, order) == "Cancelled"

    def test_price_is_that_of_its_symbol_and_category(self) -> None:
        exchange = Exchange()
        orders = [
            exchange.place("linear", "BTCUSDT"),
            exchange.place("spot", "BTCUSDT"),
            exchange.place("linear", "ETHUSDT"),
        ]
        exchange.set_price("BTCUSDT", "90", "linear")
        assert [status_of(exchange, order) for order in orders] == ["Filled", "New", "New"]
        exchange.set_price("BTCUSDT", "90")
        assert [status_of(exchange, order) for order in orders] == ["Filled", "Filled", "New"]

    def test_order_that_a_test_places_rests_whatever_the_price_until_the_next(self) -> None:
        exchange = Exchange()
        exchange.set_price("BTCUSDT", "90")
        order = exchange.place("linear", "BTCUSDT")
        assert status_of(exchange, order) == "New"
        exchange.set_price("BTCUSDT", "90")
        assert status_of(exchange, order) == "Filled"

    @pytest.mark.parametrize("price", ["0", "-1", "many", "", "NaN", "1E+999999999"])
    def test_only_a_number_above_0_is_a_price(self, price: str) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT", side="Sell")
        with pytest.raises(ValueError, match=r"^price: must be a decimal number above 0, not"):
            exchange.set_price("BTCUSDT", price)
        assert status_of(exchange, order) == "New"

    def test_price_is_for_a_category_of_the_document_only(self) -> None:
        category: Any = "futures"
        with pytest.raises(ValueError, match=r"^category: must be one of .*linear.*, or None, not 'futures'"):
            Exchange().set_price("BTCUSDT", "1", category)


class TestTriggers:
    @pytest.mark.parametrize(
        ("direction", "price", "is_triggered"),
        [(1, "109", False), (1, "110", True), (1, "111", True), (2, "111", False), (2, "110", True), (2, "109", True)],
    )
    def test_futures_order_waits_for_the_price_from_its_direction(
        self, direction: int, price: str, *, is_triggered: bool
    ) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT", trigger_price="110", fields={"triggerDirection": direction})
        assert (order.order_status, order.stop_order_type, order.trigger_price) == ("Untriggered", "Stop", "110")
        exchange.set_price("BTCUSDT", price)
        filled_if_crossed = "Filled" if float(price) <= 100 else "New"
        assert status_of(exchange, order) == (filled_if_crossed if is_triggered else "Untriggered")

    @pytest.mark.parametrize(
        ("last_price", "side", "trigger", "price", "is_triggered"),
        [
            ("100", "Sell", "110", "105", False),
            ("100", "Sell", "110", "110", True),
            ("100", "Buy", "90", "95", False),
            ("100", "Buy", "90", "90", True),
            (None, "Buy", "110", "105", False),
            (None, "Buy", "110", "115", True),
            (None, "Sell", "90", "95", False),
            (None, "Sell", "90", "85", True),
        ],
    )
    def test_spot_order_waits_for_the_price_from_the_side_on_which_it_was(
        self, last_price: str | None, side: Any, trigger: str, price: str, *, is_triggered: bool
    ) -> None:
        exchange = Exchange()
        if last_price:
            exchange.set_price("BTCUSDT", last_price)
        order = exchange.place(
            "spot", "BTCUSDT", side=side, order_type="Market", order_filter="StopOrder", trigger_price=trigger, qty="50"
        )
        exchange.set_price("BTCUSDT", price)
        assert status_of(exchange, order) == ("Filled" if is_triggered else "Untriggered")

    def test_order_that_is_triggered_arrives_as_any_other(self, exchange: Sandbox, stream: StreamClient) -> None:
        fields = {"timeInForce": "PostOnly", "triggerDirection": 1}
        exchange.place("linear", "BTCUSDT", price="120", trigger_price="110", fields=fields)
        exchange.set_price("BTCUSDT", "115")
        statuses = [one["orderStatus"] for one in stream.next_orders(4)]
        assert statuses == ["Untriggered", "Triggered", "New", "Cancelled"]

    def test_order_knows_the_price_at_which_it_was_placed(self) -> None:
        exchange = Exchange()
        exchange.set_price("BTCUSDT", "95.50")
        assert exchange.place("linear", "BTCUSDT").last_price_on_created == "95.50"

    @pytest.mark.parametrize(
        ("order", "problem"),
        [
            (
                {"category": "option"},
                "^trigger_price: exists on linear and inverse, and beside an order_filter on spot",
            ),
            ({"category": "spot"}, "^trigger_price: exists on linear and inverse, and beside an order_filter on spot"),
            ({"trigger_price": "0"}, "^trigger_price: must be a decimal number above 0, not '0'"),
        ],
    )
    def test_trigger_is_for_orders_that_can_have_one(self, order: dict[str, Any], problem: str) -> None:
        arguments: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT", "trigger_price": "1", **order}
        with pytest.raises(ValueError, match=problem):
            Exchange().place(**arguments)


class TestArriving:
    @pytest.mark.parametrize(
        ("time_in_force", "price", "end"),
        [
            ("GTC", "90", ("Filled", "EC_NoError")),
            ("PostOnly", "90", ("Cancelled", "EC_PostOnlyWillTakeLiquidity")),
            ("RPI", "90", ("Cancelled", "EC_PostOnlyWillTakeLiquidity")),
            ("IOC", "90", ("Filled", "EC_NoError")),
            ("FOK", "90", ("Filled", "EC_NoError")),
            ("IOC", "110", ("Cancelled", "EC_NoImmediateQtyToFill")),
            ("FOK", "110", ("Cancelled", "EC_CancelForNoFullFill")),
            ("IOC", None, ("Cancelled", "EC_NoImmediateQtyToFill")),
        ],
    )
    def test_time_in_force_decides_what_a_price_does_to_a_new_order(
        self, exchange: Sandbox, wire: Wire, time_in_force: str, price: str | None, end: tuple[str, str]
    ) -> None:
        if price:
            exchange.set_price("BTCUSDT", price)
        answer = wire.create(timeInForce=time_in_force)
        ended = wait_for_end(exchange, exchange.order(answer["result"]["orderId"]))
        assert (ended.order_status, ended.reject_reason) == end

    @pytest.mark.parametrize(
        ("time_in_force", "price"), [("GTC", "110"), ("GTC", None), ("PostOnly", "110"), ("RPI", None)]
    )
    def test_order_that_the_price_does_not_cross_rests(
        self, exchange: Sandbox, wire: Wire, time_in_force: str, price: str | None
    ) -> None:
        if price:
            exchange.set_price("BTCUSDT", price)
        order_id = wire.create(timeInForce=time_in_force)["result"]["orderId"]
        wire.get("/v5/market/time")  # it has arrived by then
        assert exchange.order(order_id).order_status == "New"

    def test_market_order_is_executed_at_the_last_price(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.set_price("BTCUSDT", "90.5")
        answer = wire.create(orderType="Market", timeInForce="GTC", qty="2")
        ended = wait_for_end(exchange, exchange.order(answer["result"]["orderId"]))
        assert (ended.order_status, ended.avg_price, ended.time_in_force) == ("Filled", "90.5", "IOC")

    def test_market_order_without_a_price_waits_for_one(self, exchange: Sandbox, wire: Wire) -> None:
        order_id = wire.create(orderType="Market")["result"]["orderId"]
        wire.get("/v5/market/time")
        assert exchange.order(order_id).order_status == "New"
        exchange.set_price("BTCUSDT", "91")
        assert exchange.order(order_id).avg_price == "91"

    def test_order_is_acknowledged_before_it_is_matched(self) -> None:
        with Sandbox(cancel_delay=0.3) as exchange, Wire(exchange) as wire:
            exchange.set_price("BTCUSDT", "90")
            order_id = wire.create()["result"]["orderId"]
            (listed,) = wire.realtime(category="linear", symbol="BTCUSDT", orderId=order_id)["result"]["list"]
            assert listed["orderStatus"] == "New"
            assert wait_for_end(exchange, exchange.order(order_id)).order_status == "Filled"

    def test_new_order_that_is_partly_filled_ends_as_such(self) -> None:
        with Sandbox(cancel_delay=0.3) as exchange, Wire(exchange) as wire:
            order_id = wire.create("spot", timeInForce="IOC")["result"]["orderId"]
            exchange.fill(order_id, "0.5")
            ended = wait_for_end(exchange, exchange.order(order_id))
            assert (ended.order_status, ended.cum_exec_qty) == ("PartiallyFilledCanceled", "0.5")

    def test_order_that_waits_for_a_trigger_is_not_matched(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.set_price("BTCUSDT", "90")
        order_id = wire.create(triggerPrice="95", triggerDirection=1)["result"]["orderId"]
        wire.get("/v5/market/time")
        assert exchange.order(order_id).order_status == "Untriggered"

    def test_order_that_ends_before_it_is_matched_stays_ended(self) -> None:
        exchange = Exchange()
        exchange.set_price("BTCUSDT", "90")
        found = exchange.request_place(Placement(category="linear", symbol="BTCUSDT"))
        assert not isinstance(found, Refusal)
        order, match = found
        exchange.end(order.order_id, "Rejected")
        match()
        assert status_of(exchange, order) == "Rejected"
