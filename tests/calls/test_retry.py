"""The failure matrix of one cancel: what the exchange does, what must come out, and how often it may be sent.

Over real sockets, sync and async. Every row is a row of what goes wrong with other people's clients.
"""

import asyncio
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from attrs import frozen
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, Order

from bybit_ext import (
    AsyncBybit,
    Bybit,
    BybitError,
    CancelAccepted,
    ClockError,
    Forbidden,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from bybit_ext.auth.clock import ServerClock, system_clock
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.flow import backoff_delay
from bybit_ext.engines.interface import Reply
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    delay_response,
    drop_response,
    fill_first,
    respond_with,
    respond_with_body,
    respond_with_page,
    respond_with_status,
    truncate_response,
)
from tests.conftest import API_KEY, API_SECRET, ENGINE, Cancel, Handler, options_of, over_http
from tests.virtual_time import World, no_jitter, reply

__all__ = ["no_jitter"]


def order() -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", "id-1")


ALWAYS = 100  # more often than any deadline here lets a request be sent


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.0) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _no_faults_left(exchange: Sandbox) -> Iterator[None]:
    yield
    exchange.faults.clear()


@frozen(eq=False)
class Row:
    """One row of the matrix."""

    faults: list[Fault]
    result: type[CancelAccepted] | type[BybitError]
    sends: tuple[int, int] = (1, 1)
    seconds: tuple[float, float] = (0.0, 1.0)
    deadline: float = 1.0
    timeout: float = 5.0
    says: str = ""
    earlier: bool = False


ACCEPTED_BODY = b'{"retCode": 0, "retMsg": "", "result": %s, "retExtInfo": {}}'
UNREADABLE = [
    b"",
    b"null",
    b"<html>OK</html>",
    b'{"retCode": 0',
    b'{"retMsg": "OK", "result": {"orderId": "1"}}',
    b"[]",
]

