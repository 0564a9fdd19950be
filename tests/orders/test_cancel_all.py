"""Cancels of all orders of a kind: which they were, how each ended, and what is open at the end."""

from collections.abc import Iterator
from typing import Any

import pytest
from bybit_v5.models import (
    CancelAllByBaseCoin,
    CancelAllBySettleCoin,
    CancelAllBySymbol,
    CancelAllOptions,
    CancelAllSpot,
    CancelByOrderId,
)

from bybit_ext import (
    AuthenticationFailed,
    Bybit,
    BybitError,
    CancelAccepted,
    CancelAllAccepted,
    CancelOutcome,
    ClockError,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    RateLimit,
    RateLimited,
    UpdatesDropped,
)
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.flow import CallTime, NextEvent
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import (
    StreamFaults,
    drop_response,
    respond_with,
    respond_with_foreign_ids,
    respond_with_page,
    shorten_list,
)
from tests.conftest import API_KEY, API_SECRET, options_of
from tests.orders.conftest import Call
from tests.orders.market import BATCH, CANCEL, CANCEL_ALL, NOW, REALTIME, Market, kinds
from tests.virtual_time import GONE, LOST, no_jitter, page, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

ALL = CancelAllBySymbol("linear", "BTCUSDT")
ALL_SPOT = CancelAllSpot("spot")


@pytest.fixture
def market() -> Market:
    return Market()


def ask(market: Market, request: Any = ALL, deadline: float = 5.0) -> Any:
    market.has_stream = False
    return market.call("_cancel_all_flow", request, deadline)


def confirm(market: Market, request: Any = ALL, deadline: float = 5.0) -> Any:
    return market.call("_confirm_all_flow", request, deadline)


def ids(orders: Any) -> list[str]:
    return [order.order_id for order in orders]


