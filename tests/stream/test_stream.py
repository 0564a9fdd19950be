"""The private stream over real sockets: log-in, subscription, staying alive, coming back."""

import asyncio
import gc
import json
import logging
import os
import re
import threading
import time
import traceback
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from bybit_v5.models import CancelByOrderId, Order
from websockets.asyncio.server import serve

from bybit_ext import (
    AsyncBybit,
    AuthenticationFailed,
    Bybit,
    BybitError,
    Forbidden,
    InvalidInput,
    NotSent,
    OutcomeUnknown,
    Refused,
    UpdatesDropped,
    load_credentials,
)
from bybit_ext.auth.clock import system_clock
from bybit_ext.engines.hosts import parse_stream_url
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.tls import TlsSettings
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_response
from bybit_ext.stream import broadcast, reconnecting
from bybit_ext.stream.broadcast import Broadcaster, OrderKey, ThreadSubscription
from bybit_ext.stream.connection import OpenSocket
from bybit_ext.stream.events import StreamEvent, StreamState
from bybit_ext.stream.reconnecting import run_stream
from bybit_ext.stream.settings import StreamSettings
from bybit_ext.stream.subscription_async import AsyncSubscription
from tests.conftest import API_KEY, API_SECRET, answering, options_of, wait_until
from tests.sandbox.wire import RSA_PUBLIC_KEY
from tests.vectors import CONTENT, LOG_INS, credentials_of, name_of

FIELDS: dict[str, Any] = {
    "category": "linear",
    "symbol": "BTCUSDT",
    "orderId": "1",
    "orderLinkId": "",
    "side": "Buy",
    "orderType": "Limit",
    "orderStatus": "New",
    "cancelType": "UNKNOWN",
    "rejectReason": "EC_NoError",
    "price": "1",
    "qty": "1",
    "cumExecQty": "",
    "cumExecValue": "",
    "leavesQty": "1",
    "avgPrice": "",
    "createdTime": "1",
    "updatedTime": "1",
}


def collect(exchange: Sandbox, count: int, act: Callable[[], object], category: Any = None) -> list[Order]:
    """Return the first orders that a stream tells after it is subscribed, by coroutines."""

    async def run() -> list[Order]:
        async with AsyncBybit(**options_of(exchange)) as bybit, asyncio.timeout(5):
            found: list[Order] = []
            stream = bybit.orders(category)
            waiting = asyncio.ensure_future(anext(stream))
            await subscribed(exchange)
            act()
            found.append(await waiting)
            while len(found) < count:
                found.append(await anext(stream))
            await stream.aclose()
            return found

    return asyncio.run(run())


async def subscribed(exchange: Sandbox) -> None:
    while not exchange._app.state.stream.subscriptions:  # noqa: ASYNC110 - it lives in another thread's loop
        await asyncio.sleep(0.005)


class TestOrders:
    def test_updates_come_as_generated_orders(self, exchange: Sandbox) -> None:
        def act() -> None:
            exchange.fill(exchange.place("linear", "BTCUSDT", qty="2").order_id, "0.5")

        found = collect(exchange, 2, act)
        assert [(type(one), one.order_status, one.cum_exec_qty) for one in found] == [
            (Order, "New", "0"),
            (Order, "PartiallyFilled", "0.5"),
        ]

    def test_one_category_can_be_asked_for(self, exchange: Sandbox) -> None:
        def act() -> None:
            exchange.place("linear", "BTCUSDT")
            exchange.place("spot", "XRPUSDT")

        assert [one.category for one in collect(exchange, 1, act, "spot")] == ["spot"]

    def test_threads_iterate_too(self, exchange: Sandbox) -> None:
        def place() -> None:
            exchange.place("spot", "XRPUSDT")
            exchange.place("linear", "BTCUSDT")

        with Bybit(**options_of(exchange)) as bybit:
            stream = bybit.orders("linear")
            timer = threading.Timer(0.3, place)
            timer.start()
            assert next(stream).symbol == "BTCUSDT"
            stream.close()
            timer.join()

    def test_an_iteration_that_ends_receives_nothing_more(self, exchange: Sandbox) -> None:
        with Bybit(**options_of(exchange)) as bybit:
            stream = bybit.orders()
            timer = threading.Timer(0.3, exchange.place, args=("linear", "BTCUSDT"))
            timer.start()
            next(stream)
            timer.join()
            assert bybit._stream
            assert bybit._stream._subscriptions
            stream.close()
            assert not bybit._stream.has_subscriptions

    def test_iterations_and_confirmed_cancels_share_one_connection(self, exchange: Sandbox) -> None:
        async def run() -> list[Order]:
            async with AsyncBybit(**options_of(exchange)) as bybit, asyncio.timeout(5):
                streams = [bybit.orders(), bybit.orders("linear")]
                waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
                await subscribed(exchange)
                order = exchange.place("linear", "BTCUSDT")
                await bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
                assert exchange._app.state.stream.subscriptions == 1
                return list(await asyncio.gather(*waiting))

        assert [order.order_status for order in asyncio.run(run())] == ["New", "New"]

    def test_rsa_keys_log_in_too(self, exchange: Sandbox) -> None:
        exchange.register_key("rsa-key", RSA_PUBLIC_KEY)
        exchange.api_key, exchange.api_secret = "rsa-key", CONTENT["secrets"]["RSA"]
        assert collect(exchange, 1, lambda: exchange.place("linear", "BTCUSDT"))[0].symbol == "BTCUSDT"

    def test_a_clock_that_was_corrected_signs_the_log_in(self, exchange: Sandbox) -> None:
        with Bybit(**options_of(exchange), clock=lambda: system_clock() - 60_000) as bybit:
            bybit.sync_clock()
            placed = exchange.place("linear", "BTCUSDT")
            outcome = bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", placed.order_id))
        assert outcome.confirmed_by == "stream"


