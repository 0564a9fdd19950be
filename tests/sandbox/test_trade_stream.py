"""What the sandbox's trade WebSocket does as the exchange's would, and what goes wrong there on demand."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import pytest
from bybit_v5.models import Order
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    delay_response,
    drop_response,
    respond_with,
    respond_with_body,
    respond_with_page,
    truncate_response,
)
from tests.sandbox.wire import LIMIT, hmac_hex, wait_for_end

NOW = 1_700_000_000_000


@pytest.fixture
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.0, clock=lambda: NOW) as sandbox:
        yield sandbox


class TradeClient:
    """A connection to the trade WebSocket of one sandbox, while its context is open. Nothing of the SDK is in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._connecting = connect(sandbox.trade_url, proxy=None, open_timeout=LIMIT, close_timeout=1)

    def __enter__(self) -> Self:
        self._socket = self._connecting.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connecting.__exit__(kind, error, traceback)

    def send(self, request: Any) -> None:
        self._socket.send(request if isinstance(request, str) else json.dumps(request))

    def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.receive_text())
        return message

    def receive_text(self) -> str:
        text = self._socket.recv(timeout=LIMIT)
        assert isinstance(text, str)
        return text

    def ask(self, request: Any) -> dict[str, Any]:
        self.send(request)
        return self.receive()

    def log_in(self, *, secret: str | None = None, **more: Any) -> dict[str, Any]:
        expires = NOW + 10_000
        signature = hmac_hex(secret or self._sandbox.api_secret, f"GET/realtime{expires}")
        return self.ask({"op": "auth", "args": [self._sandbox.api_key, expires, signature], **more})


@pytest.fixture
def bare(exchange: Sandbox) -> Iterator[TradeClient]:
    """A connection that has not logged in."""
    with TradeClient(exchange) as client:
        yield client


@pytest.fixture
def client(bare: TradeClient) -> TradeClient:
    assert bare.log_in()["retCode"] == 0
    return bare


def cancel_of(order: Order | None = None, *, timestamp: Any = NOW, op: str = "order.cancel") -> dict[str, Any]:
    body = {"category": "linear", "symbol": "BTCUSDT", "orderId": order.order_id if order else "unknown"}
    header = {"X-BAPI-TIMESTAMP": str(timestamp), "X-BAPI-RECV-WINDOW": "5000"}
    return {"reqId": uuid.uuid4().hex, "header": header, "op": op, "args": [body]}


class TestLogIn:
    def test_it_is_agreed_to(self, bare: TradeClient) -> None:
        answer = bare.log_in()
        assert answer.pop("connId")
        assert answer == {"retCode": 0, "retMsg": "OK", "op": "auth"}

    def test_its_answer_repeats_its_id(self, bare: TradeClient) -> None:
        assert bare.log_in(reqId="7")["reqId"] == "7"

    def test_a_wrong_signature_is_refused_and_ends_the_connection(self, bare: TradeClient) -> None:
        assert bare.log_in(secret="wrong")["retCode"] == 10004
        with pytest.raises(ConnectionClosed):
            bare.receive()

    @pytest.mark.parametrize("arguments", [None, [], ["a", "b"], 5])
    def test_what_is_no_log_in_is_refused(self, bare: TradeClient, arguments: Any) -> None:
        assert bare.ask({"op": "auth", "args": arguments})["retCode"] == 10001

    def test_it_is_refused_on_demand(self, exchange: Sandbox, bare: TradeClient) -> None:
        exchange.faults.trade.refuse_auth = True
        assert bare.log_in()["retCode"] == 10003
        exchange.faults.clear()
        with TradeClient(exchange) as other:
            assert other.log_in()["retCode"] == 0


