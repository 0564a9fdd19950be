import asyncio
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import metadata
from typing import Any

import httpx
import pytest
from bybit_v5 import Client
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import CancelByOrderId, CancelOrderResponse, ErrorResponse

import bybit_ext
from bybit_ext import AsyncBybit, Bybit, InvalidInput, NotSent, OutcomeUnknown
from bybit_ext.engines.hosts import REST_HOSTS, rest_host
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET, Cancel, answering, options_of, over_http, with_defaults

ORDER = CancelByOrderId("linear", "BTCUSDT", "id-1")


class TestHosts:
    @pytest.mark.parametrize(("pair", "host"), REST_HOSTS.items())
    def test_a_documented_pair_is_called(self, pair: tuple[Any, Any], host: str) -> None:
        seen: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            seen.append(f"{request.url.scheme}://{request.url.host}")
            return httpx.Response(200, json={"retCode": 0})

        environment, region = pair
        transport = httpx.MockTransport(handle)
        with Bybit(API_KEY, API_SECRET, environment=environment, region=region, transport=transport) as bybit:
            bybit.cancel_order(ORDER)
        assert seen == [host]

    @pytest.mark.parametrize(
        ("environment", "region"), [("testnet", "nl"), ("demo", "eu"), ("mainnet", "xx"), ("live", None)]
    )
    def test_an_undocumented_pair_is_refused_with_the_documented_ones(self, environment: Any, region: Any) -> None:
        with pytest.raises(InvalidInput, match=r"not documented.*testnet: \(none\), jp; demo: \(none\)"):
            rest_host(environment, region)

    @pytest.mark.parametrize(
        "base_url",
        ["", "api.bybit.com", "ftp://api.bybit.com", "https://", "https://a/?b=c", "https://a/#b", 5, "https://[::1"],
    )
    def test_a_base_url_that_is_none_is_refused(self, base_url: Any) -> None:
        with pytest.raises(InvalidInput, match="base_url"):
            Bybit(API_KEY, API_SECRET, base_url=base_url)

    def test_a_base_url_with_a_password_is_refused_without_showing_it(self) -> None:
        with pytest.raises(InvalidInput, match="base_url") as caught:
            Bybit(API_KEY, API_SECRET, base_url="https://user:hunter2@api.bybit.com")
        assert "hunter2" not in str(caught.value)


HUGE = 10**5000


@pytest.mark.parametrize("name", ["deadline", "timeout", "recv_window", "absent_after"])
def test_a_number_that_python_does_not_write_out_is_refused_all_the_same(name: str) -> None:
    options: dict[str, Any] = {name: HUGE}
    with pytest.raises(InvalidInput, match=f"^{name}: .*hundreds of digits"):
        Bybit(API_KEY, API_SECRET, **options)


def test_a_clock_that_is_ages_away_is_refused(cancel: Cancel) -> None:
    with pytest.raises(InvalidInput, match="clock: must return whole ms"):
        cancel(ORDER, transport=answering(json={}), clock=lambda: HUGE)


