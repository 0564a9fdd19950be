"""What each fault of the sandbox does to a response, seen by a plain HTTP client."""

import time
from typing import Any

import httpx
import pytest
from bybit_v5.models import Order

from bybit_ext.sandbox import Fault, Faults, ListFaults, Sandbox, StreamFaults
from bybit_ext.sandbox.faults import (
    EventFault,
    delay_event,
    delay_response,
    drop_event,
    drop_response,
    fill_first,
    lag_response,
    repeat_event,
    respond_with,
    respond_with_body,
    respond_with_page,
    respond_with_status,
    truncate_response,
)
from tests.sandbox.conftest import VirtualTime
from tests.sandbox.wire import RESET, Wire, ids_of, now_ms, orders_of, statuses_of

BOTH = pytest.mark.parametrize("carry_out", [True, False])
CHANGES: list[Any] = ["cancels", "batches", "cancel_alls", "creates"]
LINEAR: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT"}


@pytest.fixture
def order(exchange: Sandbox) -> Order:
    return exchange.place("linear", "BTCUSDT")


def cancel(exchange: Sandbox, wire: Wire, order: Order, fault: Fault) -> httpx.Response:
    """Let a request to cancel an order go wrong, and return its response."""
    exchange.faults.on(order.order_id, [fault])
    return wire.send(wire.cancel_request(order))


def read_until_reset(response: httpx.Response) -> bytes:
    arrived = b""
    try:
        for some in response.iter_bytes():
            arrived += some
    except RESET:
        return arrived
    pytest.fail("the response came whole")


def is_cancelled(exchange: Sandbox, order: Order) -> bool:
    # Once more through the server's loop: what is carried out has been by then.
    httpx.get(f"{exchange.url}/v5/market/time")
    return exchange.order(order.order_id).order_status == "Cancelled"