class TestRefusals:
    def test_a_refused_log_in_is_an_error_of_the_tree(self, exchange: Sandbox) -> None:
        exchange.faults.stream.refuse_auth = True
        with (
            Bybit(**options_of(exchange)) as bybit,
            pytest.raises(AuthenticationFailed, match="API key is invalid") as caught,
        ):
            next(bybit.orders())
        text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert '"op": "auth"' not in text

    def test_a_wrong_signature_is_refused_and_neither_key_nor_signature_is_shown(self, exchange: Sandbox) -> None:
        options = options_of(exchange, api_secret="wrong")

        async def run() -> None:
            async with AsyncBybit(**options) as bybit:
                await anext(bybit.orders())

        with pytest.raises(AuthenticationFailed, match=r"api_key\[\*\*\*\] sign\[\*\*\*\]"):
            asyncio.run(run())

    def test_an_echo_in_a_refused_subscription_is_not_shown(self) -> None:
        async def handler(socket: Any) -> None:
            (log_in,) = await agree(socket, 1)
            await socket.recv()
            echoed = f"no {log_in['args'][0]} {log_in['args'][2]}"
            await socket.send(json.dumps({"success": False, "ret_msg": echoed, "op": "subscribe"}))

        async def run() -> None:
            async with serving(handler) as settings:
                await first_events(settings, 1)

        with pytest.raises(Refused, match=r"no \*\*\* \*\*\*"):
            asyncio.run(run())

    def test_without_a_stream_the_error_says_how_to_get_one(self, exchange: Sandbox) -> None:
        with Bybit(**options_of(exchange, stream=False)) as bybit, pytest.raises(InvalidInput, match="stream_url"):
            next(bybit.orders())

    def test_without_the_extra_the_error_names_it(self, exchange: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        from bybit_ext import _base_client

        def find_nothing(_: str) -> None:
            return None

        monkeypatch.setattr(_base_client, "find_spec", find_nothing)
        with Bybit(**options_of(exchange)) as bybit, pytest.raises(InvalidInput, match=r"bybit-v5\[stream\]"):
            next(bybit.orders())


Handler = Callable[[Any], Any]


def settings_for(url: str) -> StreamSettings:
    route = Route(parse_stream_url(url))
    return StreamSettings(route, TlsSettings(), load_credentials(API_KEY, API_SECRET), system_clock)


@asynccontextmanager
async def serving(handler: Handler, **options: Any) -> AsyncGenerator[StreamSettings]:
    """Serve a stream that behaves as it is told."""
    async with serve(handler, "127.0.0.1", 0, **options) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield settings_for(f"ws://127.0.0.1:{port}")


async def agree(socket: Any, count: int = 2) -> list[dict[str, Any]]:
    """Answer log-in and subscription."""
    requests: list[dict[str, Any]] = []
    for _ in range(count):
        requests.append(json.loads(await socket.recv()))
        await socket.send(json.dumps({"success": True, "ret_msg": "", "op": requests[-1]["op"], "conn_id": "1"}))
    return requests


async def first_events(settings: StreamSettings, count: int, **changes: Any) -> list[StreamEvent]:
    """Return the first events of a stream, or the error that ends it."""
    from attrs import evolve

    events: asyncio.Queue[StreamEvent] = asyncio.Queue()
    task = asyncio.create_task(run_stream(evolve(settings, **changes), events.put_nowait, OpenSocket()))
    found: list[StreamEvent] = []
    try:
        async with asyncio.timeout(5):
            while len(found) < count:
                event = await events.get()
                if isinstance(event, BybitError):
                    raise event
                found.append(event)
    finally:
        task.cancel()
    return found


async def requests_of(**changes: Any) -> list[dict[str, Any]]:
    """Return what a stream asks for when it connects."""
    requests: list[dict[str, Any]] = []

    async def handler(socket: Any) -> None:
        requests.extend(await agree(socket))
        await socket.wait_closed()

    async with serving(handler) as settings:
        assert await first_events(settings, 1, **changes) == [StreamState.SUBSCRIBED]
    return requests


def told_by(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bybit_ext"]


def message(*orders: dict[str, Any], topic: str = "order") -> str:
    return json.dumps({"id": "1", "topic": topic, "creationTime": 1, "data": list(orders)})


def test_no_log_shows_the_log_in(exchange: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert collect(exchange, 1, lambda: exchange.place("linear", "BTCUSDT"))
    ours = "".join(record.getMessage() for record in caplog.records if record.name != "websockets.server")
    assert exchange.api_key not in ours


def test_a_blocked_address_does_not_try_again(exchange: Sandbox) -> None:
    from bybit_ext.stream.runners import ThreadStream

    tries: list[int] = []

    def refuse(connection: Any, _: Any) -> Any:
        tries.append(1)
        return connection.respond(403, "no")

    async def run() -> None:
        async with serving(agree, process_request=refuse) as settings:
            await asyncio.to_thread(confirm_three, settings.url)

    def confirm_three(url: str) -> None:
        with Bybit(**options_of(exchange, stream_url=url)) as bybit:
            for _ in range(3):
                order = exchange.place("linear", "BTCUSDT")
                outcome = bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
                assert outcome.confirmed_by == "read-back"
            assert isinstance(bybit._stream, ThreadStream)

    asyncio.run(run())
    assert len(tries) == 1


class TestConnection:
    @pytest.mark.parametrize("vector", LOG_INS, ids=name_of)
    def test_its_log_in_equals_the_one_that_another_implementation_made(self, vector: dict[str, Any]) -> None:
        auth, subscribe = asyncio.run(
            requests_of(credentials=credentials_of(vector), clock=lambda: int(vector["expires"]) - 60_000)
        )
        assert auth == {"op": "auth", "args": [API_KEY, vector["expires"], vector["signature"]]}
        assert subscribe == {"op": "subscribe", "args": ["order"]}

    def test_its_log_in_is_good_for_a_minute(self) -> None:
        auth, _ = asyncio.run(requests_of())
        assert 10_000 < auth["args"][1] - system_clock() <= 60_000

    def test_an_echo_in_an_order_is_blanked(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket)
            await socket.send(message(FIELDS | {"rejectReason": f"no {API_KEY}"}))
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 2)

        order = asyncio.run(run())[1]
        assert isinstance(order, Order)
        assert order.to_dict()["rejectReason"] == "no ***"

    def test_a_message_of_absurdly_many_orders_is_a_lost_connection(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket)
            orders: list[dict[str, Any]] = [{}] * 10_001
            await socket.send(message(*orders))
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 3)

        assert asyncio.run(run()) == [StreamState.SUBSCRIBED, StreamState.DISCONNECTED, StreamState.SUBSCRIBED]

    def test_it_pings_and_stays_connected(self) -> None:
        pings: list[str] = []

        async def handler(socket: Any) -> None:
            await agree(socket)
            for _ in range(3):
                pings.append(await socket.recv())
                await socket.send('{"op": "pong", "args": ["1"], "conn_id": "1"}')
            await socket.send(message(FIELDS))
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 2, heartbeat=0.05, silence=0.5)

        assert [type(event) for event in asyncio.run(run())] == [StreamState, Order]
        assert [json.loads(ping) for ping in pings] == [{"op": "ping"}] * 3

    def test_a_silent_connection_is_taken_for_dead_and_made_anew(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket)
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 3, heartbeat=0.05, silence=0.2)

        assert asyncio.run(run()) == [StreamState.SUBSCRIBED, StreamState.DISCONNECTED, StreamState.SUBSCRIBED]

    @pytest.mark.parametrize("when", ["before the log-in", "after the subscription"])
    def test_a_dropped_connection_is_made_anew_and_subscribed_again(
        self, when: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        connections: list[Any] = []

        async def handler(socket: Any) -> None:
            connections.append(socket)
            if len(connections) == 1:
                if when != "before the log-in":
                    await agree(socket)
                socket.transport.abort()
                return
            await agree(socket)
            await socket.send(message(FIELDS))
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                events = await first_events(settings, 3)
                return events if when == "before the log-in" else await first_events(settings, 2)

        events = asyncio.run(run())
        assert any(isinstance(event, Order) for event in events)
        assert len(connections) >= 2
        what = "could not be connected" if when == "before the log-in" else "was lost"
        assert re.match(rf"The order stream {what} \(Connection\w+\)\. Next try in \d\.\d s\.$", told_by(caplog)[0])

    def test_a_stream_that_never_was_connected_is_not_called_lost(self, caplog: pytest.LogCaptureFixture) -> None:
        settings = settings_for("ws://127.0.0.1:1/v5/private")
        assert asyncio.run(first_events(settings, 2)) == [StreamState.DISCONNECTED] * 2
        assert told_by(caplog)[0].startswith(
            "The order stream could not be connected (The exchange was not reached (127.0.0.1:1"
        )

    def test_an_answer_to_the_log_in_that_does_not_come_is_not_waited_for(self) -> None:
        async def handler(socket: Any) -> None:
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 2, answer_timeout=0.1)

        assert asyncio.run(run()) == [StreamState.DISCONNECTED, StreamState.DISCONNECTED]

    @pytest.mark.parametrize("status", [403, 503])
    def test_a_403_ends_the_stream_and_another_status_does_not(
        self, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse(connection: Any, _: Any) -> Any:
            return connection.respond(status, "no")

        async def run() -> list[StreamEvent]:
            async with serving(agree, process_request=refuse) as settings:
                return await first_events(settings, 2)

        if status == 403:
            with pytest.raises(Forbidden, match="403"):
                asyncio.run(run())
        else:
            assert asyncio.run(run()) == [StreamState.DISCONNECTED, StreamState.DISCONNECTED]
            assert told_by(caplog)[0].startswith("The order stream could not be connected (HTTP 503).")

    @pytest.mark.parametrize(("long_enough", "expected"), [(10.0, [1, 2, 3]), (0.0, [1, 1, 1])])
    def test_the_pauses_grow_until_a_connection_has_lasted(
        self, monkeypatch: pytest.MonkeyPatch, long_enough: float, expected: list[int]
    ) -> None:
        tries: list[int] = []

        def no_pause(number: int, *, longest: float) -> float:
            assert longest == 10.0
            tries.append(number)
            return 0.0

        monkeypatch.setattr(reconnecting, "backoff_delay", no_pause)
        monkeypatch.setattr(reconnecting, "_LONG_ENOUGH", long_enough)

        async def handler(socket: Any) -> None:
            await agree(socket)

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 7)

        assert asyncio.run(run())[-1] is StreamState.SUBSCRIBED
        assert tries[:3] == expected

    def test_a_refused_subscription_ends_the_stream(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket, 1)
            await socket.recv()
            await socket.send('{"success": false, "ret_msg": "Invalid topic", "op": "subscribe"}')
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 1)

        with pytest.raises(Refused, match="Invalid topic"):
            asyncio.run(run())

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("no JSON", "not a JSON object"),
            ("[]", "not a JSON object"),
            ("[" * 100_000, "not a JSON object"),
            ('{"topic": "order"}', "1 of 1 Orders left out: it is not an object"),
            ('{"topic": "order", "data": null}', "1 of 1 Orders left out: it is not an object"),
            ('{"topic": "order", "data": [null]}', "1 of 1 Orders left out: it is not an object"),
            ('{"topic": "order", "data": [{}]}', "1 of 1 Orders left out: 'symbol' is missing"),
            (message(FIELDS | {"orderStatus": 5}), "1 of 1 Orders left out: order_status cannot be read"),
            (
                message({name: value for name, value in FIELDS.items() if name != "orderId"}),
                "1 of 1 Orders left out: 'orderId' is missing",
            ),
        ],
    )
    def test_what_cannot_be_read_is_reported_and_not_fatal(
        self, text: str, told: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket)
            await socket.send(text)
            await socket.send(message(FIELDS, FIELDS | {"orderStatus": "NewStatus"}))
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 3)

        with caplog.at_level(logging.WARNING, "bybit_ext"):
            _, *orders = asyncio.run(run())
        assert [order.order_status for order in orders if isinstance(order, Order)] == ["New", "NewStatus"]
        assert [told in record.getMessage() for record in caplog.records] == [True]

    def test_an_order_that_comes_before_the_subscription_is_confirmed_is_not_lost(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket, 1)
            await socket.recv()
            await socket.send(message(FIELDS))
            await socket.send('{"success": true, "ret_msg": "", "op": "subscribe"}')
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 2)

        assert [type(event) for event in asyncio.run(run())] == [Order, StreamState]

    def test_other_topics_are_passed_over(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket)
            await socket.send(message(FIELDS, topic="wallet"))
            await socket.send(message(FIELDS | {"orderId": "2"}))
            await socket.wait_closed()

        async def run() -> list[StreamEvent]:
            async with serving(handler) as settings:
                return await first_events(settings, 2)

        order = asyncio.run(run())[1]
        assert isinstance(order, Order)
        assert order.order_id == "2"

    def test_a_redirect_is_not_followed(self) -> None:
        logged_in: list[Any] = []

        async def other(socket: Any) -> None:
            logged_in.append(await socket.recv())

        async def run() -> list[StreamEvent]:
            async with serving(other) as elsewhere:

                def redirect(connection: Any, _: Any) -> Any:
                    response = connection.respond(302, "there")
                    response.headers["Location"] = elsewhere.url
                    return response

                async with serving(agree, process_request=redirect) as settings:
                    return await first_events(settings, 2)

        assert asyncio.run(run()) == [StreamState.DISCONNECTED, StreamState.DISCONNECTED]
        assert logged_in == []

    def test_a_cancellation_is_not_swallowed_while_the_stream_is_lost(self) -> None:
        async def handler(socket: Any) -> None:
            await agree(socket)
            socket.transport.abort()

        async def one(settings: StreamSettings, turns: int) -> bool:
            lost = asyncio.Event()
            ready = asyncio.Event()

            def publish(event: StreamEvent) -> None:
                (ready if event is StreamState.SUBSCRIBED else lost).set()

            task = asyncio.create_task(run_stream(settings, publish, OpenSocket()))
            await ready.wait()
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task], timeout=3)
            return task.cancelled()

        async def run() -> list[bool]:
            async with serving(handler) as settings:
                return [await one(settings, turns) for turns in range(40)]

        assert all(asyncio.run(run()))