MATRIX: dict[str, Row] = {
    "all goes well": Row([], CancelAccepted),
    "accepted, result {}": Row([respond_with_body(ACCEPTED_BODY % b"{}")], CancelAccepted),
    "accepted, result null": Row([respond_with_body(ACCEPTED_BODY % b"null")], CancelAccepted),
    "110001": Row([respond_with(110001)], OrderNotFound),
    "170213": Row([respond_with(170213)], OrderNotFound),
    "110010": Row([respond_with(110010)], OrderClosed),
    "10006, reset in 300 ms": Row([respond_with(10006, reset_in=0.3)], CancelAccepted, (2, 2), (0.28, 0.9)),
    "10006, reset in the past": Row([respond_with(10006, reset_in=-60)], CancelAccepted, (2, 2), (0.04, 0.9)),
    "10006, no header": Row([respond_with(10006)], CancelAccepted, (2, 2), (0.04, 0.9)),
    "10006, a reset later than the deadline": Row(
        [respond_with(10006, reset_in=20)] * ALWAYS, RateLimited, (1, 1), (0.0, 0.5), says="10006"
    ),
    "408 once": Row([respond_with_status(408)], CancelAccepted, (2, 2)),
    "10006, an absurd reset": Row([respond_with(10006, reset_in=86400)], CancelAccepted, (2, 2), (0.04, 0.9)),
    "10006 that persists, reset later than the deadline": Row(
        [respond_with(10006, reset_in=3)] * ALWAYS, RateLimited, (1, 1), (0.0, 0.5), says="10006"
    ),
    "10006 that persists, no header": Row(
        [respond_with(10006)] * ALWAYS, RateLimited, (2, 8), (0.2, 1.1), says="10006"
    ),
    "10429 that persists": Row([respond_with(10429)] * ALWAYS, RateLimited, (2, 8), (0.2, 1.1)),
    "10000 once": Row([respond_with(10000, carry_out=False)], CancelAccepted, (2, 2)),
    "10016 once": Row([respond_with(10016)], CancelAccepted, (2, 2)),
    "10016 that persists": Row([respond_with(10016)] * ALWAYS, OutcomeUnknown, (2, 8), (0.2, 1.1), says="10016"),
    "403 as HTML": Row([respond_with_page(403)] * ALWAYS, Forbidden, says="could not be satisfied"),
    "403 as JSON": Row(
        [respond_with_status(403, b'{"retCode": 10006, "retMsg": "access too frequent"}')] * ALWAYS, Forbidden
    ),
    **{
        f"{code} {kind} once": Row([respond_with_status(code, content)], CancelAccepted, (2, 2))
        for code in (429, 500, 502)
        for kind, content in (("JSON", b'{"retCode": 10016}'), ("HTML", b"<html>"), ("empty", b""))
    },
    **{
        f"{code} that persists": Row(
            [respond_with_page(code)] * ALWAYS, OutcomeUnknown, (2, 8), (0.2, 1.1), says=str(code)
        )
        for code in (429, 500, 502)
    },
    **{
        f"200 with {content.decode()!r} once": Row(
            [respond_with_body(content, carry_out=False)], CancelAccepted, (2, 2)
        )
        for content in UNREADABLE
    },
    **{
        f"200 with {content.decode()!r} that persists": Row(
            [respond_with_body(content, carry_out=False)] * ALWAYS, OutcomeUnknown, (2, 8), (0.2, 1.1)
        )
        for content in UNREADABLE
    },
    "a truncated answer once": Row([truncate_response(carry_out=False)], CancelAccepted, (2, 2)),
    "the answer lost, the cancel not carried out": Row([drop_response(carry_out=False)], CancelAccepted, (2, 2)),
    "the connection reset each time": Row(
        [drop_response(carry_out=False)] * ALWAYS, OutcomeUnknown, (2, 8), (0.2, 1.1)
    ),
    "an answer later than the time-out": Row(
        [delay_response(0.5)] * ALWAYS, OutcomeUnknown, (2, 8), (0.3, 1.2), timeout=0.1
    ),
    "the answer lost, then 110001": Row([drop_response(), respond_with(110001)], OrderNotFound, (2, 2), earlier=True),
    "the answer lost, then 110010": Row([drop_response(), respond_with(110010)], OrderClosed, (2, 2), earlier=True),
    "the answer lost, then 170142": Row([drop_response(), respond_with(170142)], OrderClosed, (2, 2), earlier=True),
    "filled before": Row([fill_first(110001)], OrderNotFound),
    "filled before the re-send": Row([drop_response(carry_out=False), fill_first()], OrderClosed, (2, 2), earlier=True),
    "the answer lost, then 403": Row(
        [drop_response(), respond_with_page(403)], OutcomeUnknown, (2, 2), says="Forbidden"
    ),
    "the answer lost, then 10003": Row(
        [drop_response(), respond_with(10003)], OutcomeUnknown, (2, 2), says="AuthenticationFailed"
    ),
    "the answer lost, then 10006 that persists": Row(
        [drop_response(), *[respond_with(10006)] * ALWAYS], OutcomeUnknown, (2, 8), (0.2, 1.1), says="RateLimited"
    ),
    "10001": Row([respond_with(10001)] * ALWAYS, Refused),
    "an unknown code": Row([respond_with(123456)] * ALWAYS, Refused, says="123456"),
    "404": Row([respond_with_status(404)] * ALWAYS, OutcomeUnknown, says="404"),
    "302": Row([respond_with_status(302)] * ALWAYS, OutcomeUnknown, says="302"),
}


@pytest.mark.parametrize("row", MATRIX.values(), ids=MATRIX)
def test_the_failure_matrix(cancel: Cancel, exchange: Sandbox, row: Row) -> None:
    if ENGINE == "websocket" and any(fault.status != 200 for fault in row.faults):
        pytest.skip("a WebSocket's answers have no HTTP status")
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on_next(row.faults)
    result: Any
    started = time.monotonic()
    try:
        result = cancel(
            CancelByOrderId("linear", "BTCUSDT", order.order_id),
            **options_of(exchange) | {"deadline": row.deadline, "timeout": row.timeout},
        )
    except BybitError as error:
        result = error
    took = time.monotonic() - started

    assert isinstance(result, row.result), result
    assert row.sends[0] <= result.sends <= row.sends[1]
    assert row.seconds[0] <= took <= row.seconds[1] + 0.5
    if len(row.faults) >= ALWAYS:  # what the exchange counted is what is told
        assert result.sends == len(row.faults) - exchange.faults.waiting()
    if isinstance(result, CancelAccepted):
        assert result.order_id == order.order_id
        return
    assert str(result).startswith(result.args[0])
    assert row.says in str(result)
    if "What came last" in str(result):
        assert isinstance(result.__cause__, Refused)
    assert getattr(result, "earlier_send_may_have_cancelled", False) is row.earlier
    assert ("An earlier send of this call" in str(result)) is (
        row.faults[0].drop and row.faults[1] is not row.faults[0]
    )


