import gc
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import CancelByOrderId
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bybit_ext import AsyncBybit, Bybit, BybitAuth, InvalidInput, load_credentials, sign
from bybit_ext.auth.signing import check_recv_window
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET
from tests.vectors import CONTENT, SIGNED_REQUESTS, credentials_of, name_of

ORDER = CancelByOrderId("linear", "BTCUSDT", "c6f055d9-7f21-4079-913d-e6523a9cfffa")
ACCEPTED: dict[str, Any] = {"retCode": 0, "retMsg": "OK", "result": {}}


vectors = pytest.mark.parametrize("vector", SIGNED_REQUESTS, ids=name_of)


@vectors
def test_a_signature_equals_the_one_that_another_implementation_made(vector: dict[str, Any]) -> None:
    signature = sign(
        credentials_of(vector),
        timestamp=vector["timestamp"],
        recv_window=vector["recv_window"],
        payload=vector["payload"].encode(),
    )
    assert signature == vector["signature"]


@vectors
def test_the_hook_puts_the_same_signature_on_the_request_as_it_is_sent(vector: dict[str, Any]) -> None:
    auth = BybitAuth(credentials_of(vector), recv_window=vector["recv_window"], clock=lambda: int(vector["timestamp"]))
    payload: bytes = vector["payload"].encode()
    if vector["request"] == "POST":
        request = httpx.Request("POST", "https://api.bybit.com/v5/order/cancel", content=payload)
    else:
        request = httpx.Request("GET", f"https://api.bybit.com/v5/order/realtime?{vector['payload']}")
        assert request.url.raw_path.partition(b"?")[2] == payload
    next(auth.auth_flow(request))
    assert {name: value for name, value in request.headers.items() if name.startswith("x-bapi")} == {
        "x-bapi-api-key": API_KEY,
        "x-bapi-timestamp": str(vector["timestamp"]),
        "x-bapi-recv-window": str(vector["recv_window"]),
        "x-bapi-sign": vector["signature"],
    }


def test_two_implementations_agree_on_every_vector_that_both_make() -> None:
    made: dict[tuple[str, ...], set[str]] = {}
    for vector in SIGNED_REQUESTS:
        made.setdefault((vector["request"], vector["secret"], vector["what"]), set()).add(vector["signature"])
    assert len(SIGNED_REQUESTS) == 2 * len(made)
    assert all(len(signatures) == 1 for signatures in made.values())


@pytest.mark.parametrize("order_link_id", ["a b+c&d=ż%\"'", "plain", "~*()!", "a/b?c#d", "%41"])
def test_a_query_with_characters_that_are_escaped_is_correctly_signed(
    sandbox: Sandbox, bybit: Bybit, order_link_id: str
) -> None:
    order = sandbox.place("linear", "SOLUSDT", order_link_id=order_link_id)
    found = bybit.call(get_orders, category="linear", symbol="SOLUSDT", order_link_id=order_link_id)
    assert [one.order_id for one in found.result.list_] == [order.order_id]


def test_an_rsa_signature_is_verified_by_the_public_key() -> None:
    import base64

    pem: str = CONTENT["secrets"]["RSA"]
    signature = sign(load_credentials(API_KEY, pem), timestamp=1, recv_window=2, payload=b"payload")
    public_key: Any = load_pem_private_key(pem.encode(), None).public_key()
    public_key.verify(base64.b64decode(signature), f"1{API_KEY}2payload".encode(), PKCS1v15(), SHA256())


def seen_by(call: Callable[[httpx.MockTransport], object]) -> httpx.Request:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ACCEPTED)

    call(httpx.MockTransport(handle))
    (request,) = seen
    return request


def test_a_generated_function_is_signed() -> None:
    def call(transport: httpx.MockTransport) -> None:
        with Bybit(API_KEY, API_SECRET, transport=transport) as bybit:
            cancel_order.sync(client=bybit.client, body=ORDER)

    assert "X-BAPI-SIGN" in seen_by(call).headers


