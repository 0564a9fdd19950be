"""bybit-v5, coroutines: `AsyncBybit` with each engine."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from bybit_v5.models import CancelByOrderId

from bybit_ext import AsyncBybit, EngineName
from tools.benchmark.clients import AsyncCancel
from tools.benchmark.clients.ours import options_of
from tools.benchmark.target import CATEGORY, SYMBOL, Target


@asynccontextmanager
async def _cancelling(engine: EngineName, target: Target) -> AsyncGenerator[AsyncCancel]:
    async with AsyncBybit(**options_of(engine, target)) as bybit:

        async def cancel(order_id: str) -> str | None:
            return (await bybit.cancel_order(CancelByOrderId(CATEGORY, SYMBOL, order_id))).order_id

        yield cancel


@asynccontextmanager
async def _confirming(engine: EngineName, target: Target) -> AsyncGenerator[AsyncCancel]:
    async with AsyncBybit(**options_of(engine, target)) as bybit:

        async def cancel(order_id: str) -> str | None:
            return (await bybit.cancel_and_confirm(CancelByOrderId(CATEGORY, SYMBOL, order_id))).order.order_id

        yield cancel


open_fast = partial(_cancelling, "httptools")
open_h11 = partial(_cancelling, "h11")
open_websocket = partial(_cancelling, "websocket")
confirm_fast = partial(_confirming, "httptools")
confirm_h11 = partial(_confirming, "h11")
