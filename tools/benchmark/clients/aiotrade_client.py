"""aiotrade-sdk: `BybitClient`, on its shared session: without it, it opens 50 connections at most."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from tools.benchmark.clients import AsyncCancel
from tools.benchmark.target import CATEGORY, SYMBOL, Target


@asynccontextmanager
async def open_client(target: Target) -> AsyncGenerator[AsyncCancel]:
    """Cancel by aiotrade-sdk. The authorities to trust come from SSL_CERT_FILE, which Python reads."""
    aiotrade: Any = import_module("aiotrade")
    clients: Any = import_module("aiotrade.clients")
    aiotrade.SharedSessionManager.setup()
    client = clients.BybitClient(target.api_key, target.api_secret)
    client.base_url = target.url

    async def cancel(order_id: str) -> str:
        return str((await client.cancel_order(CATEGORY, SYMBOL, order_id))["result"]["orderId"])

    yield cancel
    await aiotrade.SharedSessionManager.close()
