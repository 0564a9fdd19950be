"""httpcore alone, with a request that is signed by hand. One pool serves all threads."""

from collections.abc import Generator
from contextlib import contextmanager

import httpcore

from tools.benchmark.clients import Cancel
from tools.benchmark.clients.by_hand import read_acknowledgement, sign_cancel, trust
from tools.benchmark.target import PATH, Target


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by `httpcore.ConnectionPool`."""
    with httpcore.ConnectionPool(ssl_context=trust(target), max_connections=100) as pool:

        def cancel(order_id: str) -> str:
            body, headers = sign_cancel(target, order_id)
            answer = pool.request("POST", target.url + PATH, headers=list(headers.items()), content=body)
            return read_acknowledgement(answer.content)

        yield cancel