class TestAsking:
    def test_the_orders_that_the_exchange_named_are_told(self, market: Market) -> None:
        market.place_many(3)
        market.place("other", symbol="ETHUSDT")
        accepted = ask(market)
        assert ids(accepted.orders) == ["id-0", "id-1", "id-2"]
        assert (accepted.sends, accepted.server_time) == (1, NOW)
        assert market.bodies(CANCEL_ALL) == [{"category": "linear", "symbol": "BTCUSDT"}]
        assert market.paths() == {CANCEL_ALL: 1}

    def test_nothing_to_cancel_is_accepted(self, market: Market) -> None:
        assert ask(market).orders == []

    @pytest.mark.parametrize(
        ("request_", "body"),
        [
            (CancelAllByBaseCoin("inverse", "BTC"), {"category": "inverse", "baseCoin": "BTC"}),
            (CancelAllBySettleCoin("linear", "USDT"), {"category": "linear", "settleCoin": "USDT"}),
            (CancelAllOptions("option"), {"category": "option"}),
            (CancelAllSpot("spot", order_filter="StopOrder"), {"category": "spot", "orderFilter": "StopOrder"}),
        ],
    )
    def test_each_kind_of_request_is_sent_as_it_is(self, market: Market, request_: Any, body: Any) -> None:
        ask(market, request_)
        assert market.bodies(CANCEL_ALL) == [body]

    def test_more_than_500_futures_orders_are_asked_for_until_none_is_left(self, market: Market) -> None:
        placed = market.place_many(1200)
        accepted = ask(market)
        assert sorted(ids(accepted.orders)) == sorted(placed)
        assert (accepted.sends, market.paths()[CANCEL_ALL]) == (3, 3)
        assert [at for at, _, _ in market.asked] == pytest.approx([0.0, 0.1, 0.3])

    def test_500_orders_may_have_been_all_or_not(self, market: Market) -> None:
        market.place_many(500)
        assert len(ask(market).orders) == 500
        assert market.paths()[CANCEL_ALL] == 2

    def test_499_were_all(self, market: Market) -> None:
        market.place_many(499)
        ask(market)
        assert market.paths()[CANCEL_ALL] == 1

    @pytest.mark.parametrize("request_", [ALL_SPOT, CancelAllOptions("option")])
    def test_all_spot_orders_and_options_are_cancelled_at_once(self, market: Market, request_: Any) -> None:
        """Asked again, it would be about newer orders too."""
        market.place_many(700, category=request_.category)
        assert len(ask(market, request_).orders) == 700
        assert market.paths()[CANCEL_ALL] == 1

    def test_an_exchange_that_names_the_same_orders_again_has_not_cancelled_all(self, market: Market) -> None:
        market.cancel_delay = None
        market.place_many(600)
        with pytest.raises(OutcomeUnknown, match="500 orders; more may be open"):
            ask(market)
        assert market.paths()[CANCEL_ALL] < 10

    def test_more_orders_than_there_is_time_for_are_not_called_done(self, market: Market) -> None:
        market.takes = 0.45
        market.place_many(1200)
        with pytest.raises(OutcomeUnknown, match=r"took the request for 1000 orders; more may be open") as caught:
            ask(market, deadline=1.05)
        assert market.paths()[CANCEL_ALL] == 2
        assert market.now <= 1.05
        assert caught.value.sends == 2

    def test_one_send_is_one_send(self, market: Market) -> None:
        market.place_many(600)
        market.options["max_sends"] = 1
        with pytest.raises(OutcomeUnknown, match="500 orders; more may be open"):
            ask(market)
        assert market.paths()[CANCEL_ALL] == 1

    @pytest.mark.parametrize("brings", [LOST, reply(10003), page(403), reply(10016)])
    def test_an_error_after_the_first_500_does_not_hide_them(self, market: Market, brings: Any) -> None:
        market.place_many(1200)
        market.faults[CANCEL_ALL] = [None, brings]
        with pytest.raises(OutcomeUnknown, match="took the request for 500 orders; more may be open") as caught:
            ask(market)
        assert isinstance(caught.value.__cause__, BybitError)
        assert (market.paths()[CANCEL_ALL], caught.value.sends) == (2, 2)

    @pytest.mark.parametrize("brings", [LOST, page(502), reply(10016), reply(10000), page(429), page(200, "<html>")])
    def test_after_an_unknown_outcome_it_is_not_sent_again(self, market: Market, brings: Any) -> None:
        market.faults[CANCEL_ALL] = [brings]
        with pytest.raises(OutcomeUnknown) as caught:
            ask(market)
        assert (market.paths()[CANCEL_ALL], caught.value.sends) == (1, 1)

    @pytest.mark.parametrize(
        "result",
        [
            {},
            None,
            [],
            {"list": None},
            {"list": [7]},
            {"list": [{"orderId": 7}]},
            {"list": [], "success": "0"},
            {"list": [{"orderId": "id-1"}], "success": "0"},
        ],
    )
    def test_an_answer_that_cannot_be_read_or_says_no_is_unknown(self, market: Market, result: Any) -> None:
        market.faults[CANCEL_ALL] = [reply(result=result)]
        with pytest.raises(OutcomeUnknown) as caught:
            ask(market)
        assert caught.value.ret_code == 0
        assert market.paths()[CANCEL_ALL] == 1

    @pytest.mark.parametrize("success", [{}, {"success": "1"}])
    def test_success_need_not_be_said(self, market: Market, success: Any) -> None:
        market.faults[CANCEL_ALL] = [reply(result={"list": [{"orderId": "a", "orderLinkId": "b"}], **success})]
        assert ids(ask(market).orders) == ["a"]

    def test_all_that_an_answer_says_is_told(self, market: Market) -> None:
        headers = {"traceid": "trace", "x-bapi-limit": "10"}
        market.faults[CANCEL_ALL] = [reply(result={"list": []}, time=5, headers=headers)]
        limit = RateLimit(limit=10)
        assert ask(market) == CancelAllAccepted([], trace_id="trace", rate_limit=limit, server_time=5, sends=1)

    def test_what_does_nothing_is_sent_again(self, market: Market) -> None:
        limited = reply(10006, time=NOW, headers={"x-bapi-limit-reset-timestamp": str(NOW + 900)})
        market.faults[CANCEL_ALL] = [GONE, reply(10002, time=NOW + 9000), limited]
        assert ask(market).sends == 3
        assert market.paths()[CANCEL_ALL] == 4

    @pytest.mark.parametrize(
        ("brings", "kind"),
        [
            (GONE, NotSent),
            (reply(10006), RateLimited),
            (reply(10001), InvalidRequest),
            (reply(10002, time=5), ClockError),
        ],
    )
    def test_a_refusal_is_told(self, market: Market, brings: Any, kind: type[BybitError]) -> None:
        market.faults[CANCEL_ALL] = [brings] * 100
        with pytest.raises(kind):
            ask(market, deadline=1.0)


