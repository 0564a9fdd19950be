"""An exchange of a page's own in testnet's place, with the orders that the pages cancel."""

from collections.abc import Iterator

import pytest

from bybit_ext.engines.hosts import REST_HOSTS, STREAM_HOSTS, TRADE_HOSTS
from bybit_ext.sandbox import Sandbox


@pytest.fixture
def testnet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.01) as sandbox:
        monkeypatch.setitem(REST_HOSTS, ("testnet", None), sandbox.url)
        monkeypatch.setitem(STREAM_HOSTS, ("testnet", None), sandbox.stream_url)
        monkeypatch.setitem(TRADE_HOSTS, ("testnet", None), sandbox.trade_url)
        monkeypatch.setenv("BYBIT_API_KEY", sandbox.api_key)
        monkeypatch.setenv("BYBIT_API_SECRET", sandbox.api_secret)
        for number in (1, 2, 3):
            sandbox.place("linear", "BTCUSDT", order_link_id=f"my-order-{number}")
        sandbox.place("spot", "XRPUSDT", order_link_id="my-stop-1", order_filter="StopOrder")
        yield sandbox
