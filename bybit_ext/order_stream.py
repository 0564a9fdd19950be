"""The private stream of orders: connect, authenticate, subscribe, stay alive, reconnect.

`listen` is the stream itself; it delivers events. The hubs (hubs.py) run it and hand each event to all who subscribed,
so that many calls share one connection.

Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from enum import Enum
from ssl import SSLContext
from typing import Any, Literal, cast

from attrs import field, frozen
from bybit_v5.models import Category, Order

from .auth import Clock
from .blanking import blank
from .checking import find_mismatch
from .credentials import Credentials
from .errors import AuthenticationFailed, BybitError, Forbidden, NotSent, Refused
from .flow import back_off

_log = logging.getLogger(__name__)
# websockets writes every frame to a DEBUG log, the log-in too: this one of its own never goes that deep.
_frames_log = logging.getLogger(f"{__name__}.frames")
_frames_log.setLevel(logging.INFO)

_AUTH_LIFETIME = 60_000  # ms for which the signature of the log-in stays good; a clock may be behind by less
_LONG_ENOUGH = 10.0  # seconds; a connection that lasted so long was a good one


class StreamState(Enum):
    """What the stream tells beside orders."""

    READY = "subscribed: orders come from now on"
    LOST = "disconnected: orders may have been missed"


Event = Order | StreamState | BybitError
"""An error is the last event of its stream."""
Deliver = Callable[[Event], None]


@frozen
class StreamSettings:
    """How to reach a stream.

    Attributes:
        url: like wss://stream.bybit.com/v5/private.
        credentials: the API key and what signs for it.
        clock: tells the exchange's time in ms.
        category: whose orders to hear of; None for all.
        ssl_context: for wss.
        proxy: a proxy's URL; None for none, True for what the environment names.
        answer_timeout: seconds that connecting and each answer to a request may take.
        heartbeat: seconds between two pings.
        silence: seconds after which a connection that says nothing, not even an answer to a ping, is taken for dead.
    """

    url: str
    credentials: Credentials
    clock: Clock
    category: Category | None = None
    ssl_context: SSLContext | None = None
    proxy: str | Literal[True] | None = field(default=None, repr=False)
    answer_timeout: float = 5.0
    heartbeat: float = 20.0
    silence: float = 30.0

    @property
    def topic(self) -> str:
        """The topic to subscribe to."""
        return f"order.{self.category}" if self.category else "order"


async def listen(settings: StreamSettings, deliver: Deliver) -> None:
    """Deliver events for ever, over as many connections as it takes.

    Raises:
        Refused: the exchange refused the log-in or the subscription; connecting again cannot help.
    """
    from websockets.exceptions import InvalidStatus, WebSocketException

    tries = 0
    while True:
        connected_at = time.monotonic()
        try:
            async with _subscribed(settings, deliver) as socket:
                deliver(StreamState.READY)
                await _read(socket, settings, deliver)
        except InvalidStatus as error:
            if error.response.status_code == 403:  # noqa: PLR2004
                raise Forbidden("The exchange turned the stream away: HTTP 403.") from None
            _log.warning("the stream was turned away: HTTP %s", error.response.status_code)
        except (OSError, TimeoutError, WebSocketException) as error:
            _log.warning("the stream was lost, and is connected again: %s", type(error).__name__)
        deliver(StreamState.LOST)
        tries = 1 if time.monotonic() - connected_at > _LONG_ENOUGH else tries + 1
        await asyncio.sleep(back_off(tries, longest=10.0))


@asynccontextmanager
async def _subscribed(settings: StreamSettings, deliver: Deliver) -> AsyncGenerator[Any]:
    from websockets.asyncio.client import connect

    class ConnectHere(connect):
        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc  # another host must not be shown the log-in

    socket = await ConnectHere(
        settings.url,
        ssl=settings.ssl_context if settings.url.startswith("wss:") else None,
        proxy=settings.proxy,
        open_timeout=settings.answer_timeout,
        close_timeout=1,
        ping_interval=None,  # Bybit has a ping of its own
        logger=_frames_log,
    )
    try:
        async with asyncio.timeout(settings.answer_timeout):
            await _log_in(socket, settings, deliver)
            await _request(socket, {"op": "subscribe", "args": [settings.topic]}, Refused, deliver)
        yield socket
    finally:
        try:
            await socket.close()
        except asyncio.CancelledError:  # no time for a polite end
            socket.transport.abort()
            raise


async def _log_in(socket: Any, settings: StreamSettings, deliver: Deliver) -> None:
    expires = settings.clock() + _AUTH_LIFETIME
    signature = settings.credentials.signing_key.sign(f"GET/realtime{expires}".encode())
    request = {"op": "auth", "args": [settings.credentials.api_key, expires, signature]}
    await _request(socket, request, AuthenticationFailed, deliver, settings.credentials.api_key, signature)


async def _request(
    socket: Any, request: dict[str, Any], refusal: type[Refused], deliver: Deliver, *secrets: str
) -> None:
    await socket.send(json.dumps(request))
    while True:
        answer = _read_json(await socket.recv())
        if answer.get("op") == request["op"]:
            break
        _deliver_orders(answer, deliver)
    if answer.get("success") is not True:
        message = blank(str(answer.get("ret_msg")), *secrets)
        raise refusal(f"The stream refused op {request['op']}: {message!r}.")


async def _read(socket: Any, settings: StreamSettings, deliver: Deliver) -> None:
    pinging = asyncio.create_task(_ping(socket, settings.heartbeat))
    try:
        while True:
            async with asyncio.timeout(settings.silence):
                message = await socket.recv()
            _deliver_orders(_read_json(message), deliver)
    finally:
        pinging.cancel()
        await asyncio.wait([pinging])  # unlike awaiting it, this does not take a cancellation of ours for its own


async def _ping(socket: Any, heartbeat: float) -> None:
    while True:
        await asyncio.sleep(heartbeat)
        await socket.send('{"op": "ping"}')


def _read_json(message: str | bytes) -> dict[str, Any]:
    try:
        content: Any = json.loads(message)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return cast("dict[str, Any]", content)
    _log.warning("the stream sent what is no JSON object")
    return {}


def _deliver_orders(message: dict[str, Any], deliver: Deliver) -> None:
    if not str(message.get("topic")).startswith("order"):
        return
    data: object = message.get("data")
    for fields in cast("list[object]", data) if isinstance(data, list) else [data]:
        try:
            order = Order.from_dict(cast("dict[str, Any]", fields))
            problem = find_mismatch(order, Order, "")
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            order, problem = None, f"{type(error).__name__}: {error}"
        if order is None or problem:
            _log.warning("the stream sent an order that cannot be read: %s", problem)
        else:
            deliver(order)


def as_event(error: BaseException) -> BybitError:
    """Return what subscribers are told when a stream ends for good."""
    if isinstance(error, BybitError):
        return error.with_traceback(None)  # its frames hold the log-in
    return NotSent(f"The stream failed: {type(error).__name__}: {error}.")
