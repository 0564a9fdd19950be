"""What an order of the sandbox is: its fields by category and by who shows it, its sizes, its refusals."""

import decimal
import threading
import uuid
from typing import Any

import pytest
from bybit_v5.models import FeeDetail, Order

from bybit_ext.sandbox import Exchange, Sandbox
from bybit_ext.sandbox.exceptions import OrderRefused, Refusal
from bybit_ext.sandbox.instruments import Coins, coins_of
from tests.sandbox.wire import StreamClient, Wire, orders_of

CATEGORIES = ("linear", "inverse", "spot", "option")
SYMBOLS = {"linear": "BTCUSDT", "inverse": "BTCUSD", "spot": "BTCUSDT", "option": "BTC-28FEB25-89000-C"}
# Fields by Bybit's pages: docs/v5/order/open-order, docs/v5/order/order-list, docs/v5/websocket/private/order.
IN_ALL = frozenset(
    [
        *("symbol", "orderId", "orderLinkId", "orderStatus", "qty", "cumExecQty", "createdTime", "updatedTime"),
        *("side", "orderType", "cancelType", "rejectReason", "price", "avgPrice", "cumExecValue", "leavesQty"),
        *("leavesValue", "cumExecFee", "timeInForce", "marketUnit", "isLeverage", "positionIdx", "blockTradeId"),
        *("orderIv", "placeType", "stopOrderType", "triggerPrice", "triggerDirection", "triggerBy", "takeProfit"),
        *("stopLoss", "tpLimitPrice", "slLimitPrice", "tpTriggerBy", "slTriggerBy", "reduceOnly", "closeOnTrigger"),
        *("smpType", "smpGroup", "smpOrderId"),
    ]
)
NOT_IN_REALTIME = frozenset(["slippageToleranceType", "slippageTolerance", "rpiTakerAccess", "rpiMatchedQty"])
STREAM_ONLY = frozenset(["category", "brokerOrderPrice", "closedPnl", "feeCurrency"])
DERIVATIVE = frozenset(["createType", "tpslMode", "parentOrderLinkId", "lastPriceOnCreated"])
FIELDS: dict[str, dict[str, frozenset[str]]] = {
    "linear": dict.fromkeys(("stream", "realtime", "history"), DERIVATIVE | {"cumFeeDetail"}),
    "inverse": dict.fromkeys(("stream", "realtime", "history"), DERIVATIVE),
    "option": {"stream": DERIVATIVE - {"createType"}, "realtime": DERIVATIVE, "history": DERIVATIVE},
    "spot": {
        "stream": frozenset(["cumFeeDetail", "ocoTriggerBy", "lastPriceOnCreated"]),
        "realtime": frozenset(["cumFeeDetail", "ocoTriggerBy", "basePrice"]),
        "history": frozenset(["cumFeeDetail", "ocoTriggerBy", "basePrice"]),
    },
}


def see(exchange: Sandbox, wire: Wire, stream: StreamClient, category: Any, **options: Any) -> dict[str, Any]:
    """Place and fill an order, and return it as the stream and both lists show it."""
    order = exchange.place(category, SYMBOLS[category], **options)
    exchange.fill(order.order_id)
    query = {"category": category, "symbol": order.symbol, "orderId": order.order_id}
    _, streamed = stream.next_orders(2)
    (realtime,), (history,) = orders_of(wire.realtime(**query)), orders_of(wire.history(**query))
    return {"stream": streamed, "realtime": realtime, "history": history}


