"""The ladder bot in a market: what it counts is what the exchange has filled, and nothing of its own is left open."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import drop_response, respond_with, truncate_response
from examples.ladder_bot import main
from tests.examples.lives import Ended, live_in_coroutines, live_in_threads
from tests.examples.market import STRANGER


@pytest.mark.parametrize("live", [live_in_threads, live_in_coroutines])
def test_the_bot_counts_what_was_filled_and_leaves_nothing_open(
    exchange: Sandbox, live: Callable[[Sandbox], Ended]
) -> None:
    books, counted = live(exchange)
    assert counted == books.filled
    assert [symbol for symbol, *_ in books.opened] == [STRANGER]


def test_the_books_have_all_that_can_become_of_an_order(exchange: Sandbox) -> None:
    books, _ = live_in_threads(exchange)
    ends = {(status, qty) for *_, status, qty in books.ended}
    assert ends == {("Filled", "1"), ("Cancelled", "0"), ("Cancelled", "0.4")}
    assert {side for _, side in books.filled} == {"Buy", "Sell"}


def test_both_clients_end_with_the_same_books() -> None:
    with Sandbox(cancel_delay=0.0) as one, Sandbox(cancel_delay=0.0) as other:
        assert live_in_threads(one) == live_in_coroutines(other)


@pytest.mark.parametrize("live", [live_in_threads, live_in_coroutines])
def test_answers_that_get_lost_do_not_change_the_books(exchange: Sandbox, live: Callable[[Sandbox], Ended]) -> None:
    with Sandbox(cancel_delay=0.0) as undisturbed:
        expected = live_in_threads(undisturbed)
    lost = [drop_response(), truncate_response(), respond_with(10016, carry_out=True), respond_with(10006)]
    set_faults = partial(exchange.faults.at_random, lost, rate=0.1)
    set_faults(seed=1, of="creates")
    set_faults(seed=2, of="batches")
    set_faults(seed=3, of="cancel_alls")
    assert live(exchange) == expected


def test_the_example_prints_what_was_filled(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {symbol for symbol, _, _ in lines} == {"BTCUSDT", "ETHUSDT", "SOLUSDT"}
    assert sum(Decimal(qty) for _, _, qty in lines) > 0