class TestOpening:
    def test_the_defaults_are_those_that_the_readme_tells(self) -> None:
        seen: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            seen.append(request.headers["X-BAPI-RECV-WINDOW"])
            return httpx.Response(200, json={"retCode": 0})

        with Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle)) as bybit:
            bybit.cancel_order(ORDER)
            assert (seen, bybit._deadline, bybit._timeout) == (["5000"], 10.0, 5.0)

    def test_a_time_may_be_a_whole_day(self) -> None:
        with Bybit(API_KEY, API_SECRET, deadline=86_400, timeout=86_400) as bybit:
            assert bybit._deadline == 86_400
        with pytest.raises(InvalidInput, match=r"^deadline: "):
            Bybit(API_KEY, API_SECRET, deadline=86_401)

    def test_a_client_tells_its_kind_and_its_host(self) -> None:
        with Bybit(API_KEY, API_SECRET, environment="testnet") as bybit:
            assert repr(bybit) == "Bybit('https://api-testnet.bybit.com')"

    def test_without_keys_the_error_names_the_variables(self) -> None:
        with pytest.raises(InvalidInput, match=r"BYBIT_API_KEY.*BYBIT_API_SECRET"):
            Bybit()

    def test_keys_are_taken_from_the_environment(self, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
        monkeypatch.setenv("BYBIT_API_KEY", sandbox.api_key)
        monkeypatch.setenv("BYBIT_API_SECRET", sandbox.api_secret)
        with Bybit(base_url=sandbox.url) as bybit:
            assert bybit.call(get_orders, category="linear", symbol="NONEUSDT").result.list_ == []

    @pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "5", None])
    @pytest.mark.parametrize("name", ["timeout", "deadline"])
    def test_a_time_that_is_none_is_refused(self, name: str, seconds: Any) -> None:
        with pytest.raises(InvalidInput, match=f"^{name}: "):
            Bybit(API_KEY, API_SECRET, **{name: seconds})

    @pytest.mark.parametrize("name", ["timeout", "deadline"])
    def test_a_time_that_is_none_is_refused_per_call_too(self, name: str) -> None:
        with Bybit(API_KEY, API_SECRET) as bybit, pytest.raises(InvalidInput, match=f"^{name}: "):
            bybit.cancel_order(ORDER, **{name: 0})

    def test_there_is_a_timeout_by_default(self) -> None:
        with Bybit(API_KEY, API_SECRET) as bybit:
            assert bybit.client.get_httpx_client().timeout == httpx.Timeout(5.0)

    def test_all_clients_of_a_process_share_one_ssl_context(self) -> None:
        clients = [Bybit(API_KEY, API_SECRET) for _ in range(3)]
        assert len({id(client._settings.tls.ssl_context()) for client in clients}) == 1
        for client in clients:
            client.close()

    def test_an_own_ssl_context_is_used(self) -> None:
        context = ssl.create_default_context()
        with Bybit(API_KEY, API_SECRET, verify=context) as bybit:
            settings = bybit._stream_settings()
            assert bybit._settings.tls.ssl_context() is context
        assert settings
        assert settings.tls.ssl_context() is context

    @pytest.mark.parametrize("proxy", ["nonsense", "foo://host:1", "http://[::1"])
    def test_a_proxy_that_is_none_is_refused(self, proxy: str) -> None:
        with pytest.raises(InvalidInput, match="proxy"):
            Bybit(API_KEY, API_SECRET, proxy=proxy)

    def test_a_proxy_that_is_not_spoken_is_refused(self, cancel: Cancel) -> None:
        with pytest.raises(InvalidInput, match=r"^proxy: only http:// proxies are spoken here, not socks5:// ones"):
            cancel(ORDER, proxy="socks5://127.0.0.1:1")

    def test_a_proxy_that_is_not_there_means_not_sent(self, cancel: Cancel) -> None:
        with pytest.raises(NotSent):
            cancel(ORDER, proxy="http://127.0.0.1:1")

    def test_headers_are_sent_with_every_request(self, cancel: Cancel) -> None:
        seen: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            seen.append(request.headers["Referer"])
            return httpx.Response(200, json={"retCode": 0})

        cancel(ORDER, headers={"Referer": "broker"}, transport=httpx.MockTransport(handle))
        assert seen == ["broker"]

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"api_key": 5}, "api_key"),
            ({"api_secret": b"secret"}, "api_secret"),
            ({"environment": []}, "environment"),
            ({"region": []}, "region"),
            ({"headers": 5}, "headers"),
            ({"headers": {"X": 5}}, "headers"),
            ({"headers": {"X": "a\nb"}}, "headers"),
            ({"headers": {"X": "ä"}}, "headers"),
            ({"proxy": 5}, "proxy"),
            ({"proxy": "http://"}, "proxy"),
            ({"proxy": "http://a b:1"}, "proxy"),
            ({"proxy": "http://host:99999"}, "proxy"),
            ({"engine": "fast"}, "engine: there is no 'fast'"),
            ({"max_connections": 0}, "max_connections"),
            ({"max_connections": True}, "max_connections"),
            ({"absent_after": 0}, "absent_after"),
            ({"ca_file": "/no/such.pem"}, "ca_file"),
            ({"client_cert": "/no/such.pem"}, "client_cert"),
            ({"base_url": "http://api.bybit.com"}, "base_url: would send keys and orders in clear text"),
            (
                {"stream_url": "ws://stream.bybit.com/v5/private"},
                "stream_url: would send keys and orders in clear text",
            ),
            ({"headers": {"Content-Length": "5"}}, "headers"),
            ({"headers": {"x-bapi-sign": "5"}}, "headers"),
            ({"base_url": "https://api..bybit.com"}, "base_url"),
            ({"verify": "/no/such.pem"}, "verify"),
            ({"environment": 5}, "environment: cannot be a int"),
            ({"region": 5}, "region: cannot be a int"),
            ({"base_url": 5}, "base_url: cannot be a int"),
            ({"stream_url": 5}, "stream_url: cannot be a int"),
            ({"transport": 5}, "transport"),
            ({"transport": httpx.ASGITransport(None)}, "transport"),  # type: ignore[arg-type]
            ({"clock": 5}, "clock"),
            ({"stream_url": "https://stream.bybit.com"}, "stream_url"),
            ({"stream_url": "not a url"}, "stream_url"),
            ({"stream_url": "wss://[::1"}, "stream_url"),
            ({"stream_url": "wss://user:hunter2@host"}, "stream_url"),
            ({"timeout": 10**400}, "timeout"),
            ({"deadline": 1e10}, "deadline"),
        ],
    )
    def test_a_setting_that_is_none_is_named(self, wrong: dict[str, Any], named: str) -> None:
        with pytest.raises(InvalidInput, match=f"^{named}"):
            Bybit(**with_defaults(wrong))

    @pytest.mark.parametrize(
        ("name", "value"),
        [("SSL_CERT_FILE", "/no/such/file"), ("SSL_CERT_DIR", "/no/such/folder"), ("HTTPS_PROXY", "http://[::1")],
    )
    def test_a_variable_that_cannot_be_used_is_named(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        monkeypatch.setenv(name, value)
        with pytest.raises(InvalidInput, match=name):
            Bybit(API_KEY, API_SECRET)

    def test_variables_are_not_read_if_they_are_not_to_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")
        monkeypatch.setenv("HTTPS_PROXY", "nonsense")
        Bybit(API_KEY, API_SECRET, trust_env=False).close()

    def test_an_unverified_client_can_be_asked_for(self) -> None:
        with Bybit(API_KEY, API_SECRET, verify=False) as bybit:
            context = bybit._settings.tls.ssl_context()
        assert context.verify_mode is ssl.CERT_NONE

    @pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 502 no\r\n\r\n"])
    def test_a_proxy_that_makes_no_tunnel_means_not_sent(self, cancel: Cancel, answer: bytes) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_answer_once, args=(server, answer))
            thread.start()
            with pytest.raises(NotSent) as caught:
                cancel(ORDER, proxy=f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.2, deadline=0.25)
            thread.join()
        assert caught.value.sends == 0

    def test_a_proxy_that_hangs_means_not_sent(self, cancel: Cancel) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(NotSent):
            cancel(ORDER, proxy=f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.1, deadline=0.15)

    def test_the_stream_goes_through_the_proxy_with_its_password(self) -> None:
        with Bybit(API_KEY, API_SECRET, proxy="http://us%20er:p%2Fw@host:1") as bybit:
            settings = bybit._stream_settings()
        assert settings
        assert settings.route.proxy
        assert settings.route.proxy.credentials == ("us er", "p/w")
        assert (settings.route.proxy.host, settings.route.proxy.port) == ("host", 1)
        assert "p/w" not in repr(settings)

    def test_the_stream_goes_through_a_proxy_without_a_password(self) -> None:
        with Bybit(API_KEY, API_SECRET, proxy="http://host:1") as bybit:
            settings = bybit._stream_settings()
        assert settings
        assert settings.route.proxy
        assert settings.route.proxy.credentials is None

    @pytest.mark.parametrize(
        ("options", "url"),
        [
            ({}, "wss://stream.bybit.com/v5/private"),
            ({"environment": "demo"}, "wss://stream-demo.bybit.com/v5/private"),
            ({"region": "ge"}, "wss://stream.bybitgeorgia.ge/v5/private"),
            ({"region": "nl"}, None),
            ({"base_url": "https://elsewhere.example"}, None),
            ({"region": "nl", "stream_url": "wss://elsewhere.example"}, "wss://elsewhere.example"),
        ],
    )
    def test_the_stream_is_the_documented_one_or_none(self, options: dict[str, Any], url: str | None) -> None:
        with Bybit(API_KEY, API_SECRET, trust_env=False, **options) as bybit:
            settings = bybit._stream_settings()
        assert (settings and settings.url) == url


