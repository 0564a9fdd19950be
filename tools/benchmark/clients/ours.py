"""bybit-v5, blocking: `Bybit` with each engine. One serves all threads, as its documentation allows."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bybit_v5.models import CancelByOrderId

from bybit_ext import Bybit, EngineName
from tools.benchmark.clients import Cancel
from tools.benchmark.target import CATEGORY, SYMBOL, Target


@contextmanager
def _cancelling(engine: EngineName, target: Target) -> Generator[Cancel]:
    with open_bybit(engine, target) as bybit:
        yield lambda order_id: bybit.cancel_order(CancelByOrderId(CATEGORY, SYMBOL, order_id)).order_id


@contextmanager
def _confirming(engine: EngineName, target: Target) -> Generator[Cancel]:
    with open_bybit(engine, target) as bybit:
        yield lambda order_id: bybit.cancel_and_confirm(CancelByOrderId(CATEGORY, SYMBOL, order_id)).order.order_id


def open_bybit(engine: EngineName, target: Target) -> Bybit:
    """Return a client that reaches a target."""
    return Bybit(**options_of(engine, target))


def options_of(engine: EngineName, target: Target) -> dict[str, Any]:
    """Return what a client of either kind needs to reach a target."""
    return {
        "api_key": target.api_key,
        "api_secret": target.api_secret,
        "base_url": target.url,
        "stream_url": target.stream_url,
        "trade_url": target.trade_url,
        "ca_file": target.ca_file,
        "engine": engine,
        "timeout": 60.0,  # a busy machine shall make calls slow, not end them
        "deadline": 120.0,
    }


open_fast = partial(_cancelling, "httptools")
open_h11 = partial(_cancelling, "h11")
open_websocket = partial(_cancelling, "websocket")
confirm_fast = partial(_confirming, "httptools")
confirm_h11 = partial(_confirming, "h11")