def test_the_thread_of_a_stream_has_a_name_and_does_not_keep_a_program_from_ending(exchange: Sandbox) -> None:
    with Bybit(**options_of(exchange)) as bybit:
        bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", exchange.place("linear", "BTCUSDT").order_id))
        (thread,) = (one for one in threading.enumerate() if one.name == "bybit order stream")
        assert thread.daemon


def test_the_task_of_a_stream_has_a_name(exchange: Sandbox) -> None:
    async def run() -> list[str]:
        async with AsyncBybit(**options_of(exchange)) as bybit:
            order = exchange.place("linear", "BTCUSDT")
            await bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
            return [task.get_name() for task in asyncio.all_tasks()]

    assert "bybit order stream" in asyncio.run(run())


class TestClosing:
    def test_closing_ends_what_waits_for_the_stream(self, exchange: Sandbox) -> None:
        bybit = Bybit(**options_of(exchange))
        ended: list[str] = []

        def watch() -> None:
            for _ in bybit.orders():
                pass
            ended.append("orders")

        def confirm() -> None:
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.misreport(order.order_id, {"orderStatus": "NewStatus"})
            with pytest.raises(BybitError):
                bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id), deadline=20)
            ended.append("confirm")

        threads = [threading.Thread(target=work) for work in (watch, confirm)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        started = time.monotonic()
        bybit.close()
        for thread in threads:
            thread.join()
        assert sorted(ended) == ["confirm", "orders"]
        assert time.monotonic() - started < 3

    def test_closing_ends_a_coroutine_that_iterates(self, exchange: Sandbox) -> None:
        async def run() -> None:
            async with AsyncBybit(**options_of(exchange)) as bybit:

                async def watch() -> None:
                    async for _ in bybit.orders():
                        pass

                watching = asyncio.create_task(watch())
                await asyncio.sleep(0.1)
            async with asyncio.timeout(2):
                await watching
            assert asyncio.all_tasks() == {asyncio.current_task()}

        asyncio.run(run())

    def test_closing_after_the_loop_has_ended_is_quiet(self) -> None:
        async def first() -> AsyncBybit:
            bybit = AsyncBybit(API_KEY, API_SECRET, transport=answering(json={"retCode": 0}))
            await bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", "1"))
            return bybit

        bybit = asyncio.run(first())
        asyncio.run(bybit.close())


def test_updates_cannot_be_read_in_another_event_loop(exchange: Sandbox) -> None:
    async def read(bybit: AsyncBybit) -> None:
        await anext(bybit.orders())

    async def run() -> None:
        async with AsyncBybit(**options_of(exchange)) as bybit:
            await bybit.sync_clock()
            with pytest.raises(InvalidInput, match="another event loop"):
                await asyncio.to_thread(asyncio.run, read(bybit))

    asyncio.run(run())


def test_200_cancels_at_once_share_one_connection(exchange: Sandbox) -> None:
    placed = [exchange.place("linear", "BTCUSDT", order_link_id=f"many-{number}") for number in range(200)]
    filled = set(range(0, 200, 7))
    for number in filled:
        exchange.fill(placed[number].order_id)

    async def run() -> tuple[list[Any], int]:
        async with AsyncBybit(**options_of(exchange, deadline=20.0, timeout=10.0)) as bybit:
            requests = (CancelByOrderId("linear", "BTCUSDT", order.order_id) for order in placed)
            outcomes = await asyncio.gather(*(bybit.cancel_and_confirm(request) for request in requests))
            return outcomes, exchange._app.state.stream.subscriptions

    outcomes, connections = asyncio.run(run())
    assert connections == 1
    assert [outcome.order.order_id for outcome in outcomes] == [order.order_id for order in placed]
    assert {number for number, outcome in enumerate(outcomes) if outcome.status == "Filled"} == filled
    assert {outcome.status for outcome in outcomes} == {"Filled", "Cancelled"}


def test_threads_share_one_connection(exchange: Sandbox) -> None:
    placed = [exchange.place("linear", "BTCUSDT") for _ in range(10)]
    statuses: list[str] = []
    with Bybit(**options_of(exchange)) as bybit:

        def work(order: Order) -> None:
            statuses.append(bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id)).status)

        threads = [threading.Thread(target=work, args=(order,)) for order in placed]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert exchange._app.state.stream.subscriptions == 1
        assert bybit._stream
        assert not bybit._stream.has_subscriptions
    assert statuses == ["Cancelled"] * 10