class TestClock:
    @pytest.mark.parametrize("ahead", [1500, -7000, 3_600_000, -3_600_000])
    def test_a_wrong_clock_is_corrected_from_the_answer_itself(
        self, cancel: Cancel, exchange: Sandbox, ahead: int
    ) -> None:
        if ENGINE == "websocket" and ahead < -60_000:
            pytest.skip("a log-in is good for a minute")
        order = exchange.place("linear", "BTCUSDT")
        accepted = cancel(
            CancelByOrderId("linear", "BTCUSDT", order.order_id),
            **options_of(exchange),
            clock=lambda: system_clock() + ahead,
        )
        assert (accepted.order_id, accepted.sends) == (order.order_id, 2)

    def test_the_client_keeps_the_correction(self, exchange: Sandbox) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(2)]
        with Bybit(**options_of(exchange), clock=lambda: system_clock() + 5000) as bybit:
            sends = [bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", one.order_id)).sends for one in orders]
        assert sends == [2, 1]

    def test_a_late_refusal_is_corrected_by_half_the_round_trip(self) -> None:
        def handle(_: httpx.Request) -> httpx.Response:
            time.sleep(0.4)
            return httpx.Response(200, json={"retCode": 10002, "time": 50_000})

        with (
            Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle), clock=lambda: 9000) as bybit,
            pytest.raises(ClockError) as caught,
        ):
            bybit.cancel_order(order())
        assert caught.value.evidence.timestamp
        assert 50_150 < caught.value.evidence.timestamp < 50_400

    def test_a_correction_adds_half_the_round_trip(self) -> None:
        world = World(takes=20.0, replies=[reply(10002, time=50_000), reply()])
        with Bybit(API_KEY, API_SECRET, clock=lambda: 9000) as bybit:
            time = world.time()
            world.run(bybit._cancel_flow(time, order(), GivenLimits(90.0)), time)
            assert bybit._caller.clock() == 60_000

    def test_each_correction_stands_for_itself(self) -> None:
        clock = ServerClock(lambda: 1000)
        assert clock.correct(4000)
        assert clock.correct(6000)
        assert clock() == 7000

    @pytest.mark.parametrize("told", [98_333_333_000_000, 1_000_000_000_000, 1])
    def test_a_time_more_than_a_day_away_is_not_taken(self, cancel: Cancel, told: int) -> None:
        sent = Counting(lambda _: httpx.Response(200, json={"retCode": 10002, "time": told}))
        with pytest.raises(ClockError) as caught:
            cancel(order(), transport=httpx.MockTransport(sent), clock=lambda: 1_700_000_000_000, deadline=5)
        assert (sent.count, caught.value.evidence.timestamp) == (1, 1_700_000_000_000)

    @pytest.mark.parametrize("problem", [OSError("no clock"), ValueError("no clock")])
    def test_a_clock_that_raises_before_a_send_leaves_nothing_sent(self, cancel: Cancel, problem: Exception) -> None:
        def fail() -> int:
            raise problem

        sent = Counting(lambda _: httpx.Response(200, json={"retCode": 0}))
        with pytest.raises(NotSent, match=f"clock: raised {type(problem).__name__}"):
            cancel(order(), transport=httpx.MockTransport(sent), clock=fail)
        assert sent.count == 0

    def test_a_clock_that_raises_after_a_send_does_not_hide_the_doubt(self, cancel: Cancel) -> None:
        times = iter([1_700_000_000_000])

        def fail_later() -> int:
            return next(times)  # StopIteration, once it is asked again

        def lose(_: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("lost")

        with pytest.raises(OutcomeUnknown, match="What came last: InvalidInput") as caught:
            cancel(order(), transport=httpx.MockTransport(lose), clock=fail_later, deadline=5)
        assert caught.value.sends == 1

    def test_a_clock_that_raises_after_a_refusal_does_not_hide_it(self, cancel: Cancel) -> None:
        times = iter([1_700_000_000_000])
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"retCode": 10002, "time": 5}))
        with pytest.raises(ClockError):
            cancel(order(), transport=transport, clock=lambda: next(times), deadline=5)

    def test_a_corrected_clock_is_signed_with_at_once(self) -> None:
        answers = iter([{"retCode": 10002, "time": 5000}, {"retCode": 0}])
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=next(answers)))
        with Bybit(API_KEY, API_SECRET, transport=transport, clock=lambda: 9000) as bybit:
            bybit.cancel_order(order(), deadline=0.05)  # no time for a back-off

    def test_a_second_refusal_is_a_clock_error_with_both_times(self, cancel: Cancel) -> None:
        timestamps: list[str] = []

        def refuse(request: httpx.Request) -> httpx.Response:
            timestamps.append(request.headers["X-BAPI-TIMESTAMP"])
            message = f"check your timestamp. req_timestamp[{timestamps[-1]}],server_timestamp[5000],recv_window[5000]"
            return httpx.Response(200, json={"retCode": 10002, "retMsg": message})

        with pytest.raises(ClockError, match=r"server_timestamp\[5000\]") as caught:
            cancel(order(), transport=httpx.MockTransport(refuse), clock=lambda: 9000, deadline=5)
        first, second = map(int, timestamps)
        assert first == 9000
        assert 5000 <= second < 5200  # half of a short round trip later
        assert caught.value.sends == 2
        assert (caught.value.evidence.timestamp, caught.value.evidence.server_time) == (second, 5000)

    @pytest.mark.parametrize(
        ("answer", "headers", "corrected"),
        [
            ({"retMsg": "req_timestamp[9000],server_timestamp[4000]", "time": 3000}, {"Timenow": "2000"}, 4000),
            ({"retMsg": "no", "time": 3000}, {"Timenow": "2000"}, 3000),
            ({"retMsg": "no"}, {"Timenow": "2000"}, 2000),
            ({"retMsg": "server_timestamp[x]"}, {"Timenow": "2000"}, 2000),
        ],
    )
    def test_the_time_is_taken_from_the_best_place(
        self, cancel: Cancel, answer: dict[str, Any], headers: dict[str, str], corrected: int
    ) -> None:
        timestamps: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            timestamps.append(request.headers["X-BAPI-TIMESTAMP"])
            if len(timestamps) == 1:
                return httpx.Response(200, json={"retCode": 10002, **answer}, headers=headers)
            return httpx.Response(200, json={"retCode": 0})

        cancel(order(), transport=httpx.MockTransport(handle), clock=lambda: 9000, deadline=5)
        assert timestamps[0] == "9000"
        assert corrected <= int(timestamps[1]) < corrected + 200

    def test_a_refusal_that_tells_no_time_is_not_sent_again(self, cancel: Cancel) -> None:
        sent = Counting(lambda _: httpx.Response(200, json={"retCode": 10002, "retMsg": "no"}))
        with pytest.raises(ClockError):
            cancel(order(), transport=httpx.MockTransport(sent), deadline=5)
        assert sent.count == 1

    @pytest.mark.parametrize("ahead", [4000, -4000])
    def test_the_clock_can_be_measured_on_demand(self, exchange: Sandbox, ahead: int) -> None:
        with Bybit(**options_of(exchange), clock=lambda: system_clock() + ahead) as bybit:
            offset = bybit.sync_clock()
            placed = exchange.place("linear", "BTCUSDT")
            accepted = bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", placed.order_id))
        assert abs(offset + ahead) < 500
        assert accepted.sends == 1

    def test_the_clock_can_be_measured_by_coroutines_too(self, exchange: Sandbox) -> None:
        async def run() -> int:
            async with AsyncBybit(**options_of(exchange), clock=lambda: system_clock() + 4000) as bybit:
                return await bybit.sync_clock()

        assert abs(asyncio.run(run()) + 4000) < 500

    def test_the_measured_time_is_that_of_the_middle_of_the_round_trip(self) -> None:
        answer: dict[str, Any] = {"result": {"timeSecond": "5", "timeNano": "5000000000"}}
        world = World(takes=4.0, replies=[reply(**answer)])
        with Bybit(API_KEY, API_SECRET, clock=lambda: 1000 + round(world.now * 1000)) as bybit:
            time = world.time()
            assert world.run(bybit._sync_clock_flow(time), time) == 5000 - 3000

    def test_a_measured_time_more_than_a_day_away_is_not_taken(self) -> None:
        answer = {"retCode": 0, "result": {"timeSecond": "5", "timeNano": "98000000000000000000"}}
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
        with (
            Bybit(API_KEY, API_SECRET, transport=transport) as bybit,
            pytest.raises(OutcomeUnknown, match="more than a day") as caught,
        ):
            bybit.sync_clock()
        assert caught.value.ret_code == 0
        assert bybit._caller.clock.offset == 0

    def test_a_time_that_is_no_number_is_not_taken(self) -> None:
        answer = {"retCode": 0, "result": {"timeSecond": "5", "timeNano": "soon"}}
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
        with (
            Bybit(API_KEY, API_SECRET, transport=transport) as bybit,
            pytest.raises(OutcomeUnknown, match="not a number") as caught,
        ):
            bybit.sync_clock()
        assert caught.value.status_code == 200