class TestFields:
    @pytest.mark.parametrize("category", CATEGORIES)
    def test_each_category_has_its_documented_fields(
        self, exchange: Sandbox, wire: Wire, stream: StreamClient, category: str
    ) -> None:
        seen = see(exchange, wire, stream, category)
        own = FIELDS[category]
        assert seen["stream"].keys() == IN_ALL | NOT_IN_REALTIME | STREAM_ONLY | own["stream"]
        assert seen["realtime"].keys() == IN_ALL | own["realtime"]
        assert seen["history"].keys() == IN_ALL | NOT_IN_REALTIME | {"extraFees"} | own["history"]

    @pytest.mark.parametrize("category", CATEGORIES)
    def test_all_that_show_an_order_agree(
        self, exchange: Sandbox, wire: Wire, stream: StreamClient, category: str
    ) -> None:
        seen = see(exchange, wire, stream, category, order_link_id="mine", side="Sell", qty="2", price="25000.5")
        for name in IN_ALL:
            assert seen["stream"][name] == seen["realtime"][name] == seen["history"][name]

    @pytest.mark.parametrize("category", CATEGORIES)
    def test_every_field_survives_the_model_of_the_document(
        self, exchange: Sandbox, wire: Wire, stream: StreamClient, category: str
    ) -> None:
        for fields in see(exchange, wire, stream, category).values():
            order = Order.from_dict(fields)
            assert (order.to_dict(), order.additional_properties) == (fields, {})

    def test_further_fields_are_carried_from_state_to_state(
        self, exchange: Sandbox, wire: Wire, stream: StreamClient
    ) -> None:
        given = {"takeProfit": "27000", "positionIdx": 1, "reduceOnly": True, "brandNew": {"a": [1]}}
        for fields in see(exchange, wire, stream, "linear", fields=given).values():
            assert {name: fields[name] for name in given} == given

    def test_placed_order_is_open_and_has_all_that_it_was_given(self) -> None:
        order = Exchange(clock=lambda: 7).place("linear", "BTCUSDT", order_link_id="mine", side="Sell", qty="2")
        assert order == Order(
            category="linear",
            symbol="BTCUSDT",
            order_id=order.order_id,
            order_link_id="mine",
            side="Sell",
            order_type="Limit",
            order_status="New",
            cancel_type="UNKNOWN",
            reject_reason="EC_NoError",
            price="100",
            qty="2",
            cum_exec_qty="0",
            cum_exec_value="0",
            cum_exec_fee="0",
            cum_fee_detail=FeeDetail(),
            leaves_qty="2",
            leaves_value="200",
            avg_price="",
            created_time="7",
            updated_time="7",
            time_in_force="GTC",
            create_type="CreateByUser",
            position_idx=0,
            market_unit="",
            is_leverage="",
            parent_order_link_id="",
            block_trade_id="",
            order_iv="",
            place_type="",
            stop_order_type="",
            trigger_price="",
            trigger_direction=0,
            trigger_by="",
            take_profit="",
            stop_loss="",
            tpsl_mode="",
            tp_limit_price="",
            sl_limit_price="",
            tp_trigger_by="",
            sl_trigger_by="",
            last_price_on_created="100",
            broker_order_price="",
            closed_pnl="0",
            fee_currency="",
            reduce_only=False,
            close_on_trigger=False,
            slippage_tolerance_type="UNKNOWN",
            slippage_tolerance="0",
            smp_type="None",
            smp_group=0,
            smp_order_id="",
            rpi_taker_access=False,
            rpi_matched_qty="0",
        )

    def test_order_buys_and_has_no_link_id_unless_told_otherwise(self) -> None:
        order = Exchange().place("linear", "BTCUSDT")
        assert (order.order_link_id, order.side, order.qty) == ("", "Buy", "1")

    def test_ids_look_like_the_exchanges(self) -> None:
        exchange = Exchange()
        ids = [exchange.place(category, "BTCUSDT").order_id for category in ("spot", "spot", "linear", "linear")]
        assert int(ids[1]) == int(ids[0]) + 1
        assert uuid.UUID(ids[2]) != uuid.UUID(ids[3])

    @pytest.mark.parametrize(
        ("options", "fields"),
        [
            ({}, {"timeInForce": "GTC", "stopOrderType": "", "triggerPrice": "", "orderStatus": "New"}),
            ({"order_type": "Market"}, {"timeInForce": "IOC", "orderType": "Market"}),
            (
                {"order_filter": "tpslOrder"},
                {"stopOrderType": "tpslOrder", "triggerPrice": "100", "orderStatus": "Untriggered"},
            ),
            (
                {"order_filter": "StopOrder"},
                {"stopOrderType": "Stop", "triggerPrice": "100", "orderStatus": "Untriggered"},
            ),
        ],
    )
    def test_fields_depend_on_the_kind(self, options: dict[str, Any], fields: dict[str, str]) -> None:
        order = Exchange().place("spot", "BTCUSDT", **options).to_dict()
        assert {name: order[name] for name in fields} == fields