def test_a_stream_that_ended_is_opened_anew_by_the_next_call(exchange: Sandbox) -> None:
    exchange.faults.stream.refuse_auth = True
    with Bybit(**options_of(exchange)) as bybit:
        first = exchange.place("linear", "BTCUSDT")
        outcome = bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", first.order_id))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "read-back")
        exchange.faults.stream.refuse_auth = False
        second = exchange.place("linear", "BTCUSDT")
        outcome = bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", second.order_id))
        assert (outcome.status, outcome.confirmed_by) == ("Cancelled", "stream")


def test_nothing_is_left_behind(exchange: Sandbox) -> None:
    """No task, no thread and no socket outlives the clients that opened it."""

    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def confirm() -> None:
        with Bybit(**options_of(exchange)) as bybit:
            order = exchange.place("linear", "BTCUSDT")
            bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))

    async def confirm_async() -> None:
        async with AsyncBybit(**options_of(exchange)) as bybit:
            order = exchange.place("linear", "BTCUSDT")
            await bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
        assert asyncio.all_tasks() == {asyncio.current_task()}

    def settle() -> tuple[int, int]:
        end = time.monotonic() + 2  # the exchange's own ends of the connections close a moment later
        while exchange._app.state.stream.subscriptions and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.1)
        return threading.active_count(), descriptors()

    confirm()
    asyncio.run(confirm_async())
    before = settle()
    for _ in range(3):
        confirm()
        asyncio.run(confirm_async())
    assert settle() == before


