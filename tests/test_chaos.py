"""Thousands of cancels against an exchange that fails in all its ways; then every result is held to what is true there.

No order is reported cancelled that is not, none closed that is open, and what is called unknown could not be known.
Hypothesis writes the stories, so that one that goes wrong shrinks to a short one.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, Order
from hypothesis import given, settings
from hypothesis import strategies as st

from bybit_ext import (
    AsyncBybit,
    Bybit,
    BybitError,
    CancelAccepted,
    CancelOutcome,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
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
    truncate_response,
)
from tests.conftest import options_of

OPEN = ("New", "PartiallyFilled", "Untriggered")
CANCEL_DELAY = 0.03
DEADLINE = 2.5
# More faults than this in a row would leave no time to learn the truth.
MOST_FAULTS = 3

# Everything that an honest exchange can do to a request: it may be silent or garbled, but it does not lie.
FAULTS: dict[str, Fault] = {
    "lost after": drop_response(),
    "lost before": drop_response(carry_out=False),
    "late": delay_response(0.1),
    "later than the time-out": delay_response(0.4),
    "truncated after": truncate_response(),
    "truncated before": truncate_response(carry_out=False),
    "10016 after": respond_with(10016, carry_out=True),
    "10016 before": respond_with(10016),
    "10000": respond_with(10000),
    "429": respond_with_page(429),
    "502": respond_with_page(502, carry_out=True),
    "HTML": respond_with_page(200, carry_out=True),
    "empty": respond_with_body(b""),
    "null": respond_with_body(b"null", carry_out=False),
    "no retCode": respond_with_body(b'{"retMsg": "OK"}'),
    "10006": respond_with(10006),
    "10006 with reset": respond_with(10006, reset_in=0.1),
    "10006 with a reset in the past": respond_with(10006, reset_in=-1),
    "filled first": fill_first(),
    "filled first, says 110001": fill_first(110001),
    "filled after": Fault(lose_race_after=True),
}
HOPELESS = "never gets through"


@frozen
class Story:
    """What happens to one order."""

    faults: list[str]
    by_link_id: bool
    confirm: bool
    partly_filled: bool
    link_id_used_before: bool


STORIES = st.builds(
    Story,
    faults=st.one_of(
        st.lists(st.sampled_from(sorted(FAULTS)), max_size=MOST_FAULTS),
        st.sampled_from([[HOPELESS]]),
    ),
    by_link_id=st.booleans(),
    confirm=st.booleans(),
    partly_filled=st.booleans(),
    link_id_used_before=st.booleans(),
)
READ_FAULTS = {
    "502": respond_with_page(502),
    "10006": respond_with(10006),
    "no result": respond_with_body(b'{"retCode": 0, "result": null}'),
}
STREAMS = st.sampled_from(
    [
        None,
        StreamFaults(),
        StreamFaults(silent=True),
        StreamFaults(delay=0.2),
        StreamFaults(duplicate=True),
        StreamFaults(out_of_order=True),
    ]
)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=CANCEL_DELAY) as sandbox:
        yield sandbox


def place(exchange: Sandbox, story: Story, number: int) -> Order:
    link_id = f"chaos-{number}-{time.monotonic_ns()}"
    if story.link_id_used_before:
        exchange.fill(exchange.place("linear", "BTCUSDT", order_link_id=link_id).order_id)
        time.sleep(0.002)  # the exchange dates orders in ms
    order = exchange.place("linear", "BTCUSDT", order_link_id=link_id, qty="2")
    if story.partly_filled:
        exchange.fill(order.order_id, "0.5")
    hopeless = story.faults == [HOPELESS]
    exchange.faults.on(order.order_id, [FAULTS["lost before"]] * 100 if hopeless else [FAULTS[f] for f in story.faults])
    return order


def request_for(story: Story, order: Order) -> Any:
    if story.by_link_id:
        return CancelByOrderLinkId("linear", "BTCUSDT", order.order_link_id)
    return CancelByOrderId("linear", "BTCUSDT", order.order_id)


def check(story: Story, result: CancelAccepted | CancelOutcome | BybitError, truth: Order) -> None:
    """Hold a result to what the exchange knows, after everything there has come to rest."""
    told = f"{story} ended as {truth.order_status}, and was told as {result!r}: {result}"
    is_open = truth.order_status in OPEN
    if isinstance(result, CancelOutcome):
        assert result.status == truth.order_status, told
        assert result.cancelled is (truth.order_status == "Cancelled"), told
        assert str(result.filled_qty) == truth.cum_exec_qty, told
        assert result.order.order_id == truth.order_id, told
    elif isinstance(result, CancelAccepted | OrderNotFound | OrderClosed):
        assert not is_open, told
    elif isinstance(result, OutcomeUnknown) and story.confirm:
        assert is_open, told
        assert result.last_order is not None, told
    elif isinstance(result, OutcomeUnknown):
        assert story.faults, told
        assert result.sends > len(story.faults) - 1 or story.faults == [HOPELESS] or "late" in "".join(story.faults), (
            told
        )
    else:
        assert isinstance(result, RateLimited), told
        assert truth.order_status != "Cancelled", told


@given(
    stories=st.lists(STORIES, min_size=1, max_size=120),
    stream=STREAMS,
    ahead=st.sampled_from([0, 1500, -7000]),
    drop=st.booleans(),
    read_faults=st.lists(st.sampled_from(sorted(READ_FAULTS)), max_size=3),
)
@settings(max_examples=30)
def test_no_result_of_coroutines_is_untrue(
    exchange: Sandbox,
    stories: list[Story],
    stream: StreamFaults | None,
    ahead: int,
    read_faults: list[str],
    *,
    drop: bool,
) -> None:
    exchange.faults.clear()
    exchange.faults.on_read(READ_FAULTS[name] for name in read_faults)
    exchange.faults.stream = stream or StreamFaults()
    orders = [place(exchange, story, number) for number, story in enumerate(stories)]
    options = options_of(
        exchange, stream=stream is not None, deadline=DEADLINE, timeout=0.25, clock=lambda: system_clock() + ahead
    )

    async def one(bybit: AsyncBybit, story: Story, order: Order) -> Any:
        try:
            if story.confirm:
                return await bybit.cancel_and_confirm(request_for(story, order))
            return await bybit.cancel_order(request_for(story, order))
        except BybitError as error:
            return error

    async def run() -> list[Any]:
        async with AsyncBybit(**options) as bybit:
            if drop:
                asyncio.get_running_loop().call_later(0.1, exchange.drop_streams)
            return await asyncio.gather(*(one(bybit, *pair) for pair in zip(stories, orders, strict=True)))

    results = asyncio.run(run())
    time.sleep(CANCEL_DELAY * 2)
    for story, order, result in zip(stories, orders, results, strict=True):
        check(story, result, exchange.order(order.order_id))


@given(stories=st.lists(STORIES, min_size=1, max_size=16), stream=STREAMS, ahead=st.sampled_from([0, 1500, -7000]))
@settings(max_examples=8)
def test_no_result_of_threads_is_untrue(
    exchange: Sandbox, stories: list[Story], stream: StreamFaults | None, ahead: int
) -> None:
    exchange.faults.clear()
    exchange.faults.stream = stream or StreamFaults()
    orders = [place(exchange, story, number) for number, story in enumerate(stories)]
    options = options_of(
        exchange, stream=stream is not None, deadline=DEADLINE, timeout=0.25, clock=lambda: system_clock() + ahead
    )
    results: dict[int, Any] = {}
    with Bybit(**options) as bybit:

        def one(number: int, story: Story, order: Order) -> None:
            try:
                call: Any = bybit.cancel_and_confirm if story.confirm else bybit.cancel_order
                results[number] = call(request_for(story, order))
            except BybitError as error:
                results[number] = error

        threads = [
            threading.Thread(target=one, args=(number, *pair))
            for number, pair in enumerate(zip(stories, orders, strict=True))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    time.sleep(CANCEL_DELAY * 2)
    for number, (story, order) in enumerate(zip(stories, orders, strict=True)):
        check(story, results[number], exchange.order(order.order_id))
