"""Run the tests on a copy of the project that has a fault."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.faults.faults import Fault, make
from tools.project import ROOT

_LIMIT = 900.0  # seconds for the tests of one fault; without one they take two minutes
# The ones that know the document and the signing best go first.
_FIRST = ("page_check", "test_document.py", "auth", "conformance", "stream")
# These look at other copies of the document and the signing, or at what develops the project.
_LEFT_OUT = (
    "live",
    "peers",
    "tools",
    "chaos",
    "test_live.py",
    "test_packaging.py",
    "test_regenerate.py",
    "test_typing.py",
)


def find_red_test(fault: Fault) -> str | None:
    """Return the first test that is red on a copy of the project with a fault; None if none is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_project(copy)
        make(fault, copy)
        generated = _run(copy, "scripts/regenerate.py")
        if generated.returncode:
            sys.exit(f"{fault.what}: the generator refuses, so nobody could ship this fault.\n{generated.stderr}")
        # Not the tests that make such faults themselves: they would miss the text that they change.
        options = ("-x", "-q", "-p", "no:cacheprovider", "-k", "not fault_of_the_spec")
        try:
            tested = _run(copy, "-m", "pytest", *options, *choose_tests(copy))
        except subprocess.TimeoutExpired:
            return f"ERROR the tests did not end within {_LIMIT:.0f} s"
    if tested.returncode == 0:
        return None
    red: list[str] = re.findall(r"^(?:FAILED|ERROR) \S+", tested.stdout, re.MULTILINE)
    if not red:
        sys.exit(f"{fault.what}: pytest did not run:\n{tested.stdout}{tested.stderr}")
    return red[0]


def copy_project(copy: Path) -> None:
    """Copy all files that git knows, as they are in the work tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT, timeout=60)  # noqa: S607
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)


def choose_tests(project: Path) -> list[str]:
    """Return the files and folders of tests, those that notice most first."""
    tests = project / "tests"
    names = sorted(
        path.parent.name if path.name == "__init__.py" else path.name
        for path in (*tests.glob("*/__init__.py"), *tests.glob("test_*.py"))
    )
    chosen = [*_FIRST, *(name for name in names if name not in {*_FIRST, *_LEFT_OUT})]
    return [f"tests/{name}" for name in chosen if (tests / name).exists()]


def _run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(copy), str(copy / "generated")]),
        "HYPOTHESIS_PROFILE": "unshrunk",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=copy,
        env=environment,
        timeout=_LIMIT,
    )