class TestNothingSent:
    def test_a_refused_connection_is_tried_again_until_the_deadline(self, cancel: Cancel) -> None:
        started = time.monotonic()
        with pytest.raises(NotSent) as caught:
            cancel(order(), base_url="http://127.0.0.1:1", deadline=0.5)
        assert 0.1 < time.monotonic() - started < 1.5
        assert caught.value.sends == 0

    def test_an_exchange_that_comes_back_in_time_is_reached(self, cancel: Cancel) -> None:
        with Sandbox() as sandbox:
            port = int(sandbox.url.rpartition(":")[2])
        comes_back = Sandbox(port)
        placed = comes_back.place("linear", "BTCUSDT")
        timer = threading.Timer(0.3, comes_back.__enter__)
        timer.start()
        try:
            accepted = cancel(
                CancelByOrderId("linear", "BTCUSDT", placed.order_id), **options_of(comes_back) | {"deadline": 5}
            )
        finally:
            timer.join()
            comes_back.__exit__(None, None, None)
        assert accepted.sends == 1

    def test_what_was_refused_before_is_told_when_the_exchange_is_gone_at_the_end(self, cancel: Cancel) -> None:
        def handle(request: httpx.Request) -> httpx.Response:
            if sent.count == 1:
                return httpx.Response(200, json={"retCode": 10006})
            raise httpx.ConnectError("gone", request=request)

        sent = Counting(handle)
        with pytest.raises(RateLimited) as caught:
            cancel(order(), transport=httpx.MockTransport(sent), deadline=0.4)
        assert caught.value.sends == 1


