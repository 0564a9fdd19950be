"""Apply a fault to a response: a wrong one, a late one, half of one, or none."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .faults import Fault

_DROP = "bybit_ext.drop"
_RESET_HEADER = "X-Bapi-Limit-Reset-Timestamp"


async def apply_fault(fault: Fault, response: Response, now: int) -> Response:
    """Return what a fault makes of the true response.

    Args:
        fault: what goes wrong.
        response: the true response.
        now: time at the exchange, in ms.
    """
    await asyncio.sleep(fault.delay)
    if fault.drop:
        return Dropped(b"")
    response.status_code = fault.status
    if fault.body is not None:
        response = Response(fault.body, fault.status, headers=_without_length(response))
    response.headers.update(fault.headers)
    if fault.ret_code is not None:
        del response.headers[_RESET_HEADER]
    if fault.reset_in is not None:
        response.headers[_RESET_HEADER] = str(now + round(fault.reset_in * 1000))
    if fault.keep is None:
        return response
    return Dropped(bytes(response.body)[: fault.keep], _without_length(response))


def _without_length(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


class Dropped(Response):
    """Sends the beginning of a response, then resets the connection."""

    def __init__(self, beginning: bytes, headers: dict[str, str] | None = None) -> None:
        super().__init__(beginning, headers={**(headers or {}), "content-length": str(len(beginning) + 100)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is, and reset: Starlette calls this."""
        if self.body:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.body, "more_body": True})
            await asyncio.sleep(0.01)  # so that the beginning arrives
        drop_connection(scope)
        await receive()  # the request has been read, so this is the end of the connection


def drop_connection(scope: MutableMapping[str, Any]) -> None:
    """Reset the connection of a request or of a WebSocket."""
    drop: Callable[[], None] = scope[_DROP]
    drop()


def with_drop(app: ASGIApp) -> ASGIApp:
    """Let an application that uvicorn serves reset connections. ASGI has no word for that."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            cycle: Any = getattr(send, "__self__")  # noqa: B009 - uvicorn's method, to type checkers a function
            scope[_DROP] = cycle.transport.abort
        await app(scope, receive, send)

    return serve
