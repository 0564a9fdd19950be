import asyncio
import json
import logging
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelOrderResponse,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Order,
    OrderIds,
)
from bybit_v5.types import UNSET
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from bybit_ext import (
    AuthenticationFailed,
    Bybit,
    InvalidRequest,
    OrderClosed,
    OrderNotFound,
    RateLimit,
    Refused,
    load_credentials,
)
from bybit_ext.auth import BybitAuth, system_clock
from bybit_ext.sandbox import Exchange, Sandbox, create_app
from bybit_ext.sandbox.validation import _read_contract
from bybit_ext.sandbox.signatures import verifier

RSA_KEY = Path(__file__).with_name("vectors").joinpath("rsa_test_key.pem").read_text()
RSA_PUBLIC_KEY = (
    load_pem_private_key(RSA_KEY.encode(), None)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


def wait_for_end(sandbox: Sandbox, order: Order) -> Order:
    end = time.monotonic() + 5
    while sandbox.order(order.order_id).order_status in ("New", "Untriggered", "PartiallyFilled"):
        assert time.monotonic() < end, "the order did not end"
        time.sleep(0.002)
    return sandbox.order(order.order_id)


class TestCancel:
    def test_it_is_acknowledged_first_and_carried_out_a_moment_later(self) -> None:
        with Sandbox(cancel_delay=0.3) as sandbox, client_of(sandbox) as bybit:
            order = sandbox.place("linear", "BTCUSDT")
            bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order.order_id))
            listed = bybit.call(get_orders, category="linear", symbol="BTCUSDT", order_id=order.order_id)
            assert listed.result.list_[0].order_status == "New"
            ended = wait_for_end(sandbox, order)
        assert ended == attrs.evolve(
            order,
            order_status="Cancelled",
            cancel_type="CancelByUser",
            reject_reason="EC_PerCancelRequest",
            leaves_qty="0",
            updated_time=ended.updated_time,
        )
        assert int(order.updated_time) < int(ended.updated_time) <= system_clock()

    def test_a_fill_that_comes_before_the_cancel_wins(self) -> None:
        with Sandbox(cancel_delay=0.1) as sandbox, client_of(sandbox) as bybit:
            order = sandbox.place("linear", "BTCUSDT")
            bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order.order_id))
            sandbox.fill(order.order_id)
            time.sleep(0.15)
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
    def test_each_kind_of_order_ends_by_its_own_name(
        self, sandbox: Sandbox, bybit: Bybit, category: Any, order_filter: Any, filled: str | None, status: str
    ) -> None:
        order = sandbox.place(category, "BTCUSDT", order_filter=order_filter)
        if filled:
            sandbox.fill(order.order_id, filled)
        if category == "spot":
            bybit.cancel_order(CancelSpotByOrderId("spot", "BTCUSDT", order.order_id, order_filter))
        else:
            bybit.cancel_order(CancelByOrderId(category, "BTCUSDT", order.order_id))
        ended = wait_for_end(sandbox, order)
        assert (ended.order_status, ended.cum_exec_qty) == (status, filled or "0")

    def test_the_answer_names_both_ids(self, sandbox: Sandbox, bybit: Bybit) -> None:
        order = sandbox.place("option", "BTC-29JUL22-25000-C", order_link_id="both-ids")
        request = CancelByOrderLinkId("option", "BTC-29JUL22-25000-C", "both-ids")
        answer = cancel_order.sync(client=bybit.client, body=request)
        assert isinstance(answer, CancelOrderResponse)
        assert answer.result == OrderIds(order.order_id, "both-ids")

    def test_the_order_id_is_used_when_the_ids_do_not_match(self, sandbox: Sandbox, bybit: Bybit) -> None:
        meant = sandbox.place("linear", "BTCUSDT", order_link_id="meant")
        other = sandbox.place("linear", "BTCUSDT", order_link_id="other")
        bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", meant.order_id, order_link_id="other"))
        assert wait_for_end(sandbox, meant).order_status == "Cancelled"
        assert sandbox.order(other.order_id).order_status == "New"

    def test_a_link_id_that_is_used_again_means_the_open_order(self, sandbox: Sandbox, bybit: Bybit) -> None:
        first = sandbox.place("linear", "BTCUSDT", order_link_id="again")
        sandbox.fill(first.order_id)
        second = sandbox.place("linear", "BTCUSDT", order_link_id="again")
        assert bybit.cancel_order(CancelByOrderLinkId("linear", "BTCUSDT", "again")).order_id == second.order_id

    @pytest.mark.parametrize(
        ("request_", "ret_code"),
        [
            (CancelByOrderId("linear", "BTCUSDT", "unknown"), 110001),
            (CancelByOrderLinkId("inverse", "BTCUSD", "unknown"), 110001),
            (CancelByOrderId("spot", "BTCUSDT", "unknown"), 170213),
            (CancelSpotByOrderLinkId("spot", "BTCUSDT", "unknown", "StopOrder"), 170213),
        ],
    )
    def test_an_order_that_does_not_exist_is_not_found(self, bybit: Bybit, request_: Any, ret_code: int) -> None:
        with pytest.raises(OrderNotFound) as caught:
            bybit.cancel_order(request_)
        assert caught.value.ret_code == ret_code

    def test_an_order_of_another_symbol_or_category_is_not_found(self, sandbox: Sandbox, bybit: Bybit) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        for request in (
            CancelByOrderId("linear", "ETHUSDT", order.order_id),
            CancelByOrderId("inverse", "BTCUSDT", order.order_id),
        ):
            with pytest.raises(OrderNotFound):
                bybit.cancel_order(request)

    def test_a_spot_order_with_a_trigger_needs_its_filter(self, sandbox: Sandbox, bybit: Bybit) -> None:
        order = sandbox.place("spot", "BTCUSDT", order_filter="StopOrder")
        with pytest.raises(OrderNotFound):
            bybit.cancel_order(CancelByOrderId("spot", "BTCUSDT", order.order_id))
        with pytest.raises(OrderNotFound):
            bybit.cancel_order(CancelSpotByOrderId("spot", "BTCUSDT", order.order_id, "tpslOrder"))

    @pytest.mark.parametrize(
        ("category", "end", "ret_code"),
        [
            ("linear", "fill", 110008),
            ("linear", "cancel", 110010),
            ("spot", "fill", 170139),
            ("spot", "cancel", 170142),
        ],
    )
    def test_an_order_that_has_ended_is_closed(
        self, sandbox: Sandbox, bybit: Bybit, category: Any, end: str, ret_code: int
    ) -> None:
        order = sandbox.place(category, "BTCUSDT")
        request = CancelByOrderId(category, "BTCUSDT", order.order_id)
        if end == "fill":
            sandbox.fill(order.order_id)
        else:
            bybit.cancel_order(request)
            wait_for_end(sandbox, order)
        with pytest.raises(OrderClosed) as caught:
            bybit.cancel_order(request)
        assert caught.value.ret_code == ret_code


