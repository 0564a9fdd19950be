"""The tests against the real exchange, tried on the sandbox: they skip without a key, and keep no secret."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bybit_ext.document import document
from bybit_ext.sandbox import Sandbox
from tests.conformance.operations import validator
from tests.live.recording import ANSWERS

ROOT = Path(__file__).parent.parent


def run_live_tests(**variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BYBIT_TEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "live", "tests/live"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        env={**environment, **variables},
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_without_a_key_they_are_skipped_and_say_why() -> None:
    shown = run_live_tests()
    assert "BYBIT_TEST_API_KEY and BYBIT_TEST_API_SECRET (of testnet) are not set" in shown
    assert "passed" not in shown.splitlines()[-1]


def test_they_pass_on_the_sandbox_and_keep_no_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    shown = run_live_tests(
        BYBIT_TEST_API_KEY=sandbox.api_key,
        BYBIT_TEST_API_SECRET=sandbox.api_secret,
        BYBIT_TEST_BASE_URL=sandbox.url,
        BYBIT_TEST_STREAM_URL=sandbox.stream_url,
        BYBIT_TEST_ANSWERS=str(tmp_path),
    )
    assert "skipped" not in shown.splitlines()[-1]
    answers = [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()]
    assert any("origin_string[" in answer for answer in answers), "no answer had a secret to remove"
    assert not [answer for answer in answers if sandbox.api_key in answer or sandbox.api_secret in answer]
    assert not [answer for answer in answers if "x-bapi-sign" in answer.lower() or "x-bapi-api-key" in answer.lower()]
    assert all(is_documented(json.loads(answer)) for answer in answers)


def test_what_testnet_answered_is_what_the_document_says() -> None:
    files = list(ANSWERS.glob("*.json"))
    if not files:
        pytest.skip("no answer of testnet is recorded yet: pytest -m live")
    assert [file.name for file in files if not is_documented(json.loads(file.read_text(encoding="utf-8")))] == []


def is_documented(record: dict[str, Any]) -> bool:
    operation = document()["paths"][record["request"]["path"]][record["request"]["method"].lower()]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return record["status"] == 200 and validator(schema).is_valid(record["body"])