class TestTime:
    def test_the_deadline_and_the_timeout_can_be_set_per_call(self, exchange: Sandbox) -> None:
        placed = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(placed.order_id, [delay_response(0.5)] * ALWAYS)
        with Bybit(**options_of(exchange)) as bybit:
            started = time.monotonic()
            with pytest.raises(OutcomeUnknown) as caught:
                bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", placed.order_id), deadline=0.6, timeout=0.1)
        assert time.monotonic() - started < 3  # the client's own deadline is 5
        assert caught.value.sends >= 2

    def test_a_coroutine_can_be_given_them_too(self, exchange: Sandbox) -> None:
        placed = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(placed.order_id, [delay_response(0.5)] * ALWAYS)

        async def run() -> None:
            async with AsyncBybit(**options_of(exchange)) as bybit:
                order = CancelByOrderId("linear", "BTCUSDT", placed.order_id)
                await bybit.cancel_order(order, deadline=0.6, timeout=0.1)

        started = time.monotonic()
        with pytest.raises(OutcomeUnknown) as caught:
            asyncio.run(run())
        assert time.monotonic() - started < 3  # the client's own deadline is 5
        assert caught.value.sends >= 2

    @over_http
    def test_an_answer_that_comes_byte_by_byte_is_bounded_as_a_whole(self, cancel: Cancel) -> None:
        stop = threading.Event()

        def trickle(server: socket.socket) -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=trickle, args=(server,))
            thread.start()
            started = time.monotonic()
            with pytest.raises(OutcomeUnknown, match="in time"):
                cancel(order(), base_url=f"http://127.0.0.1:{server.getsockname()[1]}", deadline=0.4, timeout=0.35)
            took = time.monotonic() - started
            stop.set()
            thread.join()
        assert took < 3

    def test_a_send_takes_no_longer_than_the_deadline_leaves(self, cancel: Cancel, exchange: Sandbox) -> None:
        placed = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(placed.order_id, [delay_response(3)])
        started = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            cancel(by_id(placed), **options_of(exchange, deadline=0.3, timeout=5.0))
        assert time.monotonic() - started < 2.5

    @over_http
    def test_the_phases_of_a_send_share_its_time(self, cancel: Cancel) -> None:
        """Head after most of the time, then silence: the body must not get the whole time again."""
        stop = threading.Event()

        def serve(server: socket.socket) -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                time.sleep(1.6)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
                stop.wait(5)

        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=serve, args=(server,))
            thread.start()
            started = time.monotonic()
            with pytest.raises(OutcomeUnknown):
                cancel(order(), base_url=f"http://127.0.0.1:{server.getsockname()[1]}", deadline=2.0, timeout=2.0)
            took = time.monotonic() - started
            stop.set()
            thread.join()
        assert took < 3.2

    def test_retry_at_tells_when_calling_again_can_help(self, cancel: Cancel, exchange: Sandbox) -> None:
        placed = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(placed.order_id, [respond_with(10006, reset_in=3)])
        before = system_clock()
        with pytest.raises(RateLimited) as caught:
            cancel(CancelByOrderId("linear", "BTCUSDT", placed.order_id), **options_of(exchange) | {"deadline": 0.5})
        assert caught.value.retry_at
        assert 2500 < caught.value.retry_at - before < 4000


