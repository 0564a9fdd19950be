"""Tests of a bot, on an exchange that goes wrong when a test says so: no key, no network, no mocks.

    .venv/bin/pytest -o addopts= examples/test_my_bot.py

The fixture `bybit_sandbox` comes with the extra `sandbox`.
"""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from bybit_ext import Bybit
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import drop_response, fill_first
from examples.ladder_bot import LEVELS, LadderBot

ALL_ORDERS = 2 * LEVELS


@pytest.fixture
def bot(bybit_sandbox: Sandbox) -> Iterator[LadderBot]:
    with Bybit(
        bybit_sandbox.api_key,
        bybit_sandbox.api_secret,
        base_url=bybit_sandbox.url,
        stream_url=bybit_sandbox.stream_url,
        deadline=2.0,  # of answers that get lost, a test need not wait for long
        absent_after=0.2,
    ) as bybit:
        yield LadderBot(bybit)


def test_quotes_are_replaced_and_nothing_is_left_open(bybit_sandbox: Sandbox, bot: LadderBot) -> None:
    bot.quote("BTCUSDT", 300)
    bot.quote("BTCUSDT", 310)
    assert len(bybit_sandbox.open_orders()) == ALL_ORDERS
    bot.stop()
    assert bybit_sandbox.open_orders() == []


def test_what_the_market_fills_is_counted(bybit_sandbox: Sandbox, bot: LadderBot) -> None:
    bot.quote("BTCUSDT", 300)
    bybit_sandbox.set_price("BTCUSDT", "297")  # crosses the bids at 299, 298 and 297
    bot.stop()
    assert bot.filled["BTCUSDT", "Buy"] == Decimal(3)


def test_a_fill_that_wins_against_the_cancel_is_counted(bybit_sandbox: Sandbox, bot: LadderBot) -> None:
    bot.quote("BTCUSDT", 300)
    order = bybit_sandbox.open_orders()[0]
    bybit_sandbox.faults.on(order.order_id, [fill_first(110001)])
    bot.quote("BTCUSDT", 310)
    assert bot.filled["BTCUSDT", str(order.side)] == Decimal(1)


@pytest.mark.parametrize("carry_out", [True, False], ids=["after", "before"])
def test_a_lost_answer_never_places_an_order_twice(bybit_sandbox: Sandbox, bot: LadderBot, *, carry_out: bool) -> None:
    bybit_sandbox.faults.on_next([drop_response(carry_out=carry_out)], of="creates")
    bot.quote("BTCUSDT", 300)
    assert len(bybit_sandbox.open_orders()) <= ALL_ORDERS
    bot.stop()
    assert bybit_sandbox.open_orders() == []


def test_a_silent_stream_costs_time_but_no_truth(bybit_sandbox: Sandbox, bot: LadderBot) -> None:
    bybit_sandbox.faults.stream.silent = True
    bot.quote("BTCUSDT", 300)
    bybit_sandbox.set_price("BTCUSDT", "299")
    bot.stop()
    assert bot.filled["BTCUSDT", "Buy"] == Decimal(1)
