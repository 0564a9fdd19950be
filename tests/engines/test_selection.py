"""Which engine a client gets."""

import importlib.util
import logging
import re
from typing import Any

import pytest

from bybit_ext.engines import selection
from bybit_ext.engines.selection import choose_engine
from bybit_ext.errors import InvalidInput


@pytest.fixture
def no_httptools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let httptools be not installed."""
    find_spec = importlib.util.find_spec

    def find_other(name: str, package: str | None = None) -> Any:
        return None if name == "httptools" else find_spec(name, package)

    monkeypatch.setattr(selection, "find_spec", find_other)


def test_h11_is_the_default() -> None:
    assert choose_engine(None) == choose_engine("h11") == "h11"


def test_auto_takes_httptools_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bybit_ext"):
        assert choose_engine("auto") == "httptools"
    assert "httptools" in caplog.text


@pytest.mark.usefixtures("no_httptools")
def test_auto_takes_h11_where_httptools_is_not_installed(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bybit_ext"):
        assert choose_engine("auto") == "h11"
    assert "h11" in caplog.text


@pytest.mark.usefixtures("no_httptools")
def test_httptools_that_is_not_installed_is_an_error() -> None:
    with pytest.raises(InvalidInput, match=r"bybit-v5\[fast\]"):
        choose_engine("httptools")


def test_the_trade_websocket_takes_http_as_auto_does() -> None:
    assert choose_engine("websocket") == choose_engine("auto") == "httptools"


@pytest.mark.usefixtures("no_httptools")
def test_the_trade_websocket_takes_http_by_h11_where_httptools_is_not_installed() -> None:
    assert choose_engine("websocket") == "h11"


def test_a_trade_websocket_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(_: str) -> None:
        return None

    monkeypatch.setattr(selection, "find_spec", find_nothing)
    with pytest.raises(InvalidInput, match=r"bybit-v5\[stream\]"):
        choose_engine("websocket")


@pytest.mark.parametrize("name", ["", "httpx", "H11", "curl", 1])
def test_another_engine_is_an_error(name: Any) -> None:
    known = "there are 'h11', 'httptools', 'auto' and 'websocket'"
    with pytest.raises(InvalidInput, match=re.escape(f"there is no {name!r}; {known}.")):
        choose_engine(name)