def test_a_stream_that_is_cancelled_twice_leaves_no_socket_open() -> None:
    def sockets() -> int:
        return sum(
            path.readlink().name.startswith("socket:") for path in Path("/proc/self/fd").iterdir() if path.exists()
        )

    async def handler(socket: Any) -> None:
        await agree(socket)
        socket.transport.pause_reading()  # so that it cannot answer the polite end
        await asyncio.sleep(0.4)

    async def run() -> None:
        async with serving(handler, close_timeout=0.1) as settings:
            ready = asyncio.Event()
            task = asyncio.create_task(run_stream(settings, lambda _: ready.set(), OpenSocket()))
            await ready.wait()
            before = sockets()
            task.cancel()
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.wait([task])
            await asyncio.sleep(0.05)
            assert task.cancelled()
            assert sockets() == before - 1  # the other side holds its end

    asyncio.run(run())


def test_an_unforeseen_failure_ends_the_stream_as_an_error_of_the_tree(
    exchange: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(reconnecting, "_run", fail)
    with Bybit(**options_of(exchange)) as bybit, pytest.raises(BybitError, match=r"failed \(ZeroDivisionError\)"):
        next(bybit.orders())


def make_order(**fields: Any) -> Order:
    return Order.from_dict(FIELDS | fields)


class TestBroadcaster:
    def test_who_unsubscribes_receives_no_more_and_the_others_do(self) -> None:
        broadcaster = Broadcaster()
        stays, goes = (broadcaster.add(ThreadSubscription(OrderKey())) for _ in range(2))
        goes.close()
        goes.close()
        broadcaster.publish(StreamState.DISCONNECTED)
        assert (stays.get(0), goes.get(0)) == (StreamState.DISCONNECTED, None)

    def test_who_unsubscribes_while_events_are_handed_out_waits_for_nobody(self) -> None:
        """As a garbage collection or a signal handler does, in the thread that hands them out."""
        broadcaster = Broadcaster()
        goes = broadcaster.add(ThreadSubscription(OrderKey()))

        class Closing(ThreadSubscription):
            def put(self, event: StreamEvent) -> None:
                goes.close()
                super().put(event)

        closing = broadcaster.add(Closing(OrderKey()))
        broadcaster.publish(StreamState.SUBSCRIBED)
        broadcaster.publish(StreamState.DISCONNECTED)
        assert [goes.get(0), goes.get(0)] == [StreamState.SUBSCRIBED, None]
        assert [closing.get(0), closing.get(0)] == [StreamState.SUBSCRIBED, StreamState.DISCONNECTED]

    def test_an_order_goes_to_who_waits_for_it_and_to_who_wants_all(self) -> None:
        broadcaster = Broadcaster()
        keys = [OrderKey(order_id="1"), OrderKey(order_link_id="mine"), OrderKey(), OrderKey(order_id="2")]
        subscriptions = [broadcaster.add(ThreadSubscription(key)) for key in keys]
        order = make_order(orderId="1", orderLinkId="mine")
        broadcaster.publish(order)
        assert [subscription.get(0) for subscription in subscriptions] == [order, order, order, None]

    def test_an_order_without_a_link_id_goes_to_nobody_who_waits_for_one(self) -> None:
        broadcaster = Broadcaster()
        subscription = broadcaster.add(ThreadSubscription(OrderKey(order_link_id="mine")))
        broadcaster.publish(make_order(orderLinkId=""))
        assert subscription.get(0) is None

    def test_a_state_goes_to_all_and_first_to_who_comes_later(self) -> None:
        broadcaster = Broadcaster()
        early = broadcaster.add(ThreadSubscription(OrderKey(order_id="1")))
        broadcaster.publish(StreamState.SUBSCRIBED)
        late = broadcaster.add(ThreadSubscription(OrderKey(order_id="2")))
        assert (early.get(0), late.get(0)) == (StreamState.SUBSCRIBED, StreamState.SUBSCRIBED)


class TestABoundForUpdates:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(broadcast, "MAX_WAITING", 3)

    def test_what_a_thread_does_not_read_in_time_is_counted_where_it_is_missing(self) -> None:
        subscription = ThreadSubscription(OrderKey())
        for number in range(5):
            subscription.put(make_order(orderId=str(number)))
        subscription.put(StreamState.DISCONNECTED)
        read = [subscription.get(0) for _ in range(6)]
        assert [one.order_id for one in read[:3] if isinstance(one, Order)] == ["0", "1", "2"]
        assert isinstance(read[3], UpdatesDropped)
        assert (read[3].dropped, str(read[3]).startswith("Updates were read too slowly; 2 of them were dropped.")) == (
            2,
            True,
        )
        assert read[4:] == [StreamState.DISCONNECTED, None]

    def test_what_a_coroutine_does_not_read_in_time_is_counted_too(self) -> None:
        async def run() -> list[Any]:
            subscription = AsyncSubscription(OrderKey())
            for number in range(5):
                subscription.put(make_order(orderId=str(number)))
            read = [await subscription.get(0) for _ in range(4)]
            subscription.put(make_order(orderId="9"))
            return [*read, await subscription.get(0), await subscription.get(0)]

        *_, gap, after, none = asyncio.run(run())
        assert (gap.dropped, after.order_id, none) == (2, "9", None)

    def test_an_iteration_says_so_and_ends(self, exchange: Sandbox) -> None:
        with Bybit(**options_of(exchange)) as bybit:
            stream = bybit.orders()
            timer = threading.Timer(0.3, exchange.place, args=("linear", "BTCUSDT"))
            timer.start()
            next(stream)
            timer.join()
            for _ in range(6):
                exchange.place("linear", "BTCUSDT")
            assert bybit._stream
            (subscription,) = bybit._stream._subscriptions[OrderKey()]
            wait_until(lambda: subscription._gap is not None and subscription._gap.dropped >= 3)
            with pytest.raises(UpdatesDropped):
                list(stream)


class TestSomebodyCancelsAllTasks:
    def test_an_iteration_is_told_and_the_next_call_connects_again(self, exchange: Sandbox) -> None:
        async def run() -> str:
            async with AsyncBybit(**options_of(exchange)) as bybit, asyncio.timeout(5):
                stream = bybit.orders()
                waiting = asyncio.ensure_future(anext(stream))
                await subscribed(exchange)
                (task,) = (one for one in asyncio.all_tasks() if one.get_name() == "bybit order stream")
                task.cancel()
                with pytest.raises(NotSent, match="was cancelled"):
                    await waiting
                order = exchange.place("linear", "BTCUSDT")
                return (
                    await bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
                ).confirmed_by

        assert asyncio.run(run()) == "stream"


class TestAClientThatIsDroppedUnclosed:
    def test_its_thread_and_its_stream_go_with_it(self, exchange: Sandbox) -> None:
        def use() -> None:
            bybit = Bybit(**options_of(exchange))
            order = exchange.place("linear", "BTCUSDT")
            bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))

        use()
        gc.collect()
        wait_until(lambda: not [one for one in threading.enumerate() if one.name == "bybit order stream"])
        wait_until(lambda: exchange._app.state.stream.subscriptions == 0)

    def test_so_do_the_task_and_the_stream_of_a_coroutine(self, exchange: Sandbox) -> None:
        async def use() -> None:
            bybit = AsyncBybit(**options_of(exchange))
            order = exchange.place("linear", "BTCUSDT")
            await bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))

        async def run() -> None:
            await use()
            gc.collect()
            async with asyncio.timeout(5):
                while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - what ends them sets no event
                    await asyncio.sleep(0.005)

        asyncio.run(run())
        wait_until(lambda: exchange._app.state.stream.subscriptions == 0)