class TestClosing:
    @pytest.mark.parametrize("sends_before", [0, 1])
    def test_closing_during_a_call_loses_no_doubt(self, sends_before: int) -> None:
        def handle(request: httpx.Request) -> httpx.Response:
            bybit.close()
            if sends_before:
                raise httpx.ReadTimeout("late", request=request)
            raise httpx.ConnectError("no", request=request)

        bybit = Bybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle))
        with pytest.raises(OutcomeUnknown if sends_before else NotSent) as caught:
            bybit.cancel_order(ORDER)
        assert caught.value.sends == sends_before

    def test_closing_during_a_coroutine_loses_no_doubt(self) -> None:
        async def run() -> None:
            async def handle(request: httpx.Request) -> httpx.Response:
                await bybit.close()
                raise httpx.ReadTimeout("late", request=request)

            bybit = AsyncBybit(API_KEY, API_SECRET, transport=httpx.MockTransport(handle))
            with pytest.raises(OutcomeUnknown) as caught:
                await bybit.cancel_order(ORDER)
            assert caught.value.sends == 1

        asyncio.run(run())

    def test_a_client_of_another_event_loop_is_refused(self) -> None:
        bybit = AsyncBybit(API_KEY, API_SECRET, transport=answering(json={"retCode": 0}))
        asyncio.run(bybit.cancel_order(ORDER))
        with pytest.raises(InvalidInput, match="another event loop"):
            asyncio.run(bybit.cancel_order(ORDER))
        asyncio.run(bybit.close())

    def test_closing_twice_is_safe(self) -> None:
        bybit = Bybit(API_KEY, API_SECRET)
        bybit.close()
        bybit.close()

    def test_closing_an_async_client_twice_is_safe(self) -> None:
        async def run() -> None:
            async with AsyncBybit(API_KEY, API_SECRET) as bybit:
                await bybit.close()

        asyncio.run(run())

    def test_closing_that_is_cancelled_closes_the_connections_all_the_same(self, exchange: Sandbox) -> None:
        class Noted(httpx.AsyncHTTPTransport):
            is_closed = False

            async def aclose(self) -> None:
                self.is_closed = True
                await super().aclose()

        async def run() -> None:
            transport = Noted()
            bybit = AsyncBybit(**options_of(exchange), transport=transport)
            await bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", order.order_id))  # opens the stream
            closing = asyncio.create_task(bybit.close())
            await asyncio.sleep(0)  # the stream is closing now
            closing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await closing
            assert transport.is_closed

        order = exchange.place("linear", "BTCUSDT")
        asyncio.run(run())

    def test_a_call_after_closing_is_not_sent(self) -> None:
        bybit = Bybit(API_KEY, API_SECRET, transport=answering(json={"retCode": 0}))
        bybit.close()
        with pytest.raises(NotSent, match="closed"):
            bybit.cancel_order(ORDER)


