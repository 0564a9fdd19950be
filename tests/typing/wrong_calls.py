# pyright: strict
"""Calls that must fail mypy and pyright, each in the line that says so. tests/test_typing.py runs both."""

from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import (
    BatchCancelByOrderId,
    CancelAllByBaseCoin,
    CancelAllBySettleCoin,
    CancelAllBySymbol,
    CancelAllOptions,
    CancelAllSpot,
    CancelBatch,
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    FuturesLimitOrder,
    FuturesMarketOrder,
    OptionLimitOrder,
    OptionMarketOrder,
    SpotLimitOrder,
    SpotMarketOrder,
    SpotTriggerLimitOrder,
    SpotTriggerMarketOrder,
)

from bybit_ext import AsyncBybit, Bybit, BybitError, CancelOutcome, SendEvent, parse_category


def wrong(bybit: Bybit) -> None:
    CancelByOrderId(category="linear", symbol="BTCUSDT")  # wrong: no id
    CancelByOrderLinkId(category="linear", symbol="BTCUSDT")  # wrong: no id
    CancelSpotByOrderId(category="spot", symbol="BTCUSDT", order_filter="Order")  # wrong: no id
    CancelByOrderId(category="linear", symbol="BTCUSDT", order_id=None)  # wrong: null for the only id
    CancelByOrderId(category="linear", symbol="BTCUSDT", order_id=1523347543495541248)  # wrong: a number
    CancelByOrderId(category="linear", order_id="1")  # wrong: no symbol
    CancelByOrderId(symbol="BTCUSDT", order_id="1")  # wrong: no category
    CancelByOrderId(category="futures", symbol="BTCUSDT", order_id="1")  # wrong: unknown category
    CancelByOrderId(category="LINEAR", symbol="BTCUSDT", order_id="1")  # wrong: unknown category
    CancelByOrderId(category="linear", symbol="X", order_id="1", order_filter="Order")  # wrong: filter on linear
    CancelSpotByOrderId(category="linear", symbol="X", order_id="1", order_filter="Order")  # wrong: filter on linear
    CancelSpotByOrderLinkId(category="option", symbol="X", order_link_id="1", order_filter="Order")  # wrong: on option
    CancelSpotByOrderId(category="spot", symbol="X", order_id="1", order_filter="order")  # wrong: unknown filter
    CancelByOrderLinkId(category="linear", symbol="X", order_link_id="1", order_id="2")  # wrong: another id
    bybit.cancel_order({"category": "linear", "symbol": "X", "orderId": "1"})  # wrong: a dictionary
    bybit.cancel_order("1")  # wrong: only an id
    bybit.cancel_order()  # wrong: nothing
    bybit.call(cancel_order)  # wrong: no body
    bybit.call(get_orders, category="futures", symbol="BTCUSDT")  # wrong: unknown category
    bybit.call(get_server_time, symbol="BTCUSDT")  # wrong: takes nothing
    cancel_order.sync(client=bybit.client, body={})  # wrong: a dictionary
    Bybit(environment="live")  # wrong: unknown environment
    Bybit(region="us")  # wrong: unknown region
    Bybit(testnet=True)  # wrong: another client's setting
    Bybit(engine="fast")  # wrong: unknown engine
    bybit.cancel_order(category="linear", symbol="X", orderId="1")  # wrong: another client's call
    bybit.cancel_and_confirm(CancelByOrderId("linear", "X", "1"), 5.0)  # wrong: a deadline without its name


