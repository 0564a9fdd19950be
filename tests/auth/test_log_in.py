"""The request that logs in to a WebSocket, and the log that does not show it."""

import hmac
import json
import logging

import pytest

from bybit_ext import load_credentials
from bybit_ext.auth.log_in import LogIn, frames_log

NOW = 1_700_000_000_000  # ms
EXPIRES = NOW + 60_000
SIGNATURE = hmac.digest(b"secret", f"GET/realtime{EXPIRES}".encode(), "sha256").hex()


def test_it_names_the_key_and_signs_a_minute_from_now() -> None:
    log_in = LogIn(load_credentials("key", "secret"), NOW)
    assert json.loads(log_in.text) == {"op": "auth", "args": ["key", EXPIRES, SIGNATURE]}


def test_what_must_not_be_shown_is_the_key_the_signature_and_what_the_caller_says() -> None:
    credentials = load_credentials("key", "secret")
    assert LogIn(credentials, NOW).secrets == ("key", SIGNATURE)
    assert LogIn(credentials, NOW, ("a proxy's",)).secrets == ("key", SIGNATURE, "a proxy's")
    assert "key" not in repr(LogIn(credentials, NOW))


def test_what_websockets_logs_is_heard_but_not_its_frames(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "bybit_ext")
    frames_log.debug("> TEXT a frame")
    frames_log.info("connection open")
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("bybit_ext.stream", "connection open")
    ]


def test_it_follows_the_level_of_the_package_s_log(caplog: pytest.LogCaptureFixture) -> None:
    for level, is_heard in ((logging.INFO, True), (logging.WARNING, False), (logging.INFO, True)):
        caplog.set_level(level, "bybit_ext")
        assert frames_log.isEnabledFor(logging.INFO) is is_heard