class TestInput:
    @pytest.mark.parametrize("method", ["cancel_all", "cancel_all_and_confirm"])
    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            (None, r"^request: must be CancelAllBySymbol or .*, not None"),
            ("linear", r"^request: must be .*, not 'linear'"),
            (CancelByOrderId("linear", "BTCUSDT", "1"), r"^request: must be .*, not a CancelByOrderId"),
            (CancelAllBySymbol("spot", "BTCUSDT"), r"^request\.category: must be 'inverse' or 'linear', not 'spot'"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            (
                CancelAllBySymbol("linear", "BTCUSDT", stop_order_type="Stop"),
                r"^request\.stopOrderType: needs ",
            ),
            (CancelAllBySymbol("linear", "\ud800"), r"surrogates"),
        ],
    )
    def test_what_is_wrong_with_a_request_is_told_before_anything_is_sent(
        self, call: Call, method: str, wrong: Any, says: str
    ) -> None:
        with pytest.raises(InvalidInput, match=says):
            call(method, wrong, base_url="http://127.0.0.1:1", deadline=5.0)

    def test_spot_orders_of_a_coin_can_be_cancelled_but_not_confirmed(self, market: Market) -> None:
        request = CancelAllSpot("spot", base_coin="BTC")
        assert ask(market, request).orders == []
        with pytest.raises(InvalidInput, match=r"request\.base_coin: .* give a symbol, or call cancel_all"):
            confirm(market, request)

    def test_a_caller_that_changes_its_model_meanwhile_changes_nothing(self, market: Market) -> None:
        request = CancelAllBySymbol("linear", "BTCUSDT")
        market.place_many(2)

        def change() -> None:
            request.symbol = "ETHUSDT"

        market.faults[REALTIME] = [change]
        assert kinds(confirm(market, request).results) == ["Cancelled"] * 2
        assert market.bodies(CANCEL_ALL) == [{"category": "linear", "symbol": "BTCUSDT"}]

    @pytest.mark.parametrize("method", ["cancel_all", "cancel_all_and_confirm"])
    def test_a_closed_client_says_so(self, method: str) -> None:
        bybit = Bybit(API_KEY, API_SECRET)
        bybit.close()
        with pytest.raises(InvalidInput, match="closed"):
            getattr(bybit, method)(ALL)


@pytest.fixture(params=["a good stream", "no stream", "a silent stream"])
def markets(request: pytest.FixtureRequest) -> Market:
    """Return a market with a stream of each kind."""
    return Market(has_stream=request.param != "no stream", is_silent=request.param == "a silent stream")


