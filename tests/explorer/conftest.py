"""What the tests of the page share: a sandbox with orders, and what asks its page as a browser does."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from attrs import frozen

from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox
from tests.conftest import API_KEY, API_SECRET

LIMIT = 30.0  # seconds that anything may take on a busy machine


@frozen
class Page:
    """Asks the routes of a page, as the page itself does.

    Attributes:
        http: a client of its server, without the token.
        token: what lets in.
    """

    http: httpx.Client
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Explorer-Token": self.token}

    def start(self) -> dict[str, Any]:
        content: dict[str, Any] = self.http.get("/explorer/start", headers=self.headers).raise_for_status().json()
        return content

    def run(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        url = f"/explorer/run{path}"
        response = self.http.request(method, url, content=content, params=query, headers=self.headers)
        report: dict[str, Any] = response.raise_for_status().json()
        return report

    def cancel(self, **body: Any) -> dict[str, Any]:
        return self.run("POST", "/v5/order/cancel", {"category": "linear", "symbol": "BTCUSDT", **body})


def open_page(url: str) -> Page:
    """Return what asks the page at a URL with a token."""
    server, _, token = url.partition("/#token=")
    return Page(httpx.Client(base_url=server, timeout=LIMIT), token)


@contextmanager
def page_of(
    base_url: str, *, keys: tuple[str, str] = (API_KEY, API_SECRET), **options: Any
) -> Generator[Page, None, None]:
    """Serve the page of another exchange."""
    open_client = partial(RecordingBybit, *keys, base_url=base_url, trust_env=False, **options)
    with serve(Target("testnet", open_client)) as url:
        page = open_page(url)
        with page.http:
            yield page


@pytest.fixture
def page(exchange: Sandbox) -> Iterator[Page]:
    """The page of this test's own exchange."""
    page = open_page(exchange.page_url)
    with page.http:
        yield page
