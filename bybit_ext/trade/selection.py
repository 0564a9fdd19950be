"""Which engine a client gets: one for HTTP, and the trade WebSocket before it where that is wanted."""

from bybit_ext.engines.interface import AsyncEngine, Engine
from bybit_ext.engines.selection import ChosenEngine, open_async_engine, open_engine
from bybit_ext.engines.settings import EngineSettings

from .settings import TradeSettings


def open_trade_engine(name: ChosenEngine, settings: EngineSettings, trade: TradeSettings | None) -> Engine:
    """Return an engine for threads.

    Args:
        name: what reads HTTP.
        settings: how to reach the REST host.
        trade: how to reach the trade WebSocket; None to send everything over HTTP.
    """
    http = open_engine(name, settings)
    if trade is None:
        return http
    from .engine_sync import TradeEngine  # it needs the extra, and asyncio, which takes 40 ms

    return TradeEngine(trade, http)


def open_async_trade_engine(name: ChosenEngine, settings: EngineSettings, trade: TradeSettings | None) -> AsyncEngine:
    """Return an engine for coroutines: as `open_trade_engine`."""
    http = open_async_engine(name, settings)
    if trade is None:
        return http
    from .engine_async import AsyncTradeEngine

    return AsyncTradeEngine(trade, http)
