"""Many cancels confirmed together: how each order ended, over one stream, and whatever became of the others."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, CancelSpotByOrderId

from bybit_ext import (
    BybitError,
    CancelOutcome,
    Forbidden,
    OrderNotFound,
    OutcomeUnknown,
    UpdatesDropped,
)
from bybit_ext.auth.clock import system_clock
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.flow import CallTime, Flow
from bybit_ext.orders.batch import BatchItem
from bybit_ext.orders.joint_cancel import CancelQueue
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    StreamFaults,
    drop_response,
    fill_first,
    respond_with,
    respond_with_foreign_ids,
    respond_with_page,
    shorten_list,
)
from bybit_ext.stream.events import StreamState
from tests.conftest import options_of
from tests.orders.conftest import Call
from tests.orders.market import BATCH, CANCEL, HISTORY, REALTIME, Market, kinds
from tests.virtual_time import GONE, LOST, no_jitter, page, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")


def by_id(order_id: str) -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", order_id)


def by_link_id(link_id: str) -> CancelByOrderLinkId:
    return CancelByOrderLinkId("linear", "BTCUSDT", link_id)


def confirm(market: Market, requests: Any, deadline: float = 5.0, timeout: float | None = None) -> list[Any]:
    results: list[Any] = market.call("_confirm_batch_flow", requests, deadline, timeout)
    assert market.now <= deadline
    return results


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture(params=["a good stream", "no stream", "a silent stream"])
def markets(request: pytest.FixtureRequest) -> Market:
    """Return a market with a stream of each kind."""
    return Market(has_stream=request.param != "no stream", is_silent=request.param == "a silent stream")


class TestEnds:
    def test_each_order_has_its_own_end_in_the_order_that_was_asked_for(self, markets: Market) -> None:
        for order_id in "abcd":
            markets.place(order_id, orderLinkId=f"link-{order_id}")
        markets.end("b", "Filled")
        results = confirm(markets, [by_id("d"), by_id("b"), by_link_id("link-a"), by_id("none"), by_id("c")])
        assert kinds(results) == ["Cancelled", "Filled", "Cancelled", "OrderNotFound", "Cancelled"]
        assert [one.order.order_id for one in results if isinstance(one, CancelOutcome)] == ["d", "b", "a", "c"]

    def test_over_a_good_stream_nothing_is_read_and_one_request_leaves(self, market: Market) -> None:
        placed = market.place_many(20)
        results = confirm(market, [by_id(order_id) for order_id in placed])
        assert {one.confirmed_by for one in results} == {"stream"}
        assert market.paths() == {BATCH: 1}
        assert all(one.accepted.sends == 1 for one in results)

    def test_without_word_from_the_stream_the_orders_are_read_back(self) -> None:
        market = Market(is_silent=True)
        placed = market.place_many(20)
        results = confirm(market, [by_id(order_id) for order_id in placed])
        assert {(one.status, one.confirmed_by) for one in results} == {("Cancelled", "read-back")}

    def test_fills_win_against_cancels(self, markets: Market) -> None:
        placed = markets.place_many(6)
        markets.cancel_delay = 0.3
        markets.later(0.1, lambda: [markets.end(order_id, "Filled") for order_id in placed[::2]])
        results = confirm(markets, [by_id(order_id) for order_id in placed])
        assert kinds(results) == ["Filled", "Cancelled"] * 3
        assert [one.filled_qty for one in results] == [2, 0] * 3

    def test_300_orders_at_once(self, markets: Market) -> None:
        placed = markets.place_many(300)
        results = confirm(markets, [by_id(order_id) for order_id in placed], deadline=10)
        assert kinds(results) == ["Cancelled"] * 300
        assert markets.paths()[BATCH] == 15
        assert markets.times_sent() == dict.fromkeys(placed, 1)

    def test_orders_of_every_category(self, markets: Market) -> None:
        categories: list[Any] = ["linear", "inverse", "spot", "option"]
        placed = [markets.place(f"id-{number}", category=categories[number % 4]) for number in range(40)]
        requests: list[Any] = [
            CancelByOrderId(categories[number % 4], "BTCUSDT", order_id) for number, order_id in enumerate(placed)
        ]
        markets.place("stop", category="spot")
        requests.append(CancelSpotByOrderId("spot", "BTCUSDT", "stop", "StopOrder"))
        assert kinds(confirm(markets, requests)) == ["Cancelled"] * 41
        assert (markets.paths()[BATCH], markets.paths()[CANCEL]) == (4, 1)

    def test_an_order_that_is_given_twice_has_its_end_twice(self, markets: Market) -> None:
        markets.place("a", orderLinkId="mine")
        results = confirm(markets, [by_id("a"), by_id("a"), by_link_id("mine")])
        assert kinds(results) == ["Cancelled"] * 3

    def test_nothing_to_cancel_is_nothing_to_do(self, market: Market) -> None:
        assert confirm(market, []) == []
        assert (market.asked, market.stream.closed) == ([], 0)

    def test_orders_may_come_from_a_generator(self, market: Market) -> None:
        placed = market.place_many(3)
        assert kinds(confirm(market, (by_id(order_id) for order_id in placed))) == ["Cancelled"] * 3

    def test_a_caller_that_changes_its_models_meanwhile_changes_nothing(self, market: Market) -> None:
        placed = market.place_many(3)
        requests = [by_id(order_id) for order_id in placed]

        def change() -> None:
            for request in requests:
                request.order_id = "changed"

        market.faults[BATCH] = [change]
        results = confirm(market, requests)
        assert [one.order.order_id for one in results] == placed


class TestOneOfMany:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [(110001, "Cancelled"), (10005, "AuthenticationFailed"), (10001, "InvalidRequest"), (4711, "Refused")],
    )
    def test_an_order_that_is_refused_does_not_hide_the_others(self, markets: Market, code: int, kind: str) -> None:
        placed = markets.place_many(5)
        markets.codes["id-2"] = [code] * 100
        if kind == "Cancelled":
            markets.later(0.05, lambda: markets.end("id-2"))
        results = confirm(markets, [by_id(order_id) for order_id in placed])
        assert kinds(results) == ["Cancelled", "Cancelled", kind, "Cancelled", "Cancelled"]

    def test_an_order_that_stays_open_does_not_hold_the_others_up(self, markets: Market) -> None:
        placed = markets.place_many(5)
        markets.codes["id-2"] = [0] * 100
        results = confirm(markets, [by_id(order_id) for order_id in placed])
        assert kinds(results) == ["Cancelled", "Cancelled", "OutcomeUnknown", "Cancelled", "Cancelled"]
        assert results[2].last_order.order_id == "id-2"
        assert all(one.confirmed_at - one.requested_at < 1500 for one in results if isinstance(one, CancelOutcome))

    @pytest.mark.parametrize("code", [110079, 10006, 10016])
    def test_an_order_that_asks_to_be_tried_again_for_ever_does_not_hold_the_others_up(
        self, markets: Market, code: int
    ) -> None:
        """One by its link id lost its answer: what is sent by its id must not wait for the other order."""
        markets.place("busy")
        markets.place("a", orderLinkId="mine")
        markets.codes["busy"] = [code] * 1000
        markets.codes["a"] = [10016]
        results = confirm(markets, [by_id("busy"), by_link_id("mine")], deadline=6.0)
        assert kinds(results)[1] == "Cancelled"
        assert results[1].confirmed_at - results[1].requested_at < 2500
        assert isinstance(results[0], BybitError)

    def test_an_order_that_is_filled_while_its_cancel_waits_is_filled(self, market: Market) -> None:
        market.place("a")
        market.codes["a"] = [110079] * 1000
        market.later(0.3, lambda: market.end("a", "Filled"))
        (result,) = confirm(market, [by_id("a")])
        assert result.status == "Filled"

    def test_an_order_that_cannot_be_read_is_its_own_matter(self, market: Market) -> None:
        market.is_silent = True
        placed = market.place_many(3)
        shown = reply(result={"list": [{**market.orders["id-0"], "qty": "many"}]})
        market.faults[REALTIME] = [shown]
        assert kinds(confirm(market, [by_id(order_id) for order_id in placed])) == ["Cancelled"] * 3

    def test_each_error_is_one_of_its_own(self, market: Market) -> None:
        market.faults[BATCH] = [page(403)]
        results = confirm(market, [by_id(order_id) for order_id in market.place_many(20)])
        assert all(isinstance(one, Forbidden) for one in results)
        assert len({id(one) for one in results}) == 20


class TestDoubt:
    @pytest.mark.parametrize("brings", [LOST, GONE, page(502), reply(10016), reply(10006), reply(result={})])
    def test_what_went_wrong_with_a_batch_once_is_made_up_for(self, markets: Market, brings: Any) -> None:
        for number in range(4):
            markets.place(f"id-{number}", orderLinkId=f"link-{number}")
        markets.faults[BATCH] = [brings]
        requests = [by_id("id-0"), by_link_id("link-1"), by_id("id-2"), by_link_id("link-3")]
        results = confirm(markets, requests)
        if brings.__class__.__name__ == "Reply" and brings.body.startswith(b'{"retCode": 0'):
            # It was accepted, and never carried out: nobody can say more.
            assert kinds(results) == ["OutcomeUnknown"] * 4
            assert markets.paths()[BATCH] == 1
        else:
            assert kinds(results) == ["Cancelled"] * 4
            assert [one.order.order_id for one in results] == ["id-0", "id-1", "id-2", "id-3"]

    def test_a_lost_answer_to_what_was_carried_out_is_known_in_the_end(self, markets: Market) -> None:
        for number in range(4):
            markets.place(f"id-{number}", orderLinkId=f"link-{number}")
        markets.then_lost(BATCH)
        results = confirm(markets, [by_id("id-0"), by_link_id("link-1"), by_id("id-2"), by_link_id("link-3")])
        assert kinds(results) == ["Cancelled"] * 4

    @pytest.mark.parametrize("brings", [LOST, reply(10016)])
    def test_an_order_by_its_link_id_is_sent_again_by_its_order_id(self, markets: Market, brings: Any) -> None:
        markets.place("a", orderLinkId="mine")
        markets.faults[BATCH] = [brings]
        assert kinds(confirm(markets, [by_link_id("mine")])) == ["Cancelled"]
        assert markets.times_sent() == {"mine": 1, "a": 1}

    def test_what_a_batch_says_of_the_exchange_s_clock_counts(self) -> None:
        """Otherwise an order of the last second might have been created after the call began."""
        market = Market(has_stream=False, lists_say_time=False)
        market.place("a", orderLinkId="mine", created=-500)
        market.codes["a"] = [10016]
        assert kinds(confirm(market, [by_link_id("mine")])) == ["Cancelled"]

    def test_a_link_id_that_is_used_again_meanwhile_names_the_order_that_was_there(self, markets: Market) -> None:
        markets.place("old", orderLinkId="mine")

        def use_again() -> Any:
            markets.end("old", "Filled")
            markets.place("new", orderLinkId="mine", created=60)
            return LOST

        markets.takes = 0.05
        markets.faults[BATCH] = [use_again]
        (result,) = confirm(markets, [by_link_id("mine")])
        assert (result.status, result.order.order_id) == ("Filled", "old")
        assert markets.open_ids() == ["new"]
        assert "new" not in markets.times_sent()

    def test_what_never_leaves_is_not_sent(self, markets: Market) -> None:
        markets.faults[BATCH] = [GONE] * 100
        results = confirm(markets, [by_id(order_id) for order_id in markets.place_many(25)])
        assert kinds(results) == ["NotSent"] * 25

    def test_nothing_that_can_be_known_is_known_by_the_deadline(self, markets: Market) -> None:
        markets.faults[BATCH] = [LOST] * 1000
        markets.faults[REALTIME] = markets.faults[HISTORY] = [LOST] * 3000
        results = confirm(markets, [by_id(order_id) for order_id in markets.place_many(3)])
        assert kinds(results) == ["OutcomeUnknown"] * 3
        assert all(one.sends >= 2 for one in results)

    def test_max_sends_bounds_the_cancels_of_each_order(self, markets: Market) -> None:
        markets.options["max_sends"] = 2
        markets.place("a", orderLinkId="mine")
        markets.place("b")
        markets.faults[BATCH] = [LOST] * 100
        confirm(markets, [by_link_id("mine"), by_id("b")])
        assert markets.times_sent()["b"] == 2
        assert markets.times_sent()["mine"] + markets.times_sent()["a"] == 2

    def test_an_order_is_not_found_only_after_the_lists_lacked_it_for_long_enough(self, markets: Market) -> None:
        started = markets.now
        results = confirm(markets, [by_id("none"), by_id("nor that")])
        assert all(isinstance(one, OrderNotFound) for one in results)
        assert markets.now - started >= markets.absent_after


class TestTime:
    def test_slow_requests_are_over_by_the_deadline_with_a_result_for_each(self) -> None:
        market = Market(is_silent=True, takes=0.2)
        placed = market.place_many(100)
        results = confirm(market, [by_id(order_id) for order_id in placed], deadline=3.0)
        assert len(results) == 100
        assert {type(one) for one in results} <= {CancelOutcome, OutcomeUnknown}

    def test_events_of_a_good_stream_are_heard_between_slow_requests(self) -> None:
        market = Market(takes=0.2)
        placed = market.place_many(100)
        results = confirm(market, [by_id(order_id) for order_id in placed], deadline=5.0)
        assert kinds(results) == ["Cancelled"] * 100

    def test_a_send_has_a_fifth_of_the_deadline(self, market: Market) -> None:
        market.takes = 9.0
        market.faults[BATCH] = [LOST] * 100
        confirm(market, [by_id(market.place("a"))], deadline=5.0)
        assert [at for at, path, _ in market.asked if path == BATCH][:2] == [0.0, 1.1]


class TestStream:
    def test_updates_that_were_dropped_are_made_up_for(self, market: Market) -> None:
        placed = market.place_many(3)
        market.hidden = {*placed}
        market.publish(UpdatesDropped("too slow", dropped=3), 0.05)
        results = confirm(market, [by_id(order_id) for order_id in placed])
        assert {(one.status, one.confirmed_by) for one in results} == {("Cancelled", "read-back")}
        assert market.now < 0.3

    def test_its_end_is_made_up_for(self, market: Market) -> None:
        placed = market.place_many(3)
        market.hidden = {*placed}
        market.publish(Forbidden("the stream is over"), 0.05)
        results = confirm(market, [by_id(order_id) for order_id in placed])
        assert {(one.status, one.confirmed_by) for one in results} == {("Cancelled", "read-back")}
        assert market.now < 0.3

    def test_its_loss_is_made_up_for(self, market: Market) -> None:
        placed = market.place_many(3)
        market.hidden = {*placed}
        market.publish(StreamState.DISCONNECTED, 0.05)
        assert kinds(confirm(market, [by_id(order_id) for order_id in placed])) == ["Cancelled"] * 3
        assert market.now < 0.3

    def test_what_becomes_of_other_orders_does_not_matter(self, market: Market) -> None:
        placed = market.place_many(3)
        market.place("other", orderLinkId="")
        market.later(0.005, lambda: market.end("other", "Filled"))
        assert kinds(confirm(market, [by_id(order_id) for order_id in placed])) == ["Cancelled"] * 3

    def test_closing_early_closes_the_subscription(self, market: Market) -> None:
        placed = market.place_many(3)
        for stops in range(4):
            market.stream.closed = 0
            with market.client() as bybit:
                requests = [by_id(order_id) for order_id in placed]
                flow = bybit._confirm_batch_flow(CallTime(lambda: market.now), requests, GivenLimits(5.0))
                effect: Any = next(flow)
                for _ in range(stops):
                    effect = flow.send(market.perform(effect))
                flow.close()
            assert market.stream.closed


def test_cancels_that_are_asked_for_at_once_are_sent_by_one_flow() -> None:
    sent: list[list[BatchItem]] = []
    flows: list[Flow[None]] = []

    def send(items: Any, on_answer: Any) -> Flow[None]:
        yield from ()
        sent.append(list(items))
        for item in items:
            on_answer(item)

    queue = CancelQueue(send, flows.append)
    items = [BatchItem(by_id(str(number))) for number in range(4)]
    inboxes = [queue.ask(item) for item in items[:3]]
    assert [inbox.get() for inbox in inboxes] == [None] * 3
    (first,) = flows
    assert list(first) == []
    assert [inbox.get() for inbox in inboxes] == items[:3]
    queue.ask(items[3])
    assert list(flows[1]) == []
    assert sent == [items[:3], items[3:]]


# ---- over real sockets


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.02) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _nothing_left(exchange: Sandbox) -> Iterator[None]:
    yield
    exchange.faults.clear()
    for order in exchange.open_orders():
        exchange.fill(order.order_id)


BATCH_FAULTS: dict[str, list[Fault]] = {
    "all goes well": [],
    "the answer lost": [drop_response()],
    "the answer lost, not carried out": [drop_response(carry_out=False)],
    "502": [respond_with_page(502)],
    "10006": [respond_with(10006, reset_in=0.2)],
    "10016, carried out": [respond_with(10016, carry_out=True)],
    "foreign ids": [respond_with_foreign_ids()],
    "no lists": [shorten_list(9, 9)],
    "short lists": [shorten_list()],
    "filled after": [Fault(lose_race_after=True)],
}


@pytest.mark.parametrize("faults", BATCH_FAULTS.values(), ids=BATCH_FAULTS)
@pytest.mark.parametrize("stream", [StreamFaults(), StreamFaults(silent=True), None], ids=["stream", "silent", "none"])
def test_what_goes_wrong_with_a_batch_is_known_in_the_end(
    call: Call, exchange: Sandbox, faults: list[Fault], stream: StreamFaults | None
) -> None:
    exchange.faults.stream = stream or StreamFaults()
    exchange.faults.on_next(faults, of="batches")
    before = len(exchange.orders())
    exchange.clock = lambda: system_clock() - 60_000  # by a link id, an order that has just been placed is doubtful
    placed = [exchange.place("linear", "BTCUSDT", order_link_id=f"b-{before + number}") for number in range(4)]
    exchange.clock = system_clock
    requests: list[Any] = [
        by_link_id(str(one.order_link_id)) if number % 2 else by_id(one.order_id) for number, one in enumerate(placed)
    ]
    results = call("cancel_batch_and_confirm", requests, **options_of(exchange, stream=stream is not None))
    wanted = "Filled" if faults and faults[0].lose_race_after else "Cancelled"
    assert kinds(results) == [wanted] * 4
    assert [one.order.order_id for one in results] == [one.order_id for one in placed]


def test_what_goes_wrong_with_single_orders(call: Call, exchange: Sandbox) -> None:
    placed = [exchange.place("linear", "BTCUSDT") for _ in range(5)]
    exchange.faults.on(placed[0].order_id, [fill_first(110001)]).on(placed[1].order_id, [respond_with(10001)] * 9)
    exchange.faults.on(placed[2].order_id, [respond_with(10016, carry_out=True)])
    exchange.faults.on(placed[3].order_id, [respond_with(110079)])
    results = call("cancel_batch_and_confirm", [by_id(one.order_id) for one in placed], **options_of(exchange))
    assert kinds(results) == ["Filled", "InvalidRequest", "Cancelled", "Cancelled", "Cancelled"]


def test_a_stream_that_is_lost_meanwhile_is_made_up_for(call: Call) -> None:
    with Sandbox(cancel_delay=0.3) as exchange:
        placed = [exchange.place("linear", "BTCUSDT") for _ in range(30)]
        timer = threading.Timer(0.2, exchange.drop_streams)
        timer.start()
        results = call("cancel_batch_and_confirm", [by_id(one.order_id) for one in placed], **options_of(exchange))
        timer.join()
    assert kinds(results) == ["Cancelled"] * 30


@pytest.mark.parametrize("stream", [True, False])
def test_300_orders_over_sockets(call: Call, exchange: Sandbox, *, stream: bool) -> None:
    placed = [exchange.place("linear", "BTCUSDT") for _ in range(300)]
    requests = [by_id(one.order_id) for one in placed]
    results = call("cancel_batch_and_confirm", requests, **options_of(exchange, stream=stream, deadline=20.0))
    assert kinds(results) == ["Cancelled"] * 300
    assert [one.order.order_id for one in results] == [one.order_id for one in placed]


def test_the_times_of_a_call_can_be_given(call: Call) -> None:
    with Sandbox(cancel_delay=60) as exchange:
        order = exchange.place("linear", "BTCUSDT")
        times = {"deadline": 0.8, "timeout": 0.2}
        (result,) = call("cancel_batch_and_confirm", [by_id(order.order_id)], times=times, **options_of(exchange))
    assert isinstance(result, OutcomeUnknown)
    assert "last seen as New" in str(result)
