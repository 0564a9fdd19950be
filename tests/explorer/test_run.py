"""A request of the page: what is sent, and the report on it."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from bybit_v5.models import Order

from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import Fault, drop_response, fill_first, respond_with
from tests.engines.servers import Peer, RawServer, reply
from tests.explorer.conftest import Page, page_of


@pytest.fixture
def order(exchange: Sandbox) -> Order:
    return exchange.place("linear", "BTCUSDT", order_link_id="mine")


def answering(data: bytes) -> Callable[[Peer], None]:
    """Return what serves a connection by the same answer to every request."""

    def serve_connection(peer: Peer) -> None:
        while peer.read_request():
            peer.send(data)

    return serve_connection


class TestVerdicts:
    def test_a_cancel_tells_how_the_order_ended(self, page: Page, order: Order) -> None:
        report = page.cancel(orderId=order.order_id)
        verdict = report["verdict"]
        assert (verdict["kind"], verdict["name"], verdict["headline"]) == ("done", "CancelOutcome", "Cancelled")
        assert "Confirmed by the private stream" in verdict["text"]
        assert verdict["details"]["order"]["orderId"] == order.order_id
        assert json.loads(report["answer"]["body"])["result"]["orderId"] == order.order_id
        expected = f"CancelByOrderId(category='linear', symbol='BTCUSDT', order_id='{order.order_id}')"
        assert report["python"] == f"bybit.cancel_and_confirm({expected})"

    def test_an_order_that_was_filled_is_not_called_cancelled(
        self, exchange: Sandbox, page: Page, order: Order
    ) -> None:
        exchange.faults.on(order.order_id, [fill_first(110001)])
        verdict = page.cancel(orderId=order.order_id)["verdict"]
        assert (verdict["kind"], verdict["headline"]) == ("not done", "Filled")

    def test_a_refusal_has_its_error_and_advice(self, page: Page) -> None:
        report = page.cancel(orderId="no-such-order")
        verdict = report["verdict"]
        assert (verdict["kind"], verdict["name"], verdict["headline"]) == ("refused", "OrderNotFound", "Refused")
        assert "retCode 110001" in verdict["text"]
        assert "Query it before placing it again" in verdict["advice"]
        assert json.loads(report["answer"]["body"])["retCode"] == 110001
        assert report["answer"]["status"] == 200

    def test_an_outcome_that_nobody_knows_is_called_unknown(self) -> None:
        with RawServer(answering(reply(b"no", status="404 Not Found"))) as server, page_of(server.url) as page:
            report = page.cancel(orderId="1")
        assert (report["verdict"]["kind"], report["verdict"]["headline"]) == ("unknown", "Outcome unknown")
        assert report["answer"] == {"status": 404, "body": "no"}

    def test_a_new_order_is_placed(self, exchange: Sandbox, page: Page) -> None:
        body = {
            "category": "linear",
            "symbol": "BTCUSDT",
            "side": "Buy",
            "orderType": "Limit",
            "qty": "1",
            "price": "9",
        }
        report = page.run("POST", "/v5/order/create", body)
        assert (report["verdict"]["kind"], report["verdict"]["name"]) == ("done", "OrderAccepted")
        assert [one.order_id for one in exchange.open_orders()] == [report["verdict"]["details"]["order_id"]]

    def test_each_order_of_a_batch_has_a_verdict(self, page: Page, order: Order) -> None:
        items = [{"symbol": "BTCUSDT", "orderId": one} for one in (order.order_id, "no-such-order")]
        report = page.run("POST", "/v5/order/cancel-batch", {"category": "linear", "request": items})
        verdict = report["verdict"]
        assert (verdict["kind"], verdict["headline"]) == ("refused", "1 Cancelled, 1 Refused")
        assert [one.get("status") or one["error"] for one in verdict["details"]] == ["Cancelled", "OrderNotFound"]

    def test_cancelling_all_tells_how_each_ended(self, exchange: Sandbox, page: Page) -> None:
        for _ in range(3):
            exchange.place("linear", "BTCUSDT")
        report = page.run("POST", "/v5/order/cancel-all", {"category": "linear", "symbol": "BTCUSDT"})
        assert (report["verdict"]["kind"], report["verdict"]["headline"]) == ("done", "3 Cancelled")
        assert report["verdict"]["name"] == "CancelAllOutcome"
        assert json.loads(report["answer"]["body"])["retCode"] == 0
        assert exchange.open_orders() == []

    def test_cancelling_all_of_none_says_that_there_was_none(self, page: Page) -> None:
        verdict = page.run("POST", "/v5/order/cancel-all", {"category": "option"})["verdict"]
        assert (verdict["kind"], verdict["headline"]) == ("done", "No order")

    def test_a_list_is_read(self, page: Page, order: Order) -> None:
        report = page.run("GET", "/v5/order/realtime", category="linear", symbol="BTCUSDT", limit="5")
        assert report["verdict"]["kind"] == "done"
        assert report["python"] == "bybit.call(get_orders, category='linear', symbol='BTCUSDT', limit=5)"
        assert json.loads(report["answer"]["body"])["result"]["list"][0]["orderId"] == order.order_id

    def test_of_several_sends_all_are_shown(self, exchange: Sandbox, page: Page, order: Order) -> None:
        exchange.faults.on(order.order_id, [drop_response(carry_out=False)])
        report = page.cancel(orderId=order.order_id)
        first, second = [one for one in report["sends"] if one["path"] == "/v5/order/cancel"]
        assert (first["status"], second["status"]) == (None, 200)
        assert first["problem"]
        assert first["request"].startswith("POST /v5/order/cancel HTTP/1.1\r\n")
        assert report["answer"]["body"] == second["answer"]

    def test_of_what_did_not_leave_this_machine_no_bytes_are_shown(self) -> None:
        def fail(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("nobody is there")

        transport = httpx.MockTransport(fail)  # it is given what was signed, and says that it could not connect
        with page_of("https://exchange.test", transport=transport, max_sends=1) as page:
            report = page.cancel(orderId="1")
        assert report["verdict"]["kind"] == "not sent"
        assert {one["request"] for one in report["sends"]} == {None}
        assert all(one["signed"] for one in report["sends"])

    def test_a_last_send_without_an_answer_has_none(self, exchange: Sandbox, order: Order) -> None:
        exchange.faults.on(order.order_id, [respond_with(10006), drop_response()])
        with page_of(exchange.url, max_sends=2, keys=(exchange.api_key, exchange.api_secret)) as page:
            report = page.cancel(orderId=order.order_id)
        sends = [one for one in report["sends"] if one["path"] == "/v5/order/cancel"]
        assert sends[0]["answer"]
        assert sends[-1]["answer"] is None
        assert report["answer"] is None

    def test_an_answer_that_is_no_unicode_is_shown_all_the_same(self) -> None:
        refusal = reply(b'{"retCode":10001,"retMsg":"bad \\ud83d","result":{}}')
        with RawServer(answering(refusal)) as server, page_of(server.url) as page:
            verdict = page.cancel(orderId="1")["verdict"]
        assert verdict["kind"] == "refused"
        assert verdict["details"]["ret_msg"] == "bad ?"

    def test_an_answer_with_a_number_that_is_too_large_is_read(self) -> None:
        answer = (
            b'{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1","timeNano":"1","x":1e999},"retExtInfo":{},"time":1}'
        )
        with RawServer(answering(reply(answer))) as server, page_of(server.url) as page:
            verdict = page.run("GET", "/v5/market/time")["verdict"]
        assert verdict["kind"] == "done"
        assert verdict["details"]["result"]["x"] == "inf"  # JSON has no such number


class TestBeforeSending:
    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({"category": "linear", "symbol": "BTCUSDT"}, "orderId: is missing"),
            ({"category": "linear", "symbol": "BTCUSDT", "orderId": ""}, "orderId: must not be empty"),
            ({"category": "futures", "symbol": "BTCUSDT", "orderId": "1"}, "body.category: Unexpected value 'futures'"),
            ({"category": "linear", "symbol": "BTCUSDT", "orderId": 7}, "order_id: must be str, not 7"),
            (
                {"category": "linear", "symbol": "X", "orderId": "1", "orderFilter": "Order"},
                "body.orderFilter: is not for CancelByOrderId",
            ),
            (
                {"category": "linear", "symbol": "X", "orderId": "1", "orderfilter": "StopOrder"},
                "body.orderfilter: is no name of this request",
            ),
            (b'{"category":"linear","symbol":"X","orderId":"1","orderId":"2"}', "body: orderId is given twice"),
            ([], "must be a JSON object"),
            (b"{", "is not JSON"),
            (b"", "is not JSON"),
            (b"\xff", "is not JSON"),
            (b"[" * 100_000, "is not JSON"),
        ],
    )
    def test_a_wrong_body_is_not_sent(self, page: Page, body: Any, problem: str) -> None:
        report = page.run("POST", "/v5/order/cancel", body)
        assert (report["verdict"]["kind"], report["verdict"]["name"]) == ("not sent", "InvalidInput")
        assert problem in report["verdict"]["text"]
        assert report["verdict"]["advice"].startswith("Nothing was sent.")
        assert (report["sends"], report["answer"]) == ([], None)

    @pytest.mark.parametrize(
        ("extra", "extra_of_item", "problem"),
        [
            ({"hello": 1}, {}, "body.hello: is no name of this request"),
            ({}, {"hello": 1}, "body.request[0].hello: is no name of this request"),
            ({}, {"category": "spot"}, "body.request[0].category: is no name of this request"),
        ],
    )
    def test_a_batch_with_an_unknown_name_is_not_sent(
        self, page: Page, order: Order, extra: dict[str, Any], extra_of_item: dict[str, Any], problem: str
    ) -> None:
        item = {"symbol": "BTCUSDT", "orderId": order.order_id, **extra_of_item}
        body = {"category": "linear", "request": [item], **extra}
        report = page.run("POST", "/v5/order/cancel-batch", body)
        assert report["verdict"]["kind"] == "not sent"
        assert problem in report["verdict"]["text"]
        assert report["sends"] == []

    def test_every_field_that_is_sent_is_in_the_line_of_python(self, page: Page, order: Order) -> None:
        report = page.cancel(orderId=order.order_id, orderLinkId="mine")
        sent = json.loads(report["sends"][0]["request"].partition("\r\n\r\n")[2])
        assert sent == {"category": "linear", "symbol": "BTCUSDT", "orderId": order.order_id, "orderLinkId": "mine"}
        assert all(repr(value) in report["python"] for value in sent.values())

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ({"category": "futures"}, "category: must be"),
            ({"category": "linear", "limit": "many"}, "limit: must be int"),
            (
                {"category": "linear", "simbol": "BTCUSDT"},
                "simbol: is no parameter of this operation; these are: categ",
            ),
            ({}, "category"),
        ],
    )
    def test_a_wrong_query_is_not_sent(self, page: Page, query: dict[str, str], problem: str) -> None:
        report = page.run("GET", "/v5/order/realtime", **query)
        assert report["verdict"]["kind"] == "not sent"
        assert problem in report["verdict"]["text"]
        assert report["sends"] == []

    def test_a_parameter_cannot_be_given_twice(self, page: Page) -> None:
        url = "/explorer/run/v5/order/realtime?category=linear&category=spot"
        report = page.http.get(url, headers=page.headers).json()
        assert "category: is given twice" in report["verdict"]["text"]

    @pytest.mark.parametrize(("method", "path"), [("GET", "/v5/order/cancel"), ("POST", "/v5/asset/withdraw")])
    def test_only_operations_of_the_document_are_run(self, page: Page, method: str, path: str) -> None:
        response = page.http.request(method, f"/explorer/run{path}", headers=page.headers)
        assert response.status_code == 404


class TestBytes:
    def test_they_are_those_on_the_wire_but_for_key_and_signature(self) -> None:
        refusal = reply(b'{"retCode":10004,"retMsg":"error sign!","result":{}}')
        with RawServer(answering(refusal)) as server, page_of(server.url) as page:
            report = page.cancel(orderId="1", orderLinkId=None)
        (received,) = server.requests
        (key,), (signature,) = (received.values(name) for name in (b"X-BAPI-API-KEY", b"X-BAPI-SIGN"))
        wire = (received.head + received.body).replace(key, b"***").replace(signature, b"***")
        (send,) = report["sends"]
        assert send["request"] == wire.decode()
        (timestamp,) = received.values(b"X-BAPI-TIMESTAMP")
        assert send["signed"] == f"{timestamp.decode()}***5000{received.body.decode()}"

    def test_of_a_query_the_raw_query_string_is_signed(self, page: Page) -> None:
        (send,) = page.run("GET", "/v5/order/realtime", category="linear", symbol="BTCUSDT")["sends"]
        assert send["signed"].endswith("***5000category=linear&symbol=BTCUSDT")

    def test_what_is_public_is_not_signed(self, page: Page) -> None:
        (send,) = page.run("GET", "/v5/market/time")["sends"]
        assert send["signed"] is None
        assert "X-BAPI" not in send["request"]

    def test_a_request_that_was_not_sent_has_none(self) -> None:
        with RawServer(Peer.ignore) as gone:
            base_url = gone.url
        with page_of(base_url, deadline=0.3) as page:
            report = page.run("GET", "/v5/market/time")
        assert (report["verdict"]["kind"], report["verdict"]["name"]) == ("not sent", "NotSent")
        assert {one["request"] for one in report["sends"]} == {None}


class TestSecrecy:
    def test_no_report_holds_key_secret_or_signature(self, exchange: Sandbox, page: Page, order: Order) -> None:
        reports = [
            page.cancel(orderId=order.order_id),
            page.cancel(orderId="no-such-order"),
            page.run("GET", "/v5/order/realtime", category="linear", symbol="BTCUSDT"),
            page.start(),
        ]
        for report in reports:
            text = json.dumps(report)
            assert exchange.api_key not in text
            assert exchange.api_secret not in text

    def test_an_answer_that_echoes_key_and_signature_is_redacted(self) -> None:
        echoed: list[bytes] = []

        def answer(peer: Peer) -> None:
            while request := peer.read_request():
                echoed[:] = [*request.values(b"X-BAPI-API-KEY"), *request.values(b"X-BAPI-SIGN")]
                words = b" ".join(echoed)
                peer.send(reply(b'{"retCode":10004,"retMsg":"error sign! %s","result":{}}' % words))

        with RawServer(answer) as server, page_of(server.url) as page:
            text = json.dumps([page.cancel(orderId="1"), page.start()])
        assert "error sign! *** ***" in text
        assert len(echoed) == 2
        assert not [one for one in echoed if one.decode() in text]

    def test_what_the_page_itself_says_is_redacted_too(self, exchange: Sandbox, page: Page) -> None:
        text = json.dumps(page.cancel(orderLinkId=exchange.api_key, symbol=exchange.api_key))
        assert exchange.api_key not in text


def test_a_lost_race_after_the_acknowledgement_is_told(exchange: Sandbox, page: Page, order: Order) -> None:
    exchange.faults.on(order.order_id, [Fault(lose_race_after=True)])
    report = page.cancel(orderId=order.order_id)
    assert json.loads(report["answer"]["body"])["retCode"] == 0
    assert report["verdict"]["headline"] == "Filled"
