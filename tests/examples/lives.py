"""The ladder bot's life in the market, with either client."""

import asyncio
from decimal import Decimal

from bybit_ext import AsyncBybit, Bybit
from bybit_ext.sandbox import Sandbox
from examples.ladder_bot import LadderBot
from tests.conftest import ENGINE, options_of
from tests.examples.async_ladder_bot import AsyncLadderBot
from tests.examples.market import Books, drive, without_zeros

Ended = tuple[Books, dict[tuple[str, str], Decimal]]
"""The books at the end, and what the bot has counted."""


class InLoop:
    """Drives a bot of coroutines by blocking."""

    def __init__(self, bot: AsyncLadderBot, runner: asyncio.Runner) -> None:
        self.filled = bot.filled
        self._bot = bot
        self._runner = runner

    def quote(self, symbol: str, price: int) -> None:
        self._runner.run(self._bot.quote(symbol, price))

    def stop(self) -> None:
        self._runner.run(self._bot.stop())


def live_in_threads(exchange: Sandbox) -> Ended:
    with Bybit(**options_of(exchange, engine=ENGINE)) as bybit:
        bot = LadderBot(bybit)
        return drive(exchange, bot), without_zeros(bot.filled)


def live_in_coroutines(exchange: Sandbox) -> Ended:
    with asyncio.Runner() as runner:
        bybit = AsyncBybit(**options_of(exchange, engine=ENGINE))
        bot = AsyncLadderBot(bybit)
        try:
            return drive(exchange, InLoop(bot, runner)), without_zeros(bot.filled)
        finally:
            runner.run(bybit.close())