class TestExecutions:
    def test_fill_counts_what_was_executed(self) -> None:
        times = iter([1, 2, 3])
        exchange = Exchange(clock=lambda: next(times))
        order = exchange.place("linear", "BTCUSDT", qty="2", price="100.5")
        partly = exchange.fill(order.order_id, "0.5")
        filled = exchange.fill(order.order_id)
        executed = [
            (one.order_status, one.cum_exec_qty, one.cum_exec_value, one.leaves_qty) for one in (partly, filled)
        ]
        assert executed == [("PartiallyFilled", "0.5", "50.25", "1.5"), ("Filled", "2.0", "201.00", "0.0")]
        assert [one.leaves_value for one in (order, partly, filled)] == ["201.0", "150.75", "0"]
        assert [one.avg_price for one in (order, partly, filled)] == ["", "100.5", "100.5"]
        assert [(one.created_time, one.updated_time) for one in (order, partly, filled)] == [
            ("1", "1"),
            ("1", "2"),
            ("1", "3"),
        ]

    @pytest.mark.parametrize(
        ("category", "side", "value", "fee", "detail"),
        [
            ("linear", "Buy", "600", "0.33000", {"USDT": "0.33000"}),
            ("inverse", "Buy", "0.01500000", "0.0000082500000", None),
            ("option", "Sell", "600", "0.1800", None),
            ("spot", "Buy", "600", "0.003", {"BTC": "0.003"}),
            ("spot", "Sell", "600", "0.600", {"USDT": "0.600"}),
        ],
    )
    def test_value_and_fee_are_in_the_coins_of_the_category(
        self, category: Any, side: Any, value: str, fee: str, detail: dict[str, str] | None
    ) -> None:
        exchange = Exchange()
        order = exchange.place(category, SYMBOLS[category], side=side, qty="3", price="200")
        filled = exchange.fill(order.order_id).to_dict()
        assert (filled["cumExecValue"], filled["cumExecFee"], filled.get("cumFeeDetail")) == (value, fee, detail)
        assert filled["feeCurrency"] == (next(iter(detail or {})) if category == "spot" else "")

    @pytest.mark.parametrize(
        ("side", "unit", "shown_unit", "price", "leaves"),
        [
            ("Buy", None, "quoteCoin", "0", "6.7320260"),
            ("Buy", "quoteCoin", "quoteCoin", "0", "6.7320260"),
            ("Buy", "baseCoin", "baseCoin", "0", "9.9999"),
            ("Sell", None, "baseCoin", "0", "9.9999"),
            ("Sell", "quoteCoin", "quoteCoin", "0", "6.7320260"),
        ],
    )
    def test_spot_market_order_is_sized_in_the_coin_that_it_names(
        self, side: Any, unit: Any, shown_unit: str, price: str, leaves: str
    ) -> None:
        exchange = Exchange()
        order = exchange.place(
            "spot", "BTCUSDT", side=side, order_type="Market", market_unit=unit, qty="10", price="32679.74"
        )
        assert (order.market_unit, order.qty, order.price, order.leaves_qty) == (shown_unit, "10", price, "10")
        partly = exchange.fill(order.order_id, "0.0001")
        assert (partly.cum_exec_qty, partly.cum_exec_value, partly.leaves_qty) == ("0.0001", "3.267974", leaves[:8])

    def test_amount_of_quote_coin_is_filled_although_less_than_a_lot_is_left(self) -> None:
        exchange = Exchange()
        order = exchange.place("spot", "BTCUSDT", order_type="Market", qty="10", price="32679.74")
        filled = exchange.fill(order.order_id)
        assert (filled.order_status, filled.leaves_qty, filled.leaves_value) == ("Filled", "0", "0")
        assert (filled.qty, filled.cum_exec_qty, filled.cum_exec_value) == ("10", "0.000305", "9.96732070")
        with pytest.raises(ValueError, match="is closed: Filled"):
            exchange.fill(order.order_id, "0.000001")

    def test_rest_of_an_amount_of_quote_coin_can_be_cancelled(self, exchange: Sandbox, wire: Wire) -> None:
        order = exchange.place("spot", "BTCUSDT", order_type="Market", qty="10", price="100")
        exchange.fill(order.order_id, "0.05")
        wire.cancel(order)
        wire.get("/v5/order/realtime", {"category": "spot"})  # the cancel has been carried out by then
        ended = exchange.order(order.order_id)
        assert (ended.order_status, ended.cum_exec_qty, ended.cum_exec_value, ended.leaves_qty) == (
            "PartiallyFilledCanceled",
            "0.05",
            "5.00",
            "0",
        )

    def test_no_more_can_be_filled_than_is_left(self) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT", qty="2")
        with pytest.raises(ValueError, match="has only 2 left, not 3"):
            exchange.fill(order.order_id, "3")

    @pytest.mark.parametrize("qty", ["0", "-1", "many", "NaN", "Infinity", "1E+999999999", ""])
    def test_only_a_number_above_0_can_be_filled(self, qty: str) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT")
        with pytest.raises(ValueError, match="qty: must be a decimal number above 0"):
            exchange.fill(order.order_id, qty)
        assert exchange.order(order.order_id) == order

    def test_closed_order_cannot_be_filled(self) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT")
        exchange.fill(order.order_id)
        with pytest.raises(ValueError, match="is closed: Filled"):
            exchange.fill(order.order_id)

    def test_quantities_are_exact_in_any_decimal_context(self) -> None:
        exchange = Exchange()
        with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact, decimal.InvalidOperation])):
            order = exchange.place("inverse", "BTCUSD", qty="1234567.0", price="3")
            filled = exchange.fill(order.order_id, "1234566.9")
        assert (filled.cum_exec_qty, filled.leaves_qty) == ("1234566.9", "0.1")
        assert filled.cum_exec_value == "411522.30000000"


