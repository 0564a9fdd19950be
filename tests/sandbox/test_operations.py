"""Placing orders, and cancelling several at once: what they do, and what they refuse."""

import asyncio
from typing import Any

import pytest

from bybit_ext.sandbox import Exchange, Sandbox, models
from bybit_ext.sandbox.operations import Operations
from tests.sandbox.wire import LIMIT, StreamClient, Wire, codes_of, ids_of, wait_for_end

OPTION = "BTC-29JUL22-25000-C"
SYMBOLS = {"linear": "BTCUSDT", "inverse": "BTCUSD", "spot": "BTCUSDT", "option": OPTION}
SHORT_LIMITS: list[Any] = [
    ("linear", "futures", {}, 110020),
    ("inverse", "futures", {}, 110020),
    ("linear", "futures_conditional", {"triggerPrice": "90", "triggerDirection": 2}, 110009),
    ("spot", "spot", {}, 170810),
    ("spot", "spot_tpsl", {"orderFilter": "tpslOrder", "triggerPrice": "90"}, 170810),
    ("spot", "spot_conditional", {"orderFilter": "StopOrder", "triggerPrice": "90"}, 170810),
    ("option", "option", {}, 110020),
]


class TestCreate:
    @pytest.mark.parametrize("category", SYMBOLS)
    def test_order_is_acknowledged_by_its_ids_and_rests(
        self, exchange: Sandbox, wire: Wire, stream: StreamClient, category: str
    ) -> None:
        answer = wire.create(category, SYMBOLS[category], orderLinkId="mine")
        (order,) = exchange.open_orders()
        assert answer["result"] == {"orderId": order.order_id, "orderLinkId": "mine"}
        (streamed,) = stream.next_orders(1)
        assert (streamed["orderId"], streamed["orderStatus"], streamed["category"]) == (order.order_id, "New", category)
        assert ids_of(wire.realtime(category=category, symbol=SYMBOLS[category])) == [order.order_id]

    def test_order_without_a_link_id_has_an_empty_one(self, wire: Wire) -> None:
        assert wire.create()["result"]["orderLinkId"] == ""

    def test_order_carries_what_it_was_placed_with(self, exchange: Sandbox, wire: Wire) -> None:
        given: dict[str, Any] = {
            "side": "Sell",
            "qty": "0.50",
            "price": "101.5",
            "timeInForce": "PostOnly",
            "positionIdx": 2,
            "reduceOnly": True,
            "closeOnTrigger": True,
            "takeProfit": "90",
            "stopLoss": "110",
            "tpslMode": "Partial",
            "tpTriggerBy": "MarkPrice",
            "slTriggerBy": "IndexPrice",
            "tpLimitPrice": "89",
            "slLimitPrice": "111",
            "smpType": "CancelMaker",
            "triggerPrice": "100",
            "triggerDirection": 1,
            "triggerBy": "MarkPrice",
        }
        answer = wire.create(**given, tpOrderType="Limit", slOrderType="Limit")
        order = exchange.order(answer["result"]["orderId"]).to_dict()
        assert {name: order[name] for name in given} == given
        assert (order["orderStatus"], order["stopOrderType"]) == ("Untriggered", "Stop")
        assert "tpOrderType" not in order

    @pytest.mark.parametrize(
        ("body", "kind_of_price"),
        [({}, ""), ({"triggerPrice": "90", "triggerDirection": 2}, "LastPrice")],
    )
    def test_last_price_triggers_unless_told_otherwise(
        self, exchange: Sandbox, wire: Wire, body: dict[str, Any], kind_of_price: str
    ) -> None:
        assert exchange.order(wire.create(**body)["result"]["orderId"]).trigger_by == kind_of_price

    def test_spot_order_says_as_text_whether_it_borrows(self, exchange: Sandbox, wire: Wire) -> None:
        order_id = wire.create("spot", isLeverage=1)["result"]["orderId"]
        assert exchange.order(order_id).is_leverage == "1"

    def test_spot_market_order_is_sized_by_its_unit(self, exchange: Sandbox, wire: Wire) -> None:
        order_id = wire.create("spot", orderType="Market", qty="5", marketUnit="baseCoin")["result"]["orderId"]
        order = exchange.order(order_id)
        assert (order.market_unit, order.price, order.qty) == ("baseCoin", "0", "5")

    @pytest.mark.parametrize("kind", ["tpslOrder", "StopOrder"])
    def test_spot_order_with_a_trigger_is_found_by_its_kind(self, wire: Wire, kind: str) -> None:
        order_id = wire.create("spot", orderFilter=kind, triggerPrice="90")["result"]["orderId"]
        assert ids_of(wire.realtime(category="spot", orderFilter=kind)) == [order_id]
        assert ids_of(wire.realtime(category="spot", orderFilter="Order")) == []

    def test_futures_order_with_a_trigger_is_found_as_a_conditional_one(self, wire: Wire) -> None:
        query = {"category": "linear", "symbol": "BTCUSDT"}
        conditional = wire.create(triggerPrice="90", triggerDirection=2)["result"]["orderId"]
        ordinary = wire.create()["result"]["orderId"]
        assert ids_of(wire.realtime(**query, orderFilter="StopOrder")) == [conditional]
        assert ids_of(wire.realtime(**query, orderFilter="Order")) == [ordinary]
        assert ids_of(wire.realtime(**query)) == [ordinary, conditional]

    @pytest.mark.parametrize(("category", "ret_code"), [("linear", 110072), ("spot", 170141)])
    def test_link_id_of_an_open_order_is_refused(
        self, exchange: Sandbox, wire: Wire, category: str, ret_code: int
    ) -> None:
        first = wire.create(category, orderLinkId="mine")["result"]["orderId"]
        assert wire.create(category, orderLinkId="mine")["retCode"] == ret_code
        exchange.fill(first)
        assert wire.create(category, orderLinkId="mine")["retCode"] == 0

    @pytest.mark.parametrize(
        ("category", "symbol", "is_taken"),
        [
            ("linear", "BTCUSDT", True),
            ("linear", "1000PEPEUSDT", True),
            ("linear", "BTCPERP", True),
            ("linear", "BTCUSDT-21FEB25", True),
            ("linear", "BTC-24MAR23", True),
            ("linear", "BTCUSD", False),
            ("linear", "BTC", False),
            ("linear", "USDT", False),
            ("inverse", "BTCUSD", True),
            ("inverse", "BTCUSDH23", True),
            ("inverse", "BTCUSDT", False),
            ("option", OPTION, True),
            ("option", "BTC-13FEB25-89000-P-USDT", True),
            ("option", "BTC-29JUL22-25000", False),
            ("spot", "ETHBTC", True),
            ("spot", "BTCPERP", False),
        ],
    )
    def test_symbol_has_a_form_of_its_category(
        self, exchange: Sandbox, wire: Wire, category: str, symbol: str, *, is_taken: bool
    ) -> None:
        answer = wire.create(category, symbol, orderLinkId="mine")
        refused = (
            (170121, "Invalid symbol.") if category == "spot" else (10001, f"params error: symbol invalid {symbol}")
        )
        assert (answer["retCode"], answer["retMsg"]) == ((0, "OK") if is_taken else refused)
        assert len(exchange.open_orders()) == is_taken

    @pytest.mark.parametrize(
        ("category", "body", "ret_code"),
        [
            ("linear", {"qty": "0"}, 110017),
            ("linear", {"qty": "9" * 100}, 110017),
            ("linear", {"price": "0.0"}, 110003),
            ("linear", {"triggerPrice": "0", "triggerDirection": 1}, 110003),
            ("spot", {"qty": "0"}, 170136),
            ("spot", {"price": "0"}, 170133),
            ("spot", {"orderType": "Market", "qty": "0.00001"}, 170140),
        ],
    )
    def test_order_of_nothing_is_refused(
        self, exchange: Sandbox, wire: Wire, category: str, body: dict[str, Any], ret_code: int
    ) -> None:
        assert wire.create(category, **body)["retCode"] == ret_code
        assert exchange.orders() == []

    def test_amount_of_quote_coin_is_held_against_the_last_price(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.set_price("BTCUSDT", "90000")
        assert wire.create("spot", orderType="Market", qty="0.05")["retCode"] == 170140

    @pytest.mark.parametrize(("category", "limit", "body", "ret_code"), SHORT_LIMITS)
    def test_only_so_many_orders_may_be_open(
        self, exchange: Sandbox, wire: Wire, category: str, limit: str, body: dict[str, Any], ret_code: int
    ) -> None:
        setattr(exchange.open_order_limits, limit, 2)

        def create(number: int) -> int:
            return int(wire.create(category, SYMBOLS[category], orderLinkId=f"a-{number}", **body)["retCode"])

        assert [create(number) for number in range(3)] == [0, 0, ret_code]
        exchange.end(exchange.open_orders()[0].order_id, "Rejected")
        assert create(3) == 0

    def test_open_orders_of_another_symbol_category_or_kind_do_not_count(self, exchange: Sandbox, wire: Wire) -> None:
        limits = exchange.open_order_limits
        limits.futures = limits.futures_conditional = limits.spot_tpsl = limits.option = 1
        answers = [
            wire.create(),
            wire.create(symbol="ETHUSDT"),
            wire.create("inverse", "BTCUSD"),
            wire.create(triggerPrice="90", triggerDirection=2),
            wire.create("spot"),
            wire.create("spot", orderFilter="tpslOrder", triggerPrice="90"),
            wire.create("option", OPTION, orderLinkId="a"),
            wire.create("option", OPTION.replace("BTC", "ETH"), orderLinkId="b"),
        ]
        assert [answer["retCode"] for answer in answers] == [0] * 8

    def test_spot_orders_of_all_kinds_count_together(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.open_order_limits.spot = 2
        kinds: list[dict[str, str]] = [{}, {"orderFilter": "tpslOrder", "triggerPrice": "90"}]
        kinds.append({**kinds[1], "orderFilter": "StopOrder"})
        assert [wire.create("spot", **kind)["retCode"] for kind in kinds] == [0, 0, 170810]

    def test_options_of_a_coin_count_together(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.open_order_limits.option = 1
        wire.create("option", OPTION, orderLinkId="a")
        assert wire.create("option", OPTION.replace("25000", "26000"), orderLinkId="b")["retCode"] == 110020

    def test_test_may_place_more_orders_than_clients(self, exchange: Sandbox) -> None:
        exchange.open_order_limits.futures = 1
        for _ in range(3):
            exchange.place("linear", "BTCUSDT")
        assert len(exchange.open_orders()) == 3

    def test_limits_are_those_of_the_page(self) -> None:
        limits = Exchange().open_order_limits
        futures = (limits.futures, limits.futures_conditional)
        spot = (limits.spot, limits.spot_tpsl, limits.spot_conditional)
        assert (futures, spot, limits.option) == ((500, 10), (500, 30, 30), 50)


class TestBatch:
    def test_each_order_has_its_own_code_and_is_cancelled(self, exchange: Sandbox, wire: Wire) -> None:
        first = exchange.place("linear", "BTCUSDT", order_link_id="first")
        second = exchange.place("linear", "ETHUSDT", order_link_id="second")
        filled = exchange.place("linear", "BTCUSDT", order_link_id="filled")
        exchange.fill(filled.order_id)
        answer = wire.cancel_batch(
            [
                {"symbol": "BTCUSDT", "orderId": first.order_id},
                {"symbol": "BTCUSDT", "orderLinkId": "filled"},
                {"symbol": "BTCUSDT", "orderId": "unknown"},
                {"symbol": "ETHUSDT", "orderLinkId": "second"},
            ]
        )
        linear = {"category": "linear", "symbol": "BTCUSDT"}
        assert (answer["retCode"], answer["retMsg"]) == (0, "OK")
        assert answer["result"]["list"] == [
            {**linear, "orderId": first.order_id, "orderLinkId": "first"},
            {**linear, "orderId": "", "orderLinkId": "filled"},
            {**linear, "orderId": "unknown", "orderLinkId": ""},
            {"category": "linear", "symbol": "ETHUSDT", "orderId": second.order_id, "orderLinkId": "second"},
        ]
        assert answer["retExtInfo"]["list"] == [
            {"code": 0, "msg": "OK"},
            {"code": 110008, "msg": "The order has been completed or cancelled."},
            {"code": 110001, "msg": "order not exists or too late to cancel"},
            {"code": 0, "msg": "OK"},
        ]
        assert [wait_for_end(exchange, order).order_status for order in (first, second)] == ["Cancelled"] * 2

    def test_batch_is_acknowledged_first_and_carried_out_later(self) -> None:
        with Sandbox(cancel_delay=0.3) as exchange, Wire(exchange) as wire:
            order = exchange.place("linear", "BTCUSDT")
            assert codes_of(wire.cancel_batch([order])) == [0]
            assert exchange.order(order.order_id).order_status == "New"
            assert wait_for_end(exchange, order).reject_reason == "EC_PerCancelRequest"

    def test_batch_finds_ordinary_spot_orders_only(self, exchange: Sandbox, wire: Wire) -> None:
        orders = [exchange.place("spot", "BTCUSDT"), exchange.place("spot", "BTCUSDT", order_filter="StopOrder")]
        assert codes_of(wire.cancel_batch(orders, "spot")) == [0, 170213]

    def test_batch_is_held_to_the_document(self, exchange: Sandbox, wire: Wire) -> None:
        orders = [exchange.place("spot", "BTCUSDT") for _ in range(11)]
        assert wire.cancel_batch(orders, "spot")["retCode"] == 10001
        assert len(exchange.open_orders()) == 11


class TestCancelAll:
    @pytest.mark.parametrize(
        ("body", "cancelled"),
        [
            ({"category": "linear", "symbol": "BTCUSDT"}, ["btc", "btc-stop"]),
            ({"category": "linear", "baseCoin": "BTC"}, ["btc", "btc-stop", "btc-usdc"]),
            ({"category": "linear", "settleCoin": "USDT"}, ["btc", "btc-stop", "eth"]),
            ({"category": "linear", "symbol": "BTCUSDT", "orderFilter": "Order"}, ["btc"]),
            ({"category": "linear", "symbol": "BTCUSDT", "orderFilter": "OpenOrder"}, ["btc"]),
            ({"category": "linear", "symbol": "BTCUSDT", "orderFilter": "StopOrder"}, ["btc-stop"]),
            (
                {"category": "linear", "symbol": "BTCUSDT", "orderFilter": "StopOrder", "stopOrderType": "Stop"},
                ["btc-stop"],
            ),
            ({"category": "inverse", "settleCoin": "BTC"}, ["inverse"]),
            ({"category": "spot"}, ["spot"]),
            ({"category": "spot", "symbol": "ETHUSDT"}, []),
            ({"category": "spot", "orderFilter": "StopOrder"}, ["spot-stop"]),
            ({"category": "spot", "orderFilter": "OcoOrder"}, []),
            ({"category": "option"}, ["option"]),
            ({"category": "option", "settleCoin": "USDT"}, []),
        ],
    )
    def test_open_orders_that_match_are_cancelled(
        self, exchange: Sandbox, wire: Wire, body: dict[str, str], cancelled: list[str]
    ) -> None:
        place = exchange.place
        place("linear", "BTCUSDT", order_link_id="btc")
        place("linear", "BTCUSDT", order_link_id="btc-stop", trigger_price="90")
        place("linear", "BTCPERP", order_link_id="btc-usdc")
        place("linear", "ETHUSDT", order_link_id="eth")
        exchange.fill(place("linear", "BTCUSDT", order_link_id="filled").order_id)
        place("inverse", "BTCUSD", order_link_id="inverse")
        place("spot", "BTCUSDT", order_link_id="spot")
        place("spot", "BTCUSDT", order_link_id="spot-stop", order_filter="StopOrder")
        place("option", OPTION, order_link_id="option")
        before = {order.order_link_id: order.order_id for order in exchange.open_orders()}
        answer = wire.cancel_all(**body)
        assert answer["result"] == {
            "list": [{"orderId": before[one], "orderLinkId": one} for one in cancelled],
            "success": "1",
        }
        wire.get("/v5/market/time")  # they have been carried out by then
        assert {order.order_link_id for order in exchange.open_orders()} == before.keys() - {*cancelled}

    def test_all_are_acknowledged_first_and_cancelled_later(self) -> None:
        with Sandbox(cancel_delay=0.3) as exchange, Wire(exchange) as wire:
            orders = [exchange.place("linear", "BTCUSDT") for _ in range(2)]
            wire.cancel_all(category="linear", symbol="BTCUSDT")
            exchange.fill(orders[0].order_id)
            ended = wait_for_end(exchange, orders[1])
            assert (ended.order_status, ended.cancel_type) == ("Cancelled", "CancelByUser")
            assert exchange.order(orders[0].order_id).order_status == "Filled"

    @pytest.mark.parametrize(("category", "cancelled"), [("linear", 3), ("inverse", 3), ("spot", 5), ("option", 5)])
    def test_only_so_many_futures_orders_are_cancelled(
        self, exchange: Sandbox, wire: Wire, monkeypatch: pytest.MonkeyPatch, category: Any, cancelled: int
    ) -> None:
        assert models.MOST_CANCELLED == 500
        monkeypatch.setattr(models, "MOST_CANCELLED", 3)
        placed = {exchange.place(category, SYMBOLS[category]).order_id for _ in range(5)}
        answer = wire.cancel_all(category=category, symbol=SYMBOLS[category])
        named = {one["orderId"] for one in answer["result"]["list"]}
        wire.get("/v5/market/time")
        assert (len(named), {order.order_id for order in exchange.open_orders()}) == (cancelled, placed - named)


class TestWithoutHttp:
    def test_operation_is_carried_out_from_its_name_and_arguments(self) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT")

        async def run() -> tuple[int, str]:
            operations = Operations(exchange, delay=0.0, enforce_rate_limits=False)
            arguments = {"category": "linear", "symbol": "BTCUSDT", "orderId": order.order_id}
            has_ended = asyncio.Event()
            exchange.listen(lambda _: has_ended.set())
            answer = operations.call("cancelOrder", arguments, "me")
            await asyncio.wait_for(has_ended.wait(), LIMIT)
            return answer.outcome.ret_code, answer.limits["X-Bapi-Limit-Status"]

        assert asyncio.run(run()) == (0, "9")
        assert exchange.order(order.order_id).order_status == "Cancelled"

    def test_operation_that_is_not_imitated_is_refused(self) -> None:
        operations = Operations(Exchange(), delay=0.0, enforce_rate_limits=False)
        assert operations.call("getFeeRate", {}, "me").outcome.ret_code == 10404