class TestCancels:
    @BOTH
    def test_response_is_lost_before_or_after_the_cancel_was_taken(
        self, exchange: Sandbox, wire: Wire, order: Order, *, carry_out: bool
    ) -> None:
        exchange.faults.on(order.order_id, [drop_response(carry_out=carry_out)])
        with pytest.raises(RESET):
            wire.send(wire.cancel_request(order), stream=True)  # not one byte of a response comes
        assert is_cancelled(exchange, order) is carry_out

    def test_response_is_late_and_the_cancel_is_carried_out(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        started = time.monotonic()
        assert cancel(exchange, wire, order, delay_response(0.2)).json()["retCode"] == 0
        assert time.monotonic() - started >= 0.2
        assert is_cancelled(exchange, order)

    @pytest.mark.parametrize(("options", "length"), [({}, 20), ({"keep": 5}, 5), ({"keep": 0}, None)])
    def test_response_ends_in_its_middle(
        self, exchange: Sandbox, wire: Wire, order: Order, options: dict[str, Any], length: int | None
    ) -> None:
        exchange.faults.on(order.order_id, [truncate_response(**options)])
        if length is None:
            with pytest.raises(RESET):
                wire.send(wire.cancel_request(order), stream=True)
            return
        response = wire.send(wire.cancel_request(order), stream=True)
        assert read_until_reset(response) == b'{"retCode": 0, "retMsg": "OK"'[:length]
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")

    @pytest.mark.parametrize(("options", "carried_out"), [({}, True), ({"carry_out": False}, False)])
    def test_response_is_truncated_before_or_after_the_cancel_was_taken(
        self, exchange: Sandbox, wire: Wire, order: Order, options: dict[str, bool], *, carried_out: bool
    ) -> None:
        with pytest.raises(RESET):
            cancel(exchange, wire, order, truncate_response(**options))
        assert is_cancelled(exchange, order) is carried_out

    def test_ret_code_comes_in_place_of_the_true_one(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        response = cancel(exchange, wire, order, respond_with(10016))
        assert response.status_code == 200
        assert (response.json()["retCode"], response.json()["retMsg"]) == (10016, "a fault of the sandbox")
        assert response.headers["X-Bapi-Limit-Status"] == "9"
        assert "X-Bapi-Limit-Reset-Timestamp" not in response.headers
        assert not is_cancelled(exchange, order)

    def test_an_order_that_is_said_not_to_exist_is_so_in_the_words_of_the_exchange(
        self, exchange: Sandbox, wire: Wire, order: Order
    ) -> None:
        response = cancel(exchange, wire, order, respond_with(110001))
        assert response.json()["retMsg"] == "order not exists or too late to cancel"

    def test_ret_code_can_come_though_the_cancel_is_carried_out(
        self, exchange: Sandbox, wire: Wire, order: Order
    ) -> None:
        assert cancel(exchange, wire, order, respond_with(10016, carry_out=True)).json()["retCode"] == 10016
        assert is_cancelled(exchange, order)

    def test_rate_limit_says_when_it_resets(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        earliest = now_ms() + 60_000
        response = cancel(exchange, wire, order, respond_with(10006, reset_in=60))
        assert earliest <= int(response.headers["X-Bapi-Limit-Reset-Timestamp"]) <= now_ms() + 60_000

    def test_reset_of_a_rate_limit_is_by_the_clock_of_the_exchange(
        self, exchange: Sandbox, wire: Wire, order: Order
    ) -> None:
        exchange.clock = lambda: 1_700_000_000_000
        response = cancel(exchange, wire, order, respond_with(10006, reset_in=0.5))
        assert response.headers["X-Bapi-Limit-Reset-Timestamp"] == "1700000000500"

    @BOTH
    def test_status_comes_with_any_body(self, exchange: Sandbox, wire: Wire, order: Order, *, carry_out: bool) -> None:
        response = cancel(exchange, wire, order, respond_with_status(503, b"no", carry_out=carry_out))
        assert (response.status_code, response.content, response.headers["Content-Length"]) == (503, b"no", "2")
        assert "Traceid" in response.headers
        assert is_cancelled(exchange, order) is carry_out

    def test_status_comes_without_a_body_and_nothing_is_carried_out(
        self, exchange: Sandbox, wire: Wire, order: Order
    ) -> None:
        response = cancel(exchange, wire, order, respond_with_status(404))
        assert (response.status_code, response.content) == (404, b"")
        assert not is_cancelled(exchange, order)

    @BOTH
    def test_any_body_comes(self, exchange: Sandbox, wire: Wire, order: Order, *, carry_out: bool) -> None:
        response = cancel(exchange, wire, order, respond_with_body(b"[]", carry_out=carry_out))
        assert (response.status_code, response.content) == (200, b"[]")
        assert is_cancelled(exchange, order) is carry_out

    def test_any_body_comes_and_the_cancel_is_carried_out(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        cancel(exchange, wire, order, respond_with_body(b"[]"))
        assert is_cancelled(exchange, order)

    @pytest.mark.parametrize(
        ("options", "code", "carried_out"),
        [
            ({}, 200, False),
            ({"code": 403}, 403, False),
            ({"code": 502, "carry_out": True}, 502, True),
        ],
    )
    def test_page_comes(
        self, exchange: Sandbox, wire: Wire, order: Order, options: dict[str, Any], code: int, *, carried_out: bool
    ) -> None:
        response = cancel(exchange, wire, order, respond_with_page(**options))
        assert (response.status_code, response.headers["Content-Type"]) == (code, "text/html")
        assert "<title>ERROR</title>" in response.text
        assert is_cancelled(exchange, order) is carried_out

    @pytest.mark.parametrize(("options", "ret_code"), [({}, 110008), ({"ret_code": 110001}, 110001)])
    def test_order_is_filled_before_the_request_is_looked_at(
        self, exchange: Sandbox, wire: Wire, order: Order, options: dict[str, int], ret_code: int
    ) -> None:
        assert cancel(exchange, wire, order, fill_first(**options)).json()["retCode"] == ret_code
        assert exchange.order(order.order_id).order_status == "Filled"

    def test_order_is_filled_after_the_acknowledgement(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        other = exchange.place("linear", "BTCUSDT")
        assert cancel(exchange, wire, order, Fault(lose_race_after=True)).json()["retCode"] == 0
        assert not is_cancelled(exchange, order)
        assert [exchange.order(one.order_id).order_status for one in (order, other)] == ["Filled", "New"]

    def test_all_other_orders_are_filled_after_the_acknowledgement(
        self, exchange: Sandbox, wire: Wire, order: Order
    ) -> None:
        others = [exchange.place("linear", "BTCUSDT"), exchange.place("spot", "XRPUSDT")]
        assert cancel(exchange, wire, order, Fault(fill_others=True)).json()["retCode"] == 0
        assert is_cancelled(exchange, order)
        assert [exchange.order(one.order_id).order_status for one in others] == ["Filled", "Filled"]

    def test_headers_come_beside_the_true_ones(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        response = cancel(exchange, wire, order, Fault(headers={"Retry-After": "1"}))
        assert (response.headers["Retry-After"], response.headers["Ret_code"]) == ("1", "0")

    def test_next_cancel_goes_wrong_though_it_names_no_order(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.on_next([respond_with(10016)])
        assert [wire.cancel(**LINEAR, orderLinkId="unknown")["retCode"] for _ in range(2)] == [10016, 110001]


class TestReads:
    def test_read_goes_wrong_on_its_own(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        exchange.faults.on_read([respond_with(10016)])
        assert wire.cancel(order)["retCode"] == 0
        assert [wire.realtime(**LINEAR)["retCode"] for _ in range(2)] == [10016, 0]

    @pytest.mark.parametrize(
        ("of", "ret_codes"),
        [
            ({}, [10016, 0, 10000, 0]),
            ({"of": "realtime"}, [10016, 0, 10000, 0]),
            ({"of": "history"}, [0, 10016, 0, 10000]),
            ({"of": "either"}, [10016, 10000, 0, 0]),
        ],
    )
    def test_read_of_the_chosen_list_goes_wrong(
        self, exchange: Sandbox, wire: Wire, of: dict[str, Any], ret_codes: list[int]
    ) -> None:
        exchange.faults.on_read([respond_with(10016), respond_with(10000)], **of)
        answers = [read(**LINEAR) for read in (wire.realtime, wire.history) * 2]
        assert [answer["retCode"] for answer in answers] == ret_codes

    def test_fault_of_a_cancel_does_nothing_else_to_a_read(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        every = Fault(fill_first=True, lose_race_after=True, fill_others=True)
        exchange.faults.on_read([every] * 2, of="either")
        assert ids_of(wire.realtime(category="linear", settleCoin="USDT")) == [order.order_id]
        assert ids_of(wire.history(category="linear", settleCoin="USDT")) == []
        assert exchange.order(order.order_id).order_status == "New"

    def test_single_reads_show_older_states(self, exchange: Sandbox, wire: Wire, virtual_time: VirtualTime) -> None:
        order = exchange.place("linear", "BTCUSDT")
        name = {**LINEAR, "orderId": order.order_id}
        exchange.faults.lists = ListFaults(realtime_lag=0.5, history_lag=0.5)
        virtual_time.pass_by(1)
        exchange.fill(order.order_id)
        virtual_time.pass_by(1)
        exchange.faults.on_read([lag_response(1.5), lag_response(0)])
        exchange.faults.on_read([lag_response(1.5)], of="history")
        assert [statuses_of(wire.realtime(**name)) for _ in range(3)] == [["New"], ["Filled"], ["Filled"]]
        assert [statuses_of(wire.history(**name)) for _ in range(2)] == [[], ["Filled"]]

    def test_reads_go_wrong_at_random(self, exchange: Sandbox, wire: Wire, order: Order) -> None:
        exchange.faults.at_random([respond_with(10016)], rate=0.5, seed=1, of="reads")
        ret_codes = [read(**LINEAR)["retCode"] for read in (wire.realtime, wire.history) * 10]
        assert {*ret_codes[::2]} == {*ret_codes[1::2]} == {0, 10016}
        assert wire.cancel(order)["retCode"] == 0


class TestMisreports:
    def test_lists_report_an_order_wrongly_while_the_truth_stays(
        self, exchange: Sandbox, wire: Wire, order: Order
    ) -> None:
        other = exchange.place("linear", "BTCUSDT")
        exchange.faults.misreport(order.order_id, {"avgPrice": None, "qty": "many", "new": 1}, without=["cancelType"])
        good, wrong = orders_of(wire.realtime(**LINEAR))
        assert good["orderId"] == other.order_id
        assert (wrong["avgPrice"], wrong["qty"], wrong["new"], "cancelType" in wrong) == (None, "many", 1, False)
        assert good.keys() - wrong.keys() == {"cancelType"}
        assert exchange.order(order.order_id) == order
        exchange.fill(order.order_id)
        (wrong,) = orders_of(wire.history(**LINEAR))
        assert (wrong["qty"], wrong["orderStatus"]) == ("many", "Filled")
        exchange.faults.clear()
        (right,) = orders_of(wire.history(**LINEAR))
        assert (right["qty"], right["cancelType"]) == ("1", "UNKNOWN")


class TestChoice:
    def test_next_request_goes_first_then_those_for_the_order(self) -> None:
        first, second, third = drop_response(), drop_response(), drop_response()
        faults = Faults().on("1", [second]).on_next([first]).on("1", [third])
        assert (faults.waiting(), faults.waiting("creates")) == (1, 0)
        taken = [faults.take("cancels", order_id) for order_id in (None, "2", "1", "1", "1")]
        assert taken == [first, None, second, third, None]
        assert faults.waiting() == 0

    def test_events_of_each_order_have_faults_of_their_own(self) -> None:
        first, second, third = drop_event(), EventFault(), delay_event(1)
        faults = Faults().on_event("1", [first, second]).on_event("2", [third])
        assert [faults.take_for_event(order_id) for order_id in ("2", "1", "2", "1", "1")] == [
            third,
            first,
            None,
            second,
            None,
        ]

    def test_all_are_switched_off_at_once(self) -> None:
        fault = drop_response()
        faults = Faults().on("1", [fault]).on_create("1", [fault]).on_read([fault]).on_read([fault], of="history")
        for of in CHANGES:
            faults.on_next([fault], of=of).at_random([fault], rate=1.0, seed=1, of=of)
        faults.at_random([fault], rate=1.0, seed=1, of="reads")
        faults.on_event("1", [drop_event()]).events_at_random([drop_event()], rate=1.0, seed=1)
        faults.misreport("1", {"qty": "2"})
        faults.stream.silent = True
        faults.lists.history_lag = 1.0
        faults.clear()
        assert [faults.take(of, "1") for of in CHANGES] == [None] * 4
        assert (faults.take_for_read(), faults.take_for_read("history")) == (None, None)
        assert (faults.take_for_event("1"), faults.report("1", {"qty": "1"})) == (None, {"qty": "1"})
        assert (faults.stream, faults.lists) == (StreamFaults(), ListFaults())

    @pytest.mark.parametrize("of", [*CHANGES, "reads", "events"])
    def test_faults_at_random_are_the_same_for_the_same_seed(self, of: Any) -> None:
        requests, events = [drop_response(), respond_with_page()], [drop_event(), repeat_event(3)]

        def taken(seed: int) -> list[Fault | EventFault | None]:
            faults = Faults()
            if of == "events":
                faults.events_at_random(events, rate=0.5, seed=seed)
                return [faults.take_for_event("1") for _ in range(50)]
            faults.at_random(requests, rate=0.5, seed=seed, of=of)
            return [faults.take_for_read() if of == "reads" else faults.take(of, "1") for _ in range(50)]

        assert taken(1) == taken(1) != taken(2)
        assert 10 < sum(fault is not None for fault in taken(1)) < 40
        assert {*taken(1)} == {None, *(events if of == "events" else requests)}