class TestOtherOperations:
    @pytest.mark.parametrize(
        "first",
        [httpx.Response(502), httpx.Response(200, json={"retCode": 0, "result": None})],
        ids=["502", "no result"],
    )
    def test_a_read_is_sent_again(self, first: httpx.Response) -> None:
        from bybit_v5.api.market import get_server_time

        answers = iter(
            [
                first,
                httpx.Response(200, json={"retCode": 0, "result": {"timeSecond": "1", "timeNano": "2"}}),
            ]
        )
        with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(lambda _: next(answers))) as bybit:
            assert bybit.call(get_server_time).result.time_second == "1"

    @pytest.mark.parametrize(("body", "sends"), [(order(), 2), (CancelByOrderLinkId("linear", "BTCUSDT", "link-1"), 1)])
    def test_only_what_the_document_calls_idempotent_is_sent_again(self, body: Any, sends: int) -> None:
        from bybit_v5.api.trade import cancel_order

        sent = Counting(lambda _: httpx.Response(502))
        with (
            Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(sent), max_sends=2) as bybit,
            pytest.raises(OutcomeUnknown),
        ):
            bybit.call(cancel_order, body=body)
        assert sent.count == sends

    @pytest.mark.parametrize("ret_code", [110079, 170144, 170191, 170212])
    def test_what_the_exchange_asks_to_try_again_is_tried_again(self, cancel: Cancel, ret_code: int) -> None:
        codes = iter([ret_code, 0])
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"retCode": next(codes)}))
        assert cancel(order(), transport=transport, deadline=2).sends == 2


class TestBackOff:
    @pytest.mark.parametrize(
        ("tries", "longest"), [(1, 0.1), (2, 0.2), (3, 0.4), (5, 1.6), (6, 2.0), (7, 2.0), (100_000, 2.0)]
    )
    def test_it_doubles_up_to_two_seconds_with_jitter(self, tries: int, longest: float) -> None:
        waits = [backoff_delay(tries) for _ in range(300)]
        assert longest / 2 <= min(waits) < longest * 0.6
        assert longest * 0.9 < max(waits) <= longest

    def test_its_limits_can_be_others(self) -> None:
        assert 4.0 <= backoff_delay(4, first=1.0, longest=10.0) <= 8.0
        assert 5.0 <= backoff_delay(5, first=1.0, longest=10.0) <= 10.0


