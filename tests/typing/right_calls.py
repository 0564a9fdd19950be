# pyright: strict
"""Calls that must pass mypy and pyright. tests/test_typing.py runs both."""

from decimal import Decimal
from typing import assert_type

from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelOrderResponse,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    ErrorResponse,
    GetOrdersResponse,
    GetServerTimeResponse,
)

from bybit_ext import AsyncBybit, Bybit, CancelAccepted


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
    return outcome.status == "PartiallyFilledCanceled" and outcome.remaining_unit == "quote coin"


async def async_calls(bybit: AsyncBybit) -> None:
    accepted = await bybit.cancel_order(CancelByOrderId(category="linear", symbol="BTCUSDT", order_id="1"))
    assert_type(accepted, CancelAccepted)
    assert_type(await bybit.call(get_server_time), GetServerTimeResponse)
