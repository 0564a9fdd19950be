"""One connection to the stream: open it, log in, subscribe, read, ping, close."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from attrs import define

from bybit_ext.auth.log_in import LogIn, frames_log
from bybit_ext.auth.redaction import redact
from bybit_ext.engines.sockets import open_socket
from bybit_ext.engines.threads import run_in_thread
from bybit_ext.errors import AuthenticationFailed, Refused

from .events import StreamEvent
from .protocol import PING, Subscribe, parse_message, read_orders
from .settings import StreamSettings

Publish = Callable[[StreamEvent], None]

MAX_MESSAGE_SIZE = 2**24
"""Bytes of one message, 16 MiB: one that reports 500 orders at once has less than one."""
_CLOSING = 0.25  # seconds for a polite end


@define
class OpenSocket:
    """The socket of a stream, which a forked child must close. None while there is none."""

    current: socket.socket | None = None

    def close(self) -> None:
        """Close this process's copy of the socket, without a word to the server."""
        if self.current is not None:
            self.current.close()


@asynccontextmanager
async def subscribed(
    settings: StreamSettings, publish: Publish, opened: OpenSocket
) -> AsyncGenerator[tuple[Any, tuple[str, ...]]]:
    """Open a connection that reports orders, and close it at the end; yield what must not be shown, too.

    Args:
        settings: how to reach the stream.
        publish: takes the orders that are reported before the subscription is acknowledged.
        opened: where the socket is noted.

    Raises:
        Refused: the exchange refused the log-in or the subscription.
        NotSent: no connection could be opened.
        OSError: it was lost.
    """
    from websockets.asyncio.client import connect

    route = settings.route
    proxy_secrets = route.proxy.secrets if route.proxy else ()
    opened.current = await run_in_thread(
        lambda: open_socket(route, settings.answer_timeout), discard=socket.socket.close
    )
    opened.current.setblocking(False)
    connection: Any = None
    try:
        connection = await connect(
            settings.url,
            sock=opened.current,
            ssl=settings.tls.ssl_context() if route.address.is_secure else None,
            server_hostname=route.address.host if route.address.is_secure else None,
            open_timeout=settings.answer_timeout,
            close_timeout=_CLOSING,
            ping_interval=None,  # Bybit has a ping of its own
            max_size=MAX_MESSAGE_SIZE,
            compression=None,
            logger=frames_log,
        )
        async with asyncio.timeout(settings.answer_timeout):
            log_in = LogIn(settings.credentials, settings.clock(), proxy_secrets)
            await _request(connection, log_in, publish, AuthenticationFailed)
            await _request(connection, Subscribe(log_in.secrets), publish, Refused)
        yield connection, log_in.secrets
    finally:
        if connection is None:
            opened.close()
        else:
            await _close(connection)
        opened.current = None


async def _close(connection: Any) -> None:
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await connection.close()
    finally:
        connection.transport.abort()


async def _request(connection: Any, request: LogIn | Subscribe, publish: Publish, refusal: type[Refused]) -> None:
    await connection.send(request.text)
    while True:
        answer = parse_message(await connection.recv(), request.secrets)
        if answer.get("op") == request.op:
            break
        for order in read_orders(answer):
            publish(order)
    if answer.get("success") is not True:
        message = redact(str(answer.get("ret_msg")), *request.secrets)
        raise refusal(f"The stream refused op {request.op}: {message[:200]!r}.")


async def read(connection: Any, secrets: tuple[str, ...], settings: StreamSettings, publish: Publish) -> None:
    """Publish the orders that a connection reports, without the secrets, until it is lost.

    Raises:
        OSError: it was lost; or whatever websockets raises for that.
    """
    pinging = asyncio.create_task(_ping(connection, settings.heartbeat))
    try:
        while True:
            async with asyncio.timeout(settings.silence):
                message = await connection.recv()
            for order in read_orders(parse_message(message, secrets)):
                publish(order)
    finally:
        pinging.cancel()
        await asyncio.wait([pinging])  # unlike awaiting it, this does not take a cancellation of ours for its own


async def _ping(connection: Any, heartbeat: float) -> None:
    while True:
        await asyncio.sleep(heartbeat)
        await connection.send(PING)
