"""Sessions of other people's clients with the sandbox."""

from collections.abc import Iterable
from typing import Any

import pytest

from bybit_ext.sandbox import Sandbox

LINEAR: dict[str, Any] = {"type": "swap", "spot": False, "swap": True, "contract": True, "linear": True}
SPOT: dict[str, Any] = {"type": "spot", "spot": True}


def open_pybit(sandbox: Sandbox, api_key: str, secret: str) -> Any:
    unified_trading: Any = pytest.importorskip("pybit.unified_trading")
    session = unified_trading.HTTP(api_key=api_key, api_secret=secret, rsa_authentication="PRIVATE KEY" in secret)
    session.endpoint = sandbox.url
    return session


def prepare_ccxt(module: Any, sandbox: Sandbox, api_key: str, secret: str, coins: Iterable[str] = ("BTC",)) -> Any:
    exchange = module.bybit({"apiKey": api_key, "secret": secret, "enableRateLimit": False})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], sandbox.url)
    # What it would ask the exchange for before the cancel; the sandbox has no list of markets.
    exchange.options |= {"enableUnifiedMargin": False, "enableUnifiedAccount": True}
    exchange.set_markets([exchange.safe_market_structure(market) for coin in coins for market in markets_of(coin)])
    return exchange


def markets_of(coin: str) -> list[dict[str, Any]]:
    common = {"id": f"{coin}USDT", "base": coin, "quote": "USDT", "precision": {"amount": 0.001, "price": 0.1}}
    return [{**common, "symbol": f"{coin}/USDT", **SPOT}, {**common, "symbol": f"{coin}/USDT:USDT", **LINEAR}]
