"""What a call tells while it runs: each send to the hook and to the log, and how long it took."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId

from bybit_ext import (
    AsyncBybit,
    Bybit,
    CancelAccepted,
    InvalidInput,
    OrderNotFound,
    OutcomeUnknown,
    RateLimit,
    SendEvent,
)
from bybit_ext.calls.call import GivenLimits
from bybit_ext.engines.interface import Reply
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET, options_of
from tests.virtual_time import GONE, LOST, World, no_jitter, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

ORDER = CancelByOrderId("linear", "BTCUSDT", "1")


def cancel(replies: list[Any], on_send: Callable[[SendEvent], None] | None, **options: Any) -> CancelAccepted:
    """Cancel an order in virtual time, in which each send takes 0.25 s and brings the next of the replies."""
    world = World(replies=replies, takes=0.25)
    with Bybit(API_KEY, API_SECRET, base_url="https://api.bybit.com", on_send=on_send, **options) as bybit:
        time = world.time()
        accepted: CancelAccepted = world.run(bybit._cancel_flow(time, ORDER, GivenLimits(9.0)), time)
        return accepted


def events_of(replies: list[Any], **options: Any) -> list[SendEvent]:
    told: list[SendEvent] = []
    with suppress(OutcomeUnknown, OrderNotFound):
        cancel(replies, told.append, **options)
    return told


class TestEvents:
    def test_each_send_is_told_with_what_it_brought(self) -> None:
        told = events_of([GONE, LOST, reply(10006, headers={"traceid": "abc"}), reply()])
        assert [(one.send, one.result, one.ret_code, one.status_code, one.trace_id, one.pause) for one in told] == [
            (1, "NotSent", None, None, None, 0.1),
            (2, "OutcomeUnknown", None, None, None, 0.2),
            (3, "RateLimited", 10006, 200, "abc", 0.4),
            (4, "accepted", 0, 200, None, None),
        ]
        assert {one.operation for one in told} == {"POST /v5/order/cancel"}
        assert [one.elapsed for one in told] == [0.25] * 4
        assert [bool(one.message) for one in told] == [True, True, True, False]

    def test_the_last_send_is_told_for_itself_and_has_no_pause(self) -> None:
        first, last = events_of([LOST, reply(110001)])
        assert (first.result, first.pause) == ("OutcomeUnknown", 0.1)
        assert (last.result, last.ret_code, last.pause) == ("OrderNotFound", 110001, None)

    def test_what_may_not_be_sent_again_has_no_pause(self) -> None:
        (only,) = events_of([LOST], max_sends=1)
        assert only.pause is None

    def test_the_rate_limit_is_told(self) -> None:
        headers = {"x-bapi-limit": "10", "x-bapi-limit-status": "9", "x-bapi-limit-reset-timestamp": "5"}
        assert events_of([reply(headers=headers)])[0].rate_limit == RateLimit(10, 9, 5)

    def test_readings_of_a_confirmed_cancel_are_told_too(self, exchange: Sandbox) -> None:
        told: list[SendEvent] = []
        order = exchange.place("linear", "BTCUSDT")
        with Bybit(**options_of(exchange, stream=False), on_send=told.append) as bybit:
            bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
        assert told[0].operation == "POST /v5/order/cancel"
        assert {one.operation for one in told[1:]} <= {"GET /v5/order/realtime", "GET /v5/order/history"}
        assert all(one.elapsed > 0 for one in told)

    def test_coroutines_tell_it_too(self, exchange: Sandbox) -> None:
        told: list[SendEvent] = []
        order = exchange.place("linear", "BTCUSDT")

        async def run() -> None:
            async with AsyncBybit(**options_of(exchange), on_send=told.append) as bybit:
                await bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order.order_id))

        asyncio.run(run())
        assert [(one.operation, one.result) for one in told] == [("POST /v5/order/cancel", "accepted")]

    def test_an_event_is_json_without_a_secret(self) -> None:
        body = json.dumps({"retCode": 10004, "retMsg": API_KEY, "x": API_KEY}).encode()
        told: list[SendEvent] = []
        with pytest.raises(Exception, match="refused"):
            cancel([Reply(200, {"traceid": f"at {API_KEY}"}, body)], told.append)
        text = json.dumps(told[0].to_dict())
        assert '"trace_id": "at ***"' in text
        assert API_KEY not in text


class TestFailingHooks:
    @pytest.mark.parametrize("error", [ValueError(f"secret {API_SECRET}"), StopIteration(), LOST, RecursionError()])
    def test_what_a_hook_raises_changes_nothing_and_is_logged_once(
        self, error: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(_: SendEvent) -> None:
            raise error

        accepted = cancel([LOST, LOST, reply()], fail)
        assert accepted.sends == 3
        warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
        assert warnings == [f"on_send raised {type(error).__name__}; this is said once"]
        assert API_SECRET not in caplog.text

    def test_a_coroutine_that_nothing_awaits_is_said_once(self, caplog: pytest.LogCaptureFixture) -> None:
        async def tell(_: SendEvent) -> None:
            raise AssertionError

        def looks_plain(event: SendEvent) -> Any:
            return tell(event)

        cancel([LOST, reply()], looks_plain)
        assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
            "on_send returned a coroutine, which nothing awaits; this is said once"
        ]

    def test_the_time_that_a_hook_takes_is_the_calls(self) -> None:
        world = World(replies=[reply(10002, time=5000), reply()])

        def block(_: SendEvent) -> None:
            world.now += 3.0

        with Bybit(API_KEY, API_SECRET, base_url="https://api.bybit.com", on_send=block, clock=lambda: 1) as bybit:
            time = world.time()
            world.run(bybit._cancel_flow(time, ORDER, GivenLimits(2.0)), time)
        assert world.seconds == [2.0, 0.0]  # for which an engine sends nothing

    def test_an_error_of_the_call_is_raised_all_the_same(self) -> None:
        def fail(_: SendEvent) -> None:
            raise KeyError

        with pytest.raises(OrderNotFound) as caught:
            cancel([reply(110001)], fail)
        assert caught.value.__context__ is None

    @pytest.mark.usefixtures("failing_log")
    @pytest.mark.parametrize("hook_fails", [False, True])
    def test_a_log_that_fails_changes_nothing(self, hook_fails: bool) -> None:  # noqa: FBT001
        def fail(_: SendEvent) -> None:
            if hook_fails:
                raise KeyError

        assert cancel([LOST, reply()], fail).sends == 2

    @pytest.mark.parametrize("kind", [Bybit, AsyncBybit])
    def test_a_hook_that_cannot_be_called_or_would_only_run_later_is_refused(self, kind: Any) -> None:
        async def wait(_: SendEvent) -> None: ...

        def iterate(event: SendEvent) -> Iterator[SendEvent]:
            yield event

        async def iterate_later(event: SendEvent) -> AsyncIterator[SendEvent]:
            yield event

        for hook in (wait, iterate, iterate_later, "print", 5):
            with pytest.raises(InvalidInput, match=r"^on_send: must be a plain function"):
                kind(API_KEY, API_SECRET, on_send=hook)


@pytest.fixture
def failing_log() -> Iterator[None]:
    def fail(_: logging.LogRecord) -> bool:
        raise OSError("the disk is full")

    logger = logging.getLogger("bybit_ext")
    logger.addFilter(fail)
    yield
    logger.removeFilter(fail)


class TestLog:
    def test_debug_says_how_long_each_send_took(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG", "bybit_ext")
        cancel([LOST, reply()], None)
        timing = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
        assert timing == [
            "POST /v5/order/cancel: send 1 took 250.0 ms",
            "POST /v5/order/cancel: send 2 took 250.0 ms",
        ]

    def test_info_has_no_timing_and_above_it_there_is_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        for level, lines in (("INFO", 1), ("WARNING", 0)):
            caplog.clear()
            caplog.set_level(level, "bybit_ext")
            cancel([reply()], None)
            assert len(caplog.records) == lines

    def test_records_carry_no_secret_among_their_arguments(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG", "bybit_ext")
        cancel([Reply(502, {}, f"no {API_KEY}".encode()), reply()], None)
        assert "no ***" in caplog.text
        assert not [record for record in caplog.records if API_KEY in repr(vars(record))]

    def test_a_trace_id_that_would_break_the_line_is_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO", "bybit_ext")
        assert cancel([reply(headers={"traceid": "abc\n2026 ERROR"})], None).trace_id is None
        assert "ERROR" not in caplog.text

    @pytest.mark.parametrize("kind", [Bybit, AsyncBybit])
    @pytest.mark.parametrize("link_id", ["mine", "none"], ids=["well", "with an error"])
    def test_debug_says_how_long_a_call_took_however_it_ends(
        self,
        kind: type,
        link_id: str,
        exchange: Sandbox,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("DEBUG", "bybit_ext")
        exchange.place("linear", "BTCUSDT", order_link_id="mine")
        request = CancelByOrderLinkId("linear", "BTCUSDT", link_id)

        async def run() -> None:
            async with AsyncBybit(**options_of(exchange)) as bybit:
                await bybit.cancel_order(request)

        def call() -> None:
            if kind is AsyncBybit:
                asyncio.run(run())
                return
            with Bybit(**options_of(exchange)) as bybit:
                bybit.cancel_order(request)

        with suppress(OrderNotFound):
            call()
        assert [one for one in caplog.messages if one.startswith("cancel_order took ")]