class TestLife:
    def test_triggered_order_becomes_new_at_once(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("spot", "BTCUSDT", order_filter="StopOrder")
        exchange.trigger(order.order_id)
        assert [one["orderStatus"] for one in stream.next_orders(3)] == ["Untriggered", "Triggered", "New"]
        with pytest.raises(ValueError, match="does not wait for a trigger: it is New"):
            exchange.trigger(order.order_id)

    def test_order_is_ended_by_the_exchange(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        ended = exchange.end(order.order_id, "Cancelled", cancel_type="CancelByAdmin", reject_reason="EC_Others")
        _, streamed = stream.next_orders(2)
        assert streamed == ended.to_dict()
        assert (ended.order_status, ended.cancel_type, ended.leaves_qty) == ("Cancelled", "CancelByAdmin", "0")
        with pytest.raises(ValueError, match="is closed: Cancelled"):
            exchange.end(order.order_id, "Rejected")

    @pytest.mark.parametrize("status", ["Filled", "New", "canceled"])
    def test_order_ends_in_a_status_of_the_document_only(self, status: str) -> None:
        exchange = Exchange()
        with pytest.raises(ValueError, match=r"status: must be one of Cancelled, .*, not"):
            exchange.end(exchange.place("linear", "BTCUSDT").order_id, status)

    def test_lost_race_of_a_closed_order_is_none(self) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT")
        exchange.end(order.order_id, "Rejected")
        exchange.lose_race(order.order_id)
        assert exchange.order(order.order_id).order_status == "Rejected"


class TestLinkIds:
    @pytest.mark.parametrize(
        ("category", "refusal"),
        [
            ("linear", Refusal(110072, "OrderLinkedID is duplicate")),
            ("spot", Refusal(170141, "Duplicate clientOrderId")),
        ],
    )
    def test_link_id_of_an_open_order_is_refused(self, category: Any, refusal: Refusal) -> None:
        exchange = Exchange()
        order = exchange.place(category, "BTCUSDT", order_link_id="mine")
        with pytest.raises(OrderRefused, match=f"^{refusal.ret_code} .*'mine' is that of {order.order_id}") as caught:
            exchange.place(category, "BTCUSDT", order_link_id="mine")
        assert caught.value.refusal == refusal
        assert [one.order_id for one in exchange.open_orders()] == [order.order_id]

    @pytest.mark.parametrize("status", ["Filled", "Cancelled", "Rejected"])
    def test_link_id_of_a_closed_order_can_be_used_again(self, status: str) -> None:
        exchange = Exchange()
        order = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        if status == "Filled":
            exchange.fill(order.order_id)
        else:
            exchange.end(order.order_id, status)
        assert exchange.place("linear", "BTCUSDT", order_link_id="mine").order_id != order.order_id

    def test_link_id_counts_for_its_category_and_symbol(self) -> None:
        exchange = Exchange()
        exchange.place("linear", "BTCUSDT", order_link_id="mine")
        exchange.place("linear", "ETHUSDT", order_link_id="mine")
        exchange.place("inverse", "BTCUSDT", order_link_id="mine")
        assert len(exchange.open_orders()) == 3

    def test_any_number_of_orders_has_no_link_id(self) -> None:
        exchange = Exchange()
        for _ in range(2):
            exchange.place("linear", "BTCUSDT")
        assert len(exchange.open_orders()) == 2

    def test_only_one_of_many_threads_gets_a_link_id(self) -> None:
        exchange = Exchange()
        refused: list[OrderRefused] = []
        start = threading.Barrier(8)

        def place() -> None:
            start.wait(5)
            try:
                exchange.place("linear", "BTCUSDT", order_link_id="mine")
            except OrderRefused as error:
                refused.append(error)

        threads = [threading.Thread(target=place) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert (len(refused), len(exchange.open_orders())) == (7, 1)


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"category": "foo"}, "^category: must be"),
        ({"symbol": 5}, "^symbol: must be str"),
        ({"order_link_id": None}, "^order_link_id: must be str"),
        ({"side": "buy"}, "^side: must be"),
        ({"order_type": "limit"}, "^order_type: must be"),
        ({"order_filter": "StopOrder"}, "^order_filter: exists on spot only"),
        ({"category": "spot", "order_filter": "OcoOrder"}, "^order_filter: must be"),
        ({"market_unit": "baseCoin"}, "^market_unit: exists for spot market orders only"),
        ({"category": "spot", "market_unit": "baseCoin"}, "^market_unit: exists for spot market orders only"),
        ({"qty": "many"}, "^qty and price: must be decimal"),
        ({"qty": "0"}, "^qty and price: must be decimal"),
        ({"qty": 1}, "^qty and price: must be decimal"),
        ({"qty": "1E+999999999"}, "^qty and price: must be decimal"),
        ({"price": "NaN"}, "^qty and price: must be decimal"),
        ({"price": "-1"}, "^qty and price: must be decimal"),
        (
            {"category": "spot", "order_type": "Market", "qty": "0.00009"},
            "^qty: 0.00009 of quote coin buys less than 0.000001 at a price of 100",
        ),
        ({"fields": {"takeProfit": 5}}, "^fields.take_profit: must be"),
        ({"fields": {"qty": "2"}}, "^fields: qty is the exchange's to say"),
    ],
)
def test_what_is_not_an_order_cannot_be_placed(order: dict[str, Any], problem: str) -> None:
    exchange = Exchange()
    arguments: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT", **order}
    with pytest.raises(ValueError, match=problem):
        exchange.place(**arguments)
    assert exchange.open_orders() == []


