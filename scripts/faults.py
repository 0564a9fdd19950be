"""Make each fault of tests/faults.toml in a copy of the project, and expect a test to turn red.

python scripts/faults.py [WORD ...]    all, or those whose description has one of the words; exit 1 if one is missed
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FAULTS = ROOT / "tests" / "faults.toml"
PROCESSES = 4  # they wait about as much as they compute
# The ones that know the document and the signing best go first; those that look at other copies of them are left out.
FIRST = ("test_page.py", "test_spec.py", "test_auth.py", "test_keys.py", "conformance", "test_order_stream.py")
LEFT_OUT = ("peers", "live", "test_live.py", "test_packaging.py", "test_regenerate.py", "test_typing.py")


class Fault(NamedTuple):
    """A change of one file."""

    what: str
    file: str
    old: str
    new: str


UNCHANGED = Fault("(nothing is changed)", "README.md", "", "")


def main() -> int:
    words = sys.argv[1:]
    faults = [Fault(**entry) for entry in tomllib.loads(FAULTS.read_text(encoding="utf-8"))["fault"]]
    chosen = [fault for fault in faults if not words or any(word in fault.what for word in words)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        found = pool.map(find_red_test, [UNCHANGED, *chosen])
        without_fault = next(found)
        print(f"{UNCHANGED.what}: {without_fault or 'green'}", flush=True)
        missed = 0
        for fault, red in zip(chosen, found, strict=True):
            print(f"{fault.what}: {red or 'NO TEST TURNED RED'}", flush=True)
            missed += not red
    print(f"{len(chosen) - missed} of {len(chosen)} faults turned a test red.")
    return int(bool(missed or without_fault))


def find_red_test(fault: Fault) -> str | None:
    """Return what turned red first in a copy of the project with a fault; None if nothing did."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_project(copy)
        make(fault, copy)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([folder, str(copy / "generated")]),
            "HYPOTHESIS_PROFILE": "unshrunk",
        }
        generated = run(copy, environment, "scripts/regenerate.py")
        if generated.returncode:
            sys.exit(
                f"{fault.what}: the generator refuses, so this is no fault that could be shipped.\n{generated.stderr}"
            )
        # Not the tests that make such faults themselves: they would miss the text that they change.
        options = ("-x", "-q", "-p", "no:cacheprovider", "-k", "not fault_of_the_spec")
        tested = run(copy, environment, "-m", "pytest", *options, *choose_tests(copy))
        if tested.returncode == 0:
            return None
        red: list[str] = re.findall(r"^(?:FAILED|ERROR) \S+", tested.stdout, re.MULTILINE)
        if not red:
            sys.exit(f"{fault.what}: pytest did not run:\n{tested.stdout}{tested.stderr}")
        return red[0]


def copy_project(copy: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT).stdout  # noqa: S607
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)


def make(fault: Fault, copy: Path) -> None:
    if fault is UNCHANGED:
        return
    file = copy / fault.file
    text = file.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        sys.exit(f"{FAULTS.name}: {fault.what}: `old` stands {text.count(fault.old)} times in {fault.file}, not once.")
    file.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def choose_tests(copy: Path) -> list[str]:
    first = [f"tests/{name}" for name in FIRST]
    others = sorted(str(file.relative_to(copy)) for file in copy.glob("tests/test_*.py"))
    left_out = {f"tests/{name}" for name in LEFT_OUT}
    return [*first, *(name for name in others if name not in left_out and name not in first)]


def run(copy: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=copy, env=environment)


if __name__ == "__main__":
    sys.exit(main())
