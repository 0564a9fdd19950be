"""What the tests of the command share: it runs in this process, or in one of its own at a terminal."""

import os
import select
import time
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bybit_ext.cli import app as cli
from bybit_ext.sandbox import Sandbox

RUNNER = CliRunner()
LINEAR = ("--category", "linear", "--symbol", "BTCUSDT")
SPOT = ("--category", "spot", "--symbol", "BTCUSDT")


@pytest.fixture(autouse=True)
def _no_environment_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BYBIT_ENVIRONMENT", raising=False)


@pytest.fixture
def keys(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The sandbox's key, in the environment of this process."""
    keys = {"BYBIT_API_KEY": sandbox.api_key, "BYBIT_API_SECRET": sandbox.api_secret}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    return keys


@pytest.fixture
def run(sandbox: Sandbox, keys: dict[str, str]) -> Any:
    """Run `bybit cancel`, confirmed beforehand."""
    del keys

    def run(*arguments: str, base_url: str = sandbox.url) -> Result:
        return RUNNER.invoke(cli.app, ["cancel", "--yes", "--base-url", base_url, *arguments])

    return run


def read_until(descriptor: int, text: bytes) -> bytes:
    """Return what a program shows until a text is in it. Colours may stand in between."""
    shown, end = b"", time.monotonic() + 60
    while text not in shown:
        assert select.select([descriptor], [], [], end - time.monotonic())[0], shown
        shown += os.read(descriptor, 1000)
    return shown
