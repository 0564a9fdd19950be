"""The regenerate script: what it writes, what it notices, and that an added operation needs nothing else."""

import copy
import importlib.metadata
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bybit_v5 import types
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId
from bybit_v5.types import UNSET

from tools.generation import command
from tools.generation.package import _UNSET_MORE, make_unset_a_constant
from tools.project import ROOT, SPEC

PACKAGE = command.PACKAGE
RUN_LIMIT = 60  # seconds for one run of the script, or of a program with two sandboxes
TESTS_LIMIT = 300  # seconds for the conformance tests of two operations, which take fifteen

ADDED = """\
paths:
  /v5/account/fee-rate:
    get:
      operationId: getFeeRate
      tags: [account]
      summary: Read the fee rate
      parameters:
        - {name: category, in: query, required: true, schema: {$ref: '#/components/schemas/Category'}}
        - {name: note, in: query, required: false, schema: {type: string}}
      responses:
        '200':
          description: The rate.
          content:
            application/json:
              schema:
                anyOf:
                  - $ref: '#/components/schemas/GetFeeRateResponse'
                  - $ref: '#/components/schemas/ErrorResponse'
"""
# One more, with a body, for the conformance tests: they must cover both without being told.
ADDED_WITH_BODY = """\
paths:
  /v5/account/set-alerts:
    post:
      operationId: setAlerts
      tags: [pre-upgrade]
      summary: Set alerts
      parameters:
        - {name: limit, in: query, required: true, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: keep, in: query, required: false, schema: {type: boolean}}
        - {name: coins, in: query, required: false, schema: {type: array, items: {type: string, minLength: 1}}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Alerts'}}}
      responses:
        '200':
          description: The alerts.
          content:
            application/json:
              schema:
                anyOf:
                  - $ref: '#/components/schemas/SetAlertsResponse'
                  - $ref: '#/components/schemas/ErrorResponse'
"""
ADDED_SCHEMAS = """\
  schemas:
    Alerts:
      type: object
      required: [category, alerts]
      properties:
        category: {$ref: '#/components/schemas/Category'}
        alerts: {type: array, items: {$ref: '#/components/schemas/Alert'}}
        note: {type: string, minLength: 3}
    Alert:
      type: object
      required: [symbol, price]
      properties:
        symbol: {$ref: '#/components/schemas/Symbol'}
        price: {type: number}
        sound: {type: [boolean, 'null']}
        note: {type: string, minLength: 1}
    AlertsSet:
      type: object
      properties:
        numbers: {type: array, items: {type: integer}}
        active: {type: boolean}
    SetAlertsResponse:
      allOf:
        - $ref: '#/components/schemas/AcceptedResponse'
        - type: object
          properties:
            result:
              anyOf:
                - {$ref: '#/components/schemas/AlertsSet'}
                - {type: 'null'}
    GetFeeRateResponse:
      allOf:
        - $ref: '#/components/schemas/AcceptedResponse'
        - type: object
          required: [result]
          properties:
            result: {$ref: '#/components/schemas/FeeRate'}
    FeeRate:
      type: object
      required: [makerFeeRate]
      properties:
        makerFeeRate: {type: string}
"""

# What a user writes who added an operation: the extension is the one that is installed.
PROGRAM = """
import httpx
from bybit_ext import Bybit, Refused
from bybit_ext.sandbox import Sandbox
from bybit_v5.api.account import get_fee_rate

answer = {"retCode": 0, "retMsg": "OK", "result": {"makerFeeRate": "0.0001"}}
transport = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
with Bybit("key", "secret", transport=transport) as bybit:
    print(bybit.call(get_fee_rate, category="linear").result.maker_fee_rate)

with Sandbox() as sandbox, Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as bybit:
    try:
        bybit.call(get_fee_rate, category="linear", note="a b+c")
    except Refused as error:
        print(error.ret_code)
with Sandbox() as sandbox, Bybit(sandbox.api_key, "wrong", base_url=sandbox.url) as bybit:
    try:
        bybit.call(get_fee_rate, category="linear")
    except Refused as error:
        print(error.ret_code)
"""


