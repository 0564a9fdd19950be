"""What the pages say of pybit and ccxt: their programs run on the sandbox, and their methods and errors exist."""

import re
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from bybit_ext.sandbox import Sandbox
from tests.docs.running import run_blocks
from tests.docs.snippets import PAGES, python_blocks
from tests.peers.sessions import prepare_ccxt

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("default")]

PYBIT, CCXT = "docs/from-pybit.md", "docs/from-ccxt.md"


@pytest.fixture(autouse=True)
def _keys(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYBIT_API_KEY", sandbox.api_key)
    monkeypatch.setenv("BYBIT_API_SECRET", sandbox.api_secret)


def test_programs_of_pybit_run(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pybit")
    monkeypatch.setattr("pybit._http_manager.HTTP_URL", sandbox.url)
    run_blocks(PYBIT, python_blocks(PYBIT, "pybit"), capsys)


def test_programs_of_ccxt_run(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module: Any = pytest.importorskip("ccxt")
    original = SimpleNamespace(bybit=module.bybit)

    def bybit(settings: dict[str, str]) -> Any:
        exchange = prepare_ccxt(original, sandbox, settings["apiKey"], settings["secret"])
        exchange.urls["test"] = exchange.urls["api"]
        return exchange

    monkeypatch.setattr(module, "bybit", bybit)
    run_blocks(CCXT, python_blocks(CCXT, "ccxt"), capsys)


def test_every_method_of_pybit_exists() -> None:
    module: Any = pytest.importorskip("pybit.unified_trading")
    for owner, pattern in (
        (module.HTTP, r"`session\.(\w+)\("),
        (module.WebSocket, r"`WebSocket\(.*?\)\.(\w+)\("),
        (module.WebSocketTrading, r"`WebSocketTrading\(.*?\)\.(\w+)\("),
    ):
        names = re.findall(pattern, PAGES[PYBIT])
        assert names
        assert [name for name in names if not hasattr(owner, name)] == []


def test_every_setting_and_error_of_pybit_exists() -> None:
    pytest.importorskip("pybit")
    settings = import_module("pybit._http_manager")._V5HTTPManager.__dataclass_fields__
    section = PAGES[PYBIT].partition("## Settings")[2].partition("## Errors")
    rows = [row.split(" | ")[0] for row in section[0].splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)", row)} <= settings.keys()
    errors = import_module("pybit.exceptions")
    assert all(hasattr(errors, name) for name in re.findall(r"^\| `(\w+Error)`", section[2], re.MULTILINE))


def test_every_method_and_error_of_ccxt_exists() -> None:
    pytest.importorskip("ccxt")
    owner: Any = import_module("ccxt.pro").bybit
    names = re.findall(r"`exchange\.(\w+)\(", PAGES[CCXT])
    assert names
    assert [name for name in names if not hasattr(owner, name)] == []
    errors = PAGES[CCXT].partition("## Errors")[2]
    rows = [row.split(" | ")[0] for row in errors.splitlines() if row.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert named
    assert [name for name in named if not hasattr(import_module("ccxt"), name)] == []


def test_ccxt_raises_the_errors_that_the_page_names_for_retcodes() -> None:
    pytest.importorskip("ccxt")
    exchange: Any = import_module("ccxt").bybit()
    table = exchange.exceptions["exact"]
    rows = re.findall(r"^\| `(\w+)` \((\d+)\)", PAGES[CCXT], re.MULTILINE)
    assert rows
    assert {code: table[code].__name__ for _, code in rows} == {code: name for name, code in rows}


def test_the_pages_are_where_these_tests_look() -> None:
    assert python_blocks(PYBIT, "pybit")
    assert python_blocks(CCXT, "ccxt")
