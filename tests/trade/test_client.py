"""The clients with `engine="websocket"`: their settings, and what they raise, against the sandbox."""

import asyncio
from typing import Any

import pytest
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import (
    CancelAllBySymbol,
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelOrderResponse,
    FuturesLimitOrder,
)

from bybit_ext import (
    AsyncBybit,
    AuthenticationFailed,
    Bybit,
    BybitError,
    CancelOutcome,
    Forbidden,
    InvalidInput,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
)
from bybit_ext.auth.clock import system_clock
from bybit_ext.engines.hosts import TRADE_HOSTS
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    delay_response,
    drop_response,
    respond_with,
    respond_with_body,
    respond_with_page,
    truncate_response,
)
from tests.conftest import API_KEY, API_SECRET, Cancel, Confirm, answering, options_of
from tests.engines.senders import until
from tests.engines.servers import Peer, RawServer, reply
from tests.sandbox.wire import RSA_PUBLIC_KEY, wait_for_end
from tests.vectors import CONTENT

from .exchange import Venue, echo, serving

LONG = 10.0  # seconds
LIMIT_ORDER = FuturesLimitOrder("linear", "BTCUSDT", "Buy", "1", "100", order_link_id="once")


def trading(exchange: Sandbox, **options: Any) -> dict[str, Any]:
    """Return what a client needs to reach an exchange over the trade WebSocket."""
    return options_of(exchange, engine="websocket", trade_url=exchange.trade_url, **options)


def order_on(exchange: Sandbox, *faults: Fault) -> CancelByOrderId:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, faults)
    return CancelByOrderId("linear", "BTCUSDT", order.order_id)


class TestSettings:
    @pytest.mark.parametrize(
        ("options", "url"),
        [
            ({}, "wss://stream.bybit.com/v5/trade"),
            ({"environment": "testnet"}, "wss://stream-testnet.bybit.com/v5/trade"),
            ({"region": "kz"}, "wss://stream.bybit.kz/v5/trade"),
            ({"region": "nl", "trade_url": "wss://elsewhere.example/v5/trade"}, "wss://elsewhere.example/v5/trade"),
            ({"base_url": "https://a.example", "trade_url": "wss://b.example/x?y=z"}, "wss://b.example/x?y=z"),
        ],
    )
    def test_the_url_is_the_documented_one_or_the_given(self, options: dict[str, Any], url: str) -> None:
        with Bybit(API_KEY, API_SECRET, engine="websocket", trust_env=False, **options) as bybit:
            assert bybit._trade
            assert bybit._trade.route.address.url == url

    def test_every_documented_url_can_be_used(self) -> None:
        for environment, region in TRADE_HOSTS:
            with Bybit(API_KEY, API_SECRET, environment=environment, region=region, engine="websocket") as bybit:
                assert bybit._trade
                assert bybit._trade.route.address.is_secure

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"environment": "demo"}, "^engine: 'websocket' has no documented trade WebSocket.*demo.*trade_url="),
            ({"region": "nl"}, "^engine: 'websocket' has no documented trade WebSocket.*'nl'"),
            ({"base_url": "https://elsewhere.example"}, "^trade_url: is missing"),
            ({"trade_url": "https://stream.bybit.com"}, "^trade_url: is not a wss or ws URL"),
            ({"trade_url": "ws://stream.bybit.com/v5/trade"}, "^trade_url: would send keys and orders in clear text"),
            ({"trade_url": 5}, "^trade_url: cannot be a int"),
        ],
    )
    def test_what_cannot_be_used_is_named(self, options: dict[str, Any], message: str) -> None:
        for client in (Bybit, AsyncBybit):
            with pytest.raises(InvalidInput, match=message):
                client(API_KEY, API_SECRET, engine="websocket", **options)

    def test_clear_text_can_be_allowed(self) -> None:
        url = "ws://elsewhere.example/v5/trade"
        with Bybit(API_KEY, API_SECRET, engine="websocket", trade_url=url, allow_insecure=True) as bybit:
            assert bybit._trade

    def test_other_engines_need_no_trade_websocket(self) -> None:
        with Bybit(API_KEY, API_SECRET, environment="demo") as bybit:
            assert bybit._trade is None

    def test_a_clock_that_cannot_sign_the_log_in_leaves_nothing_sent(self, cancel: Cancel, exchange: Sandbox) -> None:
        order, asked = order_on(exchange), list[int]()

        def fail_once() -> int:
            asked.append(1)
            if len(asked) == 1:
                raise OSError("no clock")
            return system_clock()

        with pytest.raises(InvalidInput, match=r"^clock: raised OSError"):
            cancel(order, **trading(exchange), clock=fail_once)
        assert len(asked) == 1
        assert [one.order_id for one in exchange.open_orders()] == [order.order_id]

    def test_it_goes_through_the_proxy_too(self) -> None:
        with Bybit(API_KEY, API_SECRET, engine="websocket", proxy="http://user:word@host:1") as bybit:
            assert bybit._trade
            assert bybit._trade.route.proxy
            assert bybit._trade.route.proxy.host == "host"
            # Its answer may echo them.
            assert {*bybit._trade.route.proxy.secrets, API_KEY} < {*bybit._trade.log_in().secrets}
            assert "word" not in repr(bybit._trade)

    def test_a_transport_goes_before_it(self, cancel: Cancel) -> None:
        transport = answering(json={"retCode": 0})
        assert cancel(CancelByOrderId("linear", "BTCUSDT", "1"), engine="websocket", transport=transport).sends == 1


