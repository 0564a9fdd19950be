"""What scripts/pythons does: run the tests on every supported Python but that of .venv, which scripts/test uses."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from tools.environment import look_for_python, make_environment
from tools.project import ROOT, TESTS_OF_TOOLS

FOLDER = ROOT / ".venv" / "pythons"
_CLASSIFIER = "Programming Language :: Python :: 3."
_LEFT_OUT = (*TESTS_OF_TOOLS, "chaos")  # the chaos is of chance, which versions do not change
_LIMIT = 1800.0  # seconds for the tests on one version; 180 are usual


def main(arguments: list[str]) -> int:
    """Run the tests and say which version passed; return the exit status, not 0 if one fails.

    Args:
        arguments: those of pytest.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = f"3.{sys.version_info.minor}"
    results = {version: _try(version, arguments) for version in supported(project) if version != ours}
    print(f"== Python {ours}: scripts/test", *(f"Python {one}: {said}" for one, said in results.items()), sep="\n== ")
    return int("failed" in results.values())


def supported(project: dict[str, Any]) -> list[str]:
    """Return the versions of Python that the project supports, like `3.11`, by its classifiers."""
    return [one.rpartition(" ")[2] for one in project["classifiers"] if one.startswith(_CLASSIFIER)]


def _try(version: str, arguments: list[str]) -> str:
    if look_for_python(version) is None:
        return "not found on this machine"
    print(f"== Python {version}", flush=True)
    interpreter = make_environment(FOLDER / version, version, [], "dev")
    options = ["-q", "-p", "no:cacheprovider", "--numprocesses", "4", "--dist", "worksteal"]
    left_out = [f"--ignore=tests/{name}" for name in _LEFT_OUT]
    return "failed" if _run(interpreter, "-m", "pytest", *options, *left_out, *arguments) else "passed"


def _run(*command: str | Path) -> int:
    return subprocess.run(command, check=False, cwd=ROOT, timeout=_LIMIT).returncode
