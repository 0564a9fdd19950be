"""aiopybit: `ByBitClient`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from tools.benchmark.clients import AsyncCancel
from tools.benchmark.target import CATEGORY, SYMBOL, Target


@asynccontextmanager
async def open_client(target: Target) -> AsyncGenerator[AsyncCancel]:
    """Cancel by aiopybit. The authorities to trust come from SSL_CERT_FILE, which Python reads."""
    aiopybit: Any = import_module("aiopybit")
    async with aiopybit.ByBitClient(target.api_key, target.api_secret, "mainnet") as client:
        client.url = target.url

        async def cancel(order_id: str) -> str:
            return str((await client.cancel_order(CATEGORY, SYMBOL, order_id))["result"]["orderId"])

        yield cancel
