"""The faults, and how one is made."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from tools.project import ROOT

FAULTS = ROOT / "tests" / "faults.toml"


class Fault(NamedTuple):
    """A change of one file."""

    what: str
    file: str
    old: str
    new: str


UNCHANGED = Fault("(nothing is changed)", "README.md", "", "")


def read_faults() -> list[Fault]:
    """Return the faults of tests/faults.toml."""
    return [Fault(**entry) for entry in tomllib.loads(FAULTS.read_text(encoding="utf-8"))["fault"]]


def make(fault: Fault, project: Path) -> None:
    """Make a fault in a copy of the project. End the program if its text does not stand there once."""
    if fault is UNCHANGED:
        return
    file = project / fault.file
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if text.count(fault.old) != 1:
        sys.exit(f"{FAULTS.name}: {fault.what}: `old` stands {text.count(fault.old)} times in {fault.file}, not once.")
    file.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
