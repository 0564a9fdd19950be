"""The same bot with other people's clients: in the same market it ends with the same books."""

from collections.abc import Callable

import pytest

from bybit_ext.sandbox import Sandbox
from tests.examples.lives import live_in_threads
from tests.examples.market import Books, Bot, drive, without_zeros
from tests.peers.ladder_bots import CcxtLadderBot, PybitLadderBot
from tests.peers.sessions import open_pybit, prepare_ccxt

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("default")]


def open_pybit_bot(exchange: Sandbox) -> Bot:
    return PybitLadderBot(open_pybit(exchange, exchange.api_key, exchange.api_secret))


def open_ccxt_bot(exchange: Sandbox) -> Bot:
    module = pytest.importorskip("ccxt")
    coins = ["BTC", "ETH", "SOL"]
    return CcxtLadderBot(prepare_ccxt(module, exchange, exchange.api_key, exchange.api_secret, coins))


@pytest.fixture(scope="module")
def expected() -> Books:
    """The books with which the bot ends that uses this SDK."""
    with Sandbox(cancel_delay=0.0) as exchange:
        return live_in_threads(exchange)[0]


@pytest.mark.parametrize("open_bot", [open_pybit_bot, open_ccxt_bot])
def test_the_bot_ends_with_the_same_books(
    exchange: Sandbox, expected: Books, open_bot: Callable[[Sandbox], Bot]
) -> None:
    bot = open_bot(exchange)
    assert drive(exchange, bot) == expected
    assert without_zeros(bot.filled) == expected.filled