def regenerate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, ROOT / "scripts" / "regenerate.py", *arguments]
    return subprocess.run(program, check=False, capture_output=True, text=True, timeout=RUN_LIMIT)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of one who added two operations to the document, and regenerated."""
    folder = tmp_path_factory.mktemp("extended")
    spec = folder / "openapi.yaml"
    text = SPEC.read_text().replace("  schemas:\n", ADDED_SCHEMAS, 1)
    for added in (ADDED, ADDED_WITH_BODY):
        text = text.replace("paths:\n", added, 1)
    spec.write_text(text)
    done = regenerate("--spec", spec, "--output", folder / "bybit_v5")
    assert done.returncode == 0, done.stderr
    return {**os.environ, "PYTHONPATH": str(folder)}


def run(*arguments: str, environment: dict[str, str], limit: float) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, *arguments]
    return subprocess.run(
        program, check=False, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=limit
    )


def test_an_operation_added_to_the_document_is_signed_and_processed_by_the_unchanged_extension(
    extended: dict[str, str],
) -> None:
    program = run("-c", PROGRAM, environment=extended, limit=RUN_LIMIT)
    # The sandbox took form and signature, and then had nothing to answer with; the wrong signature it refused.
    assert program.stdout.split() == ["0.0001", "10404", "10004"], program.stderr


def test_an_operation_added_to_the_document_is_covered_by_the_unchanged_conformance_tests(
    extended: dict[str, str],
) -> None:
    names = "getFeeRate or fee-rate or setAlerts or set-alerts"
    done = run(
        *("-m", "pytest", "-v", "-p", "no:cacheprovider", "tests/conformance", "-k", names),
        environment={**extended, "HYPOTHESIS_PROFILE": "brief"},
        limit=TESTS_LIMIT,
    )
    assert done.returncode == 0, done.stdout
    for name in ("test_every_allowed_request", "test_a_forbidden_request", "test_nothing_of_an_allowed_answer"):
        for operation in ("getFeeRate", "setAlerts"):
            assert re.search(rf"{name}\w*\[{operation}\] PASSED", done.stdout), done.stdout
    assert done.stdout.count("test_coverage_and_fuzzing PASSED") == 2, done.stdout  # it does not name its operations


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return shutil.copytree(PACKAGE, tmp_path / "bybit_v5")


def test_a_fresh_package_passes_the_check(package: Path) -> None:
    assert regenerate("--check", "--output", package).returncode == 0


def test_a_change_by_hand_is_shown_and_fails_the_check(package: Path) -> None:
    (package / "types.py").write_text((package / "types.py").read_text() + "\nCHANGED = 1\n")
    done = regenerate("--check", "--output", package)
    assert done.returncode == 1
    assert "-CHANGED = 1" in done.stdout
    assert "python scripts/regenerate.py" in done.stderr


def test_a_changed_document_fails_the_check(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(SPEC.read_text().replace("enum: [linear, inverse, spot, option]", "enum: [linear, inverse, spot]"))
    done = regenerate("--check", "--spec", spec)
    assert done.returncode == 1
    assert "option" in done.stdout


@pytest.mark.parametrize("name", ["stale.py", "models/empty.py"])
def test_a_stale_file_fails_the_check_and_vanishes(package: Path, name: str) -> None:
    stale = package / name
    stale.touch()
    done = regenerate("--check", "--output", package)
    assert done.returncode == 1
    assert name in done.stdout
    assert regenerate("--output", package).returncode == 0
    assert not stale.exists()


def test_a_missing_file_fails_the_check(package: Path) -> None:
    (package / "py.typed").unlink()
    done = regenerate("--check", "--output", package)
    assert done.returncode == 1
    assert "py.typed" in done.stdout


def test_a_warning_of_the_generator_is_an_error(tmp_path: Path, package: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    # A form that the generator warns of: a media type that it does not know.
    spec.write_text(
        SPEC.read_text().replace("        content:\n          application/json:", "        content:\n          a/b:", 1)
    )
    before = sorted(package.rglob("*"))
    done = regenerate("--spec", spec, "--output", package)
    assert done.returncode == 2
    assert "failed on this document" in done.stderr
    assert sorted(package.rglob("*")) == before


@pytest.mark.parametrize("path", sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".typed"}))
def test_every_generated_file_says_so(path: Path) -> None:
    line = path.read_text().partition("\n")[0]
    assert line.startswith("# Generated from spec/openapi.yaml by scripts/regenerate.py")


def test_the_generated_document_says_so() -> None:
    assert "Do not edit" in json.loads((PACKAGE / "openapi.json").read_text())["x-origin"]


def test_lint_settings_around_the_package_do_not_change_it(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('line-length = 60\n[format]\nquote-style = "single"\n')
    assert regenerate("--output", tmp_path / "bybit_v5").returncode == 0
    assert (tmp_path / "bybit_v5" / "types.py").read_text() == (PACKAGE / "types.py").read_text()


def test_an_operation_id_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(SPEC.read_text().replace("operationId: getServerTime", "operationId: getOrders"))
    done = regenerate("--spec", spec, "--output", tmp_path / "bybit_v5")
    assert (done.returncode, "given twice" in done.stderr) == (2, True)


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = regenerate("--spec", tmp_path / "none.yaml", "--output", tmp_path / "bybit_v5")
    assert (done.returncode, "none.yaml: there is no such file" in done.stderr) == (2, True)


def test_a_folder_that_is_not_a_generated_package_is_left_alone(tmp_path: Path) -> None:
    thesis = tmp_path / "precious" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.touch()
    assert regenerate("--output", thesis.parent).returncode == 2
    assert thesis.exists()


def test_other_ends_of_lines_fail_the_check(package: Path) -> None:
    file = package / "types.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    done = regenerate("--check", "--output", package)
    assert (done.returncode, "types.py" in done.stdout) == (1, True)


def pickled(value: object) -> Any:
    return pickle.loads(pickle.dumps(value))


DUPLICATES: list[Callable[[object], Any]] = [copy.copy, copy.deepcopy, pickled]


@pytest.mark.parametrize("duplicate", DUPLICATES)
@pytest.mark.parametrize(
    "value",
    [
        UNSET,
        CancelByOrderId("linear", "BTCUSDT", "1-a"),
        CancelByOrderLinkId("spot", "BTCUSDT", "mine", order_id=None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_request_survives_a_copy_and_a_pickle(duplicate: Callable[[object], Any], value: Any) -> None:
    duplicated = duplicate(value)
    assert duplicated == value
    if value is UNSET:
        assert duplicated is UNSET
    else:
        assert duplicated.to_dict() == value.to_dict()


def test_an_absent_field_shows_as_what_it_is() -> None:
    assert repr(UNSET) == "UNSET"
    assert "UNSET" in repr(CancelByOrderId("linear", "BTCUSDT", "1-a"))


def test_unset_is_patched_once(tmp_path: Path) -> None:
    committed = Path(types.__file__).read_text()
    assert committed.count("def __reduce__") == 1
    file = tmp_path / "types.py"
    file.write_text(committed.replace(_UNSET_MORE, ""))  # what the generator writes
    assert "def __reduce__" not in file.read_text()
    make_unset_a_constant(file)
    assert file.read_text() == committed


def test_another_form_of_unset_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "types.py"
    file.write_text("class Unset(Enum):\n    UNSET = 0\n")
    with pytest.raises(SystemExit) as ended:
        make_unset_a_constant(file)
    assert (ended.value.code, file.read_text()) == (2, "class Unset(Enum):\n    UNSET = 0\n")
    assert "the generator writes `class Unset` in another way now" in capsys.readouterr().err


@pytest.mark.parametrize("installed", ["0.0.1", None])
def test_another_version_of_a_tool_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, installed: str | None
) -> None:
    def version(name: str) -> str:
        if installed is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(SystemExit) as ended:
        command.main(["--output", str(tmp_path / "bybit_v5")])
    message = capsys.readouterr().err
    assert (ended.value.code, f"{installed or 'none'} is installed" in message, "scripts/test" in message) == (
        2,
        True,
        True,
    )
    assert not (tmp_path / "bybit_v5").exists()
