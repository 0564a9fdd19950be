"""What the sandbox's private stream does as the exchange's would, and what goes wrong there on demand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from bybit_v5.models import Order
from websockets.exceptions import ConnectionClosed

from bybit_ext.sandbox import EventFault, Sandbox, StreamFaults
from bybit_ext.sandbox.faults import delay_event, drop_event, repeat_event
from tests.sandbox.wire import StreamClient, wait_until

NOW = 1_700_000_000_000


@pytest.fixture
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.0, clock=lambda: NOW) as sandbox:
        yield sandbox


@pytest.fixture
def bare(exchange: Sandbox) -> Iterator[StreamClient]:
    """A connection that has not logged in."""
    with StreamClient(exchange) as stream:
        yield stream


def said(answer: dict[str, Any]) -> tuple[bool, str, str]:
    return answer["success"], answer["op"], answer["ret_msg"]


def place_both(exchange: Sandbox) -> list[Order]:
    return [exchange.place("linear", "BTCUSDT"), exchange.place("spot", "XRPUSDT")]


def symbols(orders: list[dict[str, Any]]) -> list[str]:
    return [order["symbol"] for order in orders]


def statuses(orders: list[dict[str, Any]]) -> list[str]:
    return [order["orderStatus"] for order in orders]


def wait_until_closed(stream: StreamClient) -> None:
    with suppress(ConnectionClosed):
        for _ in range(10):
            stream.receive()
        pytest.fail("the connection was not closed")


class TestRequests:
    def test_ping_is_answered_with_the_time(self, bare: StreamClient) -> None:
        answer = bare.ask({"op": "ping"})
        assert (answer["op"], answer["args"]) == ("pong", [str(NOW)])

    def test_every_answer_names_the_connection(self, exchange: Sandbox, bare: StreamClient) -> None:
        answers = [bare.ask({"op": "ping"}), bare.log_in(), bare.subscribe("order"), bare.ask({"op": "unknown"})]
        (first,) = {answer["conn_id"] for answer in answers}
        with StreamClient(exchange) as other:
            assert first != other.ask({"op": "ping"})["conn_id"]

    def test_answer_repeats_the_id_of_its_request(self, bare: StreamClient) -> None:
        assert bare.ask(bare.auth() | {"req_id": "7"})["req_id"] == "7"
        assert "req_id" not in bare.ask({"op": "ping"})

    def test_log_in_and_subscription_are_agreed_to(self, bare: StreamClient) -> None:
        assert said(bare.log_in()) == (True, "auth", "")
        assert said(bare.subscribe("order")) == (True, "subscribe", "")

    @pytest.mark.parametrize(
        ("request_", "op", "why"),
        [
            ({"op": "auth"}, "auth", "Params Error"),
            ({"op": "auth", "args": ["a", "b"]}, "auth", "Params Error"),
            ({"op": "auth", "args": ["unknown", 1, "x"]}, "auth", "API key is invalid."),
            ({"op": "subscribe", "args": ["order"]}, "subscribe", "Request not authorized"),
            ({"op": "unknown"}, "unknown", "unknown op"),
            ({"op": ["auth"]}, "['auth']", "unknown op"),
            ({}, "None", "unknown op"),
            ("[]", "", "the request is not a JSON object"),
            ("no JSON", "", "the request is not a JSON object"),
            ("[" * 100_000, "", "the request is not a JSON object"),
        ],
    )
    def test_wrong_request_is_refused(self, bare: StreamClient, request_: Any, op: str, why: str) -> None:
        assert said(bare.ask(request_)) == (False, op, why)

    def test_binary_request_is_refused(self, bare: StreamClient) -> None:
        bare.socket.send(b'{"op": "ping"}')
        assert said(bare.receive()) == (False, "", "the request is not a JSON object")
        assert bare.ask({"op": "ping"})["op"] == "pong"

    @pytest.mark.parametrize("expires", [NOW, NOW - 1, "soon", "²", -1])
    def test_expired_log_in_is_refused(self, bare: StreamClient, expires: Any) -> None:
        assert said(bare.log_in(expires=expires)) == (False, "auth", "Params Error: expires is over")

    def test_log_in_that_expires_a_moment_later_is_agreed_to(self, bare: StreamClient) -> None:
        assert said(bare.log_in(expires=NOW + 1)) == (True, "auth", "")

    def test_wrong_signature_is_echoed_as_the_exchange_does(self, exchange: Sandbox, bare: StreamClient) -> None:
        request = bare.auth(secret="wrong")
        why = f"error sign! api_key[{exchange.api_key}] sign[{request['args'][2]}]"
        assert said(bare.ask(request)) == (False, "auth", why)

    def test_refused_log_in_ends_the_connection(self, bare: StreamClient) -> None:
        bare.ask({"op": "auth"})
        wait_until_closed(bare)

    @pytest.mark.parametrize("topics", [[], ["wallet"], ["order", "wallet"], "order", [1], {"order": 1}, 1, None])
    def test_unknown_topics_are_refused(self, bare: StreamClient, topics: Any) -> None:
        bare.log_in()
        why = f"Invalid topic {topics if isinstance(topics, list) else []}"
        assert said(bare.ask({"op": "subscribe", "args": topics})) == (False, "subscribe", why)

    @pytest.mark.parametrize("requests", [[["order", "order.spot"]], [["order.spot"], ["order"]]])
    def test_all_orders_and_those_of_a_category_do_not_go_together(
        self, bare: StreamClient, requests: list[list[str]]
    ) -> None:
        bare.log_in()
        answer = [bare.subscribe(*topics) for topics in requests][-1]
        assert said(answer)[:2] == (False, "subscribe")
        assert "at once" in answer["ret_msg"]


class TestEvents:
    def test_message_has_the_order_its_topic_and_the_time(self, exchange: Sandbox, stream: StreamClient) -> None:
        orders = place_both(exchange)
        messages = [stream.receive() for _ in orders]
        assert [(message["topic"], message["creationTime"]) for message in messages] == [("order", NOW)] * 2
        assert [message["data"] for message in messages] == [[order.to_dict()] for order in orders]
        assert len({message["id"] for message in messages}) == 2

    def test_several_categories_come_each_by_its_topic(self, exchange: Sandbox, bare: StreamClient) -> None:
        bare.open("order.spot", "order.linear")
        place_both(exchange)
        assert [bare.receive()["topic"] for _ in range(2)] == ["order.linear", "order.spot"]

    def test_later_subscription_adds_to_those_before(self, exchange: Sandbox, bare: StreamClient) -> None:
        bare.open("order.spot")
        bare.subscribe("order.linear")
        place_both(exchange)
        assert [bare.receive()["topic"] for _ in range(2)] == ["order.linear", "order.spot"]

    def test_category_that_is_not_asked_for_is_not_reported(self, exchange: Sandbox, bare: StreamClient) -> None:
        bare.open("order.spot")
        place_both(exchange)
        assert bare.receive()["topic"] == "order.spot"

    def test_event_from_before_the_subscription_does_not_come(self, exchange: Sandbox, bare: StreamClient) -> None:
        bare.log_in()
        exchange.faults.stream.delay = 0.05
        exchange.place("linear", "OLDUSDT")
        bare.subscribe("order")
        exchange.place("linear", "BTCUSDT")
        assert symbols(bare.next_orders(1)) == ["BTCUSDT"]

    def test_lost_race_is_reported_as_a_fill_and_once_more_as_a_refused_cancel(
        self, exchange: Sandbox, stream: StreamClient
    ) -> None:
        exchange.lose_race(exchange.place("linear", "BTCUSDT").order_id)
        reported = stream.next_orders(3)
        assert [(one["orderStatus"], one["cancelType"], one["rejectReason"]) for one in reported] == [
            ("New", "UNKNOWN", "EC_NoError"),
            ("Filled", "UNKNOWN", "EC_NoError"),
            ("Filled", "CancelByUser", "EC_OrigClOrdIDDoesNotExist"),
        ]

    def test_old_final_event_is_repeated(self, exchange: Sandbox, stream: StreamClient) -> None:
        old = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        exchange.fill(old.order_id)
        exchange.place("linear", "BTCUSDT", order_link_id="mine")
        exchange.repeat_last_event(old.order_id, times=300)
        reported = stream.next_orders(303)[3:]
        assert {(one["orderId"], one["orderStatus"]) for one in reported} == {(old.order_id, "Filled")}

    def test_events_come_in_the_order_of_the_changes_from_many_threads(
        self, exchange: Sandbox, stream: StreamClient
    ) -> None:
        changed: list[str] = []
        exchange.listen(lambda order: changed.append(order.order_id))

        def place() -> None:
            for _ in range(25):
                exchange.place("linear", "BTCUSDT")

        threads = [threading.Thread(target=place) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert [order["orderId"] for order in stream.next_orders(100)] == changed


class TestFaultsOfTheStream:
    def test_log_in_is_refused(self, exchange: Sandbox, bare: StreamClient) -> None:
        exchange.faults.stream = StreamFaults(refuse_auth=True)
        assert said(bare.log_in()) == (False, "auth", "API key is invalid.")

    def test_every_event_is_late_and_they_stay_in_order(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.faults.stream = StreamFaults(delay=0.2)
        started = time.monotonic()
        placed = [exchange.place("linear", "BTCUSDT").order_id for _ in range(20)]
        assert [order["orderId"] for order in stream.next_orders(20)] == placed
        assert time.monotonic() - started >= 0.19

    def test_every_event_comes_twice(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.faults.stream = StreamFaults(duplicate=True)
        place_both(exchange)
        assert symbols(stream.next_orders(4)) == ["BTCUSDT", "BTCUSDT", "XRPUSDT", "XRPUSDT"]

    def test_every_other_event_is_overtaken(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.faults.stream = StreamFaults(out_of_order=True)
        place_both(exchange)
        exchange.place("inverse", "BTCUSD")
        assert symbols(stream.next_orders(3)) == ["XRPUSDT", "BTCUSDT", "BTCUSD"]

    def test_overtaken_events_come_twice_too(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.faults.stream = StreamFaults(out_of_order=True, duplicate=True)
        place_both(exchange)
        reported = symbols(stream.next_orders(4))
        assert reported[0] == "XRPUSDT"
        assert sorted(reported) == ["BTCUSDT", "BTCUSDT", "XRPUSDT", "XRPUSDT"]

    def test_event_that_nothing_overtakes_comes_soon(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.faults.stream = StreamFaults(out_of_order=True)
        started = time.monotonic()
        exchange.place("linear", "BTCUSDT")
        stream.receive()
        assert time.monotonic() - started < 1
        exchange.place("inverse", "BTCUSD")
        assert symbols(stream.next_orders(1)) == ["BTCUSD"]

    def test_silent_stream_reports_nothing_and_does_not_answer_a_ping(
        self, exchange: Sandbox, stream: StreamClient
    ) -> None:
        exchange.faults.stream = StreamFaults(silent=True)
        place_both(exchange)
        stream.socket.send(json.dumps({"op": "ping"}))
        assert stream.ask({"op": "unknown"})["ret_msg"] == "unknown op"


class TestFaultsOfEvents:
    def test_event_never_comes(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT", qty="2")
        exchange.faults.on_event(order.order_id, [EventFault(), drop_event()])
        for _ in range(2):
            exchange.fill(order.order_id, "0.5")
        exchange.fill(order.order_id)
        assert [one["cumExecQty"] for one in stream.next_orders(3)] == ["0", "0.5", "2.0"]

    def test_event_comes_after_those_that_follow_it(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_event(order.order_id, [delay_event(0.3)])
        exchange.fill(order.order_id, "0.5")
        exchange.fill(order.order_id)
        assert statuses(stream.next_orders(3)) == ["New", "Filled", "PartiallyFilled"]

    def test_late_event_has_the_time_of_its_change(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_event(order.order_id, [delay_event(0.1)])
        exchange.fill(order.order_id)
        exchange.clock = lambda: NOW + 1000
        assert [stream.receive()["creationTime"] for _ in range(2)] == [NOW, NOW]

    def test_event_comes_several_times(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_event(order.order_id, [repeat_event(3)])
        exchange.fill(order.order_id)
        exchange.place("linear", "ETHUSDT")
        assert statuses(stream.next_orders(5)) == ["New", "Filled", "Filled", "Filled", "New"]

    def test_event_comes_again_a_while_later(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_event(order.order_id, [repeat_event(interval=0.3)])
        exchange.fill(order.order_id)
        exchange.place("linear", "ETHUSDT")
        assert statuses(stream.next_orders(4)) == ["New", "Filled", "New", "Filled"]

    def test_every_connection_meets_the_same_faults(self, exchange: Sandbox, stream: StreamClient) -> None:
        with StreamClient(exchange) as other:
            other.open()
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.on_event(order.order_id, [drop_event()])
            exchange.fill(order.order_id, "0.5")
            exchange.fill(order.order_id)
            for one in (stream, other):
                assert statuses(one.next_orders(2)) == ["New", "Filled"]

    def test_events_go_wrong_at_random(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.faults.events_at_random([drop_event(), repeat_event(2)], rate=0.5, seed=1)
        placed = [exchange.place("linear", "BTCUSDT").order_id for _ in range(40)]
        exchange.faults.clear()
        last = exchange.place("linear", "BTCUSDT").order_id
        came: list[str] = []
        while last not in came:
            came += [order["orderId"] for order in stream.next_orders(1)]
        assert {came.count(order_id) for order_id in placed} == {0, 1, 2}

    def test_misreported_order_is_reported_wrongly(self, exchange: Sandbox, stream: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.misreport(order.order_id, {"cumExecQty": None}, without=["qty"])
        exchange.fill(order.order_id)
        _, reported = stream.next_orders(2)
        assert (reported["cumExecQty"], reported["orderStatus"], "qty" in reported) == (None, "Filled", False)

    def test_faults_are_used_up_though_nobody_listens(self, exchange: Sandbox, bare: StreamClient) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_event(order.order_id, [drop_event()])
        exchange.fill(order.order_id, "0.5")
        bare.open()
        exchange.fill(order.order_id)
        assert statuses(bare.next_orders(1)) == ["Filled"]

    def test_listeners_in_the_process_hear_the_truth(self, exchange: Sandbox) -> None:
        heard: list[str] = []
        stop = exchange.listen(lambda order: heard.append(order.order_status))
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.stream = StreamFaults(silent=True, duplicate=True)
        exchange.faults.on_event(order.order_id, [drop_event()]).misreport(order.order_id, {"orderStatus": "New"})
        exchange.fill(order.order_id, "0.5")
        stop()
        exchange.fill(order.order_id)
        assert heard == ["New", "PartiallyFilled"]


class TestConnections:
    def test_dropped_stream_is_disconnected_and_no_longer_counted(self, exchange: Sandbox, bare: StreamClient) -> None:
        bare.log_in()
        before = exchange.subscriptions
        bare.subscribe("order")
        assert (before, exchange.subscriptions) == (0, 1)
        exchange.drop_streams()
        wait_until_closed(bare)
        wait_until(lambda: exchange.subscriptions == 0)

    def test_restart_disconnects_the_streams(self, exchange: Sandbox, stream: StreamClient) -> None:
        exchange.restart()
        wait_until_closed(stream)
        with StreamClient(exchange) as again:
            again.open()
            exchange.place("linear", "BTCUSDT")
            assert symbols(again.next_orders(1)) == ["BTCUSDT"]

    def test_client_that_leaves_is_no_longer_counted_nor_reported_to(self, exchange: Sandbox) -> None:
        with StreamClient(exchange) as stream:
            stream.open()
            assert exchange.subscriptions == 1
        wait_until(lambda: exchange.subscriptions == 0)
        assert exchange._app.state.stream._connections.all() == []
        place_both(exchange)

    def test_stream_that_nobody_has_opened_can_be_dropped(self, exchange: Sandbox) -> None:
        exchange.drop_streams()
