"""The stream that reports the ends of orders: it lets everybody in, and reports to all who are subscribed."""

import asyncio
import json
from typing import Any

_ANSWERS = {"auth", "subscribe"}


class PrivateStream:
    """Reports to whoever is subscribed. For one event loop."""

    def __init__(self) -> None:
        self._outboxes: set[asyncio.Queue[str]] = set()

    def report(self, message: str) -> None:
        """Send a message to all who are subscribed."""
        for outbox in self._outboxes:
            outbox.put_nowait(message)

    async def serve(self, connection: Any) -> None:
        """Serve a connection of websockets until it ends."""
        outbox: asyncio.Queue[str] = asyncio.Queue()
        sending = asyncio.create_task(_send_all(outbox, connection))
        try:
            async for message in connection:
                operation = json.loads(message)["op"]
                await connection.send(json.dumps(_answer(operation)))
                if operation == "subscribe":
                    self._outboxes.add(outbox)
        finally:
            self._outboxes.discard(outbox)
            sending.cancel()


async def _send_all(outbox: "asyncio.Queue[str]", connection: Any) -> None:
    while True:
        await connection.send(await outbox.get())


def _answer(operation: str) -> dict[str, Any]:
    if operation in _ANSWERS:
        return {"success": True, "ret_msg": "", "op": operation, "conn_id": "benchmark"}
    return {"op": "pong", "args": ["0"], "conn_id": "benchmark"}