class TestJudgement:
    def test_an_unknown_key_is_refused(self, sandbox: Sandbox) -> None:
        with (
            Bybit("unknown", sandbox.api_secret, base_url=sandbox.url) as bybit,
            pytest.raises(AuthenticationFailed) as caught,
        ):
            bybit.call(get_orders, category="linear", symbol="BTCUSDT")
        assert caught.value.ret_code == 10003

    def test_a_wrong_signature_is_refused_with_the_echo_of_the_exchange(self, sandbox: Sandbox) -> None:
        headers = {"X-BAPI-API-KEY": sandbox.api_key, "X-BAPI-TIMESTAMP": "1", "X-BAPI-SIGN": "x"}
        answer = httpx.get(f"{sandbox.url}/v5/order/realtime?category=linear&symbol=BTCUSDT", headers=headers).json()
        assert answer["retCode"] == 10004
        assert f"origin_string[1{sandbox.api_key}5000category=linear&symbol=BTCUSDT]" in answer["retMsg"]

    def test_a_wrong_signature_of_what_is_no_text_is_refused(self) -> None:
        exchange = Exchange()
        exchange.register_key("key", "secret")
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v5/order/realtime",
            "query_string": b"category=linear&symbol=BTCUSDT&x=\xff",
            "headers": [(b"x-bapi-api-key", b"key")],
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(create_app(exchange)(scope, receive, send))
        assert json.loads(sent[-1]["body"])["retCode"] == 10004

    def test_credentials_that_are_missing_are_refused(self, sandbox: Sandbox) -> None:
        answer = httpx.get(f"{sandbox.url}/v5/order/realtime?category=linear&symbol=BTCUSDT").json()
        assert answer["retCode"] == 10003

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
    def test_a_timestamp_is_taken_inside_the_window_only(self, offset: int, recv_window: int, *, taken: bool) -> None:
        now = 1_700_000_000_000
        with (
            Sandbox(clock=lambda: now) as sandbox,
            client_of(sandbox, clock=lambda: now + offset, recv_window=recv_window) as bybit,
        ):
            # The generated function: `call` would correct its clock, and be taken.
            answer = get_orders.sync(client=bybit.client, category="linear", symbol="BTCUSDT")
        assert answer
        if taken:
            assert answer.ret_code == 0
            return
        assert answer.ret_code == 10002
        times = re.findall(r"\[(\d+)\]", str(answer.ret_msg))
        assert times == [str(now + offset), str(now), str(recv_window)]

    @pytest.mark.parametrize("timestamp", ["", "now", "-1", "1.5", "9" * 5000, "1e12"])
    def test_a_timestamp_that_is_no_number_is_outside_the_window(self, sandbox: Sandbox, timestamp: str) -> None:
        import hashlib
        import hmac

        text = f"{timestamp}{sandbox.api_key}5000category=linear&symbol=BTCUSDT".encode()
        headers = {
            "X-BAPI-API-KEY": sandbox.api_key,
            "X-BAPI-TIMESTAMP": timestamp,
            "X-BAPI-SIGN": hmac.new(sandbox.api_secret.encode(), text, hashlib.sha256).hexdigest(),
        }
        answer = httpx.get(f"{sandbox.url}/v5/order/realtime?category=linear&symbol=BTCUSDT", headers=headers).json()
        assert answer["retCode"] == 10002

    def test_rsa_keys_are_let_in(self, sandbox: Sandbox) -> None:
        sandbox.register_key("rsa-key", RSA_PUBLIC_KEY)
        with Bybit("rsa-key", RSA_KEY, base_url=sandbox.url) as bybit:
            bybit.call(get_orders, category="linear", symbol="BTCUSDT")

    @pytest.mark.parametrize("signature", ["bm9uc2Vuc2U=", "no base64!"])
    def test_a_wrong_rsa_signature_is_refused(self, sandbox: Sandbox, signature: str) -> None:
        sandbox.register_key("rsa-key", RSA_PUBLIC_KEY)
        headers = {"X-BAPI-API-KEY": "rsa-key", "X-BAPI-TIMESTAMP": "1", "X-BAPI-SIGN": signature}
        answer = httpx.get(f"{sandbox.url}/v5/order/realtime?category=linear&symbol=BTCUSDT", headers=headers).json()
        assert answer["retCode"] == 10004

    def test_a_right_rsa_signature_is_refused_with_anything_between_its_letters(self) -> None:
        signature = load_credentials("rsa-key", RSA_KEY).signing_key.sign(b"text")
        verify = verifier(RSA_PUBLIC_KEY)
        assert verify(b"text", signature)
        assert not verify(b"text", f"{signature[:4]}!{signature[4:]}")

    def test_a_public_key_of_another_kind_cannot_be_registered(self, sandbox: Sandbox) -> None:
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        with pytest.raises(TypeError, match="must be an RSA key"):
            sandbox.register_key("ec", public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())

    def test_a_refusal_names_what_is_nearest_to_being_right(self, bybit: Bybit) -> None:
        with pytest.raises(InvalidRequest, match=r'symbol: "btcusdt" does not match'):
            bybit.cancel_order(CancelByOrderId("linear", "btcusdt", "1"))

    def test_a_query_is_held_to_the_document(self, sandbox: Sandbox) -> None:
        answer = httpx.get(f"{sandbox.url}/v5/order/realtime?category=futures&symbol=BTCUSDT").json()
        assert (answer["retCode"], "category" in answer["retMsg"]) == (10001, True)

    @pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff", rb'{"\ud800": 1}'])
    def test_a_body_that_is_no_json_is_refused(self, sandbox: Sandbox, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(f"{sandbox.url}/v5/order/cancel", content=body, headers=headers).json()
        assert answer["retCode"] == 10001

    def test_a_path_that_the_document_does_not_have_is_not_found(self, sandbox: Sandbox) -> None:
        assert httpx.get(f"{sandbox.url}/v5/account/info").status_code == 404


class TestHeaders:
    def test_a_trace_id_and_the_rate_limit_come_with_the_answer(self) -> None:
        now = 1_700_000_000_123
        with Sandbox(clock=lambda: now) as sandbox, client_of(sandbox, clock=lambda: now) as bybit:
            orders = [sandbox.place("linear", "BTCUSDT") for _ in range(12)]
            accepted = [bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order.order_id)) for order in orders]
        left = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
        assert [one.rate_limit for one in accepted] == [RateLimit(10, number, now) for number in left]
        assert len({one.trace_id for one in accepted}) == 12
        assert accepted[0].server_time == now

    def test_each_account_has_a_rate_limit_of_its_own(self) -> None:
        now = 1_700_000_000_123
        remaining: list[int | None] = []
        with Sandbox(clock=lambda: now) as sandbox:
            sandbox.register_key("other", "secret")
            for key, secret in ((sandbox.api_key, sandbox.api_secret), ("other", "secret")):
                with Bybit(key, secret, base_url=sandbox.url, clock=lambda: now) as bybit:
                    order = sandbox.place("linear", "BTCUSDT")
                    accepted = bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order.order_id))
                    assert accepted.rate_limit
                    remaining.append(accepted.rate_limit.remaining)
        assert remaining == [9, 9]

    def test_an_answer_has_the_form_of_the_exchanges(self) -> None:
        now = 1_700_000_000_123
        with Sandbox(clock=lambda: now) as sandbox:
            answer = httpx.get(f"{sandbox.url}/v5/market/time")
        result = {"timeSecond": "1700000000", "timeNano": "1700000000123000000"}
        assert answer.json() == {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": now}
        assert (answer.headers["Timenow"], answer.headers["Ret_code"]) == (str(now), "0")

    def test_the_count_starts_anew_each_second(self) -> None:
        times = iter(range(1_700_000_000_000, 1_800_000_000_000, 500))
        with (
            Sandbox(clock=lambda: next(times)) as sandbox,
            client_of(sandbox, clock=lambda: 1_700_000_000_000) as bybit,
        ):
            answers: list[int | None] = []
            for _ in range(2):
                with pytest.raises(Refused) as caught:
                    bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", "unknown"))
                assert caught.value.rate_limit
                answers.append(caught.value.rate_limit.remaining)
        assert answers == [9, 9]


class TestOrders:
    def test_a_placed_order_is_open_and_has_all_that_it_was_given(self) -> None:
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
            leaves_qty="2",
            avg_price="",
            created_time="7",
            updated_time="7",
        )

    def test_an_order_is_one_to_buy_and_without_a_link_id_unless_told_otherwise(self) -> None:
        order = Exchange().place("linear", "BTCUSDT")
        assert (order.order_link_id, order.side, order.qty) == ("", "Buy", "1")

    def test_ids_look_like_the_exchanges(self) -> None:
        exchange = Exchange()
        ids = [exchange.place(category, "BTCUSDT").order_id for category in ("spot", "spot", "linear", "linear")]
        assert int(ids[1]) == int(ids[0]) + 1
        assert uuid.UUID(ids[2]) != uuid.UUID(ids[3])

    def test_a_page_names_its_category_and_its_orders_do_not(self, sandbox: Sandbox, bybit: Bybit) -> None:
        sandbox.place("inverse", "PAGEUSD")
        page = bybit.call(get_orders, category="inverse", symbol="PAGEUSD").result
        assert (page.category, page.next_page_cursor) == ("inverse", "")
        assert [order.category for order in page.list_] == [UNSET]

    def test_the_newest_is_listed_first_and_only_those_asked_for(self, sandbox: Sandbox, bybit: Bybit) -> None:
        orders = [sandbox.place("linear", "LISTUSDT", order_link_id=f"list-{number}") for number in range(3)]

        def ids(**query: str) -> list[str]:
            listed = bybit.call(get_orders, category="linear", symbol="LISTUSDT", **query)
            return [order.order_id for order in listed.result.list_]

        assert ids() == [order.order_id for order in reversed(orders)]
        assert ids(order_link_id="list-1") == [orders[1].order_id]
        assert ids(order_id=orders[2].order_id) == [orders[2].order_id]
        assert ids(order_id="unknown") == []

    def test_only_500_closed_orders_are_remembered_but_all_open_ones(self) -> None:
        exchange = Exchange()
        for _ in range(510):
            exchange.fill(exchange.place("linear", "BTCUSDT").order_id)
        exchange.place("linear", "BTCUSDT")
        from bybit_ext.sandbox.models import OrderName

        listed = exchange.query(OrderName("linear", "BTCUSDT", None, None))
        assert len(listed) == 501

    def test_a_fill_counts_what_was_executed(self) -> None:
        times = iter([1, 2, 3])
        exchange = Exchange(clock=lambda: next(times))
        order = exchange.place("linear", "BTCUSDT", qty="2", price="100.5")
        partly = exchange.fill(order.order_id, "0.5")
        filled = exchange.fill(order.order_id)
        executed = [
            (one.order_status, one.cum_exec_qty, one.cum_exec_value, one.leaves_qty) for one in (partly, filled)
        ]
        assert executed == [("PartiallyFilled", "0.5", "50.25", "1.5"), ("Filled", "2.0", "201.00", "0.0")]
        assert [one.avg_price for one in (order, partly, filled)] == ["", "100.5", "100.5"]
        assert [(one.created_time, one.updated_time) for one in (order, partly, filled)] == [
            ("1", "1"),
            ("1", "2"),
            ("1", "3"),
        ]

    def test_no_more_can_be_filled_than_is_left(self, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT", qty="2")
        with pytest.raises(ValueError, match="qty"):
            sandbox.fill(order.order_id, "3")

    def test_a_closed_order_cannot_be_filled(self, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        sandbox.fill(order.order_id)
        with pytest.raises(ValueError, match="is closed: Filled"):
            sandbox.fill(order.order_id)


class TestServer:
    def test_it_listens_on_the_port_it_is_given(self) -> None:
        with Sandbox() as first:
            port = int(first.url.rpartition(":")[2])
        with Sandbox(port) as second:
            assert second.url == first.url
            assert httpx.get(f"{second.url}/v5/market/time").json()["retCode"] == 0

    def test_it_is_gone_after_its_context(self) -> None:
        with Sandbox() as sandbox:
            url = sandbox.url
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/v5/market/time")

    def test_its_thread_has_a_name_and_does_not_keep_a_program_from_ending(self) -> None:
        before = {*threading.enumerate()}
        with Sandbox():
            (thread,) = {*threading.enumerate()} - before
            assert (thread.name, thread.daemon) == ("sandbox", True)

    def test_the_application_serves_in_process_too(self) -> None:
        async def run() -> int:
            transport = httpx.ASGITransport(create_app(Exchange()))
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
                return int((await client.get("/v5/market/time")).json()["result"]["timeSecond"])

        assert abs(asyncio.run(run()) - system_clock() // 1000) <= 2

    def test_a_cancel_is_carried_out_soon_unless_told_otherwise(self) -> None:
        async def run() -> str:
            exchange = Exchange()
            exchange.register_key("key", "secret")
            order = exchange.place("linear", "BTCUSDT")
            auth = BybitAuth(load_credentials("key", "secret"))
            name = {"category": "linear", "symbol": "BTCUSDT", "orderId": order.order_id}
            transport = httpx.ASGITransport(create_app(exchange))
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=auth) as client:
                await client.post("/v5/order/cancel", json=name)
                await asyncio.sleep(0.5)
            return exchange.order(order.order_id).order_status

        assert asyncio.run(run()) == "Cancelled"


def client_of(sandbox: Sandbox, *, clock: Callable[[], int] = system_clock, recv_window: int = 5000) -> Bybit:
    return Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url, clock=clock, recv_window=recv_window)


class TestContract:
    """Operations that the document may have one day."""

    def test_a_query_is_missed_what_is_required(self) -> None:
        needed = {"name": "needed", "in": "query", "required": True, "schema": {"type": "string"}}
        allowed = {"name": "allowed", "in": "query", "schema": {"type": "string"}}
        contract = _read_contract({"operationId": "x", "parameters": [needed, allowed]})
        assert contract.find_problem(b"needed=", "", b"") is None
        assert contract.find_problem(b"allowed=1", "", b"") == '"needed" is a required property'

    def test_a_number_in_a_query_is_read_as_one(self) -> None:
        limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}}
        contract = _read_contract({"operationId": "x", "parameters": [limit]})
        assert contract.find_problem(b"limit=50", "", b"") is None
        assert contract.find_problem(b"limit=51", "", b"")
        assert contract.find_problem(b"limit=many", "", b"")
        assert contract.find_problem(b"limit=1&limit=2", "", b"")

    def test_a_list_in_a_query_is_read_as_one(self) -> None:
        ids = {"name": "id", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}}
        contract = _read_contract({"operationId": "x", "parameters": [ids]})
        assert contract.read_query(b"id=1&id=2") == {"id": [1, 2]}
        assert contract.read_query(b"id=1") == {"id": [1]}

    def test_a_query_that_is_no_text_is_read_all_the_same(self) -> None:
        contract = _read_contract({"operationId": "x", "parameters": []})
        assert contract.read_query(b"a=\xff") == {"a": "\ufffd"}

    def test_a_parameter_of_no_type_is_a_text(self) -> None:
        version = {"name": "version", "in": "query", "schema": {"enum": ["5"]}}
        contract = _read_contract({"operationId": "x", "parameters": [version]})
        assert contract.read_query(b"version=5&other=5") == {"version": "5", "other": "5"}

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (b'{"a": {"b": [1, "2"]}}', 'a/b/1: "2" is not of type "integer"'),
            (b"{}", '"a" is a required property'),
            (b"{", "the body is not JSON"),
            (rb'{"\ud800": 1}', "the name of a property is no text: it has half a surrogate pair"),
        ],
    )
    def test_a_problem_says_where_it_is(self, body: bytes, problem: str) -> None:
        numbers = {"type": "array", "items": {"type": "integer"}}
        schema = {"properties": {"a": {"properties": {"b": numbers}}}, "required": ["a"]}
        content = {"application/json": {"schema": schema}}
        contract = _read_contract({"operationId": "x", "parameters": [], "requestBody": {"content": content}})
        assert contract.find_problem(b"", "application/json", body) == problem

    @pytest.mark.parametrize(
        ("media_type", "body", "allowed"),
        [
            ("application/json", b"{}", True),
            ("Application/JSON; charset=utf-8", b"{}", True),
            ("text/plain", b"{}", False),
            ("", b"{}", False),
            ("application/json", "{}".encode("utf-16"), False),
            ("application/json", b'{"a": NaN}', False),
        ],
    )
    def test_a_body_is_json_in_utf_8(self, media_type: str, body: bytes, *, allowed: bool) -> None:
        content = {"application/json": {"schema": {"type": "object"}}}
        contract = _read_contract({"operationId": "x", "parameters": [], "requestBody": {"content": content}})
        assert (contract.find_problem(b"", media_type, body) is None) is allowed


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"category": "foo", "symbol": "BTCUSDT"}, "^category: must be"),
        ({"category": "linear", "symbol": 5}, "^symbol: must be str"),
        (
            {"category": "linear", "symbol": "BTCUSDT", "order_filter": "StopOrder"},
            "^order_filter: exists on spot only",
        ),
        ({"category": "linear", "symbol": "BTCUSDT", "qty": "many"}, "^qty and price: must be decimal"),
        ({"category": "linear", "symbol": "BTCUSDT", "price": "NaN"}, "^qty and price: must be decimal"),
    ],
)
def test_what_is_no_order_cannot_be_placed(order: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Exchange().place(**order)


def test_a_sandbox_leaves_the_log_handlers_of_its_user_alone(tmp_path: Path) -> None:
    log = logging.getLogger("a user's")
    handler = logging.FileHandler(tmp_path / "log", mode="w")
    log.addHandler(handler)
    with Sandbox():
        pass
    log.warning("after")
    log.removeHandler(handler)
    handler.close()
    assert (tmp_path / "log").read_text() == "after\n"


def test_half_a_request_does_not_hold_the_end_up() -> None:
    with Sandbox() as sandbox:
        connection = socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2])))
        connection.sendall(b"POST /v5/order/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12")
        httpx.get(f"{sandbox.url}/v5/market/time")  # the half has been read by then
        started = time.monotonic()
    connection.close()
    assert time.monotonic() - started < 5


def test_a_query_with_a_bare_number_sign_is_one_query(sandbox: Sandbox) -> None:
    import hashlib
    import hmac

    now = system_clock()
    query = "category=linear&x=#&symbol=BTCUSDT"
    text = f"{now}{sandbox.api_key}5000{query}".encode()
    signature = hmac.new(sandbox.api_secret.encode(), text, hashlib.sha256).hexdigest()
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as connection:
        headers = f"X-BAPI-API-KEY: {sandbox.api_key}\r\nX-BAPI-TIMESTAMP: {now}\r\nX-BAPI-SIGN: {signature}\r\n"
        connection.sendall(f"GET /v5/order/realtime?{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        answer = b""
        while b'"time"' not in answer:
            answer += connection.recv(65536)
    assert b'"retCode": 0' in answer
