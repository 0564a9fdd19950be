"""Engines as transports of httpx, for the generated functions."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bybit_ext.engines.as_transport import EngineTransport, UnusableEngine, redact_body
from bybit_ext.engines.interface import Lost, Reply, Request, Sign
from bybit_ext.errors import InvalidInput, NotSent

from .senders import KEY, SECRETS, SIGNATURE

MORE = (("Referer", "broker"),)
ECHO = json.dumps({"retCode": 10004, "retMsg": f"error sign! {KEY.upper()} {SIGNATURE}"}).encode()


class Engine:
    """Answers without sending, and notes what it was asked for."""

    def __init__(self, answer: Reply | Exception) -> None:
        self._answer = answer
        self.asked: list[tuple[Request, float]] = []

    def answer(self, request: Request, sign: Sign, seconds: float, *, fresh: bool) -> Reply:
        assert sign() == ()
        assert not fresh
        self.asked.append((request, seconds))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class SyncEngine(Engine):
    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        return self.answer(request, sign, seconds, fresh=fresh)

    def close(self) -> None: ...


class AsyncEngine(Engine):
    async def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        return self.answer(request, sign, seconds, fresh=fresh)

    async def drop_idle(self) -> None: ...

    async def close(self) -> None: ...

    def abandon(self) -> None: ...


Ask = Callable[..., tuple[list[httpx.Response], Engine]]


def ask_sync(answer: Reply | Exception, *calls: tuple[str, str, Any], **client: Any) -> Any:
    engine = SyncEngine(answer)
    with httpx.Client(transport=EngineTransport(engine, UnusableEngine(), MORE), **client) as opened:
        return [opened.request(method, url, **options) for method, url, options in calls], engine


def ask_async(answer: Reply | Exception, *calls: tuple[str, str, Any], **client: Any) -> Any:
    async def run() -> Any:
        engine = AsyncEngine(answer)
        transport = EngineTransport(UnusableEngine(), engine, MORE)
        async with httpx.AsyncClient(transport=transport, **client) as opened:
            return [await opened.request(method, url, **options) for method, url, options in calls], engine

    return asyncio.run(run())


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    function: Ask = request.param
    return function


CANCEL = ("POST", "https://api.bybit.com/v5/order/cancel?a=%41", {"json": {"a": 1}, "headers": dict(SECRETS)})


def test_a_request_of_httpx_is_handed_on(ask: Ask) -> None:
    _, engine = ask(Reply(200, {}, b"{}"), CANCEL, timeout=3.0)
    (request, seconds), *_ = engine.asked
    assert (request.method, request.target, request.body) == ("POST", "/v5/order/cancel?a=%41", b'{"a":1}')
    assert seconds == 3.0
    headers = {name.lower(): value for name, value in request.headers}
    assert headers["x-bapi-sign"] == SIGNATURE
    assert headers["content-type"] == "application/json"
    assert headers["referer"] == "broker"
    assert not headers.keys() & {"host", "content-length", "connection", "accept-encoding"}


def test_a_client_without_a_time_out_has_one(ask: Ask) -> None:
    _, engine = ask(Reply(200, {}, b"{}"), CANCEL, timeout=None)
    assert engine.asked[0][1] == 60.0


def test_a_request_that_no_client_made_has_a_time_out() -> None:
    engine = SyncEngine(Reply(200, {}, b"{}"))
    EngineTransport(engine, UnusableEngine(), MORE).handle_request(httpx.Request("GET", "https://api.bybit.com/"))
    assert engine.asked[0][1] == 60.0


def test_a_reply_becomes_a_response_of_httpx(ask: Ask) -> None:
    answer = Reply(418, {"traceid": "2f0c", "content-type": "application/json", "content-encoding": "gzip"}, b"{}")
    (response,), _ = ask(answer, CANCEL)
    assert (response.status_code, response.content) == (418, b"{}")
    assert response.headers["Traceid"] == "2f0c"
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotSent("no"), httpx.ConnectError),
        (Lost("gone"), httpx.ReadError),
        (InvalidInput("what"), InvalidInput),
        (RuntimeError("a bug"), RuntimeError),
    ],
)
def test_an_error_becomes_one_of_httpx(ask: Ask, error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        ask(error, CANCEL)
    assert str(caught.value).startswith(error.args[0])
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_no_cookie_is_sent_back(ask: Ask) -> None:
    _, engine = ask(Reply(200, {"set-cookie": f"a={'b' * 60_000}; Path=/"}, b"{}"), CANCEL, CANCEL)
    for request, _ in engine.asked:
        assert "cookie" not in {name.lower() for name, _ in request.headers}


def test_what_an_answer_echoes_is_redacted(ask: Ask) -> None:
    answer = Reply(200, {"x-echo": f"{KEY} {SIGNATURE}"}, ECHO)
    (response,), _ = ask(answer, CANCEL)
    shown = f"{response.text} {dict(response.headers)}"
    assert KEY not in shown
    assert KEY.upper() not in shown
    assert SIGNATURE not in shown
    assert response.json() == {"retCode": 10004, "retMsg": "error sign! *** ***"}


BODIES: dict[str, tuple[bytes, bytes]] = {
    "nothing to redact": (b'{"a": 1}', b'{"a": 1}'),
    "ids stay": (f'{{"orderLinkId":"{KEY}"}}'.encode(), f'{{"orderLinkId":"{KEY}"}}'.encode()),
    "in a list": (f'{{"a":["{KEY}"]}}'.encode(), b'{"a": ["***"]}'),
    "escaped": (f'{{"a":"\\u006b{KEY[1:]}"}}'.encode(), b'{"a": "***"}'),
    "not JSON": (f"<p>{KEY}</p>".encode(), b"<p>***</p>"),
    "entities": (f"<p>&#107;{KEY[1:]}</p>".encode(), b"<p>***</p>"),
    "each character with a null": ("\0".join(KEY).encode(), b"***"),
    "no text": (b"\xff\xfe" + KEY.encode(), b"\xff\xfe***"),
    "empty": (b"", b""),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_is_redacted(case: str) -> None:
    body, redacted = BODIES[case]
    assert redact_body(body, [KEY, SIGNATURE]) == redacted


def test_a_body_may_be_nested_deeply() -> None:
    body = b"[" * 5000 + f'"{KEY}"'.encode() + b"]" * 5000
    assert KEY.encode() not in redact_body(body, [KEY])


def test_a_transport_of_the_other_kind_says_so() -> None:
    engine = UnusableEngine()
    with pytest.raises(InvalidInput, match="other kind"):
        engine.send(Request("GET", "/"), tuple, seconds=1.0)
    engine.close()
    engine.abandon()