class TestRequests:
    def test_a_cancel_is_answered_as_the_exchange_does(self, exchange: Sandbox, client: TradeClient) -> None:
        order = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        request = cancel_of(order)
        answer = client.ask(request)
        assert answer.pop("connId")
        assert answer["header"].pop("Traceid")
        assert answer == {
            "reqId": request["reqId"],
            "retCode": 0,
            "retMsg": "OK",
            "op": "order.cancel",
            "data": {"orderId": order.order_id, "orderLinkId": "mine"},
            "retExtInfo": {},
            "header": {
                "Timenow": str(NOW),
                "X-Bapi-Limit": "10",
                "X-Bapi-Limit-Status": "9",
                "X-Bapi-Limit-Reset-Timestamp": str(NOW),
            },
        }
        assert wait_for_end(exchange, order).order_status == "Cancelled"

    def test_orders_are_created_and_cancelled_in_a_batch(self, exchange: Sandbox, client: TradeClient) -> None:
        created = cancel_of(op="order.create")
        order = {"side": "Buy", "orderType": "Limit", "qty": "1", "price": "1", "orderLinkId": "a"}
        created["args"] = [{"category": "linear", "symbol": "BTCUSDT", **order}]
        order_id = client.ask(created)["data"]["orderId"]
        batch = cancel_of(op="order.cancel-batch")
        batch["args"] = [{"category": "linear", "request": [{"symbol": "BTCUSDT", "orderId": order_id}]}]
        answer = client.ask(batch)
        assert answer["data"]["list"][0]["orderId"] == order_id
        assert answer["retExtInfo"]["list"][0]["code"] == 0
        assert wait_for_end(exchange, exchange.order(order_id)).order_status == "Cancelled"

    def test_an_order_that_is_not_there_is_refused(self, client: TradeClient) -> None:
        answer = client.ask(cancel_of())
        assert (answer["retCode"], answer["op"], answer["data"]) == (110001, "order.cancel", {})

    def test_a_repeated_id_is_refused_whoever_repeats_it(self, exchange: Sandbox, client: TradeClient) -> None:
        request = cancel_of()
        assert client.ask(request)["retCode"] == 110001
        assert client.ask(request)["retCode"] == 20006
        with TradeClient(exchange) as other:
            other.log_in()
            assert other.ask(request)["retCode"] == 20006

    def test_an_id_is_not_needed(self, client: TradeClient) -> None:
        request = cancel_of()
        del request["reqId"]
        answers = [client.ask(request) for _ in range(2)]
        assert {answer["retCode"] for answer in answers} == {110001}
        assert "reqId" not in answers[0]

    @pytest.mark.parametrize("op", ["order.amend", "order.cancel-all", "subscribe", "", None, 5])
    def test_an_unknown_operation_is_refused(self, client: TradeClient, op: Any) -> None:
        assert client.ask(cancel_of(op=op))["retCode"] == 10404

    @pytest.mark.parametrize("timestamp", [NOW - 5001, NOW + 1000, "", "soon", None])
    def test_a_timestamp_outside_the_window_is_refused(self, client: TradeClient, timestamp: Any) -> None:
        answer = client.ask(cancel_of(timestamp=timestamp))
        assert answer["retCode"] == 10002
        assert f"server_timestamp[{NOW}]" in answer["retMsg"]

    @pytest.mark.parametrize("timestamp", [NOW - 5000, NOW + 999])
    def test_a_timestamp_inside_the_window_is_taken(self, client: TradeClient, timestamp: int) -> None:
        assert client.ask(cancel_of(timestamp=timestamp))["retCode"] == 110001

    @pytest.mark.parametrize("header", [None, [], 5, {}])
    def test_a_header_is_needed(self, client: TradeClient, header: Any) -> None:
        assert client.ask({**cancel_of(), "header": header})["retCode"] == 10002

    @pytest.mark.parametrize("arguments", [None, [], {}, 5, [5], [{}], [{"category": "linear"}], [{}, {}]])
    def test_what_the_document_forbids_is_refused(self, client: TradeClient, arguments: Any) -> None:
        assert client.ask({**cancel_of(), "args": arguments})["retCode"] == 10001

    def test_nothing_is_done_before_the_log_in(self, exchange: Sandbox, bare: TradeClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        assert bare.ask(cancel_of(order))["retCode"] == 10007
        assert exchange.order(order.order_id).order_status == "New"

    @pytest.mark.parametrize("text", ["", "nonsense", "[]", "5", "null"])
    def test_what_is_no_request_is_refused(self, client: TradeClient, text: str) -> None:
        assert client.ask(text)["retCode"] == 10001

    def test_pings_are_answered(self, bare: TradeClient) -> None:
        assert bare.ask({"op": "ping"})["op"] == "pong"


def faulty(exchange: Sandbox, fault: Fault) -> Order:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [fault])
    return order


class TestFaults:
    @pytest.mark.parametrize("fault", [drop_response(), truncate_response(), respond_with_page(502, carry_out=True)])
    def test_a_lost_answer_resets_the_connection(self, exchange: Sandbox, client: TradeClient, fault: Fault) -> None:
        order = faulty(exchange, fault)
        client.send(cancel_of(order))
        with pytest.raises(ConnectionClosed):
            client.receive()
        assert wait_for_end(exchange, order).order_status == "Cancelled"

    def test_a_late_answer_lets_others_go_first(self, exchange: Sandbox, client: TradeClient) -> None:
        late = cancel_of(faulty(exchange, delay_response(0.2)))
        client.send(late)
        assert client.ask(cancel_of())["reqId"] != late["reqId"]
        assert client.receive()["reqId"] == late["reqId"]

    def test_a_code_can_be_made_up(self, exchange: Sandbox, client: TradeClient) -> None:
        order = faulty(exchange, respond_with(10006, reset_in=1.0))
        answer = client.ask(cancel_of(order))
        assert (answer["retCode"], answer["header"]["X-Bapi-Limit-Reset-Timestamp"]) == (10006, str(NOW + 1000))
        assert exchange.order(order.order_id).order_status == "New"

    def test_an_object_is_said_in_place_of_the_answer(self, exchange: Sandbox, client: TradeClient) -> None:
        request = cancel_of(faulty(exchange, respond_with_body(b'{"retMsg": "OK", "result": 5}')))
        answer = client.ask(request)
        assert (answer["reqId"], answer["retMsg"], answer["data"], "retCode" in answer) == (
            request["reqId"],
            "OK",
            5,
            False,
        )

    def test_anything_else_is_said_as_it_is(self, exchange: Sandbox, client: TradeClient) -> None:
        client.send(cancel_of(faulty(exchange, respond_with_body(b"<html>"))))
        assert client.receive_text() == "<html>"

    @pytest.mark.parametrize("how", ["drop", "restart"])
    def test_everybody_can_be_disconnected(self, exchange: Sandbox, client: TradeClient, how: str) -> None:
        (exchange.drop_trade_connections if how == "drop" else exchange.restart)()
        with pytest.raises(ConnectionClosed):
            client.receive()

    def test_a_sandbox_ends_while_answers_are_late(self) -> None:
        before = set(threading.enumerate())
        with Sandbox(clock=lambda: NOW) as exchange, TradeClient(exchange) as client:
            client.log_in()
            client.send(cancel_of(faulty(exchange, delay_response(60.0))))
            client.ask({"op": "ping"})
            started = time.monotonic()
        assert time.monotonic() - started < LIMIT
        assert not [one for one in set(threading.enumerate()) - before if one.name == "sandbox"]
