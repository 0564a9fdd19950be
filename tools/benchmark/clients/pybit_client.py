"""pybit: `HTTP`. It sends by a `requests.Session`, which is not safe in threads: each thread has one of its own."""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from tools.benchmark.clients import Cancel
from tools.benchmark.target import CATEGORY, SYMBOL, Target


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by pybit."""
    pybit: Any = import_module("pybit.unified_trading")
    session = pybit.HTTP(api_key=target.api_key, api_secret=target.api_secret)
    session.endpoint = target.url
    if target.ca_file:
        session.client.verify = target.ca_file

    def cancel(order_id: str) -> str:
        answer: dict[str, Any] = session.cancel_order(category=CATEGORY, symbol=SYMBOL, orderId=order_id)
        return str(answer["result"]["orderId"])

    yield cancel
    session.client.close()
