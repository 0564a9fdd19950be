"""One way to call a method of both clients."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bybit_ext import AsyncBybit, Bybit
from tests.conftest import with_defaults

Call = Callable[..., Any]


def call_sync(method: str, request: Any, *, times: dict[str, Any] | None = None, **options: Any) -> Any:
    with Bybit(**with_defaults(options)) as client:
        return getattr(client, method)(request, **(times or {}))


def call_async(method: str, request: Any, *, times: dict[str, Any] | None = None, **options: Any) -> Any:
    async def run() -> Any:
        async with AsyncBybit(**with_defaults(options)) as client:
            return await getattr(client, method)(request, **(times or {}))

    return asyncio.run(run())


@pytest.fixture(params=[call_sync, call_async], ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    """Call a method of a client of its own, sync or async; takes the method's name, its argument, the client's options,
    and `times` for the call's own."""
    function: Call = request.param
    return function