@pytest.mark.parametrize(
    ("category", "symbol", "coins"),
    [
        ("linear", "BTCUSDT", Coins("BTC", "USDT", "USDT")),
        ("linear", "BTCUSDT-21FEB25", Coins("BTC", "USDT", "USDT")),
        ("linear", "1000PEPEUSDT", Coins("1000PEPE", "USDT", "USDT")),
        ("linear", "BTCPERP", Coins("BTC", "USDC", "USDC")),
        ("linear", "BTC-24MAR23", Coins("BTC", "USDC", "USDC")),
        ("linear", "USDT", Coins("USDT", "USDC", "USDC")),
        ("inverse", "BTCUSD", Coins("BTC", "USD", "BTC")),
        ("inverse", "BTCUSDH23", Coins("BTC", "USD", "BTC")),
        ("inverse", "USD", Coins("USD", "USD", "USD")),
        ("option", "BTC-13FEB25-89000-P-USDT", Coins("BTC", "USDT", "USDT")),
        ("option", "ETH-28FEB25-2800-C", Coins("ETH", "USDC", "USDC")),
        ("spot", "ETHUSDC", Coins("ETH", "USDC", "")),
        ("spot", "ETHBTC", Coins("ETH", "BTC", "")),
        ("spot", "A.B", Coins("A.B", "USDT", "")),
    ],
)
def test_coins_are_read_from_the_symbol(category: str, symbol: str, coins: Coins) -> None:
    assert coins_of(category, symbol) == coins
