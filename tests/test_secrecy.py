"""No secret, API key or signature shows anywhere: not in a repr, a message, a log record or a traceback."""

import asyncio
import base64
import itertools
import logging
import pickle
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import quote

import httpx
import pytest
from bybit_v5.api.trade import cancel_order, get_order_history, get_orders
from bybit_v5.errors import UnexpectedStatus
from bybit_v5.models import (
    CancelAllBySymbol,
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    FuturesLimitOrder,
)

from bybit_ext import AsyncBybit, Bybit, BybitAuth, BybitError, OrderNotFound, load_credentials
from bybit_ext.auth.keys import load_key
from bybit_ext.calls.strict_json import object_fields
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET, Cancel
from tests.engines.servers import Peer, RawServer, reply

RSA_KEY = Path(__file__).with_name("vectors").joinpath("rsa_test_key.pem").read_text()
ORDER = CancelByOrderId("linear", "BTCUSDT", "id-1")
LINKED = CancelByOrderLinkId("linear", "BTCUSDT", "mine")


def shown(error: BaseException) -> str:
    """Return all that a careful logger would write of an error and of what it is chained to.

    That is its text and attributes, and the local variables of every frame: those of the tests themselves aside,
    which hold the keys.
    """
    seen: list[str] = []
    known: set[int] = set()
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is None or id(one) in known:
            continue
        known.add(id(one))
        seen += [repr(one), str(one), repr(vars(one)), repr(one.args)]
        if isinstance(one, BybitError):
            seen += [repr(one.to_dict()), repr(one.reply and one.reply.to_dict())]
        request = getattr(one, "request", None)
        seen += [repr(request), repr(request and request.headers.raw)]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if "/tests/" not in frame.f_code.co_filename:
                seen += [shown_value(value) for value in frame.f_locals.values()]
        chain += [one.__cause__, one.__context__]
    return "\n".join(seen)


def shown_value(value: object) -> str:
    """Return what rich or an error collector shows of a value: its repr, and one level into what has no repr of its
    own."""
    shown = repr(value)
    inner = cast("list[object]", value) if isinstance(value, list | tuple) else object_fields(value).values()
    return shown + "".join(repr(one) for one in inner)


def echo(request: httpx.Request) -> httpx.Response:
    """Answer as the exchange does to a wrong signature: with all it was given."""
    timestamp, api_key, signature = (request.headers[f"X-BAPI-{name}"] for name in ("TIMESTAMP", "API-KEY", "SIGN"))
    message = f"error sign! origin_string[{timestamp}{api_key}5000], sign[{signature}]"
    return httpx.Response(200, json={"retCode": 10004, "retMsg": message})


@pytest.mark.parametrize("secret", [API_SECRET, RSA_KEY], ids=["HMAC", "RSA"])
def test_what_the_exchange_echoes_is_blanked(cancel: Cancel, secret: str) -> None:
    signatures: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        signatures.append(request.headers["X-BAPI-SIGN"])
        return echo(request)

    with pytest.raises(BybitError) as caught:
        cancel(ORDER, api_secret=secret, transport=httpx.MockTransport(handle))
    text = "".join(map(str, (caught.value, repr(caught.value), caught.value.ret_msg, caught.value.evidence)))
    assert API_KEY not in text
    assert signatures[0] not in text
    assert "origin_string[" in text
    assert "***5000], sign[***]" in text


def as_json_of_php(text: str) -> str:
    return text.replace("/", r"\/")


def as_part_of_a_url(text: str) -> str:
    return quote(text, safe="")


@pytest.mark.parametrize("write", [str, as_json_of_php, as_part_of_a_url])
def test_an_echo_of_an_rsa_signature_is_blanked_however_it_is_written(write: Callable[[str], str]) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, text=f"blocked: {write(request.headers['X-BAPI-SIGN'])}.")

    transport = httpx.MockTransport(handle)
    with Bybit(API_KEY, RSA_KEY, transport=transport) as bybit, pytest.raises(BybitError, match=r"blocked: \*\*\*\."):
        bybit.cancel_order(ORDER)


