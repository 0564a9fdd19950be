# pyright: strict
"""Calls that must pass mypy and pyright. tests/test_typing.py runs both."""

from decimal import Decimal
from typing import Any, assert_type

from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import (
    CancelAllByBaseCoin,
    CancelAllBySettleCoin,
    CancelAllBySymbol,
    CancelAllOptions,
    CancelAllSpot,
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelOrderResponse,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    ErrorResponse,
    FuturesLimitOrder,
    FuturesMarketOrder,
    GetOrdersResponse,
    GetServerTimeResponse,
    OptionLimitOrder,
    OptionMarketOrder,
    SpotLimitOrder,
    SpotMarketOrder,
    SpotTriggerLimitOrder,
    SpotTriggerMarketOrder,
)

from bybit_ext import (
    AsyncBybit,
    Bybit,
    BybitError,
    CancelAccepted,
    CancelAllAccepted,
    CancelOutcome,
    OrderAccepted,
    RedactedReply,
    SendEvent,
    parse_category,
    parse_futures_category,
)


def sync_calls(bybit: Bybit) -> None:
    accepted = bybit.cancel_order(CancelByOrderId(category="linear", symbol="BTCUSDT", order_id="1"))
    assert_type(accepted, CancelAccepted)
    assert_type(accepted.order_id, str | None)
    bybit.cancel_order(CancelByOrderId(category="option", symbol="BTC-1-C", order_id="1", order_link_id=None))
    bybit.cancel_order(CancelByOrderLinkId(category="inverse", symbol="BTCUSD", order_link_id="1", order_id=None))
    bybit.cancel_order(CancelSpotByOrderId(category="spot", symbol="BTCUSDT", order_id="1", order_filter="tpslOrder"))
    bybit.cancel_order(
        CancelSpotByOrderLinkId(category="spot", symbol="BTCUSDT", order_link_id="1", order_filter="StopOrder")
    )
    assert_type(bybit.call(get_server_time), GetServerTimeResponse)
    assert_type(bybit.call(get_orders, category="linear", symbol="BTCUSDT"), GetOrdersResponse)
    body = CancelByOrderId(category="linear", symbol="BTCUSDT", order_id="1")
    assert_type(bybit.call(cancel_order, body=body), CancelOrderResponse)
    assert_type(cancel_order.sync(client=bybit.client, body=body), CancelOrderResponse | ErrorResponse | None)


def how_it_ended(bybit: Bybit, order: CancelByOrderId) -> bool:
    outcome = bybit.cancel_and_confirm(order, deadline=5.0)
    assert_type(outcome.filled_qty, Decimal)
    assert_type(outcome.reply, RedactedReply | None)
    assert_type(outcome.to_dict(), dict[str, Any])
    return outcome.status == "PartiallyFilledCanceled" and outcome.remaining_unit == "quote coin"


def placed(bybit: Bybit) -> None:
    accepted = bybit.place_order(FuturesLimitOrder("linear", "BTCUSDT", "Buy", qty="1", price="25000"))
    assert_type(accepted, OrderAccepted)
    assert_type(accepted.order_id, str)
    bybit.place_order(FuturesMarketOrder("inverse", "BTCUSD", "Sell", qty="100", reduce_only=True, position_idx=0))
    bybit.place_order(SpotLimitOrder("spot", "BTCUSDT", "Buy", qty="1", price="1", time_in_force="PostOnly"))
    bybit.place_order(SpotMarketOrder("spot", "BTCUSDT", "Buy", qty="200", market_unit="quoteCoin", is_leverage=0))
    bybit.place_order(
        SpotTriggerLimitOrder(
            "spot", "BTCUSDT", "Sell", qty="1", price="1", order_filter="tpslOrder", trigger_price="2"
        )
    )
    bybit.place_order(
        SpotTriggerMarketOrder("spot", "BTCUSDT", "Sell", qty="1", order_filter="StopOrder", trigger_price="2")
    )
    bybit.place_order(OptionLimitOrder("option", "BTC-1-C", "Buy", qty="1", price="5", order_link_id="1"))
    bybit.place_order(OptionMarketOrder("option", "BTC-1-C", "Buy", qty="1", order_link_id="1", order_type="Market"))


def many(bybit: Bybit, orders: list[CancelByOrderId]) -> None:
    assert_type(bybit.cancel_batch(orders), list[CancelAccepted | BybitError])
    outcomes = bybit.cancel_batch_and_confirm([*orders, CancelByOrderLinkId("spot", "BTCUSDT", "1")])
    assert_type(outcomes, list[CancelOutcome | BybitError])
    assert_type(bybit.cancel_all(CancelAllBySymbol("linear", "BTCUSDT", order_filter="OpenOrder")), CancelAllAccepted)
    bybit.cancel_all(CancelAllByBaseCoin("inverse", "BTC", order_filter="StopOrder", stop_order_type="Stop"))
    bybit.cancel_all(CancelAllBySettleCoin("linear", "USDT"))
    bybit.cancel_all(CancelAllSpot("spot", base_coin="BTC", order_filter="tpslOrder"))
    outcome = bybit.cancel_all_and_confirm(CancelAllOptions("option", settle_coin="USDC"), deadline=5.0)
    assert_type(outcome.results, list[CancelOutcome | BybitError])


async def async_calls(bybit: AsyncBybit) -> None:
    accepted = await bybit.cancel_order(CancelByOrderId(category="linear", symbol="BTCUSDT", order_id="1"))
    assert_type(accepted, CancelAccepted)
    assert_type(await bybit.call(get_server_time), GetServerTimeResponse)
    assert_type(await bybit.cancel_batch([]), list[CancelAccepted | BybitError])
    assert_type(await bybit.place_order(SpotMarketOrder("spot", "BTCUSDT", "Sell", qty="1")), OrderAccepted)


def from_a_config_file(bybit: Bybit, category: str) -> None:
    bybit.cancel_order(CancelByOrderId(parse_category(category), "BTCUSDT", order_id="1"))
    bybit.place_order(FuturesLimitOrder(parse_futures_category(category), "BTCUSDT", "Buy", qty="1", price="25000"))


def observed(orders: list[CancelByOrderId]) -> None:
    def count(event: SendEvent) -> None:
        assert_type(event.elapsed, float)

    def show(index: int, result: CancelOutcome | BybitError) -> None:
        assert_type(result, CancelOutcome | BybitError)
        assert_type((index, result.to_dict()), tuple[int, dict[str, Any]])

    with Bybit(on_send=count) as bybit:
        bybit.cancel_order(orders[0], deadline=1.0, timeout=0.5, max_sends=1)
        bybit.cancel_batch_and_confirm(orders, max_sends=2, on_result=show)