class TestSending:
    def test_redirects_are_not_followed(self, cancel: Cancel) -> None:
        seen: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            seen.append(str(request.url))
            return httpx.Response(307, headers={"Location": "https://elsewhere.example/"})

        with pytest.raises(OutcomeUnknown):
            cancel(ORDER, transport=httpx.MockTransport(handle))
        assert seen == ["https://api.bybit.com/v5/order/cancel"]

    @over_http
    def test_a_server_that_does_not_answer_is_unknown_after_the_timeout(self, cancel: Cancel) -> None:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            pytest.raises(OutcomeUnknown, match="no answer came in time"),
        ):
            cancel(ORDER, base_url=f"http://127.0.0.1:{server.getsockname()[1]}", timeout=1.0, deadline=1.0)

    @over_http
    @pytest.mark.parametrize(
        "answer",
        [b"", b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"retCode": 0}', b"nonsense\r\n\r\n"],
        ids=["none", "cut off", "no HTTP"],
    )
    def test_a_connection_that_ends_early_is_unknown(self, cancel: Cancel, answer: bytes) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_answer_once, args=(server, answer))
            thread.start()
            with pytest.raises(OutcomeUnknown):
                cancel(ORDER, base_url=f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.3, deadline=0.3)
            thread.join()

    def test_tls_that_fails_means_not_sent(self, cancel: Cancel) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_answer_once, args=(server, b"this is not TLS"))
            thread.start()
            with pytest.raises(NotSent):
                cancel(ORDER, base_url=f"https://127.0.0.1:{server.getsockname()[1]}")
            thread.join()