class TestConfirming:
    def test_how_each_order_ended_is_told_newest_first(self, markets: Market) -> None:
        placed = markets.place_many(5)
        markets.place("other", symbol="ETHUSDT")
        outcome = confirm(markets)
        assert ids(outcome.before) == placed[::-1]
        assert [result.order.order_id for result in outcome.results] == placed[::-1]
        assert kinds(outcome.results) == ["Cancelled"] * 5
        assert (outcome.still_open, outcome.placed_meanwhile) == ([], [])
        assert sorted(ids(outcome.named)) == placed
        assert all(result.accepted.order_id == result.order.order_id for result in outcome.results)
        assert markets.paths()[CANCEL_ALL] == 1
        assert markets.paths()[BATCH] == 0
        assert markets.open_ids() == ["other"]

    @pytest.mark.parametrize(("named", "link_id"), [("mine", "mine"), ("", None)])
    def test_the_acknowledgement_of_each_order_is_what_the_answer_for_all_says(
        self, market: Market, named: str, link_id: str | None
    ) -> None:
        market.place("a")
        market.end_later("a")
        headers = {"traceid": "trace", "x-bapi-limit": "10"}
        ids_of_all = [{"orderId": "a", "orderLinkId": named}]
        market.faults[CANCEL_ALL] = [reply(10006), reply(result={"list": ids_of_all}, time=5, headers=headers)]
        (result,) = confirm(market).results
        limit = RateLimit(limit=10)
        expected = CancelAccepted("a", link_id, trace_id="trace", rate_limit=limit, server_time=5, sends=2)
        assert result.accepted == expected

    def test_a_fill_that_wins_is_a_fill(self, markets: Market) -> None:
        markets.place_many(3)
        markets.cancel_delay = 0.2
        markets.later(0.1, lambda: markets.end("id-1", "Filled"))
        assert kinds(confirm(markets).results) == ["Cancelled", "Filled", "Cancelled"]

    def test_an_order_placed_meanwhile_is_named_as_such(self, markets: Market) -> None:
        markets.place_many(2)
        markets.cancel_delay = 0.1
        markets.later(0.05, lambda: markets.place("new", created=50))
        outcome = confirm(markets)
        assert kinds(outcome.results) == ["Cancelled"] * 2
        assert ids(outcome.still_open) == ids(outcome.placed_meanwhile) == ["new"]

    def test_an_order_that_stays_open_is_unknown_and_still_open(self, markets: Market) -> None:
        markets.place_many(3)
        markets.cancel_delay = None
        markets.later(0.2, lambda: [markets.end(order_id) for order_id in ("id-0", "id-2")])
        outcome = confirm(markets, deadline=3.0)
        assert kinds(outcome.results) == ["Cancelled", "OutcomeUnknown", "Cancelled"]
        assert ids(outcome.still_open) == ["id-1"]
        assert outcome.placed_meanwhile == []
        assert outcome.results[1].last_order.order_id == "id-1"
        assert outcome.results[1].accepted.order_id == "id-1"
        assert 2.5 < markets.now <= 3.0

    def test_orders_that_the_exchange_does_not_name_are_cancelled_by_their_ids(self, markets: Market) -> None:
        placed = markets.place_many(30)

        def name_some() -> Any:
            for order_id in placed[:5]:
                markets.end_later(order_id)
            return reply(result={"list": [{"orderId": one, "orderLinkId": ""} for one in placed[:5]], "success": "1"})

        markets.faults[CANCEL_ALL] = [name_some]
        outcome = confirm(markets)
        assert kinds(outcome.results) == ["Cancelled"] * 30
        assert markets.times_sent() == dict.fromkeys(placed[5:], 1)
        assert [len(body["request"]) for body in markets.bodies(BATCH)] == [20, 5]
        assert len(outcome.named) == 5

    @pytest.mark.parametrize("max_sends", [None, 1])
    def test_after_a_lost_answer_the_orders_are_cancelled_by_their_ids(
        self, markets: Market, max_sends: int | None
    ) -> None:
        markets.options["max_sends"] = max_sends
        placed = markets.place_many(3)
        markets.faults[CANCEL_ALL] = [LOST]
        outcome = confirm(markets)
        assert kinds(outcome.results) == ["Cancelled"] * 3
        assert markets.times_sent() == dict.fromkeys(placed, 1)
        assert markets.paths()[CANCEL_ALL] == 1
        assert outcome.named == []

    def test_a_lost_answer_to_what_was_carried_out_is_known_in_the_end(self, markets: Market) -> None:
        markets.place_many(3)
        markets.cancel_delay = 0.0
        markets.then_lost(CANCEL_ALL)
        assert kinds(confirm(markets).results) == ["Cancelled"] * 3
        assert markets.paths()[CANCEL_ALL] == 1

    def test_an_order_that_is_gone_after_a_lost_answer_may_be_our_doing(self, markets: Market) -> None:
        markets.place_many(1)

        def forget() -> Any:
            markets.orders.clear()
            return LOST

        markets.faults[CANCEL_ALL] = [forget]
        (error,) = confirm(markets).results
        assert isinstance(error, OrderNotFound)
        assert error.earlier_send_may_have_cancelled

    @pytest.mark.parametrize(
        ("brings", "kind"),
        [(reply(10003), AuthenticationFailed), (page(403), Forbidden), (reply(10001), InvalidRequest)],
    )
    def test_a_refusal_is_raised(self, markets: Market, brings: Any, kind: type[BybitError]) -> None:
        markets.place_many(3)
        markets.faults[CANCEL_ALL] = [brings]
        with pytest.raises(kind):
            confirm(markets)
        assert markets.paths()[BATCH] == 0
        assert len(markets.open_ids()) == 3

    def test_a_refusal_beside_an_order_that_ended_by_itself_is_told(self, market: Market) -> None:
        market.place_many(2)

        def refuse() -> Any:
            market.end("id-0", "Filled")
            return reply(10005)

        market.faults[CANCEL_ALL] = [refuse]
        outcome = confirm(market)
        assert isinstance(outcome.refusal, AuthenticationFailed)
        assert "Filled" in kinds(outcome.results)

    def test_an_order_of_another_symbol_is_left_alone_though_the_list_shows_it(self, market: Market) -> None:
        market.place_many(1)
        foreign = {**market.orders["id-0"], "orderId": "theirs", "symbol": "ETHUSDT"}
        market.faults[REALTIME] = [reply(result={"list": [foreign, market.orders["id-0"]]}, time=NOW)]
        assert ids(confirm(market).before) == ["id-0"]
        assert "theirs" not in market.times_sent()

    def test_pages_without_end_are_not_read_for_ever(self, market: Market) -> None:
        pages = iter(range(10_000))
        market.faults[REALTIME] = [
            lambda: reply(result={"list": [], "nextPageCursor": str(next(pages))}, time=NOW)
        ] * 5000
        assert confirm(market).still_open is None
        assert market.paths()[REALTIME] < 500

    def test_what_never_leaves_is_not_sent(self, markets: Market) -> None:
        markets.place_many(3)
        markets.faults[CANCEL_ALL] = [GONE] * 100
        with pytest.raises(NotSent):
            confirm(markets)

    def test_with_nothing_open_it_is_asked_all_the_same_since_a_list_may_lag(self, markets: Market) -> None:
        markets.place("late")
        markets.faults[REALTIME] = [reply(result={"list": []})]
        outcome = confirm(markets)
        assert (outcome.before, outcome.results) == ([], [])
        assert ids(outcome.named) == ["late"]

    def test_a_list_that_still_shows_what_has_ended_is_not_believed(self, market: Market) -> None:
        market.place_many(2)
        before = [dict(order) for order in market.orders.values()]
        market.faults[REALTIME] = [None, reply(result={"list": before})]
        outcome = confirm(market)
        assert kinds(outcome.results) == ["Cancelled"] * 2
        assert outcome.still_open == []

    @pytest.mark.parametrize("status", ["Filled", "Cancelled", "Rejected", "Deactivated", "PartiallyFilledCanceled"])
    def test_a_closed_order_in_the_list_is_not_called_open(self, market: Market, status: str) -> None:
        market.place_many(2)
        market.place("closed", status)
        shown = [dict(order) for order in market.orders.values()]
        market.faults[REALTIME] = [reply(result={"list": shown}), reply(result={"list": shown})]
        outcome = confirm(market)
        assert ids(outcome.before) == ["id-0", "id-1"]
        assert (outcome.still_open, outcome.placed_meanwhile) == ([], [])

    def test_without_the_list_at_the_end_it_is_not_known_what_is_open(self, market: Market) -> None:
        market.place_many(2)
        market.faults[REALTIME] = [None, reply(10003)]
        outcome = confirm(market)
        assert kinds(outcome.results) == ["Cancelled"] * 2
        assert (outcome.still_open, outcome.placed_meanwhile) == (None, [])

    @pytest.mark.parametrize("wrong", [{"orderId": None}, {"orderId": ""}, {"qty": None}, {"orderStatus": None}])
    def test_an_order_that_cannot_be_read_leaves_it_unknown_what_is_open(self, market: Market, wrong: Any) -> None:
        market.place_many(2)
        market.place("odd")
        shown = [{**order, **wrong} for order in market.orders.values() if order["orderId"] == "odd"]
        market.faults[REALTIME] = [None, reply(result={"list": shown})]
        outcome = confirm(market)
        assert kinds(outcome.results) == ["Cancelled"] * 3
        assert outcome.still_open is None

    def test_so_does_one_on_any_page(self, market: Market) -> None:
        market.place_many(2)
        odd = reply(result={"list": [{"orderId": "odd"}] * 50, "nextPageCursor": "2"})
        market.faults[REALTIME] = [None, odd, reply(result={"list": []})]
        assert confirm(market).still_open is None
        assert market.faults[REALTIME] == []

    @pytest.mark.parametrize("wrong", [{"orderId": ""}, {"orderId": None}, {"orderId": "\ud800"}])
    def test_an_order_that_cannot_be_named_does_not_keep_the_others_from_being_cancelled(
        self, market: Market, wrong: Any
    ) -> None:
        market.place_many(2)
        shown = [dict(order) for order in market.orders.values()]
        market.place("odd")
        shown.append({**market.orders["odd"], **wrong})
        market.faults[REALTIME] = [reply(result={"list": shown})]
        outcome = confirm(market)
        assert {result.order.order_id for result in outcome.results if isinstance(result, CancelOutcome)} >= {
            "id-0",
            "id-1",
        }
        assert market.open_ids() == []

    @pytest.mark.parametrize("brings", [LOST, GONE, reply(10016), page(502)])
    def test_a_list_that_fails_once_is_read_again(self, market: Market, brings: Any) -> None:
        market.place_many(2)
        market.faults[REALTIME] = [brings]
        assert kinds(confirm(market).results) == ["Cancelled"] * 2

    @pytest.mark.parametrize("brings", [LOST, GONE, reply(10016), reply(10003), page(403), reply(10006)])
    def test_orders_that_cannot_be_read_are_cancelled_all_the_same_and_in_time(
        self, market: Market, brings: Any
    ) -> None:
        market.place_many(2)
        market.faults[REALTIME] = [brings] * 100
        says = "took the request for 2 orders, but they could not be read before"
        with pytest.raises(OutcomeUnknown, match=says) as caught:
            confirm(market)
        assert isinstance(caught.value.__cause__, BybitError)
        assert caught.value.sends == 1  # of the request for all
        (asked_at,) = [at for at, path, _ in market.asked if path == CANCEL_ALL]
        assert asked_at < 2.5

    def test_orders_that_a_list_shows_late_are_cancelled_though_the_request_for_all_got_lost(
        self, market: Market
    ) -> None:
        market.place_many(2)
        market.faults[REALTIME] = [reply(result={"list": []})] * 3
        market.faults[CANCEL_ALL] = [LOST]
        outcome = confirm(market)
        assert kinds(outcome.results) == ["Cancelled"] * 2
        assert market.paths()[CANCEL_ALL] == 1

    def test_if_no_list_shows_an_order_the_lost_request_for_all_is_unknown(self, market: Market) -> None:
        market.faults[CANCEL_ALL] = [LOST]
        with pytest.raises(OutcomeUnknown):
            confirm(market)
        assert market.paths()[CANCEL_ALL] == 1
        assert market.now < 5.0

    def test_a_list_that_takes_long_does_not_take_the_time_of_the_cancel(self, market: Market) -> None:
        market.place_many(2)

        def hang() -> Any:
            market._pass(1.0)
            return LOST

        market.faults[REALTIME] = [hang] * 100
        with pytest.raises(OutcomeUnknown):
            confirm(market)
        assert market.paths()[CANCEL_ALL] == 1

    def test_many_orders_are_read_page_by_page(self, markets: Market) -> None:
        placed = markets.place_many(230)
        outcome = confirm(markets, deadline=10)
        assert ids(outcome.before) == placed[::-1]
        assert kinds(outcome.results) == ["Cancelled"] * 230
        assert markets.open_ids() == []

    def test_more_than_500_orders_are_confirmed_too(self, market: Market) -> None:
        market.place_many(620)
        outcome = confirm(market, deadline=10)
        assert kinds(outcome.results) == ["Cancelled"] * 620
        assert market.paths()[CANCEL_ALL] == 2
        assert outcome.still_open == []

    def test_a_cursor_that_comes_again_ends_the_reading(self, market: Market) -> None:
        shown = [dict(market.orders[market.place(f"id-{number}")]) for number in range(50)]
        market.faults[REALTIME] = [reply(result={"list": shown, "nextPageCursor": "again"}) for _ in range(4)]
        outcome = confirm(market)
        assert len(outcome.before) == 50
        assert outcome.still_open is None
        assert market.faults[REALTIME] == []

    def test_orders_of_any_symbol_are_confirmed_if_none_is_named(self, market: Market) -> None:
        market.place("a", symbol="BTCUSDT")
        market.place("b", symbol="ETHUSDT")
        outcome = confirm(market, CancelAllBySettleCoin("linear", "USDT"))
        assert ids(outcome.before) == ["b", "a"]
        assert kinds(outcome.results) == ["Cancelled"] * 2

    def test_what_has_to_be_cancelled_again_is_cancelled_by_its_id(self, market: Market) -> None:
        """Asked again, the request for all would be about newer orders too."""
        market.place_many(2)
        market.faults[CANCEL_ALL] = [LOST]
        market.faults[BATCH] = [LOST] * 4
        outcome = confirm(market, deadline=10.0)
        assert kinds(outcome.results) == ["Cancelled"] * 2
        assert market.paths()[CANCEL_ALL] == 1
        assert market.paths()[BATCH] > 1

    def test_only_orders_of_the_type_that_is_meant_are_confirmed(self, market: Market) -> None:
        market.place("stop", stopOrderType="Stop")
        market.place("profit", stopOrderType="TakeProfit")

        def end_it() -> Any:
            market.end("stop")
            return reply(result={"list": [{"orderId": "stop", "orderLinkId": ""}]})

        market.faults[CANCEL_ALL] = [end_it]
        request = CancelAllBySymbol("linear", "BTCUSDT", order_filter="StopOrder", stop_order_type="Stop")
        outcome = confirm(market, request)
        assert ids(outcome.before) == ["stop"]
        assert kinds(outcome.results) == ["Cancelled"]
        assert outcome.still_open == []

    @pytest.mark.parametrize(
        ("order_filter", "path", "asked_for"),
        [("StopOrder", CANCEL, "StopOrder"), ("Order", BATCH, "Order"), (None, BATCH, "Order")],
    )
    def test_spot_orders_are_cancelled_by_id_as_their_kind_needs_it(
        self, market: Market, order_filter: Any, path: str, asked_for: str
    ) -> None:
        market.place("a", category="spot")
        market.faults[CANCEL_ALL] = [LOST]
        request = CancelAllSpot("spot", symbol="BTCUSDT")
        if order_filter:
            request.order_filter = order_filter
        assert kinds(confirm(market, request).results) == ["Cancelled"]
        assert market.paths()[path] == 1
        assert market.bodies(REALTIME)[0]["orderFilter"] == asked_for
        if path == CANCEL:
            assert market.bodies(path)[0]["orderFilter"] == order_filter

    @pytest.mark.parametrize(
        ("request_", "query"),
        [
            (CancelAllByBaseCoin("linear", "BTC"), {"baseCoin": "BTC"}),
            (
                CancelAllBySettleCoin("linear", "USDT", order_filter="OpenOrder"),
                {"settleCoin": "USDT", "orderFilter": "Order"},
            ),
            (CancelAllOptions("option"), {}),
            (CancelAllOptions("option", symbol="X", base_coin="Y"), {"symbol": "X"}),
            (CancelAllSpot("spot"), {"orderFilter": "Order"}),
        ],
    )
    def test_the_orders_that_are_meant_are_queried(self, market: Market, request_: Any, query: Any) -> None:
        confirm(market, request_)
        assert market.bodies(REALTIME)[0] == {"category": request_.category, "limit": "50", **query}

    def test_dropped_updates_are_made_up_for(self, market: Market) -> None:
        market.is_silent = True
        market.place_many(3)
        market.publish(UpdatesDropped("too slow", dropped=3), 0.2)
        assert kinds(confirm(market).results) == ["Cancelled"] * 3

    def test_the_end_of_the_stream_is_made_up_for(self, market: Market) -> None:
        market.is_silent = True
        market.place_many(3)
        market.publish(AuthenticationFailed("the stream is over"), 0.005)
        assert kinds(confirm(market).results) == ["Cancelled"] * 3


