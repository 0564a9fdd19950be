"""The engine over the trade WebSocket, blocking and not, for the same tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bybit_ext.engines.selection import open_async_engine, open_engine
from bybit_ext.trade.engine_async import AsyncTradeEngine
from bybit_ext.trade.engine_sync import TradeEngine
from tests.engines.conftest import OpenServer as OpenServer  # noqa: PLC0414 - for the tests here
from tests.engines.conftest import _no_settings_in_the_environment as _no_settings_in_the_environment  # noqa: PLC0414
from tests.engines.conftest import authority as authority  # noqa: PLC0414
from tests.engines.conftest import open_server as open_server  # noqa: PLC0414
from tests.engines.senders import AsyncSender, Sender, SyncSender
from tests.engines.senders import settings_for as http_settings_for
from tests.engines.servers import RawServer

from .exchange import settings_for

OpenTrade = Callable[..., Any]
"""Opens what sends: a `SyncSender`, or an `AsyncSender`, which tests for coroutines look into."""


def open_trade_sender(mode: str, server: RawServer, *, http: RawServer | None = None, **settings: Any) -> Sender:
    """Return what sends over the trade WebSocket of a server, and over HTTP to another one."""
    http_settings = http_settings_for(http.url if http else "http://127.0.0.1:1")
    trade = settings_for(server, **settings)
    if mode == "sync":
        return SyncSender(TradeEngine(trade, open_engine("h11", http_settings)))
    return AsyncSender(AsyncTradeEngine(trade, open_async_engine("h11", http_settings)))


def _open_all(mode: str) -> Iterator[OpenTrade]:
    opened: list[Sender] = []

    def open_one(server: RawServer, **settings: Any) -> Sender:
        sender = open_trade_sender(mode, server, **settings)
        opened.append(sender)
        return sender

    yield open_one
    for sender in opened:
        sender.shut_down()


@pytest.fixture(params=["sync", "async"])
def sender(request: pytest.FixtureRequest) -> Iterator[OpenTrade]:
    """Open what sends, blocking and not."""
    yield from _open_all(request.param)


@pytest.fixture
def sync_sender() -> Iterator[OpenTrade]:
    yield from _open_all("sync")


@pytest.fixture
def async_sender() -> Iterator[OpenTrade]:
    yield from _open_all("async")