def test_an_echo_in_a_long_page_is_blanked_before_the_page_is_cut(cancel: Cancel) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(403, text="-" * 190 + API_KEY)

    with pytest.raises(BybitError) as caught:
        cancel(ORDER, transport=httpx.MockTransport(handle))
    assert API_KEY[:8] not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403, 500])
def test_an_echo_where_a_huge_page_is_cut_is_blanked(cancel: Cancel, status: int) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text="<i>" * 1328 + " " * 8 + API_KEY + "X")

    with pytest.raises(BybitError) as caught:
        cancel(ORDER, transport=httpx.MockTransport(handle))
    assert API_KEY[:4] not in str(caught.value)


def as_utf_16(text: str) -> bytes:
    return text.encode("utf-16-le")


def as_json_escapes(text: str) -> bytes:
    return "".join(f"\\u{ord(letter):04x}" for letter in text).encode()


@pytest.mark.parametrize("write", [as_utf_16, as_json_escapes])
def test_an_echo_in_a_page_of_another_encoding_is_blanked(cancel: Cancel, write: Callable[[str], bytes]) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(403, content=write(f"no {API_KEY}")))
    with pytest.raises(BybitError) as caught:
        cancel(ORDER, transport=transport)
    assert API_KEY[:4] not in str(caught.value).replace("\0", "")


def test_an_echo_in_any_field_of_an_answer_is_blanked() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        echoed = {"category": request.headers["X-BAPI-SIGN"], API_KEY: [f"-{API_KEY}"]}
        return httpx.Response(200, json={"retCode": 0, "result": {"list": [], "nextPageCursor": API_KEY, **echoed}})

    with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle)) as bybit:
        answer = bybit.call(get_order_history, category="linear")
    assert answer.to_dict()["result"] == {"list": [], "nextPageCursor": "***", "category": "***", "***": ["-***"]}


def test_an_echo_in_the_answer_to_an_unsigned_request_is_blanked() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(403, text=f"no {API_KEY}"))
    with Bybit(API_KEY, API_SECRET, transport=transport) as bybit, pytest.raises(BybitError, match=r"no \*\*\*"):
        bybit.sync_clock()


def test_an_echo_of_an_earlier_signature_is_blanked() -> None:
    signatures: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        signatures.append(request.headers["X-BAPI-SIGN"])
        if len(signatures) == 1:
            raise httpx.ReadError("gone")
        return httpx.Response(403, text=f"no {signatures[0]}")

    clock = itertools.count(1_700_000_000_000).__next__
    transport = httpx.MockTransport(handle)
    client = Bybit(API_KEY, API_SECRET, transport=transport, clock=clock, max_sends=2)
    with client as bybit, pytest.raises(BybitError) as caught:
        bybit.cancel_order(ORDER)
    assert signatures[0] != signatures[1]
    assert signatures[0] not in f"{caught.value}{caught.value.__cause__}"
    assert "no ***" in str(caught.value.__cause__)


def test_a_proxy_s_echo_of_its_credentials_is_blanked() -> None:
    token = base64.b64encode(b"user:pr0xy-passw0rd").decode()

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply(f"who is {token}, pr0xy-passw0rd?".encode(), status="407 Proxy Authentication Required"))

    with RawServer(serve) as proxy:
        options: dict[str, Any] = {"base_url": "http://exchange.localhost", "allow_insecure": True, "max_sends": 1}
        client = Bybit(API_KEY, API_SECRET, proxy=f"http://user:pr0xy-passw0rd@127.0.0.1:{proxy.port}", **options)
        with client as bybit, pytest.raises(BybitError, match=r"who is \*\*\*, \*\*\*\?"):
            bybit.cancel_order(ORDER)


