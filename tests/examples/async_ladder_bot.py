"""The bot of `examples/ladder_bot.py` for `AsyncBybit`: it places a ladder at once, and counts fills likewise."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from decimal import Decimal

from bybit_v5.models import CancelAllBySymbol, CancelByOrderId, CancelByOrderLinkId, FuturesLimitOrder

from bybit_ext import AsyncBybit, CancelOrderRequest, CancelOutcome, OrderNotFound, OutcomeUnknown
from examples.ladder_bot import PRICES, ladder


class AsyncLadderBot:
    def __init__(self, bybit: AsyncBybit) -> None:
        self.filled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._bybit = bybit
        self._cancels: defaultdict[str, list[CancelOrderRequest]] = defaultdict(list)

    async def quote(self, symbol: str, price: int) -> None:
        await self._cancel(symbol)
        self._cancels[symbol] += await asyncio.gather(*(self._place(order) for order in ladder(symbol, price)))

    async def stop(self) -> None:
        await asyncio.gather(*(self._cancel_all(symbol) for symbol in PRICES))
        await asyncio.gather(*(self._cancel(symbol) for symbol in PRICES))

    async def _place(self, order: FuturesLimitOrder) -> CancelOrderRequest:
        try:
            accepted = await self._bybit.place_order(order)
        except OutcomeUnknown as error:
            if error.order_link_id is None:
                raise
            return CancelByOrderLinkId(order.category, order.symbol, error.order_link_id)
        return CancelByOrderId(order.category, order.symbol, accepted.order_id)

    async def _cancel_all(self, symbol: str) -> None:
        with suppress(OutcomeUnknown):
            await self._bybit.cancel_all(CancelAllBySymbol("linear", symbol))

    async def _cancel(self, symbol: str) -> None:
        cancels = self._cancels.pop(symbol, [])
        for cancel, result in zip(cancels, await self._bybit.cancel_batch_and_confirm(cancels), strict=True):
            if isinstance(result, CancelOutcome):
                self.filled[symbol, str(result.order.side)] += result.filled_qty
            elif not isinstance(result, OrderNotFound):
                self._cancels[symbol].append(cancel)
