"""Which engine a client gets."""

import importlib.util
import logging
from typing import Any

import pytest

from bybit_ext.engines.curl_async import AsyncCurlEngine
from bybit_ext.engines.curl_sync import CurlEngine
from bybit_ext.engines.h11_async import AsyncH11Engine
from bybit_ext.engines.h11_sync import H11Engine
from bybit_ext.engines.selection import choose_engine, open_async_engine, open_engine
from bybit_ext.errors import InvalidInput

from .senders import settings_for

SETTINGS = settings_for("https://api.bybit.com")


def _hide_pycurl(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec

    def find_other(name: str, package: str | None = None) -> Any:
        return None if name == "pycurl" else find_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_other)


def test_h11_is_the_default() -> None:
    assert choose_engine(None, SETTINGS) == choose_engine("h11", SETTINGS) == "h11"


def test_auto_takes_curl_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bybit_ext"):
        assert choose_engine("auto", SETTINGS) == "curl"
    assert "curl" in caplog.text


def test_auto_takes_h11_where_curl_is_not_installed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide_pycurl(monkeypatch)
    with caplog.at_level(logging.INFO, "bybit_ext"):
        assert choose_engine("auto", SETTINGS) == "h11"
    assert "bybit-v5[fast]" in caplog.text


def test_curl_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    _hide_pycurl(monkeypatch)
    with pytest.raises(InvalidInput, match=r"bybit-v5\[fast\]"):
        choose_engine("curl", SETTINGS)


@pytest.mark.parametrize("name", ["", "httpx", "H11", 1])
def test_another_engine_is_an_error(name: Any) -> None:
    with pytest.raises(InvalidInput, match="'h11', 'curl' and 'auto'"):
        choose_engine(name, SETTINGS)


def test_engines_are_opened_by_their_names() -> None:
    assert isinstance(open_engine("h11", SETTINGS), H11Engine)
    assert isinstance(open_engine("curl", SETTINGS), CurlEngine)
    assert isinstance(open_async_engine("h11", SETTINGS), AsyncH11Engine)
    assert isinstance(open_async_engine("curl", SETTINGS), AsyncCurlEngine)
