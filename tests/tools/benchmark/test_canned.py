import asyncio
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tools.benchmark.canned.certificates import make_certificates
from tools.benchmark.canned.http import Request, RequestReader
from tools.benchmark.canned.server import CannedServer
from tools.benchmark.target import CATEGORY, ORDER_ID, PATH, SYMBOL

LIMIT = 10.0
CANCEL = {"category": CATEGORY, "symbol": SYMBOL, "orderId": ORDER_ID}


@pytest.fixture
def server() -> Iterator[CannedServer]:
    with CannedServer() as server:
        yield server


def post(server: CannedServer, body: dict[str, Any], path: str = PATH) -> httpx.Response:
    return httpx.post(server.target.url + path, json=body, timeout=LIMIT)


class TestRequestReader:
    REQUEST = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\ncontent-length: 2\r\n\r\n{}"
    PARSED = Request("POST", "/a?b=c", REQUEST[:-6], b"{}")

    def test_a_request_may_come_in_any_pieces(self) -> None:
        reader = RequestReader()
        found = [request for i in range(len(self.REQUEST)) for request in reader.feed(self.REQUEST[i : i + 1])]
        assert found == [self.PARSED]

    def test_several_may_come_at_once(self) -> None:
        assert list(RequestReader().feed(self.REQUEST * 3)) == [self.PARSED] * 3

    def test_one_without_a_length_has_no_body(self) -> None:
        assert [one.body for one in RequestReader().feed(b"GET / HTTP/1.1\r\n\r\n")] == [b""]


class TestAnswers:
    @pytest.mark.parametrize("delay", [0.0, 0.005])
    def test_a_cancel_is_acknowledged_as_bybit_does(self, delay: float) -> None:
        with CannedServer(delay) as server:
            response = post(server, CANCEL)
        content = response.json()
        assert content.pop("time") > 1_600_000_000_000
        assert content == {
            "retCode": 0,
            "retMsg": "OK",
            "result": {"orderId": ORDER_ID, "orderLinkId": ""},
            "retExtInfo": {},
        }
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert response.headers["Traceid"]
        assert (response.headers["X-Bapi-Limit"], response.headers["X-Bapi-Limit-Status"]) == ("10", "9")

    def test_one_connection_serves_many_cancels(self, server: CannedServer) -> None:
        with httpx.Client(base_url=server.target.url, timeout=LIMIT) as client:
            answers = [client.post(PATH, json={**CANCEL, "orderId": f"{number:036}"}).json() for number in range(5)]
        assert [answer["result"]["orderId"] for answer in answers] == [f"{number:036}" for number in range(5)]

    @pytest.mark.parametrize("field", ["category", "symbol", "orderId"])
    def test_a_cancel_of_something_else_is_refused(self, server: CannedServer, field: str) -> None:
        assert post(server, {**CANCEL, field: "other"}).json()["retCode"] == 10001

    def test_another_operation_is_refused(self, server: CannedServer) -> None:
        response = post(server, CANCEL, "/v5/order/create")
        assert (response.status_code, response.json()["retCode"]) == (404, 404)

    def test_it_answers_over_tls(self, tmp_path: Path) -> None:
        made = make_certificates(tmp_path)
        with CannedServer(0.0, made.server_context()) as server:
            trust = ssl.create_default_context(cafile=str(made.trusted))
            response = httpx.post(server.target.url + PATH, json=CANCEL, verify=trust, timeout=LIMIT)
        assert response.json()["retCode"] == 0


class TestTrade:
    @pytest.mark.parametrize("delay", [0.0, 0.005])
    def test_a_cancel_is_acknowledged_under_its_id(self, delay: float) -> None:
        with CannedServer(delay) as server, connect(server.target.trade_url or "") as socket:
            for operation, answered in (("auth", "auth"), ("ping", "pong")):
                socket.send(json.dumps({"op": operation, "args": []}))
                assert json.loads(socket.recv(LIMIT))["op"] == answered
            for number in range(3):
                socket.send(json.dumps({"reqId": str(number), "op": "order.cancel", "args": [CANCEL]}))
            answers = [json.loads(socket.recv(LIMIT)) for _ in range(3)]
        assert sorted(answer["reqId"] for answer in answers) == ["0", "1", "2"]
        assert {(answer["retCode"], answer["data"]["orderId"]) for answer in answers} == {(0, ORDER_ID)}

    def test_what_is_no_cancel_of_the_order_is_refused(self, server: CannedServer) -> None:
        with connect(server.target.trade_url or "") as socket:
            for operation, body in (("order.create", CANCEL), ("order.cancel", {**CANCEL, "symbol": "other"})):
                socket.send(json.dumps({"reqId": "1", "op": operation, "args": [body]}))
                assert json.loads(socket.recv(LIMIT))["retCode"] == 10001


class TestOrders:
    def test_the_end_of_a_placed_order_is_reported_once(self, server: CannedServer) -> None:
        first, second = server.orders.place(2)
        with connect(server.target.stream_url or "") as stream:
            for operation in ("auth", "subscribe"):
                stream.send(json.dumps({"op": operation, "args": []}))
                assert json.loads(stream.recv(LIMIT))["success"] is True
            for order_id in (ORDER_ID, first, first, second):
                post(server, {**CANCEL, "orderId": order_id})
            reports = [json.loads(stream.recv(LIMIT)) for _ in range(2)]
            stream.send('{"op": "ping"}')
            assert json.loads(stream.recv(LIMIT))["op"] == "pong"
        assert [report["topic"] for report in reports] == ["order", "order"]
        orders = [report["data"][0] for report in reports]
        assert [(order["orderId"], order["orderStatus"]) for order in orders] == [
            (first, "Cancelled"),
            (second, "Cancelled"),
        ]

    def test_an_order_that_has_ended_can_be_read_back(self, server: CannedServer) -> None:
        (order_id,) = server.orders.place(1)
        url = f"{server.target.url}/v5/order/realtime?category=linear&orderId={order_id}"
        assert httpx.get(url, timeout=LIMIT).json()["result"]["list"] == []
        post(server, {**CANCEL, "orderId": order_id})
        listed = wait_for_order(url)
        assert (listed["orderId"], listed["orderStatus"]) == (order_id, "Cancelled")
        assert server.orders.readings >= 2


def wait_for_order(url: str) -> dict[str, Any]:
    async def wait() -> dict[str, Any]:
        async with httpx.AsyncClient() as client, asyncio.timeout(LIMIT):
            while True:
                listed: list[dict[str, Any]] = (await client.get(url)).json()["result"]["list"]
                if listed:
                    return listed[0]

    return asyncio.run(wait())
