"""Who may ask the page's server for what."""

import asyncio
import socket
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from bybit_ext.explorer.guard import Endpoint, Guard
from bybit_ext.sandbox import Sandbox
from tests.explorer.conftest import Page

OPEN = ["/", "/openapi.json", "/explorer/files/explorer.js", "/explorer/files/swagger-ui-bundle.js"]
CLOSED = ["/explorer/start", "/explorer/events", "/explorer/run/v5/market/time"]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("token", [None, "", "wrong", "wröng".encode()])
def test_what_tells_or_does_something_needs_the_token(page: Page, path: str, token: str | None) -> None:
    headers = {} if token is None else {"X-Explorer-Token": token}
    response = page.http.get(path, headers=headers)
    assert response.status_code == 403
    assert "token" in response.text
    assert page.token not in response.text


@pytest.mark.parametrize("path", OPEN)
def test_the_page_itself_needs_none_and_holds_none(exchange: Sandbox, page: Page, path: str) -> None:
    response = page.http.get(path)
    assert response.status_code == 200
    for secret in (page.token, exchange.api_key, exchange.api_secret):
        assert secret not in response.text


@pytest.mark.parametrize("path", [*OPEN, *CLOSED])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "[::1]:{port}"])
def test_another_host_is_refused(page: Page, path: str, host: str) -> None:
    port = page.http.base_url.port
    response = page.http.get(path, headers={**page.headers, "Host": host.format(port=port)})
    assert response.status_code == 403


@pytest.mark.parametrize("path", [*OPEN, "/explorer/start", "/explorer/run/v5/market/time"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"])
def test_another_origin_is_refused(page: Page, path: str, origin: str) -> None:
    port = page.http.base_url.port
    response = page.http.get(path, headers={**page.headers, "Origin": origin.format(port=port)})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_page_is_let_in_by_both_of_its_names(page: Page, name: str) -> None:
    host = f"{name}:{page.http.base_url.port}"
    headers = {**page.headers, "Host": host, "Origin": f"http://{host}"}
    assert page.http.get("/explorer/start", headers=headers).status_code == 200


@pytest.mark.parametrize(("port", "status"), [(80, 200), (81, 403)])
def test_at_the_usual_port_its_names_need_none(port: int, status: int) -> None:
    async def endpoint(_: Request) -> Response:
        return Response()

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "server": ("127.0.0.1", port)}
    response = asyncio.run(run_endpoint(Guard().open_to_all(endpoint), scope))
    assert response.status_code == status


async def run_endpoint(endpoint: Endpoint, scope: dict[str, Any]) -> Response:
    return await endpoint(Request(scope))


def test_a_preflight_allows_nothing(page: Page) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Headers": "X-Explorer-Token"}
    response = page.http.options("/explorer/run/v5/order/cancel", headers=headers)
    assert response.status_code != 200
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", [*OPEN, "/explorer/start"])
def test_every_response_says_what_the_browser_may_load(page: Page, path: str) -> None:
    response = page.http.get(path, headers=page.headers)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_refusals_say_so_too(page: Page) -> None:
    assert "default-src 'none'" in page.http.get("/explorer/start").headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["index.html", "..%2fassets.py", "..%2f..%2f..%2fpyproject.toml", "nothing.js"])
def test_no_other_file_is_served(page: Page, name: str) -> None:
    assert page.http.get(f"/explorer/files/{name}").status_code == 404


def test_only_loopback_is_bound(page: Page) -> None:
    port = page.http.base_url.port
    assert port
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # it could not, if all addresses of this machine were taken


def test_each_page_has_a_token_of_its_own() -> None:
    with Sandbox() as first, Sandbox() as second:
        tokens = {sandbox.page_url.partition("#token=")[2] for sandbox in (first, second)}
        assert len(tokens) == 2
        assert all(len(token) >= 32 for token in tokens)
