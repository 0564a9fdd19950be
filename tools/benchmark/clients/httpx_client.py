"""httpx alone, with a request that is signed by hand, blocking and for coroutines. One client serves all threads."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import httpx

from tools.benchmark.clients import AsyncCancel, Cancel
from tools.benchmark.clients.by_hand import read_acknowledgement, sign_cancel, trust
from tools.benchmark.target import PATH, Target

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)  # by default it keeps 20 alive


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by `httpx.Client`."""
    with httpx.Client(base_url=target.url, verify=trust(target) or True, limits=_LIMITS) as client:

        def cancel(order_id: str) -> str:
            body, headers = sign_cancel(target, order_id)
            return read_acknowledgement(client.post(PATH, content=body, headers=headers).content)

        yield cancel


@asynccontextmanager
async def open_async_client(target: Target) -> AsyncGenerator[AsyncCancel]:
    """Cancel by `httpx.AsyncClient`."""
    async with httpx.AsyncClient(base_url=target.url, verify=trust(target) or True, limits=_LIMITS) as client:

        async def cancel(order_id: str) -> str:
            body, headers = sign_cancel(target, order_id)
            return read_acknowledgement((await client.post(PATH, content=body, headers=headers)).content)

        yield cancel
