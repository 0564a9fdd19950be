"""How an order ended, told by the stream or read back; never guessed."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Order,
)

from bybit_ext import (
    AsyncBybit,
    AuthenticationFailed,
    Bybit,
    BybitError,
    CancelOutcome,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
)
from bybit_ext.auth.clock import system_clock
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    StreamFaults,
    delay_response,
    drop_response,
    fill_first,
    respond_with,
    respond_with_body,
    respond_with_page,
    respond_with_status,
    truncate_response,
)
from bybit_ext.sandbox.queries import OrderQuery
from tests.conftest import Confirm, options_of, over_http

ALWAYS = 100
STREAMS: dict[str, StreamFaults | None] = {
    "a good stream": StreamFaults(),
    "no stream": None,
    "a silent stream": StreamFaults(silent=True),
    "a late stream": StreamFaults(delay=0.8),
    "duplicates": StreamFaults(duplicate=True),
    "out of order": StreamFaults(out_of_order=True),
    "a refused stream": StreamFaults(refuse_auth=True),
}


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.02) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _no_faults_left(exchange: Sandbox) -> Iterator[None]:
    yield
    exchange.faults.clear()


def by_id(order: Order) -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", order.order_id)


@pytest.fixture(params=list(STREAMS.values()), ids=list(STREAMS))
def options(request: pytest.FixtureRequest, exchange: Sandbox) -> dict[str, Any]:
    """Return what reaches the exchange, over a stream of each kind."""
    if request.param is None:
        return options_of(exchange, stream=False)
    exchange.faults.stream = request.param
    return options_of(exchange)


class TestEveryWayToLearnTheEnd:
    def test_a_cancelled_order_is_cancelled(self, confirm: Confirm, exchange: Sandbox, options: Any) -> None:
        order = exchange.place("linear", "BTCUSDT", qty="2")
        exchange.fill(order.order_id, "0.5")
        outcome = confirm(by_id(order), **options)
        assert (outcome.status, outcome.cancelled) == ("Cancelled", True)
        assert (outcome.filled_qty, outcome.remaining_qty) == (Decimal("0.5"), Decimal("1.5"))
        assert outcome.order.reject_reason == "EC_PerCancelRequest"
        assert outcome.accepted
        assert outcome.accepted.order_id == order.order_id
        assert outcome.requested_at <= outcome.confirmed_at

    @pytest.mark.parametrize("ret_code", [None, 110001])
    def test_an_order_that_was_filled_first_is_filled(
        self, confirm: Confirm, exchange: Sandbox, options: Any, ret_code: int | None
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [fill_first(ret_code)])
        outcome = confirm(by_id(order), **options)
        assert (outcome.status, outcome.cancelled, outcome.accepted) == ("Filled", False, None)
        assert (outcome.filled_qty, outcome.remaining_qty) == (Decimal(1), Decimal(0))

    def test_a_fill_after_the_acknowledgement_is_a_fill(
        self, confirm: Confirm, exchange: Sandbox, options: Any
    ) -> None:
        """The double message of a lost race says CancelByUser, and the order is filled all the same."""
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [Fault(lose_race_after=True)])
        outcome = confirm(by_id(order), **options)
        assert (outcome.status, outcome.cancelled) == ("Filled", False)
        assert outcome.accepted

    @pytest.mark.parametrize(
        "faults",
        [
            [drop_response()],
            [drop_response(carry_out=False)],
            [truncate_response()],
            [respond_with(10016, carry_out=True)],
            [respond_with(10000)],
            [respond_with_page(502)],
            [drop_response(), respond_with(110001)],
            [respond_with(10006, reset_in=0.2)],
            [respond_with(110001, carry_out=True)],
        ],
    )
    def test_a_doubtful_cancel_is_known_in_the_end(
        self, confirm: Confirm, exchange: Sandbox, options: Any, faults: list[Fault]
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, faults)
        outcome = confirm(by_id(order), **options)
        assert (outcome.status, outcome.order.order_id) == ("Cancelled", order.order_id)

    def test_a_link_id_names_the_order_too(self, confirm: Confirm, exchange: Sandbox, options: Any) -> None:
        older = exchange.place("linear", "BTCUSDT", order_link_id="used-again")
        exchange.fill(older.order_id)
        order = exchange.place("linear", "BTCUSDT", order_link_id="used-again")
        outcome = confirm(CancelByOrderLinkId("linear", "BTCUSDT", "used-again"), **options)
        assert (outcome.status, outcome.order.order_id) == ("Cancelled", order.order_id)
        exchange.faults.clear()


@pytest.mark.parametrize(
    ("order_filter", "filled", "status"),
    [
        ("Order", "0.25", "PartiallyFilledCanceled"),
        ("tpslOrder", None, "Deactivated"),
        ("StopOrder", None, "Deactivated"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_each_end_of_a_cancelled_spot_order_counts_as_cancelled(
    confirm: Confirm, exchange: Sandbox, order_filter: Any, filled: str | None, status: str, *, stream: bool
) -> None:
    order = exchange.place("spot", "XRPUSDT", order_filter=order_filter, order_link_id=f"end-{order_filter}")
    if filled:
        exchange.fill(order.order_id, filled)
        request: Any = CancelSpotByOrderId("spot", "XRPUSDT", order.order_id, order_filter)
    else:
        request = CancelSpotByOrderLinkId("spot", "XRPUSDT", order.order_link_id, order_filter)
    outcome = confirm(request, **options_of(exchange, stream=stream))
    assert (outcome.status, outcome.cancelled, outcome.filled_qty) == (status, True, Decimal(filled or 0))


class TestWhoTells:
    def test_a_good_stream_is_believed_without_reading_back(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        assert confirm(by_id(order), **options_of(exchange)).confirmed_by == "stream"

    @pytest.mark.parametrize("stream", [None, StreamFaults(silent=True), StreamFaults(delay=2)])
    def test_without_word_from_the_stream_the_order_is_read_back(
        self, confirm: Confirm, exchange: Sandbox, stream: StreamFaults | None
    ) -> None:
        exchange.faults.stream = stream or StreamFaults()
        order = exchange.place("linear", "BTCUSDT")
        outcome = confirm(by_id(order), **options_of(exchange, stream=stream is not None))
        assert outcome.confirmed_by == "read-back"

    def test_a_stream_that_never_answers_holds_the_cancel_up_only_shortly(
        self, confirm: Confirm, exchange: Sandbox
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"ws://127.0.0.1:{silent.getsockname()[1]}/v5/private"
            started = time.monotonic()
            outcome = confirm(by_id(order), **options_of(exchange, stream_url=url, deadline=2.0))
        assert outcome.accepted
        assert 0.4 < time.monotonic() - started < 1.2

    def test_a_stream_that_is_lost_meanwhile_is_made_up_for(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [delay_response(0.3)])
        timer = threading.Timer(0.15, exchange.drop_streams)
        timer.start()
        outcome = confirm(by_id(order), **options_of(exchange))
        timer.join()
        assert outcome.status == "Cancelled"

    def test_a_stream_that_nobody_serves_does_not_hold_the_cancel_up(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        started = time.monotonic()
        outcome = confirm(by_id(order), **options_of(exchange, stream_url="ws://127.0.0.1:1/v5/private"))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "read-back")
        assert time.monotonic() - started < 0.9

    def test_reading_back_waits_for_its_own_rate_limit(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_read([respond_with(10006, reset_in=0.2)] * 2)
        outcome = confirm(by_id(order), **options_of(exchange, stream=False))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "read-back")

    def test_a_good_stream_saves_the_reading(self, confirm: Confirm) -> None:
        with Sandbox(cancel_delay=0.2) as exchange:
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.on_read([respond_with_page(403)] * ALWAYS)
            assert confirm(by_id(order), **options_of(exchange)).confirmed_by == "stream"
            assert len(exchange.faults._next_read) == ALWAYS

    def test_what_becomes_of_other_orders_does_not_bring_the_reading_on(self, confirm: Confirm) -> None:
        with Sandbox(cancel_delay=0.2) as exchange:
            exchange.place("linear", "BTCUSDT")
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.on(order.order_id, [Fault(fill_others=True)])
            exchange.faults.on_read([respond_with_page(403)] * ALWAYS)
            assert confirm(by_id(order), **options_of(exchange)).confirmed_by == "stream"
            assert len(exchange.faults._next_read) == ALWAYS

    @pytest.mark.parametrize(
        "fault",
        [
            respond_with_body(b'{"retCode": 0, "result": null}'),
            respond_with_status(404),
            respond_with(10001),
            respond_with(10005),
            respond_with_page(502),
        ],
    )
    def test_a_reading_that_fails_once_is_read_again(self, confirm: Confirm, exchange: Sandbox, fault: Fault) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_read([fault])
        outcome = confirm(by_id(order), **options_of(exchange, stream=False))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "read-back")

    def test_a_list_that_lags_behind_is_read_again(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [fill_first(110001)])
        exchange.faults.on_read([respond_with_body(b'{"retCode": 0, "result": {"list": []}}')] * 4)
        outcome = confirm(by_id(order), **options_of(exchange, stream=False))
        assert outcome.status == "Filled"

    @pytest.mark.parametrize("stream", [True, False])
    def test_a_rejected_order_has_ended_and_was_not_cancelled(
        self, confirm: Confirm, exchange: Sandbox, *, stream: bool
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.end(order.order_id, "Rejected")
        outcome = confirm(by_id(order), **options_of(exchange, stream=stream))
        assert (outcome.status, outcome.cancelled) == ("Rejected", False)

    def test_a_rate_limit_that_fits_the_deadline_is_waited_for(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [respond_with(10006, reset_in=1.4)])
        started = time.monotonic()
        outcome = confirm(by_id(order), **options_of(exchange, deadline=2.2))
        assert outcome.status == "Cancelled"
        assert time.monotonic() - started > 1.3

    def test_a_lost_stream_does_not_cut_a_rate_limit_short(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [respond_with(10006, reset_in=1.0)])
        timer = threading.Timer(0.3, exchange.drop_streams)
        timer.start()
        started = time.monotonic()
        outcome = confirm(by_id(order), **options_of(exchange))
        timer.join()
        assert outcome.accepted
        assert outcome.accepted.sends == 2
        assert time.monotonic() - started > 0.9

    def test_the_stream_may_drop_while_it_alone_can_tell(self, confirm: Confirm) -> None:
        with Sandbox(cancel_delay=1.2) as exchange:
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.on_read([respond_with_page(403)] * ALWAYS)
            timer = threading.Timer(0.8, exchange.drop_streams)
            timer.start()
            outcome = confirm(by_id(order), **options_of(exchange))
            timer.join()
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "stream")

    def test_the_times_are_told_by_one_clock(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        outcome = confirm(by_id(order), **options_of(exchange), clock=lambda: system_clock() + 5000)
        assert 0 <= outcome.confirmed_at - outcome.requested_at < 2000
        assert abs(outcome.confirmed_at - system_clock()) < 2000


class TestWhatCannotBeKnown:
    @pytest.mark.parametrize("stream", [True, False])
    def test_an_order_that_stays_open_is_unknown_with_how_it_was_last_seen(
        self, confirm: Confirm, *, stream: bool
    ) -> None:
        with Sandbox(cancel_delay=60) as exchange:
            order = exchange.place("linear", "BTCUSDT")
            with pytest.raises(OutcomeUnknown, match=r"It was last seen as New\.") as caught:
                confirm(by_id(order), **options_of(exchange, stream=stream, deadline=1.2))
        assert caught.value.last_order
        assert caught.value.last_order.order_id == order.order_id
        assert caught.value.accepted
        assert caught.value.accepted.order_id == order.order_id
        assert caught.value.trace_id
        assert (caught.value.trace_id, caught.value.sends) == (caught.value.accepted.trace_id, 1)

    def test_an_unknown_status_is_carried_and_is_no_end(self, confirm: Confirm) -> None:
        with Sandbox(cancel_delay=60) as exchange:
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.misreport(order.order_id, {"orderStatus": "NewStatus"})
            exchange.faults.on(order.order_id, [respond_with(10016)] * ALWAYS)
            with pytest.raises(OutcomeUnknown, match="last seen as another status"):
                confirm(by_id(order), **options_of(exchange, stream=False, deadline=0.8))

    @pytest.mark.parametrize("quantity", ["many", "NaN", "Infinity"])
    def test_an_order_whose_quantities_are_no_numbers_proves_nothing(self, confirm: Confirm, quantity: str) -> None:
        with Sandbox(cancel_delay=0.0) as exchange:
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.misreport(order.order_id, {"qty": quantity})
            with pytest.raises(OutcomeUnknown):
                confirm(by_id(order), **options_of(exchange, deadline=0.8))

    def test_a_cancel_that_never_gets_through_is_unknown(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [drop_response(carry_out=False)] * ALWAYS)
        started = time.monotonic()
        with pytest.raises(OutcomeUnknown, match=r"It was last seen as New\.") as caught:
            confirm(by_id(order), **options_of(exchange, deadline=1.0))
        assert 0.9 < time.monotonic() - started < 1.6
        assert caught.value.accepted is None
        assert caught.value.sends >= 2

    def test_an_order_that_is_found_but_cannot_be_read_is_not_called_absent(self, confirm: Confirm) -> None:
        with Sandbox(cancel_delay=60) as exchange:
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.misreport(order.order_id, {"qty": "many"})
            exchange.faults.on(order.order_id, [respond_with(110001)])
            with pytest.raises(OutcomeUnknown, match="What came before: OrderNotFound"):
                confirm(by_id(order), **options_of(exchange, stream=False, deadline=1.8))

    def test_an_open_order_is_read_again_and_again_but_not_without_pause(self, confirm: Confirm) -> None:
        readings: list[OrderQuery] = []

        class CountingSandbox(Sandbox):
            def query(self, query: OrderQuery) -> list[Order]:
                readings.append(query)
                return super().query(query)

        with CountingSandbox(cancel_delay=60) as exchange:
            order = exchange.place("linear", "BTCUSDT", order_link_id="open")
            with pytest.raises(OutcomeUnknown):
                confirm(by_id(order), **options_of(exchange, deadline=1.5))
        assert 2 <= len(readings) <= 8

    @pytest.mark.parametrize("ret_code", [110001, 110010])
    def test_an_answer_that_cannot_be_checked_is_not_believed(
        self, confirm: Confirm, exchange: Sandbox, ret_code: int
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [respond_with(ret_code)])
        exchange.faults.on_read([respond_with(10003)] * ALWAYS)
        with pytest.raises(OutcomeUnknown, match=r"could not be read.*before: Order(NotFound|Closed): ") as caught:
            confirm(by_id(order), **options_of(exchange, stream=False, deadline=1.0))
        assert caught.value.ret_code == ret_code

    def test_the_stream_can_tell_what_cannot_be_read_back(self, confirm: Confirm, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.stream = StreamFaults(delay=0.8)
        exchange.faults.on_read([respond_with_page(403)] * ALWAYS)
        outcome = confirm(by_id(order), **options_of(exchange))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "stream")


class TestRefused:
    @pytest.mark.parametrize("stream", [True, False])
    def test_an_order_that_never_was_is_not_found(self, confirm: Confirm, exchange: Sandbox, *, stream: bool) -> None:
        started = time.monotonic()
        with pytest.raises(OrderNotFound):
            confirm(CancelByOrderId("linear", "BTCUSDT", "unknown"), **options_of(exchange, stream=stream))
        assert time.monotonic() - started < 2

    def test_an_order_that_is_closed_but_forgotten_is_closed(self, confirm: Confirm, exchange: Sandbox) -> None:
        exchange.faults.on_next([respond_with(110008)])
        with pytest.raises(OrderClosed):
            confirm(CancelByOrderId("linear", "BTCUSDT", "forgotten"), **options_of(exchange))

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            (respond_with(10001), InvalidRequest),
            (respond_with(10003), AuthenticationFailed),
            pytest.param(respond_with_page(403), Forbidden, marks=over_http),
        ],
    )
    def test_another_refusal_is_what_it_is(
        self, confirm: Confirm, exchange: Sandbox, fault: Fault, kind: type[BybitError]
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on(order.order_id, [fault])
        with pytest.raises(kind):
            confirm(by_id(order), **options_of(exchange))

    def test_what_was_not_sent_is_not_sent(self, confirm: Confirm, exchange: Sandbox) -> None:
        with pytest.raises(NotSent):
            confirm(
                CancelByOrderId("linear", "BTCUSDT", "1"),
                **options_of(exchange, base_url="http://127.0.0.1:1", deadline=0.5),
            )

    @pytest.mark.parametrize("order", [{}, None, CancelByOrderId("linear", "BTCUSDT", "")])
    def test_what_cannot_be_sent_is_told_at_once(self, confirm: Confirm, exchange: Sandbox, order: Any) -> None:
        with pytest.raises(InvalidInput, match="body"):
            confirm(order, **options_of(exchange))

    def test_a_closed_client_opens_no_stream(self, exchange: Sandbox) -> None:
        bybit = Bybit(**options_of(exchange))
        bybit.close()
        threads = threading.active_count()
        with pytest.raises(InvalidInput, match="closed"):
            bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", "1"))
        with pytest.raises(InvalidInput, match="closed"):
            next(bybit.orders())
        assert threading.active_count() == threads


class TestMatching:
    @pytest.mark.parametrize("stream", [True, False])
    def test_an_earlier_order_with_the_same_link_id_is_not_taken_for_the_open_one(
        self, confirm: Confirm, exchange: Sandbox, *, stream: bool
    ) -> None:
        link_id = f"twice-{time.monotonic_ns()}"
        exchange.clock = lambda: system_clock() - 60_000  # both are placed a minute ago
        older = exchange.place("linear", "BTCUSDT", order_link_id=link_id)
        exchange.fill(older.order_id)
        newer = exchange.place("linear", "BTCUSDT", order_link_id=link_id)
        exchange.clock = system_clock
        exchange.faults.on(newer.order_id, [respond_with_status(502)] * ALWAYS)
        request = CancelByOrderLinkId("linear", "BTCUSDT", link_id)
        # The older one's end comes on the stream while the newer one is being cancelled.
        timer = threading.Timer(0.2, exchange.repeat_last_event, args=(older.order_id,))
        timer.start()
        with pytest.raises(OutcomeUnknown, match=r"It was last seen as New\.") as caught:
            confirm(request, **options_of(exchange, stream=stream, deadline=1.2))
        timer.join()
        assert caught.value.last_order
        assert caught.value.last_order.order_id == newer.order_id
        exchange.fill(newer.order_id)

    def test_an_order_that_only_its_link_id_names_is_told_by_its_times(
        self, confirm: Confirm, exchange: Sandbox
    ) -> None:
        exchange.clock = lambda: system_clock() - 1000  # long before the call, however slow this machine is
        order = exchange.place("linear", "BTCUSDT", order_link_id="bare")
        exchange.clock = system_clock
        exchange.faults.on(order.order_id, [respond_with_body(b'{"retCode": 0}')])
        outcome = confirm(CancelByOrderLinkId("linear", "BTCUSDT", "bare"), **options_of(exchange))
        assert (outcome.status, outcome.order.order_id) == ("Cancelled", order.order_id)

    @pytest.mark.parametrize(
        ("told", "name"),
        [
            ({"orderId": "id-9"}, {"orderId": "id-9"}),
            ({}, {"orderLinkId": "mine", "limit": "50"}),
            # An empty link id beside it contradicts the request: such an order id is not believed.
            ({"orderId": "foreign", "orderLinkId": ""}, {"orderLinkId": "mine", "limit": "50"}),
        ],
    )
    def test_once_the_exchange_has_told_the_id_it_is_read_back_by_that(
        self, confirm: Confirm, told: dict[str, str], name: dict[str, str]
    ) -> None:
        asked: list[dict[str, str]] = []
        ids = {"symbol": "BTCUSDT", "orderId": "id-9", "orderLinkId": "mine"}
        times = {"createdTime": "1700000000000", "updatedTime": str(system_clock() + 1000)}
        ended = ids | times | {"qty": "1", "cumExecQty": "0", "orderStatus": "Cancelled"}

        def handle(request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                return httpx.Response(200, json={"retCode": 0, "result": told, "time": system_clock()})
            asked.append(dict(request.url.params))
            return httpx.Response(200, json={"retCode": 0, "result": {"list": [ended]}})

        options = {"stream_url": None, "base_url": "https://exchange.example", "deadline": 2.0}
        request = CancelByOrderLinkId("linear", "BTCUSDT", "mine")
        outcome = confirm(request, transport=httpx.MockTransport(handle), **options)
        assert outcome.order.order_id == "id-9"
        assert outcome.order.category == "linear"
        assert all(one == {"category": "linear", "symbol": "BTCUSDT", **name} for one in asked)

    def test_of_several_closed_orders_the_newest_is_meant_in_whatever_order_they_are_listed(
        self, confirm: Confirm
    ) -> None:
        class ReversingSandbox(Sandbox):
            def query(self, query: OrderQuery) -> list[Order]:
                return super().query(query)[::-1]

            def query_history(self, query: OrderQuery) -> list[Order]:
                return super().query_history(query)[::-1]

        with ReversingSandbox(cancel_delay=0.0) as exchange:
            for qty in ("1", "2", "3"):
                order = exchange.place("linear", "BTCUSDT", order_link_id="thrice", qty=qty)
                exchange.fill(order.order_id)
                time.sleep(0.002)  # orders are dated in ms
            outcome = confirm(CancelByOrderLinkId("linear", "BTCUSDT", "thrice"), **options_of(exchange))
        assert outcome.filled_qty == Decimal(3)

    def test_another_order_on_the_stream_is_not_taken_for_ours(self, confirm: Confirm) -> None:
        with Sandbox(cancel_delay=0.3) as exchange:
            ours = exchange.place("linear", "BTCUSDT", order_link_id="same")
            exchange.faults.on(ours.order_id, [Fault(fill_others=True)])
            others = [
                exchange.place("linear", "BTCUSDT"),
                exchange.place("linear", "ETHUSDT", order_link_id="same"),
                exchange.place("inverse", "BTCUSDT", order_link_id="same"),
            ]
            outcome = confirm(CancelByOrderLinkId("linear", "BTCUSDT", "same"), **options_of(exchange))
            assert (outcome.status, outcome.order.order_id) == ("Cancelled", ours.order_id)
            assert {exchange.order(one.order_id).order_status for one in others} == {"Filled"}


@pytest.mark.parametrize("kind", [Bybit, AsyncBybit])
class TestTimesOfACall:
    @staticmethod
    def confirm(kind: type, exchange: Sandbox, **times: Any) -> CancelOutcome:
        order, options = exchange.place("linear", "BTCUSDT"), options_of(exchange, stream=False)
        exchange.faults.on(order.order_id, [delay_response(3)])

        async def run() -> CancelOutcome:
            async with AsyncBybit(**options) as bybit:
                return await bybit.cancel_and_confirm(by_id(order), **times)

        if kind is AsyncBybit:
            return asyncio.run(run())
        with Bybit(**options) as bybit:
            return bybit.cancel_and_confirm(by_id(order), **times)

    def test_the_deadline_can_be_given(self, kind: type) -> None:
        started = time.monotonic()
        with Sandbox(cancel_delay=60) as exchange, pytest.raises(OutcomeUnknown, match="last seen as New"):
            self.confirm(kind, exchange, deadline=0.7)
        assert time.monotonic() - started < 3.5

    def test_the_timeout_can_be_given(self, kind: type, exchange: Sandbox) -> None:
        outcome = self.confirm(kind, exchange, timeout=0.1)
        assert outcome.status == "Cancelled"
        assert outcome.confirmed_at - outcome.requested_at < 950  # ms; a fifth of the deadline would be 1000

    def test_one_send_leaves_time_to_read_back(self, kind: type, exchange: Sandbox) -> None:
        assert self.confirm(kind, exchange, deadline=2.0).status == "Cancelled"


def test_cancelling_the_task_leaves_the_stream_usable(exchange: Sandbox) -> None:
    slow, quick = (exchange.place("linear", "BTCUSDT") for _ in range(2))
    exchange.faults.on(slow.order_id, [delay_response(2)])

    async def run() -> str:
        async with AsyncBybit(**options_of(exchange)) as bybit:
            task = asyncio.create_task(bybit.cancel_and_confirm(by_id(slow)))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await bybit.cancel_and_confirm(by_id(quick))).confirmed_by

    assert asyncio.run(run()) == "stream"


def test_ctrl_c_leaves_the_stream_usable(exchange: Sandbox) -> None:
    slow, quick = (exchange.place("linear", "BTCUSDT") for _ in range(2))
    exchange.faults.on(slow.order_id, [delay_response(1)])
    with Bybit(**options_of(exchange)) as bybit:
        threading.Timer(0.2, signal.raise_signal, args=(signal.SIGINT,)).start()
        with pytest.raises(KeyboardInterrupt):
            bybit.cancel_and_confirm(by_id(slow))
        assert bybit.cancel_and_confirm(by_id(quick)).confirmed_by == "stream"
