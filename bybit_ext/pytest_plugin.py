"""The fixture `bybit_sandbox`: pytest finds it wherever bybit-v5 is installed.

Here and not in `bybit_ext.sandbox`, because pytest imports this on every start, with or without the extra `sandbox`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox


@pytest.fixture
def bybit_sandbox() -> Iterator["Sandbox"]:
    """Serve an imitation exchange of this test's own, on a free port of this machine; see `bybit_ext.sandbox`.

    >>> def test_my_bot_cancels(bybit_sandbox):
    ...     order = bybit_sandbox.place("linear", "BTCUSDT")
    ...     my_bot.run(bybit_sandbox.url, bybit_sandbox.api_key, bybit_sandbox.api_secret)
    ...     assert bybit_sandbox.order(order.order_id).order_status == "Cancelled"
    """
    from .sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