def test_a_generated_coroutine_is_signed_even_with_the_client_of_the_other_kind(sandbox: Sandbox) -> None:
    import asyncio

    order = sandbox.place("linear", "BTCUSDT")

    async def run(bybit: Bybit) -> Any:
        async with bybit.client as client:
            return await cancel_order.asyncio(client=client, body=CancelByOrderId("linear", "BTCUSDT", order.order_id))

    with Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as bybit:
        answer = asyncio.run(run(bybit))
    assert answer.ret_code == 0
    gc.collect()  # a connection that is left open warns, which fails this test


def test_a_copy_of_the_generated_client_is_signed_too() -> None:
    def call(transport: httpx.MockTransport) -> None:
        with Bybit(API_KEY, API_SECRET, transport=transport) as bybit:
            cancel_order.sync(client=bybit.client.with_headers({"Referer": "broker"}), body=ORDER)

    request = seen_by(call)
    assert "X-BAPI-SIGN" in request.headers
    assert request.headers["Referer"] == "broker"


@pytest.mark.parametrize("base_url", ["https://api.bybit.com", "https://gateway.example/bybit/"])
def test_a_public_call_stays_unsigned(base_url: str) -> None:
    def call(transport: httpx.MockTransport) -> None:
        with Bybit(API_KEY, API_SECRET, base_url=base_url, transport=transport) as bybit:
            get_server_time.sync(client=bybit.client)

    assert not [name for name in seen_by(call).headers if name.startswith("x-bapi")]


@pytest.mark.parametrize(("options", "header"), [({}, "5000"), ({"recv_window": 1}, "1")])
def test_a_signature_stays_good_for_five_seconds_unless_told_otherwise(options: dict[str, Any], header: str) -> None:
    request = httpx.Request("GET", "https://api.bybit.com/v5/order/realtime")
    next(BybitAuth(load_credentials(API_KEY, API_SECRET), **options).auth_flow(request))
    assert request.headers["X-BAPI-RECV-WINDOW"] == header


@pytest.mark.parametrize("recv_window", [0, -1, 5000.0, "5000", True, 86_400_001])
def test_a_recv_window_that_is_no_positive_whole_number_up_to_a_day_is_refused(recv_window: Any) -> None:
    with pytest.raises(InvalidInput, match=f"^recv_window: .*, up to a day, not {recv_window!r}\\."):
        Bybit(API_KEY, API_SECRET, recv_window=recv_window)


@pytest.mark.parametrize("recv_window", [1, 86_400_000])
def test_a_recv_window_may_be_any_number_of_ms_up_to_a_day(recv_window: int) -> None:
    assert check_recv_window(recv_window) == recv_window


def test_the_clock_and_the_window_can_be_given() -> None:
    def call(transport: httpx.MockTransport) -> None:
        with Bybit(API_KEY, API_SECRET, recv_window=20_000, clock=lambda: 1234, transport=transport) as bybit:
            bybit.cancel_order(ORDER)

    headers = seen_by(call).headers
    assert (headers["X-BAPI-TIMESTAMP"], headers["X-BAPI-RECV-WINDOW"]) == ("1234", "20000")


def test_the_timestamp_is_the_time_in_ms() -> None:
    import time

    def call(transport: httpx.MockTransport) -> None:
        with Bybit(API_KEY, API_SECRET, transport=transport) as bybit:
            bybit.cancel_order(ORDER)

    before = time.time() * 1000
    timestamp = int(seen_by(call).headers["X-BAPI-TIMESTAMP"])
    assert before - 1 <= timestamp <= time.time() * 1000 + 1


def test_every_send_is_signed_afresh() -> None:
    seen: list[str] = []
    times = iter([1000, 2000])

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["X-BAPI-SIGN"])
        return httpx.Response(200, json=ACCEPTED)

    with Bybit(API_KEY, API_SECRET, clock=lambda: next(times), transport=httpx.MockTransport(handle)) as bybit:
        bybit.cancel_order(ORDER)
        bybit.cancel_order(ORDER)
    assert len(set(seen)) == 2


def test_async_requests_are_signed_by_the_same_hook(sandbox: Sandbox) -> None:
    import asyncio

    async def run() -> int:
        async with AsyncBybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as bybit:
            return (await bybit.call(get_orders, category="linear", symbol="ETHUSDT")).ret_code

    assert asyncio.run(run()) == 0
