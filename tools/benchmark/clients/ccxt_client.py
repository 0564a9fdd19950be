"""ccxt: `bybit.cancel_order`, blocking and for coroutines, without its rate limiter and with a market it need not load.

The blocking one sends by a `requests.Session`, which is not safe in threads: each thread has one of its own.
"""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

from tools.benchmark.clients import AsyncCancel, Cancel
from tools.benchmark.target import Target

_SYMBOL = "BTC/USDT:USDT"  # ccxt's name for the linear BTCUSDT
_MARKET = {
    "id": "BTCUSDT",
    "symbol": _SYMBOL,
    "base": "BTC",
    "quote": "USDT",
    "type": "swap",
    "spot": False,
    "swap": True,
    "contract": True,
    "linear": True,
}


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by ccxt, blocking. The authorities to trust come from REQUESTS_CA_BUNDLE, which requests reads."""
    module: Any = import_module("ccxt")
    exchange = _prepare(module.bybit({**_settings(target), "requests_trust_env": target.ca_file is not None}), target)

    def cancel(order_id: str) -> str:
        return str(exchange.cancel_order(order_id, _SYMBOL)["id"])

    yield cancel
    exchange.session.close()


@asynccontextmanager
async def open_async_client(target: Target) -> AsyncGenerator[AsyncCancel]:
    """Cancel by ccxt, for coroutines."""
    module: Any = import_module("ccxt.async_support")
    authorities = {"cafile": target.ca_file} if target.ca_file else {}
    exchange = _prepare(module.bybit({**_settings(target), **authorities}), target)

    async def cancel(order_id: str) -> str:
        return str((await exchange.cancel_order(order_id, _SYMBOL))["id"])

    yield cancel
    await exchange.close()


def _settings(target: Target) -> dict[str, Any]:
    return {"apiKey": target.api_key, "secret": target.api_secret, "enableRateLimit": False}


def _prepare(exchange: Any, target: Target) -> Any:
    """Give an exchange its URL, and what it would otherwise ask the exchange for before the first cancel."""
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], target.url)
    exchange.options |= {"enableUnifiedMargin": False, "enableUnifiedAccount": True}
    exchange.set_markets([exchange.safe_market_structure(_MARKET)])
    return exchange