@pytest.mark.usefixtures("no_jitter")
class TestRateLimit:
    NOW = 1_700_000_000_000

    def refused(self, reset_in: int, **body: int) -> Reply:
        return reply(10006, headers={"x-bapi-limit-reset-timestamp": str(self.NOW + reset_in)}, **body)

    def waits(self, bybit: Bybit, answer: Reply) -> float:
        world = World(replies=[answer, reply()])
        time = world.time()
        world.run(bybit._cancel_flow(time, order(), GivenLimits(90.0)), time)
        return world.now

    @pytest.mark.parametrize(
        ("reset_in", "pause"), [(300, 0.31), (60_000, 60.01), (60_001, 0.1), (0, 0.1), (-300, 0.1), (1, 0.011)]
    )
    def test_it_waits_until_just_after_the_reset_if_that_is_sane(self, reset_in: int, pause: float) -> None:
        with Bybit(API_KEY, API_SECRET, clock=lambda: self.NOW) as bybit:
            assert self.waits(bybit, self.refused(reset_in)) == pytest.approx(pause, abs=1e-6)

    def test_the_exchange_s_own_time_tells_how_long_that_is(self) -> None:
        with Bybit(API_KEY, API_SECRET, clock=lambda: self.NOW + 5000) as bybit:
            assert self.waits(bybit, self.refused(300, time=self.NOW + 100)) == pytest.approx(0.21, abs=1e-6)

    def test_a_reset_after_the_deadline_is_told(self, cancel: Cancel) -> None:
        answer = self.refused(50_000)
        transport = httpx.MockTransport(
            lambda _: httpx.Response(200, content=answer.body, headers=dict(answer.headers))
        )
        with pytest.raises(RateLimited) as caught:
            cancel(order(), transport=transport, clock=lambda: self.NOW, deadline=10.0)
        assert caught.value.retry_at == self.NOW + 50_010
        assert caught.value.sends == 1


class TestInterruption:
    def test_a_cancelled_task_leaves_the_connections_usable(self, exchange: Sandbox) -> None:
        slow, quick = (exchange.place("linear", "BTCUSDT") for _ in range(2))
        exchange.faults.on(slow.order_id, [delay_response(2)])

        async def run() -> CancelAccepted:
            async with AsyncBybit(**options_of(exchange)) as bybit:
                task = asyncio.create_task(bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", slow.order_id)))
                await asyncio.sleep(0.1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                return await bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", quick.order_id))

        assert asyncio.run(run()).order_id == quick.order_id

    def test_ctrl_c_is_not_swallowed_and_leaves_the_connections_usable(self, exchange: Sandbox) -> None:
        slow, quick = (exchange.place("linear", "BTCUSDT") for _ in range(2))
        exchange.faults.on(slow.order_id, [delay_response(2)])
        with Bybit(**options_of(exchange)) as bybit:
            threading.Timer(0.1, signal.raise_signal, args=(signal.SIGINT,)).start()
            with pytest.raises(KeyboardInterrupt):
                bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", slow.order_id))
            accepted = bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", quick.order_id))
        assert accepted.order_id == quick.order_id


class Counting:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        return self._handler(request)


def by_id(placed: Order) -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", placed.order_id)


def test_the_advice_of_every_error_ends_like_a_sentence() -> None:
    def tree(kind: type[BybitError]) -> Iterator[type[BybitError]]:
        yield kind
        for child in kind.__subclasses__():
            yield from tree(child)

    assert all(re.search(r"\.$|^$", kind.advice) for kind in tree(BybitError))


def test_a_transport_is_told_how_long_each_part_of_a_send_may_take(cancel: Cancel) -> None:
    told: list[dict[str, float]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        told.append(request.extensions["timeout"])
        return httpx.Response(200, json={"retCode": 0})

    cancel(CancelByOrderId("linear", "BTCUSDT", "1"), transport=httpx.MockTransport(handle), deadline=9.0, timeout=3.0)
    assert told == [dict.fromkeys(("connect", "read", "write", "pool"), 3.0)]