def wrong_orders(bybit: Bybit) -> None:
    FuturesLimitOrder("linear", "X", "Buy", qty="1")  # wrong: a limit order without a price
    SpotLimitOrder("spot", "X", "Buy", qty="1")  # wrong: a limit order without a price
    OptionLimitOrder("option", "X", "Buy", qty="1", order_link_id="1")  # wrong: a limit order without a price
    FuturesMarketOrder("linear", "X", "Buy", qty="1", price="1")  # wrong: a market order with a price
    FuturesMarketOrder("linear", "X", "Buy", qty="1", order_type="Limit")  # wrong: another type
    OptionLimitOrder("option", "X", "Buy", qty="1", price="1")  # wrong: an option without a link id
    OptionMarketOrder("option", "X", "Buy", qty="1")  # wrong: an option without a link id
    SpotTriggerLimitOrder("spot", "X", "Buy", qty="1", price="1", order_filter="tpslOrder")  # wrong: no trigger
    SpotTriggerMarketOrder("spot", "X", "Buy", qty="1", trigger_price="1")  # wrong: no filter
    SpotTriggerMarketOrder("spot", "X", "Buy", "1", order_filter="Order", trigger_price="1")  # wrong: that has none
    SpotLimitOrder("spot", "X", "Buy", qty="1", price="1", trigger_price="1")  # wrong: a trigger without a filter
    SpotLimitOrder("spot", "X", "Buy", qty="1", price="1", reduce_only=True)  # wrong: of derivatives
    SpotMarketOrder("spot", "X", "Buy", qty="1", position_idx=0)  # wrong: of futures
    SpotLimitOrder("spot", "X", "Buy", qty="1", price="1", market_unit="baseCoin")  # wrong: of market orders
    FuturesLimitOrder("linear", "X", "Buy", qty="1", price="1", is_leverage=1)  # wrong: of spot
    FuturesMarketOrder("linear", "X", "Buy", qty="1", market_unit="baseCoin")  # wrong: of spot
    FuturesLimitOrder("linear", "X", "Buy", qty="1", price="1", order_filter="StopOrder")  # wrong: of spot
    OptionMarketOrder("option", "X", "Buy", qty="1", order_link_id="1", take_profit="1")  # wrong: not on options
    FuturesLimitOrder("spot", "X", "Buy", qty="1", price="1")  # wrong: another category
    SpotLimitOrder("linear", "X", "Buy", qty="1", price="1")  # wrong: another category
    FuturesLimitOrder("linear", "X", "buy", qty="1", price="1")  # wrong: unknown side
    FuturesLimitOrder("linear", "X", "Buy", qty=1, price="1")  # wrong: a number
    FuturesLimitOrder("linear", "X", "Buy", qty="1", price="1", time_in_force="GTD")  # wrong: unknown time in force
    FuturesLimitOrder("linear", "X", "Buy", qty="1", price="1", reduceOnly=True)  # wrong: another client's name
    bybit.place_order({"category": "linear"})  # wrong: a dictionary
    bybit.place_order(CancelByOrderId("linear", "X", "1"))  # wrong: a cancel


def wrong_cancels_of_many(bybit: Bybit) -> None:
    CancelAllBySymbol("linear")  # wrong: futures without symbol, base coin or settle coin
    CancelAllByBaseCoin("linear")  # wrong: futures without symbol, base coin or settle coin
    CancelAllBySettleCoin("inverse")  # wrong: futures without symbol, base coin or settle coin
    CancelAllBySymbol("spot", "X")  # wrong: another category
    CancelAllBySymbol("linear", "X", settle_coin="USDT")  # wrong: the symbol goes before it
    CancelAllSpot("spot", settle_coin="USDT")  # wrong: spot has none
    CancelAllSpot("spot", order_filter="OpenOrder")  # wrong: a filter of futures
    CancelAllBySymbol("linear", "X", order_filter="tpslOrder")  # wrong: a filter of spot
    CancelAllOptions("option", order_filter="OpenOrder")  # wrong: a filter of futures
    CancelAllOptions("option", settle_coin="BTC")  # wrong: no settle coin of options
    CancelAllOptions("option", stop_order_type="Stop")  # wrong: of futures
    bybit.cancel_all(category="linear", symbol="X")  # wrong: another client's call
    bybit.cancel_batch(CancelByOrderId("linear", "X", "1"))  # wrong: one order
    bybit.cancel_batch([{"symbol": "X", "orderId": "1"}])  # wrong: a dictionary
    BatchCancelByOrderId("X")  # wrong: an item with neither id
    CancelBatch("spot", [BatchCancelByOrderId("X", "1")])  # wrong: spot has a model of its own
    for result in bybit.cancel_batch([]):
        print(result.order_id)  # wrong: it may be an error


def wrong_status(outcome: CancelOutcome) -> bool:
    print(outcome.status == "New")  # wrong: no order ends as this
    return outcome.status == "Canceled"  # wrong: no status of Bybit's


async def slow_hook(event: SendEvent) -> None:
    print(event.pause + 1)  # wrong: there may be none


def wrong_options(bybit: Bybit, orders: list[CancelByOrderId], category: str) -> None:
    CancelByOrderId(category, "X", "1")  # wrong: any string
    FuturesLimitOrder(parse_category(category), "X", "Buy", qty="1", price="1")  # wrong: it may be spot
    bybit.cancel_order(orders[0], max_sends=1.5)  # wrong: no whole number
    Bybit(on_send=slow_hook)  # wrong: it would have to be awaited
    bybit.cancel_batch(orders, on_result=print_outcome)  # wrong: an acknowledgement is no outcome


def print_outcome(index: int, result: CancelOutcome | BybitError) -> None:
    print(index, result.evidence)  # wrong: a result has none


async def wrong_async(bybit: AsyncBybit, order: CancelByOrderId) -> None:
    print((await bybit.cancel_order(order)).status)  # wrong: an acknowledgement has no status
    print(bybit.cancel_order(order).order_id)  # wrong: not awaited