def as_entities(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def as_lower_case_url(text: str) -> str:
    return quote(text, safe="").lower()


@pytest.mark.parametrize(
    "write",
    [
        str.upper,
        str.lower,
        as_entities,
        as_lower_case_url,
    ],
    ids=["upper", "lower", "entities", "url in lower case"],
)
@pytest.mark.parametrize("header", ["X-BAPI-API-KEY", "X-BAPI-SIGN"])
@pytest.mark.parametrize("secret", [API_SECRET, RSA_KEY], ids=["HMAC", "RSA"])
def test_an_echo_in_another_spelling_is_blanked(cancel: Cancel, write: Any, header: str, secret: str) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers[header])
        return httpx.Response(403, text=f"<b>blocked</b> {write(request.headers[header])}")

    with pytest.raises(BybitError, match=r"blocked \*\*\*") as caught:
        cancel(ORDER, api_key="AbCdEf123456", api_secret=secret, transport=httpx.MockTransport(handle))
    assert seen[0].lower() not in str(caught.value).lower()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_an_echo_in_json_of_any_encoding_is_blanked(cancel: Cancel, encoding: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        escaped = "".join(f"\\u{ord(character):04x}" for character in request.headers["X-BAPI-SIGN"])
        text = f'{{"retCode": 10004, "retMsg": "sign[{escaped}] key[{request.headers["X-BAPI-API-KEY"]}]"}}'
        return httpx.Response(200, content=text.encode(encoding))

    with pytest.raises(BybitError) as caught:
        cancel(ORDER, transport=httpx.MockTransport(handle))
    assert caught.value.ret_msg == "sign[***] key[***]"


def test_an_echo_in_the_trace_id_is_blanked(cancel: Cancel) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"retCode": 0}, headers={"Traceid": request.headers["X-BAPI-API-KEY"]})

    assert cancel(ORDER, transport=httpx.MockTransport(handle)).trace_id == "***"


@pytest.mark.parametrize("api_key", ["0", "1", "e", "ret"])
def test_blanking_does_not_change_what_an_answer_means(cancel: Cancel, api_key: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"retCode": 110001, "retMsg": "ret 0 1 e"}))
    with pytest.raises(OrderNotFound):
        cancel(ORDER, api_key=api_key, transport=transport)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 403 x\r\nbad header %s\r\n\r\n", b"X-BAPI-API-KEY: %s\r\n\r\n"],
    ids=["in a header line", "in the status line"],
)
def test_an_answer_that_is_no_http_is_not_quoted(cancel: Cancel, answer: bytes) -> None:
    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer % API_KEY.encode())

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        with pytest.raises(BybitError) as caught:
            cancel(ORDER, base_url=f"http://127.0.0.1:{server.getsockname()[1]}", deadline=0.3, timeout=0.3)
        thread.join()
    assert API_KEY not in shown(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": -1},
        {"recv_window": 0},
        {"environment": "live"},
        {"headers": {"X": "a\nb"}},
        {"passphrase": "unneeded"},
        {"api_key": "two words"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_error_of_the_constructor_shows_nothing(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]) -> None:
    monkeypatch.setenv("BYBIT_API_KEY", API_KEY)
    monkeypatch.setenv("BYBIT_API_SECRET", API_SECRET)
    with pytest.raises(BybitError) as caught:
        Bybit(**wrong)
    text = shown(caught.value)
    assert API_KEY not in text
    assert API_SECRET not in text


def test_a_proxy_password_in_the_environment_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2/x@host:1")
    with pytest.raises(BybitError, match="HTTPS_PROXY") as caught:
        Bybit(API_KEY, API_SECRET)
    text = shown(caught.value)
    assert "hunter2" not in text


def test_the_values_of_generated_functions_hold_no_echo() -> None:
    with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(echo)) as bybit:
        answer = cancel_order.sync_detailed(client=bybit.client, body=ORDER)
    assert API_KEY not in repr(answer)


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (b"a page of %s, caf\xe9", b"a page of ***, caf\xe9"),
        (b"&#x17c; &amp; %s", b"&#380; & ***"),
        (b"&#x17c; &amp; \xff", b"&#x17c; &amp; \xff"),
    ],
    ids=["in any encoding", "with entities", "without an echo"],
)
def test_of_a_page_only_the_echo_is_blanked(page: bytes, read: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(502, content=page.replace(b"%s", API_KEY.encode())))
    with Bybit(API_KEY, API_SECRET, transport=transport) as bybit, pytest.raises(UnexpectedStatus) as caught:
        cancel_order.sync(client=bybit.client, body=ORDER)
    assert caught.value.content == read


