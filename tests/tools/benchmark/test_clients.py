"""Every client that is installed cancels on a canned server, by a request that Bybit would take."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.benchmark.canned.answers import Acknowledgements
from tools.benchmark.canned.certificates import make_certificates
from tools.benchmark.canned.http import Request
from tools.benchmark.canned.server import CannedServer
from tools.benchmark.clients import CLIENTS, CONFIRMING, NOTHING, Client, find_client
from tools.benchmark.processes import Process, ProcessFailed, trusting
from tools.benchmark.target import API_KEY, API_SECRET, CATEGORY, ORDER_ID, PATH, SYMBOL
from tools.benchmark.turns import cancel, start_client

LIMIT = 30.0  # seconds for a process to start and cancel


def installed(*clients: Client) -> pytest.MarkDecorator:
    """Parametrize a test with clients; those that are not installed are skipped."""
    return pytest.mark.parametrize(
        "client",
        [
            pytest.param(
                one, id=one.name, marks=pytest.mark.skipif(not one.is_installed, reason=f"without {one.package}")
            )
            for one in clients
        ],
    )


class Recorder:
    """Acknowledges every cancel, and notes the requests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._acknowledgements = Acknowledgements()

    def respond(self, request: Request) -> bytes:
        self.requests.append(request)
        return self._acknowledgements.of(json.loads(request.body)["orderId"])


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def recording(recorder: Recorder) -> Iterator[CannedServer]:
    with CannedServer(respond=recorder.respond) as server:
        yield server


def header(request: Request, name: str) -> str:
    lines = (line.partition(b":") for line in request.head.split(b"\r\n")[1:])
    (value,) = [value.strip().decode() for one, _, value in lines if one.decode().lower() == name.lower()]
    return value


HTTP = [client for client in CLIENTS if client.is_http]


@installed(*HTTP)
@pytest.mark.parametrize("in_flight", [1, 3])
def test_a_client_sends_signed_cancels_of_the_order(
    client: Client, in_flight: int, recording: CannedServer, recorder: Recorder
) -> None:
    with start_client(client, recording.target._replace(stream_url=None)) as process:
        cost = cancel(process, [ORDER_ID] * 6, in_flight)
    assert len(cost.latencies) == 6
    assert min(cost.latencies) > 0
    assert cost.cpu > 0
    assert len(recorder.requests) == 6
    for request in recorder.requests:
        assert (request.method, request.target) == ("POST", PATH)
        assert json.loads(request.body) == {"category": CATEGORY, "symbol": SYMBOL, "orderId": ORDER_ID}
        assert header(request, "Content-Type").startswith("application/json")
        assert header(request, "X-BAPI-API-KEY") == API_KEY
        timestamp, window = header(request, "X-BAPI-TIMESTAMP"), header(request, "X-BAPI-RECV-WINDOW")
        text = f"{timestamp}{API_KEY}{window}".encode() + request.body
        assert header(request, "X-BAPI-SIGN") == hmac.new(API_SECRET.encode(), text, hashlib.sha256).hexdigest()


@installed(*(client for client in CLIENTS if not client.is_http))
@pytest.mark.parametrize("in_flight", [1, 3])
def test_a_client_of_the_trade_websocket_sends_nothing_over_http(
    client: Client, in_flight: int, recording: CannedServer, recorder: Recorder
) -> None:
    with start_client(client, recording.target) as process:
        cost = cancel(process, [ORDER_ID] * 6, in_flight)
    assert len(cost.latencies) == 6
    assert recorder.requests == []


@installed(*CONFIRMING)
def test_a_confirming_client_waits_for_the_end_of_each_order(client: Client) -> None:
    with CannedServer(0.005) as server, start_client(client, server.target) as process:
        cost = cancel(process, server.orders.place(5), 5)
        assert len(cost.latencies) == 5
        assert server.orders.readings == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@installed(*HTTP, NOTHING)
def test_a_first_call_says_when_it_was_answered_over_tls(client: Client, folder: Path) -> None:
    made = make_certificates(folder)
    with CannedServer(0.0, made.server_context()) as server:
        arguments = (client.name, server.target.url, str(made.trusted))
        started = time.monotonic()
        with Process("tools.benchmark.first_call", *arguments, variables=trusting(made.trusted)) as process:
            ended = process.hear(LIMIT)
    assert ended["order_id"] == ORDER_ID
    assert ended["cpu"] > 0
    assert started < ended["now"] < time.monotonic()


def cancel_by_socket(server: CannedServer, order_id: str) -> None:
    with start_client(find_client("socket"), server.target) as process:
        cancel(process, [order_id], 1)


def failing(how: str) -> "pytest.RaisesExc[ProcessFailed]":
    return pytest.raises(ProcessFailed, match=how)


def test_a_client_whose_cancel_is_refused_has_failed() -> None:
    with CannedServer() as server, failing("not accepted"):
        cancel_by_socket(server, "too short")


def test_a_client_that_is_told_of_another_order_has_failed() -> None:
    acknowledgement = Acknowledgements().of(ORDER_ID)
    with CannedServer(respond=lambda _: acknowledgement) as server, failing(f"{ORDER_ID} is acknowledged"):
        cancel_by_socket(server, "-" * 36)


def test_the_clients_have_names_of_their_own() -> None:
    names = [client.name for client in (*CLIENTS, *CONFIRMING, NOTHING)]
    assert len(set(names)) == len(names)
    with pytest.raises(KeyError):
        find_client("nobody")


def test_ours_are_those_of_this_project() -> None:
    ours = {client.name for client in CLIENTS if client.is_ours}
    assert {client.name.removesuffix("-confirmed") for client in CONFIRMING} < ours
    assert "pybit" not in ours
