"""What the sandbox answers over HTTP: cancels, refusals, headers. The lists of orders are in test_lists.py."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from bybit_v5.models import Order
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from bybit_ext.sandbox import Exchange, Sandbox, create_app
from bybit_ext.sandbox.order_states import changed
from bybit_ext.sandbox.signatures import verifier
from tests.sandbox.wire import RSA_KEY, RSA_PUBLIC_KEY, Wire, hmac_hex, now_ms, orders_of, wait_for_end

NOW = 1_700_000_000_123
QUERY = "category=linear&symbol=BTCUSDT"


@pytest.fixture
def frozen() -> Iterator[Sandbox]:
    """An exchange whose clock stands still."""
    with Sandbox(cancel_delay=0.0, clock=lambda: NOW) as sandbox:
        yield sandbox


def port_of(sandbox: Sandbox) -> int:
    return int(sandbox.url.rpartition(":")[2])


class TestCancel:
    def test_cancel_is_acknowledged_first_and_carried_out_later(self) -> None:
        with Sandbox(cancel_delay=0.3) as sandbox, Wire(sandbox) as wire:
            order = sandbox.place("linear", "BTCUSDT")
            assert wire.cancel(order)["retCode"] == 0
            listed = orders_of(wire.realtime(category="linear", symbol="BTCUSDT", orderId=order.order_id))
            assert listed[0]["orderStatus"] == "New"
            ended = wait_for_end(sandbox, order)
        assert ended == changed(
            order,
            order_status="Cancelled",
            cancel_type="CancelByUser",
            reject_reason="EC_PerCancelRequest",
            leaves_qty="0",
            leaves_value="0",
            updated_time=ended.updated_time,
        )
        assert int(order.updated_time) < int(ended.updated_time) <= now_ms()

    def test_fill_before_the_cancel_wins(self) -> None:
        with Sandbox(cancel_delay=0.3) as sandbox, Wire(sandbox) as wire:
            order, later = sandbox.place("linear", "BTCUSDT"), sandbox.place("linear", "BTCUSDT")
            wire.cancel(order)
            sandbox.fill(order.order_id)
            wire.cancel(later)
            wait_for_end(sandbox, later)  # so the first cancel has been carried out too
            assert sandbox.order(order.order_id).order_status == "Filled"

    @pytest.mark.parametrize(
        ("category", "order_filter", "filled", "status"),
        [
            ("linear", "Order", None, "Cancelled"),
            ("linear", "Order", "0.5", "Cancelled"),
            ("spot", "Order", None, "Cancelled"),
            ("spot", "Order", "0.5", "PartiallyFilledCanceled"),
            ("spot", "tpslOrder", None, "Deactivated"),
            ("spot", "StopOrder", None, "Deactivated"),
        ],
    )
    def test_each_kind_of_order_ends_by_its_own_status(
        self, exchange: Sandbox, wire: Wire, category: Any, order_filter: Any, filled: str | None, status: str
    ) -> None:
        order = exchange.place(category, "BTCUSDT", order_filter=order_filter)
        if filled:
            exchange.fill(order.order_id, filled)
        wire.cancel(order, **({"orderFilter": order_filter} if category == "spot" else {}))
        ended = wait_for_end(exchange, order)
        assert (ended.order_status, ended.cum_exec_qty) == (status, filled or "0")

    def test_response_names_both_ids(self, exchange: Sandbox, wire: Wire) -> None:
        symbol = "BTC-29JUL22-25000-C"
        order = exchange.place("option", symbol, order_link_id="both-ids")
        answer = wire.cancel(category="option", symbol=symbol, orderLinkId="both-ids")
        assert answer["result"] == {"orderId": order.order_id, "orderLinkId": "both-ids"}

    def test_order_id_is_used_when_the_ids_do_not_match(self, exchange: Sandbox, wire: Wire) -> None:
        meant = exchange.place("linear", "BTCUSDT", order_link_id="meant")
        other = exchange.place("linear", "BTCUSDT", order_link_id="other")
        wire.cancel(meant, orderLinkId="other")
        assert wait_for_end(exchange, meant).order_status == "Cancelled"
        assert exchange.order(other.order_id).order_status == "New"

    def test_reused_link_id_means_the_open_order(self, exchange: Sandbox, wire: Wire) -> None:
        first = exchange.place("linear", "BTCUSDT", order_link_id="again")
        exchange.fill(first.order_id)
        second = exchange.place("linear", "BTCUSDT", order_link_id="again")
        answer = wire.cancel(category="linear", symbol="BTCUSDT", orderLinkId="again")
        assert answer["result"]["orderId"] == second.order_id

    def test_reused_link_id_of_closed_orders_means_the_newest(self, exchange: Sandbox, wire: Wire) -> None:
        for end in ("Rejected", "Cancelled"):
            order = exchange.place("linear", "BTCUSDT", order_link_id="again")
            exchange.end(order.order_id, end)
        assert wire.cancel(category="linear", symbol="BTCUSDT", orderLinkId="again")["retCode"] == 110010

    @pytest.mark.parametrize(
        ("body", "ret_code"),
        [
            ({"category": "linear", "symbol": "BTCUSDT", "orderId": "unknown"}, 110001),
            ({"category": "inverse", "symbol": "BTCUSD", "orderLinkId": "unknown"}, 110001),
            ({"category": "spot", "symbol": "BTCUSDT", "orderId": "unknown"}, 170213),
            ({"category": "spot", "symbol": "BTCUSDT", "orderLinkId": "x", "orderFilter": "StopOrder"}, 170213),
        ],
    )
    def test_unknown_order_is_not_found(self, wire: Wire, body: dict[str, Any], ret_code: int) -> None:
        assert wire.cancel(**body)["retCode"] == ret_code

    @pytest.mark.parametrize("other", [{"symbol": "ETHUSDT"}, {"category": "inverse"}])
    def test_order_of_another_symbol_or_category_is_not_found(
        self, exchange: Sandbox, wire: Wire, other: dict[str, Any]
    ) -> None:
        assert wire.cancel(exchange.place("linear", "BTCUSDT"), **other)["retCode"] == 110001

    @pytest.mark.parametrize("wrong", [{}, {"orderFilter": "tpslOrder"}])
    def test_spot_order_with_a_trigger_needs_its_filter(
        self, exchange: Sandbox, wire: Wire, wrong: dict[str, Any]
    ) -> None:
        order = exchange.place("spot", "BTCUSDT", order_filter="StopOrder")
        assert wire.cancel(order, **wrong)["retCode"] == 170213
        assert wire.cancel(order, orderFilter="StopOrder")["retCode"] == 0

    @pytest.mark.parametrize(
        ("category", "end", "ret_code"),
        [
            ("linear", "fill", 110008),
            ("linear", "cancel", 110010),
            ("spot", "fill", 170139),
            ("spot", "cancel", 170142),
        ],
    )
    def test_ended_order_is_refused_as_closed(
        self, exchange: Sandbox, wire: Wire, category: Any, end: str, ret_code: int
    ) -> None:
        order = exchange.place(category, "BTCUSDT")
        if end == "fill":
            exchange.fill(order.order_id)
        else:
            wire.cancel(order)
            wait_for_end(exchange, order)
        assert wire.cancel(order)["retCode"] == ret_code


class TestChecks:
    def test_unknown_key_is_refused(self, wire: Wire) -> None:
        request = wire.cancel_request(category="linear", symbol="BTCUSDT", orderId="1")
        assert wire.send(wire.sign(request, api_key="unknown")).json()["retCode"] == 10003

    def test_missing_credentials_are_refused(self, exchange: Sandbox) -> None:
        assert httpx.get(f"{exchange.url}/v5/order/realtime?{QUERY}").json()["retCode"] == 10003

    def test_wrong_signature_is_echoed_as_the_exchange_does(self, exchange: Sandbox) -> None:
        headers = {"X-BAPI-API-KEY": exchange.api_key, "X-BAPI-TIMESTAMP": "1", "X-BAPI-SIGN": "x"}
        answer = httpx.get(f"{exchange.url}/v5/order/realtime?{QUERY}", headers=headers).json()
        assert answer["retCode"] == 10004
        assert f"origin_string[1{exchange.api_key}5000{QUERY}]" in answer["retMsg"]

    def test_wrong_signature_of_what_is_not_utf_8_is_refused(self) -> None:
        exchange = Exchange()
        exchange.register_key("key", "secret")
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v5/order/realtime",
            "query_string": f"{QUERY}&x=".encode() + b"\xff",
            "headers": [(b"x-bapi-api-key", b"key")],
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(create_app(exchange)(scope, receive, send))
        assert json.loads(sent[-1]["body"])["retCode"] == 10004

    @pytest.mark.parametrize(
        ("offset", "recv_window", "taken"),
        [
            (0, 5000, True),
            (999, 5000, True),
            (1000, 5000, False),
            (1000, 60_000, False),
            (-5000, 5000, True),
            (-5001, 5000, False),
            (-5001, 6000, True),
        ],
    )
    def test_timestamp_is_taken_inside_the_window_only(
        self, frozen: Sandbox, offset: int, recv_window: int, *, taken: bool
    ) -> None:
        with Wire(frozen) as wire:
            request = wire.cancel_request(category="linear", symbol="BTCUSDT", orderId="unknown")
            request = wire.sign(request, timestamp=NOW + offset, recv_window=recv_window)
            answer = wire.send(request).json()
        if taken:
            assert answer["retCode"] == 110001
            return
        assert answer["retCode"] == 10002
        assert re.findall(r"\[(\d+)\]", answer["retMsg"]) == [str(NOW + offset), str(NOW), str(recv_window)]

    @pytest.mark.parametrize("timestamp", ["", "now", "-1", "1.5", "9" * 5000, "1e12"])
    def test_timestamp_that_is_not_a_number_is_outside_the_window(self, wire: Wire, timestamp: str) -> None:
        request = wire.cancel_request(category="linear", symbol="BTCUSDT", orderId="1")
        assert wire.send(wire.sign(request, timestamp=timestamp)).json()["retCode"] == 10002

    def test_rsa_key_is_let_in(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.register_key("rsa-key", RSA_PUBLIC_KEY)
        request = wire.cancel_request(category="linear", symbol="BTCUSDT", orderId="unknown")
        request = wire.sign(request, api_key="rsa-key")
        text = request.headers["X-BAPI-TIMESTAMP"].encode() + b"rsa-key5000" + request.content
        request.headers["X-BAPI-SIGN"] = rsa_base64(text)
        assert wire.send(request).json()["retCode"] == 110001

    @pytest.mark.parametrize("signature", ["bm9uc2Vuc2U=", "no base64!"])
    def test_wrong_rsa_signature_is_refused(self, exchange: Sandbox, signature: str) -> None:
        exchange.register_key("rsa-key", RSA_PUBLIC_KEY)
        headers = {"X-BAPI-API-KEY": "rsa-key", "X-BAPI-TIMESTAMP": "1", "X-BAPI-SIGN": signature}
        answer = httpx.get(f"{exchange.url}/v5/order/realtime?{QUERY}", headers=headers).json()
        assert answer["retCode"] == 10004

    def test_right_rsa_signature_is_refused_with_anything_between_its_letters(self) -> None:
        signature = rsa_base64(b"text")
        verify = verifier(RSA_PUBLIC_KEY)
        assert verify(b"text", signature)
        assert not verify(b"text", f"{signature[:4]}!{signature[4:]}")

    def test_public_key_of_another_kind_cannot_be_registered(self) -> None:
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        with pytest.raises(TypeError, match="must be an RSA key"):
            Exchange().register_key("ec", pem)

    def test_refusal_names_what_is_nearest_to_being_right(self, wire: Wire) -> None:
        answer = wire.cancel(category="linear", symbol="btcusdt", orderId="1")
        assert answer["retCode"] == 10001
        assert 'symbol: "btcusdt" does not match' in answer["retMsg"]

    def test_query_is_held_to_the_document(self, exchange: Sandbox) -> None:
        answer = httpx.get(f"{exchange.url}/v5/order/realtime?category=futures&symbol=BTCUSDT").json()
        assert (answer["retCode"], "category" in answer["retMsg"]) == (10001, True)

    @pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff", rb'{"\ud800": 1}'])
    def test_body_that_is_not_json_is_refused(self, exchange: Sandbox, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(f"{exchange.url}/v5/order/cancel", content=body, headers=headers).json()
        assert answer["retCode"] == 10001

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/v5/account/info", 404),
            ("GET", "/v5/market/time/", 404),
            ("GET", "/v5", 404),
            ("POST", "/prefix/v5/order/create", 404),
            ("GET", "/v5/private", 404),
            ("GET", "/v5/order/cancel", 405),
            ("PUT", "/v5/order/create", 405),
        ],
    )
    def test_unknown_path_or_method_is_refused_as_json(
        self, exchange: Sandbox, method: str, path: str, status: int
    ) -> None:
        answer = httpx.request(method, exchange.url + path)
        assert answer.status_code == status
        assert (answer.json()["retCode"], answer.headers["Ret_code"]) == (10017, "10017")
        assert answer.json().keys() == {"retCode", "retMsg", "result", "retExtInfo", "time"}

    def test_query_with_a_bare_number_sign_is_one_query(self, exchange: Sandbox) -> None:
        now = now_ms()
        query = "category=linear&x=#&symbol=BTCUSDT"
        signature = hmac_hex(exchange.api_secret, f"{now}{exchange.api_key}5000{query}")
        with socket.create_connection(("127.0.0.1", port_of(exchange)), timeout=5) as connection:
            headers = f"X-BAPI-API-KEY: {exchange.api_key}\r\nX-BAPI-TIMESTAMP: {now}\r\nX-BAPI-SIGN: {signature}\r\n"
            connection.sendall(f"GET /v5/order/realtime?{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
            answer = b""
            while b'"time"' not in answer:
                answer += connection.recv(65536)
        assert b'"retCode": 0' in answer


class TestHeaders:
    def test_trace_id_and_rate_limit_come_with_the_response(self, frozen: Sandbox) -> None:
        orders = [frozen.place("linear", "BTCUSDT") for _ in range(12)]
        with Wire(frozen) as wire:
            answers = [wire.send(wire.cancel_request(order)) for order in orders]
        limits = [limits_of(answer) for answer in answers]
        assert limits == [("10", str(left), str(NOW)) for left in [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]]
        assert len({answer.headers["Traceid"] for answer in answers}) == 12
        assert answers[0].json()["time"] == NOW

    def test_each_operation_has_a_rate_limit_of_its_own(self, frozen: Sandbox) -> None:
        with Wire(frozen) as wire:
            for path in ("/v5/order/realtime", "/v5/order/history"):
                request = wire.sign(httpx.Request("GET", f"{frozen.url}{path}?{QUERY}"))
                assert limits_of(wire.send(request)) == ("50", "49", str(NOW))

    def test_each_account_has_a_rate_limit_of_its_own(self, frozen: Sandbox) -> None:
        frozen.register_key("other", "secret")
        with Wire(frozen) as wire:
            own = wire.cancel_request(frozen.place("linear", "BTCUSDT"))
            other = wire.sign(wire.cancel_request(frozen.place("linear", "BTCUSDT")), api_key="other", secret="secret")
            left = [wire.send(request).headers["X-Bapi-Limit-Status"] for request in (own, other)]
        assert left == ["9", "9"]

    def test_response_has_the_form_of_the_exchange(self, frozen: Sandbox) -> None:
        answer = httpx.get(f"{frozen.url}/v5/market/time")
        result = {"timeSecond": "1700000000", "timeNano": "1700000000123000000"}
        assert answer.json() == {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": NOW}
        assert (answer.headers["Timenow"], answer.headers["Ret_code"]) == (str(NOW), "0")

    def test_count_starts_anew_each_second(self, frozen: Sandbox) -> None:
        left: list[str] = []
        with Wire(frozen) as wire:
            for second in range(2):
                frozen.clock = lambda second=second: NOW + second * 1000  # type: ignore[misc]
                answer = wire.send(wire.cancel_request(category="linear", symbol="BTCUSDT", orderId="unknown"))
                left.append(answer.headers["X-Bapi-Limit-Status"])
        assert left == ["9", "9"]


def limits_of(answer: httpx.Response) -> tuple[str, ...]:
    names = ("X-Bapi-Limit", "X-Bapi-Limit-Status", "X-Bapi-Limit-Reset-Timestamp")
    return tuple(answer.headers[name] for name in names)


def rsa_base64(text: bytes) -> str:
    import base64

    key = load_pem_private_key(RSA_KEY.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


class TestInProcess:
    def test_application_serves_in_process_too(self) -> None:
        async def run() -> int:
            transport = httpx.ASGITransport(create_app(Exchange()))
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
                return int((await client.get("/v5/market/time")).json()["result"]["timeSecond"])

        assert abs(asyncio.run(run()) - now_ms() // 1000) <= 2

    def test_cancel_is_carried_out_soon_unless_told_otherwise(self) -> None:
        async def run() -> str:
            exchange = Exchange()
            exchange.register_key("key", "secret")
            order = exchange.place("linear", "BTCUSDT")
            has_ended = asyncio.Event()
            exchange.listen(lambda _: has_ended.set())
            transport = httpx.ASGITransport(create_app(exchange))
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
                await client.send(signed(client, order))
                async with asyncio.timeout(0.5):
                    await has_ended.wait()
            return exchange.order(order.order_id).order_status

        assert asyncio.run(run()) == "Cancelled"


def signed(client: httpx.AsyncClient, order: Order) -> httpx.Request:
    name = {"category": "linear", "symbol": order.symbol, "orderId": order.order_id}
    request = client.build_request("POST", "/v5/order/cancel", json=name)
    now = str(now_ms())
    request.headers["X-BAPI-API-KEY"], request.headers["X-BAPI-TIMESTAMP"] = "key", now
    request.headers["X-BAPI-SIGN"] = hmac_hex("secret", f"{now}key5000".encode() + request.content)
    return request
