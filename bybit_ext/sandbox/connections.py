"""WebSockets of one exchange: requests in JSON, one after another, until a connection ends or is dropped."""

import asyncio
import json
import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from starlette.websockets import WebSocket, WebSocketDisconnect

from .exceptions import API_KEY_INVALID, Refusal, log_in_is_over, log_in_malformed, log_in_wrong
from .models import Exchange


class Connection(ABC):
    """One connection, for its event loop.

    Args:
        exchange: whose it is.
        socket: the WebSocket.
    """

    def __init__(self, exchange: Exchange, socket: WebSocket) -> None:
        self._exchange = exchange
        self._socket = socket
        self._id = uuid.uuid4().hex
        self._api_key: str | None = None
        self._loop = asyncio.get_running_loop()
        self._receiving: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def _answer_request(self, request: dict[str, Any] | None) -> bool:
        """Answer a request; None stands for what is no JSON object. Return whether to go on."""

    def _do_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, until the connection ends."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # it fails if the client has gone

    async def serve(self) -> None:
        """Serve it until it ends."""
        self._receiving = asyncio.create_task(self._answer_requests())
        try:
            await asyncio.wait([self._receiving])
        finally:
            tasks = [*self._beside, self._receiving]
            for task in tasks:
                task.cancel()
            # Each of them fails if the client has gone.
            await asyncio.gather(*tasks, self._socket.close(), return_exceptions=True)

    def drop(self) -> None:
        """End it. From any thread."""
        self._call(self._stop)

    def _stop(self) -> None:
        if self._receiving:
            self._receiving.cancel()

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # the exchange outlives the loop
            self._loop.call_soon_threadsafe(function, *arguments)

    async def _answer_requests(self) -> None:
        while await self._answer_request(read_object(await self._receive())):
            pass

    async def _receive(self) -> str:
        """Return the next message; an empty string for a binary one, which cannot be a request.

        Raises:
            WebSocketDisconnect: the connection has ended.
        """
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        return message.get("text") or ""

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message))

    def _log_in(self, arguments: Any) -> Refusal | None:
        """Log in, or say why not."""
        try:
            api_key, expires, signature = map(str, arguments)
        except (TypeError, ValueError):
            return log_in_malformed()
        verify = self._exchange.verify(api_key)
        if verify is None or self._refuses_all:
            return API_KEY_INVALID
        if not (expires.isdecimal() and expires.isascii() and int(expires[:18]) > self._exchange.clock()):
            return log_in_is_over()
        if not verify(f"GET/realtime{expires}".encode(), signature):
            return log_in_wrong(api_key, signature)
        self._api_key = api_key
        return None

    @property
    @abstractmethod
    def _refuses_all(self) -> bool:
        """Whether a test wants every log-in to be refused."""


Kind = TypeVar("Kind", bound=Connection)


class Connections(Generic[Kind]):
    """The connections that are open. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[Kind] = set()

    def all(self) -> list[Kind]:
        """Return those that are open now."""
        with self._lock:
            return list(self._open)

    def drop(self) -> None:
        """Disconnect everybody."""
        for connection in self.all():
            connection.drop()

    async def serve(self, connection: Kind) -> None:
        """Serve one until it ends."""
        with self._lock:
            self._open.add(connection)
        try:
            await connection.serve()
        finally:
            with self._lock:
                self._open.discard(connection)


def read_object(text: str) -> dict[str, Any] | None:
    """Return a JSON object, None if a text is none."""
    try:
        request: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", request) if isinstance(request, dict) else None
