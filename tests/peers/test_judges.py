"""The OpenAPI document, judged by other people's programs. scripts/peers installs them."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bybit_ext.document import document
from tests.conformance import family
from tests.conformance.test_cancel_order import FORBIDDEN

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SPEC = ROOT / "spec" / "openapi.yaml"
PROGRAMS = ROOT / ".venv" / "judges" / "node_modules" / ".bin"
pytestmark = [pytest.mark.peers, pytest.mark.skipif(not PROGRAMS.is_dir(), reason="scripts/peers installs them")]
REQUEST = document()["paths"]["/v5/order/cancel"]["post"]["requestBody"]["content"]["application/json"]

ALLOWED: dict[str, dict[str, Any]] = {
    **{f"example {name}": example["value"] for name, example in REQUEST["examples"].items()},
    "linear": {"category": "linear", "symbol": "1000PEPEUSDT", "orderId": "1"},
    "inverse": {"category": "inverse", "symbol": "BTCUSD", "orderLinkId": "my-order_1"},
    "spot": {"category": "spot", "symbol": "XRPUSDT", "orderId": "1523347543495541248"},
    "option": {"category": "option", "symbol": "BTC-29JUL22-25000-C", "orderLinkId": "1", "orderId": None},
    "spot with the default filter": {"category": "spot", "symbol": "XRPUSDT", "orderId": "1", "orderFilter": "Order"},
    "spot with both ids": {
        "category": "spot",
        "symbol": "XRPUSDT",
        "orderId": "1",
        "orderLinkId": "2",
        "orderFilter": "StopOrder",
    },
    "a property that is new": {"category": "linear", "symbol": "BTCUSDT", "orderId": "1", "new": {"a": [1]}},
}


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAMS / program, *arguments], check=False, capture_output=True, text=True)


def test_redocly_reports_nothing() -> None:
    done = run("redocly", "lint", "--format", "json", "--config", HERE / "redocly.yaml", SPEC)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_spectral_reports_nothing() -> None:
    done = run(
        "spectral", "lint", "--format", "json", "--fail-severity", "hint", "--ruleset", HERE / "spectral.yaml", SPEC
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("[]")


def test_another_generator_makes_a_union_too(tmp_path: Path) -> None:
    done = run("openapi-typescript", SPEC, "--output", tmp_path / "bybit.d.ts")
    assert done.returncode == 0, done.stderr
    body = re.search(
        r'"application/json": (components\["schemas"\]\["CancelBy.*);', (tmp_path / "bybit.d.ts").read_text()
    )
    assert body
    assert re.findall(r'"(Cancel\w+)"', body[1]) == [
        "CancelByOrderId",
        "CancelByOrderLinkId",
        "CancelSpotByOrderId",
        "CancelSpotByOrderLinkId",
    ]


@pytest.fixture(scope="module")
def prism() -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(PROGRAMS / "prism"), "mock", "--errors", "--host", "127.0.0.1", "--port", str(port), str(SPEC)]
    headers = {scheme["name"]: "1" for scheme in document()["components"]["securitySchemes"].values()}
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):
        wait_for(client)
        yield client
        process.terminate()


def wait_for(client: httpx.Client) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            client.get("/v5/market/time").raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < end, "Prism did not start"
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED)
def test_prism_accepts_what_the_page_allows(prism: httpx.Client, body: dict[str, Any]) -> None:
    response = prism.post("/v5/order/cancel", json=body)
    assert (response.status_code, response.json()["retCode"]) == (200, 0)


@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN)
def test_prism_refuses_what_the_page_forbids(prism: httpx.Client, body: dict[str, Any]) -> None:
    assert prism.post("/v5/order/cancel", json=body).status_code == 422


@pytest.mark.parametrize(("path", "body"), family.FORBIDDEN.values(), ids=family.FORBIDDEN)
def test_prism_refuses_what_the_pages_of_the_family_forbid(
    prism: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    assert prism.post(path, json=body).status_code == 422


def test_prism_refuses_an_unsigned_cancel(prism: httpx.Client) -> None:
    response = httpx.post(f"{prism.base_url}/v5/order/cancel", json=REQUEST["examples"]["page"]["value"])
    assert response.status_code == 401
