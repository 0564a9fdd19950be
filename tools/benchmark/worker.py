"""The process of a client: python -m tools.benchmark.worker CLIENT TARGET. It cancels orders when it is asked to."""

import asyncio
import json
import sys
from typing import Any

from tools.benchmark.channel import Channel
from tools.benchmark.clients import Client, find_client
from tools.benchmark.loops import open_tasks, open_threaded
from tools.benchmark.target import Target


def main(name: str, target: str) -> None:
    """Cancel what the parent asks for, until it ends.

    Args:
        name: the client's.
        target: what it is pointed at, as JSON.
    """
    client, channel = find_client(name), Channel()
    if client.is_async:
        asyncio.run(_serve_tasks(client, Target(**json.loads(target)), channel))
    else:
        _serve_threads(client, Target(**json.loads(target)), channel)


def _serve_threads(client: Client, target: Target, channel: Channel) -> None:
    with open_threaded(client, target) as opened:
        while question := channel.receive():
            channel.send(opened.run(*_arguments(question))._asdict())


async def _serve_tasks(client: Client, target: Target, channel: Channel) -> None:
    # Questions are awaited in a thread: between two of them the client lives on, as it would anywhere.
    async with open_tasks(client, target) as opened:
        while question := await asyncio.to_thread(channel.receive):
            channel.send((await opened.run(*_arguments(question)))._asdict())


def _arguments(question: dict[str, Any]) -> tuple[list[str], int]:
    return question["order_ids"], question["in_flight"]


if __name__ == "__main__":
    main(*sys.argv[1:])
