"""Every recorded payload goes through the public methods, and comes out as it was: no field lost, none changed."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import get_order_history, get_orders
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, Order
from websockets.asyncio.server import serve

from bybit_ext import AsyncBybit, Bybit, BybitError, CancelAccepted, CancelOutcome, OutcomeUnknown
from bybit_ext.orders.identity import FINAL
from tests.conftest import API_KEY, API_SECRET, Cancel, Confirm, answering
from tests.recorded.payloads import payloads, recorded_orders

HOST = "https://exchange.example"
NOTHING: dict[str, Any] = {"retCode": 0, "result": {"list": []}}


def request_for(ids: dict[str, Any], *, by_link_id: bool) -> Any:
    category, symbol = ids.get("category", "linear"), ids.get("symbol", "BTCUSDT")
    if by_link_id:
        return CancelByOrderLinkId(category, symbol, ids["orderLinkId"])
    return CancelByOrderId(category, symbol, ids["orderId"])


by_either_id = pytest.mark.parametrize("by_link_id", [False, True], ids=["by order id", "by link id"])


@payloads("ack")
@by_either_id
def test_an_acknowledgement_is_an_acceptance(cancel: Cancel, payload: Any, *, by_link_id: bool) -> None:
    ids = payload["result"]
    if by_link_id and not ids["orderLinkId"]:
        pytest.skip("the order has no link id")
    accepted = cancel(request_for(ids, by_link_id=by_link_id), transport=answering(json=payload))
    assert isinstance(accepted, CancelAccepted)
    assert (accepted.order_id, accepted.order_link_id or "") == (ids["orderId"], ids["orderLinkId"])
    assert accepted.server_time == payload["time"]


@payloads("error")
def test_an_error_is_never_an_acceptance(cancel: Cancel, payload: Any) -> None:
    with pytest.raises(BybitError) as caught:
        # Not the usual key: some payloads show others of the same letters.
        cancel(CancelByOrderId("linear", "BTCUSDT", "1"), api_key="test-key", transport=answering(json=payload))
    ret_code = payload.get("retCode")
    assert caught.value.ret_code == (ret_code if type(ret_code) is int else None)
    assert caught.value.ret_msg == payload.get("retMsg")
    assert isinstance(caught.value, OutcomeUnknown) or type(ret_code) is int


@payloads("orders", "emptylist")
@pytest.mark.parametrize("operation", [get_orders, get_order_history])
def test_a_page_comes_out_as_it_was(operation: Any, payload: Any) -> None:
    with Bybit(API_KEY, API_SECRET, transport=answering(json=payload)) as bybit:
        assert bybit.call(operation, category="linear").to_dict() == payload


@payloads("time")
def test_the_time_comes_out_as_it_was(payload: Any) -> None:
    with Bybit(API_KEY, API_SECRET, transport=answering(json=payload)) as bybit:
        assert bybit.call(get_server_time).to_dict() == payload


@recorded_orders("order", "orders", "ws")
@by_either_id
def test_an_order_is_read_back_as_it_was(confirm: Confirm, recorded: Any, *, by_link_id: bool) -> None:
    if by_link_id and not recorded["orderLinkId"]:
        pytest.skip("the order has no link id")

    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            ids = {name: recorded[name] for name in ("orderId", "orderLinkId")}
            return httpx.Response(200, json={"retCode": 0, "result": ids})
        found = request.url.path.endswith("/realtime")
        page = {"category": recorded.get("category", "linear"), "list": [recorded]}
        return httpx.Response(200, json={"retCode": 0, "result": page} if found else NOTHING)

    order = end_of(recorded, confirm, by_link_id=by_link_id, base_url=HOST, transport=httpx.MockTransport(handle))
    assert order.to_dict() == {"category": "linear", **recorded}


@recorded_orders("order", "orders", "ws")
@by_either_id
def test_an_order_of_the_stream_is_reported_as_it_was(recorded: Any, *, by_link_id: bool) -> None:
    if by_link_id and not recorded["orderLinkId"]:
        pytest.skip("the order has no link id")
    streamed = {"category": "linear", **recorded}
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, json={"retCode": 0} if request.method == "POST" else NOTHING)
    )

    async def run() -> CancelOutcome | BybitError:
        async with streaming(streamed) as url:
            options: dict[str, Any] = {"base_url": HOST, "stream_url": url, "transport": transport, "deadline": 0.8}
            async with AsyncBybit(API_KEY, API_SECRET, **options) as bybit:
                try:
                    return await bybit.cancel_and_confirm(request_for(streamed, by_link_id=by_link_id))
                except BybitError as error:
                    return error

    result = asyncio.run(run())
    is_ours = not by_link_id  # one that ended long ago is not what a cancel by link id was accepted for
    if isinstance(result, CancelOutcome):
        assert (is_ours, result.order.to_dict(), result.confirmed_by) == (True, streamed, "stream")
    else:
        assert isinstance(result, OutcomeUnknown)
        assert recorded["orderStatus"] not in FINAL or by_link_id
        assert result.last_order is None or result.last_order.to_dict() == streamed


@payloads("ws")
def test_a_message_of_the_stream_is_iterated_as_it_was(payload: Any) -> None:
    async def run() -> list[Order]:
        async with streaming(*payload["data"]) as url, AsyncBybit(API_KEY, API_SECRET, stream_url=url) as bybit:
            found: list[Order] = []
            async with asyncio.timeout(5):
                async for order in bybit.orders():
                    found.append(order)
                    if len(found) == len(payload["data"]):
                        break
            return found

    assert [order.to_dict() for order in asyncio.run(run())] == payload["data"]


def end_of(recorded: dict[str, Any], confirm: Confirm, *, by_link_id: bool, **options: Any) -> Order:
    """Return the order of an outcome; of one that is still open, as it was last seen."""
    request = request_for(recorded, by_link_id=by_link_id)
    if recorded["orderStatus"] not in FINAL:
        with pytest.raises(OutcomeUnknown) as caught:
            confirm(request, deadline=0.3, **options)
        assert caught.value.last_order is not None
        return caught.value.last_order
    outcome = confirm(request, deadline=5.0, **options)
    assert (outcome.status, outcome.confirmed_by) == (recorded["orderStatus"], "read-back")
    return outcome.order


@asynccontextmanager
async def streaming(*orders: dict[str, Any]) -> AsyncGenerator[str]:
    """Serve a stream that reports orders as soon as it is subscribed to."""

    async def handler(socket: Any) -> None:
        for _ in range(2):
            name = json.loads(await socket.recv())["op"]
            await socket.send(json.dumps({"success": True, "ret_msg": "", "op": name, "conn_id": "1"}))
        await socket.send(json.dumps({"topic": "order", "id": "1", "creationTime": 1, "data": orders}))
        await socket.wait_closed()

    async with serve(handler, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/v5/private"