class TestClosingWhileCallsAreInFlight:
    def test_no_stream_is_left_though_the_peer_does_not_answer_the_close_frame(self, exchange: Sandbox) -> None:
        closed: list[bool] = []

        async def handler(socket: Any) -> None:
            await agree(socket)
            socket.transport.pause_reading()
            await asyncio.sleep(0.6)
            socket.transport.resume_reading()
            await socket.wait_closed()
            closed.append(True)

        def use(url: str) -> None:
            bybit = Bybit(**options_of(exchange, stream_url=url, deadline=20.0))
            order = exchange.place("linear", "BTCUSDT")
            exchange.faults.on(order.order_id, [delay_response(0.5)])
            request = CancelByOrderId("linear", "BTCUSDT", order.order_id)
            thread = threading.Thread(target=lambda: ended.append(confirm(bybit, request)))
            thread.start()
            wait_until(lambda: bybit._stream is not None and bybit._stream.is_subscribed)
            bybit.close()
            thread.join(10)
            assert not thread.is_alive()

        def confirm(bybit: Bybit, request: CancelByOrderId) -> Any:
            try:
                return bybit.cancel_and_confirm(request)
            except BybitError as error:
                return error

        async def run() -> None:
            async with serving(handler, close_timeout=0.1) as settings:
                await asyncio.to_thread(use, settings.url)
                async with asyncio.timeout(5):
                    while not closed:  # noqa: ASYNC110 - it is closed in the server's handler
                        await asyncio.sleep(0.005)

        ended: list[Any] = []
        asyncio.run(run())
        assert isinstance(ended[0], OutcomeUnknown)
        assert not [one for one in threading.enumerate() if one.name == "bybit order stream"]


def test_a_message_of_many_megabytes_is_read() -> None:
    many = [FIELDS | {"orderId": str(number), "rejectReason": "x" * 3000} for number in range(1000)]

    async def handler(socket: Any) -> None:
        await agree(socket)
        await socket.send(message(*many))
        await socket.wait_closed()

    async def run() -> list[StreamEvent]:
        async with serving(handler) as settings:
            return await first_events(settings, 1001)

    events = asyncio.run(run())
    assert [event.order_id for event in events if isinstance(event, Order)] == [str(number) for number in range(1000)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_opens_a_stream_of_its_own(exchange: Sandbox) -> None:
    placed = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
    requests = [CancelByOrderId("linear", "BTCUSDT", order.order_id) for order in placed]
    with Bybit(**options_of(exchange)) as bybit:
        assert bybit.cancel_and_confirm(requests[0]).confirmed_by == "stream"
        child = os.fork()
        if child == 0:
            status = 1
            with suppress(BaseException):
                status = 0 if bybit.cancel_and_confirm(requests[1]).confirmed_by == "stream" else 2
            os._exit(status)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert bybit.cancel_and_confirm(requests[2]).confirmed_by == "stream"
