"""The promise that a wrong call does not type-check, run through both checkers, as a user of the package has them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).with_name("typing")


@pytest.fixture(params=["mypy", "pyright"])
def errors(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return a function that tells in which lines of a file a checker finds errors."""

    def check(name: str) -> set[int]:
        # Outside of this project: its settings must not help.
        shutil.copy(FOLDER / name, tmp_path)
        arguments, read = CHECKERS[request.param]
        command = [sys.executable, "-m", request.param, *arguments, name]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
        lines: set[int] = read(done.stdout)
        return lines

    return check


def read_mypy(output: str) -> set[int]:
    assert "success" in output.lower() or "error" in output, output
    return {int(line) for line in re.findall(r"_calls.py:(\d+): error", output)}


def read_pyright(output: str) -> set[int]:
    report: dict[str, Any] = json.loads(output)
    assert report["summary"]["filesAnalyzed"] == 1
    return {one["range"]["start"]["line"] + 1 for one in report["generalDiagnostics"] if one["severity"] == "error"}


CHECKERS: dict[str, Any] = {
    "mypy": (["--strict"], read_mypy),
    "pyright": (["--outputjson", "--pythonpath", sys.executable], read_pyright),
}


@pytest.mark.parametrize("package", ["bybit_ext", "bybit_v5"])
def test_every_public_name_has_a_type(package: str, tmp_path: Path) -> None:
    """But for what comes from other packages: httpx leaves some types partly unknown."""
    command = [sys.executable, "-m", "pyright", "--verifytypes", package, "--ignoreexternal", "--outputjson"]
    # Here pyright asks the first Python on the path, whatever --pythonpath says.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PATH": path}
    )
    report: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    problems = [one for symbol in report["symbols"] for one in symbol["diagnostics"] if one["severity"] == "error"]
    assert (problems, report["completenessScore"]) == ([], 1)


def test_every_wrong_call_is_an_error(errors: Any) -> None:
    lines = FOLDER.joinpath("wrong_calls.py").read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# wrong:" in line}
    assert errors("wrong_calls.py") == marked


def test_every_right_call_is_none(errors: Any) -> None:
    assert errors("right_calls.py") == set()