@pytest.mark.parametrize("secret", [API_SECRET, RSA_KEY], ids=["HMAC", "RSA"])
def test_nothing_that_holds_a_key_shows_it(secret: str) -> None:
    credentials = load_credentials(API_KEY, secret)
    auth = BybitAuth(credentials)
    headers = {"Authorization": "hunter2"}
    with Bybit(API_KEY, secret, proxy="http://user:hunter2@127.0.0.1:1", headers=headers) as bybit:
        things = [credentials, load_key(secret), auth, bybit, bybit.client, bybit.client.get_httpx_client()]
        text = "".join(f"{thing!r}{thing}" for thing in things)
    body = "".join(secret.splitlines()[1:3]) or secret
    assert API_KEY not in text
    assert body not in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("no"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("gone")],
    ids=lambda failure: type(failure).__name__,
)
def test_a_traceback_with_local_variables_shows_nothing(failure: httpx.TransportError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    bybit = Bybit(API_KEY, API_SECRET, max_sends=1, transport=httpx.MockTransport(fail))
    with pytest.raises(BybitError) as caught:
        bybit.cancel_order(ORDER)
    bybit.close()
    text = shown(caught.value)
    assert API_KEY not in text
    assert API_SECRET not in text


def test_a_traceback_of_a_real_send_shows_nothing() -> None:
    bybit = Bybit(API_KEY, API_SECRET, max_sends=1, base_url="http://127.0.0.1:1")
    with pytest.raises(BybitError) as caught:
        bybit.cancel_order(ORDER)
    bybit.close()
    text = shown(caught.value)
    assert API_KEY not in text
    assert API_SECRET not in text


@pytest.mark.parametrize("secret", [RSA_KEY[:500], RSA_KEY.replace("PRIVATE", "PUBLIC"), "a secret that is none"])
def test_a_key_that_cannot_be_read_is_not_shown(secret: str) -> None:
    with pytest.raises(BybitError) as caught:
        load_key(secret)
    assert "".join(traceback.format_exception(caught.value)).count("MII") == 0
    assert "a secret that is none" not in str(caught.value)


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Set every logger of the process to DEBUG, as one who looks for a fault does."""
    caplog.set_level(logging.DEBUG)
    names = list(logging.root.manager.loggerDict)
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield caplog
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_no_log_record_shows_a_key(everything_logged: pytest.LogCaptureFixture, exchange: Sandbox) -> None:
    keys: dict[str, Any] = {"api_key": exchange.api_key, "api_secret": exchange.api_secret}
    order = exchange.place("linear", "BTCUSDT")
    with Bybit(**keys, base_url=exchange.url, stream_url=exchange.stream_url) as bybit:
        bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))
        get_orders.sync(client=bybit.client, category="linear", symbol="BTCUSDT")
    assert everything_logged.records
    assert exchange.api_key not in everything_logged.text
    assert exchange.api_secret not in everything_logged.text


def test_no_log_record_shows_a_header_that_is_echoed(everything_logged: pytest.LogCaptureFixture) -> None:
    with EchoServer() as server, Bybit(API_KEY, API_SECRET, base_url=server.url, deadline=0.5) as bybit:
        bybit.cancel_order(ORDER)
        cancel_order.sync(client=bybit.client, body=ORDER)
    assert len(server.signatures) == 2
    assert API_KEY not in everything_logged.text
    assert not [one for one in server.signatures if one in everything_logged.text]


class EchoServer:
    """Accepts everything, and echoes key and signature in headers of its answers."""

    def __init__(self) -> None:
        self.signatures: list[str] = []

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection:
                    head = connection.recv(65536).decode()
                    lines = dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
                    named = {name.lower(): value for name, value in lines.items()}
                    self.signatures.append(named["x-bapi-sign"])
                    body = '{"retCode": 0}'
                    answer = (
                        f"HTTP/1.1 200 OK\r\nX-Key: {named['x-bapi-api-key']}\r\nX-Sign: {named['x-bapi-sign']}\r\n"
                    )
                    connection.sendall(
                        f"{answer}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
                    )


def test_an_error_survives_pickling_with_its_evidence(cancel: Cancel) -> None:
    with pytest.raises(BybitError) as caught:
        cancel(ORDER, transport=httpx.MockTransport(echo))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is type(caught.value)
    assert str(copy) == str(caught.value)
    assert copy.evidence == caught.value.evidence


def test_a_key_of_any_alphabet_is_blanked() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, text=request.headers["X-BAPI-API-KEY"])

    api_key = base64.b64encode(b"any/+key").decode()
    with (
        Bybit(api_key, API_SECRET, transport=httpx.MockTransport(handle)) as bybit,
        pytest.raises(BybitError) as caught,
    ):
        bybit.cancel_order(ORDER)
    assert api_key not in str(caught.value)


def nested(text: str) -> str:
    return '{"a":' * 700 + f'"{text}"' + "}" * 700


ECHOES: dict[str, tuple[int, str]] = {
    "in the message": (200, '{"retCode": 10004, "retMsg": "KEY SIGN"}'),
    **{
        f"in the message of {code}": (200, f'{{"retCode": {code}, "retMsg": "KEY SIGN", "result": {{"x": "KEY"}}}}')
        for code in (1, 10001, 10002, 10005, 10006, 10008, 110001, 110008, 110079, 10016)
    },
    "deep inside a refusal": (200, '{"retCode": 10004, "retMsg": "x", "result": ' + nested("KEY SIGN") + "}"),
    "deep inside an acceptance": (200, '{"retCode": 0, "result": {"orderId": 5, "x": ' + nested("KEY SIGN") + "}}"),
    "as a wrong type": (200, '{"retCode": 0, "time": "--------------------------KEY SIGN"}'),
    "as another order's id": (200, '{"retCode": 0, "result": {"orderId": "KEY SIGN"}}'),
    "in garbled JSON": (200, '{"retCode": 0, "retMsg": "KEY SIGN'),
    "in a page": (502, "<html>KEY SIGN</html>"),
    "in a page of 401": (401, "KEY SIGN"),
    "in a page of 403": (403, "<b>KEY</b> SIGN"),
    "in a page of 404": (404, "KEY SIGN"),
}


@pytest.mark.parametrize("secret", [API_SECRET, RSA_KEY], ids=["HMAC", "RSA"])
@pytest.mark.parametrize(("status", "template"), ECHOES.values(), ids=ECHOES)
def test_no_frame_of_an_error_shows_an_echo(cancel: Cancel, status: int, template: str, secret: str) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        key, signature = request.headers["X-BAPI-API-KEY"], request.headers["X-BAPI-SIGN"]
        seen.append(signature)
        content = template.replace("KEY", key).replace("SIGN", signature)
        return httpx.Response(status, text=content, headers={"Traceid": key, "X-Echo": signature})

    with pytest.raises(BybitError) as caught:
        cancel(ORDER, api_secret=secret, transport=httpx.MockTransport(handle))
    text = shown(caught.value)
    assert API_KEY not in text
    assert not [signature for signature in seen if signature in text]


FAMILY: dict[str, tuple[str, Any]] = {
    "cancel_batch": ("cancel_batch", [ORDER, LINKED]),
    "cancel_batch of a kind": ("cancel_batch", [CancelSpotByOrderId("spot", "X", "id-1", "StopOrder")]),
    "cancel_batch_and_confirm": ("cancel_batch_and_confirm", [ORDER, LINKED]),
    "cancel_all": ("cancel_all", CancelAllBySymbol("linear", "BTCUSDT")),
    "cancel_all_and_confirm": ("cancel_all_and_confirm", CancelAllBySymbol("linear", "BTCUSDT")),
    "place_order": ("place_order", FuturesLimitOrder("linear", "BTCUSDT", "Buy", "1", "100", order_link_id="mine")),
}
LISTED = (
    '{"retCode": 0, "retMsg": "KEY", "result": {"list": [{"symbol": "BTCUSDT", "orderId": "id-1", "qty": "2", '
    '"orderLinkId": "mine", "cumExecQty": "0", "orderStatus": "New", "rejectReason": "KEY SIGN"}]}}'
)
OF_FAMILY: dict[str, tuple[int, str]] = {
    **ECHOES,
    "in the message of an order of a batch": (
        200,
        (
            '{"retCode": 0, "result": {"list": [{"orderId": "id-1"}, {"orderLinkId": "mine"}], "x": "KEY"}, '
            '"retExtInfo": {"list": [{"code": 10004, "msg": "KEY SIGN"}, {"code": 10016, "msg": "SIGN", "x": "KEY"}]}}'
        ),
    ),
    "as the ids of a batch": (
        200,
        (
            '{"retCode": 0, "result": {"list": [{"orderId": "KEY"}, {"orderLinkId": "SIGN"}]}, '
            '"retExtInfo": {"list": [{"code": 0}, {"code": 0, "msg": 5, "SIGN": "KEY"}]}}'
        ),
    ),
    "beside a list of a cancel of all": (200, '{"retCode": 0, "result": {"list": [], "success": "0", "KEY": "SIGN"}}'),
    "as another order's link id": (200, '{"retCode": 0, "result": {"orderId": "x", "orderLinkId": "KEY SIGN"}}'),
    "in a lost answer": (0, ""),
}


def errors_of(call: Callable[[], Any]) -> list[BybitError]:
    """Return what a call raises, or the errors among what it returns."""
    try:
        result = call()
    except BybitError as error:
        return [error]
    found: Any = getattr(result, "results", result)
    if not isinstance(found, list):
        return []
    return [one for one in cast("list[object]", found) if isinstance(one, BybitError)]


@pytest.mark.parametrize("lists", ["echo", "orders"])
@pytest.mark.parametrize(("status", "template"), OF_FAMILY.values(), ids=OF_FAMILY)
@pytest.mark.parametrize(("method", "request_"), FAMILY.values(), ids=FAMILY)
def test_no_frame_of_an_error_of_many_orders_shows_an_echo(
    method: str, request_: Any, status: int, template: str, lists: str
) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        key, signature = request.headers["X-BAPI-API-KEY"], request.headers["X-BAPI-SIGN"]
        seen.append(signature)
        if request.method == "GET" and lists == "orders":
            return httpx.Response(200, text=LISTED.replace("KEY", key).replace("SIGN", signature))
        if status == 0:
            raise httpx.ReadError("lost")
        content = template.replace("KEY", key).replace("SIGN", signature)
        return httpx.Response(status, text=content, headers={"Traceid": key, "X-Echo": signature})

    options: dict[str, Any] = {"timeout": 0.05, "absent_after": 0.01, "base_url": "http://exchange.localhost"}
    text = ""
    for deadline in (0.15, 5.0):  # on a busy machine, the first can be over before anything is sent
        with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle), deadline=deadline, **options) as bybit:
            errors = errors_of(lambda client=bybit: getattr(client, method)(request_))  # type: ignore[misc]
            text += "".join(shown(error) for error in errors)
        if seen:
            break
    assert API_KEY not in text
    assert API_SECRET not in text
    assert not [signature for signature in seen if signature in text]
    assert seen


@pytest.mark.parametrize("order", [ORDER, LINKED], ids=["by id", "by link id"])
@pytest.mark.parametrize("method", ["cancel_batch", "cancel_batch_and_confirm"])
def test_an_echo_of_a_signature_of_an_earlier_batch_is_blanked(method: str, order: Any) -> None:
    signatures: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        signatures.append(request.headers["X-BAPI-SIGN"])
        if len(signatures) == 1:
            raise httpx.ReadError("gone")
        return httpx.Response(403, text=f"no {signatures[0]}")

    options: dict[str, Any] = {"base_url": "http://exchange.localhost", "deadline": 0.5, "absent_after": 0.01}
    with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle), **options) as bybit:
        (error,) = getattr(bybit, method)([order])
    text = shown(error)
    assert signatures[0] not in text
    assert "no ***" in text or (method, order) == ("cancel_batch", LINKED)


@pytest.mark.parametrize("method", ["cancel_batch", "cancel_batch_and_confirm"])
def test_errors_that_are_returned_hold_no_local_variables(method: str) -> None:
    with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(echo), base_url="http://exchange.localhost") as bybit:
        errors = getattr(bybit, method)([ORDER, LINKED])
    assert [type(error).__name__ for error in errors] == ["AuthenticationFailed"] * 2
    frames = [frame for error in errors for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert not [frame for frame in frames if "attempt" in frame.f_locals or "content" in frame.f_locals]


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), MemoryError(), RuntimeError("odd"), httpx.ReadError("lost")])
def test_no_frame_of_what_interrupts_a_send_shows_a_signature(problem: BaseException) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["X-BAPI-SIGN"])
        raise problem

    transport = httpx.MockTransport(handle)
    bybit = Bybit(API_KEY, API_SECRET, max_sends=1, transport=transport)
    with pytest.raises((BybitError, KeyboardInterrupt)) as caught:
        bybit.cancel_order(ORDER)
    bybit.close()
    text = shown(caught.value)
    assert API_KEY not in text
    assert seen[0] not in text


def test_no_frame_of_a_cancelled_task_shows_a_signature() -> None:
    seen: list[str] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["X-BAPI-SIGN"])
        await asyncio.sleep(60)
        raise AssertionError("it was not cancelled")

    async def run() -> None:
        async with AsyncBybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle)) as bybit:
            task = asyncio.create_task(bybit.cancel_order(ORDER))
            while not seen:  # noqa: ASYNC110 - the handler runs in a task of its own
                await asyncio.sleep(0.001)
            task.cancel()
            await task

    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(run())
    text = shown(caught.value)
    assert API_KEY not in text
    assert seen[0] not in text


@pytest.mark.parametrize("method", ["cancel_order", "cancel_batch_and_confirm"])
def test_an_error_that_the_caller_is_handling_keeps_its_local_variables(method: str) -> None:
    def fail() -> None:
        mine = "my own variable"
        raise ValueError(len(mine))

    frames: list[dict[str, Any]] = []
    with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(echo), base_url="http://exchange.localhost") as bybit:
        try:
            fail()
        except ValueError as error:
            request = ORDER if method == "cancel_order" else [ORDER]
            (caught,) = errors_of(lambda: getattr(bybit, method)(request))
            assert method != "cancel_order" or caught.__context__ is error  # noqa: PT017 - it is ours
            frames = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert frames[-1]["mine"] == "my own variable"


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout])
def test_an_error_of_a_generated_function_keeps_its_request_without_key_and_signature(
    failure: type[httpx.TransportError],
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure("no", request=request)

    with (
        Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(fail)) as bybit,
        pytest.raises(httpx.TransportError) as caught,
    ):
        cancel_order.sync(client=bybit.client, body=ORDER)
    assert not [name for name in caught.value.request.headers if name in ("x-bapi-api-key", "x-bapi-sign")]


def test_an_error_of_an_own_httpx_client_keeps_its_request_without_key_and_signature() -> None:
    auth = BybitAuth(load_credentials(API_KEY, API_SECRET))
    with httpx.Client(auth=auth) as http, pytest.raises(httpx.ConnectError) as caught:
        http.post("http://127.0.0.1:1/v5/order/cancel", json={})
    assert "x-bapi-sign" not in caught.value.request.headers


@pytest.mark.parametrize(
    "wrong", [{"proxy": "http://user:hunter2@ho st:1"}, {"timeout": -1}, {"environment": "x"}, {"ca_file": "x"}]
)
def test_a_proxy_s_password_is_not_shown_by_an_error_of_the_constructor(wrong: dict[str, Any]) -> None:
    with pytest.raises(BybitError) as caught:
        Bybit(API_KEY, API_SECRET, **cast("dict[str, Any]", {"proxy": "http://user:hunter2@host:1", **wrong}))
    text = shown(caught.value)
    assert "hunter2" not in text
    assert API_KEY not in text
    assert API_SECRET not in text


def test_settings_of_another_client_are_explained_without_showing_them() -> None:
    wrong: Any = {"apiKey": API_KEY, "apiSecret": API_SECRET, "testnet": True}
    with pytest.raises(BybitError, match=r"No such setting: apiKey \(here: api_key=\)") as caught:
        Bybit(API_KEY, API_SECRET, **wrong)
    text = shown(caught.value)
    assert 'environment="testnet"' in str(caught.value)
    assert API_KEY not in text
    assert API_SECRET not in text