def _answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)


class TestGeneratedClient:
    def test_it_is_the_generated_one(self) -> None:
        with Bybit(API_KEY, API_SECRET) as bybit:
            assert type(bybit.client) is Client

    @pytest.mark.parametrize(
        ("body", "kind"),
        [({"retCode": 0, "result": {"orderId": "1"}}, CancelOrderResponse), ({"retCode": 110001}, ErrorResponse)],
    )
    def test_a_generated_function_returns_the_union_as_values(self, body: dict[str, Any], kind: type) -> None:
        with Bybit(API_KEY, API_SECRET, transport=answering(json=body)) as bybit:
            assert isinstance(cancel_order.sync(client=bybit.client, body=ORDER), kind)

    def test_any_operation_can_be_called_with_judgement(self, bybit: Bybit) -> None:
        assert int(bybit.call(get_server_time).result.time_second) > 1_600_000_000

    def test_any_operation_can_be_awaited_with_judgement(self, sandbox: Sandbox) -> None:
        async def run() -> str:
            async with AsyncBybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as bybit:
                return (await bybit.call(get_server_time)).result.time_second

        assert int(asyncio.run(run())) > 1_600_000_000

    def test_an_operation_takes_no_positional_argument(self, bybit: Bybit, sandbox: Sandbox) -> None:
        async def run() -> None:
            async with AsyncBybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as client:
                await client.call(get_server_time, "x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

        with pytest.raises(InvalidInput, match=r"^get_server_time: it takes 0 positional arguments"):
            bybit.call(get_server_time, "x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        with pytest.raises(InvalidInput, match=r"^get_server_time: it takes 0 positional arguments"):
            asyncio.run(run())

    def test_a_wrong_argument_of_any_operation_is_named(self, bybit: Bybit) -> None:
        with pytest.raises(InvalidInput, match=r"category: must be 'inverse' or .*, not 'futures'"):
            bybit.call(get_orders, category="futures", symbol="BTCUSDT")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


IMPORTED = (
    "import sys; before = set(sys.modules); {}; print(*{{m.partition('.')[0] for m in set(sys.modules) - before}})"
)


def test_importing_imports_nothing_but_httpx_its_h11_attrs_and_the_standard_library() -> None:
    def imported(statement: str) -> set[str]:
        command = [sys.executable, "-c", IMPORTED.format(statement)]
        return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())

    ours = imported("import bybit_ext") - imported("import httpx, attrs")
    assert ours - sys.stdlib_module_names == {"bybit_ext", "bybit_v5", "h11"}


def test_the_command_without_its_extra_names_the_extra() -> None:
    code = "import sys; sys.modules['typer'] = None; from bybit_ext.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "bybit-v5[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_threads_can_share_a_client(sandbox: Sandbox, bybit: Bybit) -> None:
    orders = [sandbox.place("linear", "BTCUSDT") for _ in range(20)]
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    def work(order_id: str) -> Callable[[], object]:
        return lambda: bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order_id))

    threads = [threading.Thread(target=run, args=(work(order.order_id),)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_version_is_that_of_the_package() -> None:
    assert bybit_ext.__version__ == metadata.version("bybit-v5")
