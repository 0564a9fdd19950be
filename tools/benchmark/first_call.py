"""The process of a cold start: python -m tools.benchmark.first_call CLIENT URL CA_FILE STREAM_URL.

It does what a program does that cancels one order, and then says what time it is, and for how long it has computed. It
ends at once then: how long a client takes to close is not counted.
"""

import os
import sys

from tools.benchmark.clients import Client, find_client
from tools.benchmark.target import ORDER_ID, Target


def main(name: str, url: str, ca_file: str) -> None:
    """Cancel one order by a client that is opened for it.

    Args:
        name: the client's.
        url: what it is pointed at.
        ca_file: whom it trusts.
    """
    client, target = find_client(name), Target(url, ca_file)
    if client.is_async:
        import asyncio

        asyncio.run(_cancel(client, target))
    else:
        with client.load()(target) as cancel:
            _finish(cancel(ORDER_ID))


async def _cancel(client: Client, target: Target) -> None:
    async with client.load()(target) as cancel:
        _finish(await cancel(ORDER_ID))


def _finish(order_id: str | None) -> None:
    import resource
    import time

    now, usage = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    ended = f'{{"now": {now!r}, "cpu": {usage.ru_utime + usage.ru_stime!r}, "order_id": "{order_id}"}}\n'
    os.write(1, ended.encode())
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