class TestCalls:
    def test_a_cancel_is_acknowledged(self, exchange: Sandbox, cancel: Cancel) -> None:
        order = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        accepted = cancel(CancelByOrderLinkId("linear", "BTCUSDT", "mine"), **trading(exchange))
        assert (accepted.order_id, accepted.order_link_id, accepted.sends) == (order.order_id, "mine", 1)
        assert accepted.trace_id
        assert accepted.server_time
        assert accepted.rate_limit
        assert accepted.rate_limit.limit == 10
        assert wait_for_end(exchange, order).order_status == "Cancelled"

    def test_a_cancel_is_confirmed(self, exchange: Sandbox, confirm: Confirm) -> None:
        outcome = confirm(order_on(exchange), **trading(exchange))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "stream")

    def test_an_rsa_key_logs_in(self, exchange: Sandbox, cancel: Cancel) -> None:
        exchange.register_key("rsa-key", RSA_PUBLIC_KEY)
        keys = {"api_key": "rsa-key", "api_secret": CONTENT["secrets"]["RSA"]}
        assert cancel(order_on(exchange), **{**trading(exchange), **keys}).sends == 1

    @pytest.mark.parametrize("faults", [[], [drop_response()], [respond_with(10016, carry_out=True)]])
    def test_an_order_is_placed_once(self, exchange: Sandbox, faults: list[Fault]) -> None:
        exchange.faults.on_create("once", faults)
        with Bybit(**trading(exchange)) as bybit:
            accepted = bybit.place_order(LIMIT_ORDER)
        assert [order.order_id for order in exchange.open_orders()] == [accepted.order_id]

    @pytest.mark.parametrize("fault", [drop_response(carry_out=False), respond_with(20006)])
    def test_an_order_of_which_nothing_is_known_is_not_placed_again(self, exchange: Sandbox, fault: Fault) -> None:
        exchange.faults.on_create("once", [fault])
        with Bybit(**trading(exchange)) as bybit, pytest.raises(OutcomeUnknown):
            bybit.place_order(LIMIT_ORDER, deadline=1.0)
        assert exchange.open_orders() == []

    def test_a_batch_is_cancelled(self, exchange: Sandbox) -> None:
        orders = [order_on(exchange) for _ in range(3)]
        with Bybit(**trading(exchange)) as bybit:
            outcomes = bybit.cancel_batch_and_confirm([*orders, CancelByOrderId("linear", "BTCUSDT", "unknown")])
        assert [type(one) for one in outcomes] == [CancelOutcome] * 3 + [OrderNotFound]
        assert exchange._app.state.trade._desk.req_ids  # that way it went

    def test_all_are_cancelled_over_http(self, exchange: Sandbox) -> None:
        order_on(exchange)
        with Bybit(**trading(exchange)) as bybit:
            assert len(bybit.cancel_all(CancelAllBySymbol("linear", "BTCUSDT")).orders) == 1
        assert not exchange._app.state.trade._desk.req_ids

    def test_the_rest_goes_over_http(self, exchange: Sandbox) -> None:
        with Bybit(**trading(exchange)) as bybit:
            assert bybit.call(get_server_time).ret_code == 0
            assert bybit.call(get_orders, category="linear", symbol="NONEUSDT").result.list_ == []
            assert not exchange._app.state.trade._connections.all()

    def test_generated_functions_use_it_too(self, exchange: Sandbox) -> None:
        async def run(bybit: Bybit) -> Any:
            async with bybit.client as client:
                return await cancel_order.asyncio(client=client, body=order_on(exchange))

        with Bybit(**trading(exchange)) as bybit:
            assert isinstance(cancel_order.sync(client=bybit.client, body=order_on(exchange)), CancelOrderResponse)
            assert len(exchange._app.state.trade._connections.all()) == 1
            assert isinstance(asyncio.run(run(bybit)), CancelOrderResponse)

    def test_a_wrong_clock_is_corrected_by_the_answer(self, exchange: Sandbox, cancel: Cancel) -> None:
        accepted = cancel(order_on(exchange), **trading(exchange), clock=lambda: system_clock() + 3000)
        assert accepted.sends == 2