def test_closing_early_closes_the_subscription(market: Market) -> None:
    market.place_many(3)
    for stops in range(4):
        market.stream.closed = 0
        with market.client() as bybit:
            flow = bybit._confirm_all_flow(CallTime(lambda: 0.0), ALL, GivenLimits(5.0))
            effect: Any = next(flow)
            for _ in range(stops):
                effect = flow.send(market.perform(effect))
            flow.close()
        assert market.stream.closed
        assert not isinstance(effect, NextEvent) or effect.subscription is market.stream


# ---- over real sockets


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.01) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _nothing_left(exchange: Sandbox) -> Iterator[None]:
    yield
    exchange.faults.clear()
    for order in exchange.open_orders():
        exchange.fill(order.order_id)


FAULTS = {
    "all goes well": [],
    "the answer lost": [drop_response()],
    "the answer lost, not carried out": [drop_response(carry_out=False)],
    "502": [respond_with_page(502)],
    "a short list": [shorten_list()],
    "foreign ids": [respond_with_foreign_ids()],
    "10006 once": [respond_with(10006, reset_in=0.1)],
}


class TestExchange:
    @pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
    @pytest.mark.parametrize(
        "stream", [StreamFaults(), StreamFaults(silent=True), None], ids=["stream", "silent", "none"]
    )
    def test_all_are_cancelled_in_the_end(
        self, call: Call, exchange: Sandbox, faults: Any, stream: StreamFaults | None
    ) -> None:
        exchange.faults.stream = stream or StreamFaults()
        exchange.faults.on_next(faults, of="cancel_alls")
        placed = [exchange.place("linear", "BTCUSDT").order_id for _ in range(3)]
        other = exchange.place("linear", "ETHUSDT")
        outcome = call("cancel_all_and_confirm", ALL, **options_of(exchange, stream=stream is not None))
        assert kinds(outcome.results) == ["Cancelled"] * 3
        assert {result.order.order_id for result in outcome.results} == {*placed}
        assert outcome.still_open == []
        assert exchange.order(other.order_id).order_status == "New"

    def test_cancel_all_names_the_orders(self, call: Call, exchange: Sandbox) -> None:
        placed = {exchange.place("spot", "BTCUSDT").order_id for _ in range(3)}
        accepted = call("cancel_all", ALL_SPOT, **options_of(exchange))
        assert {order.order_id for order in accepted.orders} == placed
        assert accepted.trace_id

    def test_spot_orders_with_a_trigger_are_confirmed(self, call: Call, exchange: Sandbox) -> None:
        exchange.place("spot", "BTCUSDT", order_filter="StopOrder")
        exchange.place("spot", "BTCUSDT")
        exchange.faults.on_next([drop_response(carry_out=False)], of="cancel_alls")
        request = CancelAllSpot("spot", order_filter="StopOrder")
        assert kinds(call("cancel_all_and_confirm", request, **options_of(exchange)).results) == ["Deactivated"]
        assert len(exchange.open_orders()) == 1

    def test_the_times_of_a_call_can_be_given(self, call: Call, exchange: Sandbox) -> None:
        exchange.place("linear", "BTCUSDT")
        exchange.faults.on_next([respond_with(10006)] * 100, of="cancel_alls")
        for method in ("cancel_all", "cancel_all_and_confirm"):
            with pytest.raises(RateLimited):
                call(method, ALL, times={"deadline": 1.6, "timeout": 1.5}, **options_of(exchange))
