"""What scripts/lowest does: install the lowest versions, run the demo and the tests with them."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

from tools.environment import make_environment
from tools.lowest.bounds import lowest_python, lowest_versions
from tools.project import ROOT, TESTS_OF_TOOLS

FOLDER = ROOT / ".venv" / "lowest"
_EXTRA = "all"
# What runs the tests, of the extra dev: the lowest versions of these are as good.
_RUNNERS = ("hypothesis", "pytest", "pytest-timeout", "pytest-xdist", "trustme")
_LEFT_OUT = (
    *TESTS_OF_TOOLS,
    # of a library that wants newer ones
    "examples/test_cancel_endpoint.py",
    # in a browser
    "explorer/test_browser.py",
    # of chance, which versions do not change
    "chaos",
)
_LIMIT = 600.0  # seconds for each step


def main(arguments: list[str]) -> int:
    """Run the demo and the tests; return the exit status, not 0 if one fails.

    Args:
        arguments: those of pytest.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    development = lowest_versions(project, ["dev"])
    versions = {**lowest_versions(project, [_EXTRA]), **{name: development[name] for name in _RUNNERS}}
    python = lowest_python(project)
    print(f"== lowest versions, on Python {python}:", *_lines(versions), sep="\n   ", flush=True)
    interpreter = make_environment(FOLDER, python, _lines(versions), _EXTRA)
    status = _run(interpreter, "-m", "bybit_ext", "demo")
    if status:
        return status
    # An old version of one library may use what a new version of another warns of.
    options = ["-q", "-p", "no:cacheprovider", "-W", "ignore::DeprecationWarning", "--numprocesses", "4"]
    return _run(interpreter, "-m", "pytest", *options, *(f"--ignore=tests/{name}" for name in _LEFT_OUT), *arguments)


def _lines(versions: dict[str, str]) -> list[str]:
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def _run(*command: str | Path) -> int:
    print(f"== {' '.join(map(str, command[1:]))}", flush=True)
    return subprocess.run(command, check=False, cwd=ROOT, timeout=_LIMIT).returncode