class TestErrors:
    def test_a_refused_log_in_is_an_error_of_the_tree_and_no_send(self, exchange: Sandbox, cancel: Cancel) -> None:
        exchange.faults.trade.refuse_auth = True
        with pytest.raises(AuthenticationFailed) as caught:
            cancel(order_on(exchange), **trading(exchange))
        assert (caught.value.sends, caught.value.ret_code, caught.value.evidence.timestamp) == (0, 10003, None)

    def test_a_wrong_secret_shows_neither_key_nor_signature(self, exchange: Sandbox, cancel: Cancel) -> None:
        with pytest.raises(AuthenticationFailed, match=r"api_key\[\*\*\*\] sign\[\*\*\*\]"):
            cancel(order_on(exchange), **{**trading(exchange), "api_secret": "wrong"})

    def test_a_log_in_that_is_refused_after_a_lost_answer_leaves_the_outcome_unknown(
        self, exchange: Sandbox, cancel: Cancel
    ) -> None:
        order = order_on(exchange, drop_response())
        stop = exchange.listen(lambda _: setattr(exchange.faults.trade, "refuse_auth", True))
        with pytest.raises(OutcomeUnknown) as caught:
            cancel(order, **trading(exchange))
        stop()
        assert caught.value.sends == 1
        assert isinstance(caught.value.__cause__, AuthenticationFailed)

    def test_a_server_that_forbids_is_forbidden(self, exchange: Sandbox, cancel: Cancel) -> None:
        def serve(peer: Peer) -> None:
            peer.read_head()
            peer.send(reply(b"access too frequent", status="403 Forbidden"))

        with RawServer(serve) as server, pytest.raises(Forbidden, match="too many requests") as caught:
            cancel(order_on(exchange), **{**trading(exchange), "trade_url": server.url.replace("http", "ws")})
        assert (caught.value.sends, server.opened) == (0, 1)

    def test_a_clock_that_fails_is_named(self, exchange: Sandbox, cancel: Cancel) -> None:
        def fail() -> int:
            raise RuntimeError

        with pytest.raises(InvalidInput, match=r"^clock: raised RuntimeError"):
            cancel(order_on(exchange), **trading(exchange), clock=fail)

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (drop_response(), OutcomeUnknown),
            (drop_response(carry_out=False), OutcomeUnknown),
            (truncate_response(), OutcomeUnknown),
            (delay_response(LONG), OutcomeUnknown),
            (respond_with_page(), OutcomeUnknown),
            (respond_with_body(b""), OutcomeUnknown),
            (respond_with_body(b'{"retMsg": "OK"}'), OutcomeUnknown),
            (respond_with(10016), OutcomeUnknown),
            (respond_with(10019), OutcomeUnknown),
            (respond_with(20006), OutcomeUnknown),
            (respond_with(10429), RateLimited),
            (respond_with(10403), RateLimited),
            (respond_with(20003), RateLimited),
            (respond_with(110010), OrderClosed),
        ],
    )
    def test_one_send_ends_as_over_http(
        self, exchange: Sandbox, cancel: Cancel, fault: Fault, error: type[BybitError]
    ) -> None:
        with pytest.raises(error) as caught:
            cancel(order_on(exchange, fault), **trading(exchange), max_sends=1, timeout=1.0)
        assert caught.value.sends == 1

    def test_a_lost_answer_is_made_up_for(self, exchange: Sandbox, confirm: Confirm) -> None:
        order = order_on(exchange, drop_response(carry_out=False), respond_with(10019), respond_with(10016))
        outcome = confirm(order, **trading(exchange))
        assert (outcome.status, outcome.accepted and outcome.accepted.sends) == ("Cancelled", 4)

    def test_a_dropped_connection_leaves_all_that_was_in_flight_unknown(self, exchange: Sandbox) -> None:
        orders = [order_on(exchange, delay_response(LONG)) for _ in range(5)]

        async def run() -> list[Any]:
            async with AsyncBybit(**trading(exchange), max_sends=1) as bybit:
                calls = [asyncio.create_task(bybit.cancel_order(order)) for order in orders]
                async with asyncio.timeout(LONG):
                    await until(lambda: all(exchange.order(one.order_id).order_status != "New" for one in orders))
                exchange.drop_trade_connections()
                return await asyncio.gather(*calls, return_exceptions=True)

        assert [type(one) for one in asyncio.run(run())] == [OutcomeUnknown] * 5

    def test_what_is_sent_once_lands_in_the_right_call(self, exchange: Sandbox) -> None:
        orders = [order_on(exchange, delay_response(0.1 * (i % 3))) for i in range(12)]

        async def run() -> list[str | None]:
            async with AsyncBybit(**trading(exchange)) as bybit:
                accepted = await asyncio.gather(*map(bybit.cancel_order, orders))
                return [one.order_id for one in accepted]

        assert asyncio.run(run()) == [order.order_id for order in orders]

    def test_an_answer_of_another_form_is_unknown(self, exchange: Sandbox, cancel: Cancel) -> None:
        def lie(venue: Venue) -> None:
            while request := venue.next_order():
                venue.answer(request, data={"orderId": 5})

        with (
            RawServer(serving(lie)) as server,
            pytest.raises(OutcomeUnknown, match=r"result\.order_id: must be str"),
        ):
            cancel(order_on(exchange), **{**trading(exchange), "trade_url": server.url.replace("http", "ws")})

    def test_an_exchange_that_is_not_there_is_not_sent(self, exchange: Sandbox, cancel: Cancel) -> None:
        with RawServer(serving(echo)) as server:
            url = server.url.replace("http", "ws")
        with pytest.raises(NotSent) as caught:
            cancel(order_on(exchange), **{**trading(exchange), "trade_url": url, "deadline": 0.5})
        assert caught.value.sends == 0
