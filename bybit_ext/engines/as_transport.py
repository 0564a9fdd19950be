"""An engine as a transport of httpx, for the generated functions: so they get the same time limits, TLS and proxy.

What an answer echoes of its request's key and signature is redacted here, since the generated code reads whole bodies.
"""

import json
from html import unescape
from typing import Any, cast

import httpx

from bybit_ext.auth.redaction import may_echo, redact, redact_json
from bybit_ext.errors import InvalidInput, NotSent

from .interface import AsyncEngine, Engine, Headers, Lost, Reply, Request, Sign

_SECRET_HEADERS = ("X-BAPI-API-KEY", "X-BAPI-SIGN")
_OURS = frozenset({"host", "content-length", "accept-encoding", "connection", "transfer-encoding"})
_NOT_PASSED_ON = _OURS | {"content-encoding", "set-cookie"}  # httpx would send a cookie back with every request


class EngineTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends the requests of httpx clients of both kinds, since a copy of the generated client can become either.

    Args:
        engine: what sends for blocking functions.
        async_engine: what sends for coroutines.
        headers: sent with every request.
        secrets: what must not be shown of an answer, beside the signature of its request.
    """

    def __init__(
        self, engine: Engine, async_engine: AsyncEngine, headers: Headers, secrets: tuple[str, ...] = ()
    ) -> None:
        self._engine = engine
        self._async_engine = async_engine
        self._headers = headers
        self._secrets = secrets

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request: httpx calls this."""
        wanted, seconds = _as_request(request, self._headers), _seconds_of(request)
        try:
            reply = self._engine.send(wanted, _no_signature, seconds=seconds)
        except (NotSent, Lost) as error:
            problem = _as_httpx_error(error)
        else:
            return _as_response(reply, request, self._secrets)
        raise problem

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request: httpx calls this."""
        wanted, seconds = _as_request(request, self._headers), _seconds_of(request)
        try:
            reply = await self._async_engine.send(wanted, _no_signature, seconds=seconds)
        except (NotSent, Lost) as error:
            problem = _as_httpx_error(error)
        else:
            return _as_response(reply, request, self._secrets)
        raise problem

    async def aclose(self) -> None:
        """Leave no connection open, as the event loop may end now: httpx calls this when its client is closed."""
        await self._async_engine.drop_idle()


class UnusableEngine:
    """Stands where a client's transport is of the other kind: blocking, or for coroutines."""

    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Any:  # noqa: ARG002
        """Refuse.

        Raises:
            InvalidInput: always.
        """
        raise InvalidInput("transport: is of the other kind; use the functions of its kind, or the other client.")

    async def drop_idle(self) -> None:
        """Do nothing."""

    def close(self) -> Any:
        """Do nothing."""

    def abandon(self) -> None:
        """Do nothing."""


def _no_signature() -> Headers:
    return ()  # `BybitAuth` has put it on the request


def _as_request(request: httpx.Request, more: Headers) -> Request:
    headers = tuple((name, value) for name, value in request.headers.items() if name.lower() not in _OURS)
    return Request(request.method, request.url.raw_path.decode("ascii"), headers + more, request.content)


def _seconds_of(request: httpx.Request) -> float:
    timeouts = cast("dict[str, float | None]", request.extensions.get("timeout", {}))
    given = [seconds for seconds in timeouts.values() if seconds is not None]
    return max(given, default=60.0)


def _as_httpx_error(error: NotSent | Lost) -> Exception:
    if isinstance(error, InvalidInput):
        return error
    return httpx.ConnectError(str(error)) if isinstance(error, NotSent) else httpx.ReadError(str(error))


def _as_response(reply: Reply, request: httpx.Request, more: tuple[str, ...]) -> httpx.Response:
    secrets = [*more, *(request.headers[name] for name in _SECRET_HEADERS if name in request.headers)]
    headers = {name: value for name, value in reply.headers.items() if name not in _NOT_PASSED_ON}
    shown = {redact(name, *secrets): redact(value, *secrets) for name, value in headers.items()}
    return httpx.Response(reply.status, headers=shown, content=redact_body(reply.body, secrets))


def redact_body(body: bytes, secrets: list[str]) -> bytes:
    """Replace what a body echoes of keys and signatures: in the strings of JSON that are not ids, else in the text."""
    if not may_echo(body, secrets):
        return body
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict | list):
        # Latin-1 holds every byte; a page may write a signature's characters as entities, or each with a null.
        text = unescape(body.decode("latin-1").replace("\0", ""))
        redacted = redact(text, *secrets)
        return body if redacted == text else redacted.encode("latin-1", errors="xmlcharrefreplace")
    return json.dumps(content).encode() if redact_json(content, secrets) else body
