# pyright: strict
"""Calls that must fail mypy and pyright, each in the line that says so. tests/test_typing.py runs both."""

from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, CancelSpotByOrderId, CancelSpotByOrderLinkId

from bybit_ext import AsyncBybit, Bybit, CancelOutcome


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


def wrong_status(outcome: CancelOutcome) -> bool:
    return outcome.status == "Canceled"  # wrong: no status of Bybit's


async def wrong_async(bybit: AsyncBybit, order: CancelByOrderId) -> None:
    print((await bybit.cancel_order(order)).status)  # wrong: an acknowledgement has no status
    print(bybit.cancel_order(order).order_id)  # wrong: not awaited
