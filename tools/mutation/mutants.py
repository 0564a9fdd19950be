"""The changes that mutmut made, and what came of each."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any, NamedTuple

from tools.project import ROOT

MUTANTS = ROOT / "mutants"
PACKAGE = "bybit_ext"
CAUGHT = ("killed", "timeout", "caught by type check")


class Mutant(NamedTuple):
    """One change of the code, and what came of it."""

    name: str  # mutmut's, like bybit_ext.calls.flow.x_run__mutmut_1
    status: str

    @property
    def module(self) -> str:
        """The module's name within the package."""
        return re.split(r"\.x[_ǁ]", self.name)[0].removeprefix(f"{PACKAGE}.")

    @property
    def function(self) -> str:
        """Its name as a reader would write it: calls.flow.Deadline.after."""
        mangled = self.name.rpartition(".")[2].partition("__mutmut_")[0]
        return f"{self.module}.{mangled.removeprefix('x').removeprefix('_').strip('ǁ').replace('ǁ', '.')}"

    @property
    def is_caught(self) -> bool:
        """Whether a test noticed it."""
        return self.status in CAUGHT


def read_mutants(modules: list[str]) -> list[Mutant]:
    """Return the changes of some modules, with those below them; of all if none is named."""
    stats: Any = importlib.import_module("mutmut.stats")
    found: list[Mutant] = []
    for file in sorted(MUTANTS.glob(f"{PACKAGE}/**/*.meta")):
        codes: dict[str, int | None] = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        found += [Mutant(name, stats.status_by_exit_code[code]) for name, code in codes.items()]
    return [one for one in found if not modules or any(f"{one.module}.".startswith(f"{name}.") for name in modules)]


def read_difference(mutant: Mutant) -> str:
    """Return what a change changed, as lines that begin with + and -."""
    apply: Any = importlib.import_module("mutmut.mutation.diff_apply")
    text: str = apply.get_diff_for_mutant(mutant.name)
    return "\n".join(line for line in text.splitlines() if not line.startswith(("---", "+++", "@@")))


def changed_line(difference: str) -> str:
    """Return what a change wrote, which names it for as long as the line stands; numbers move with every edit."""
    lines = difference.splitlines()
    written, dropped = (" ".join(" ".join(line[1:] for line in lines if line[:1] == sign).split()) for sign in "+-")
    return written if written.strip(" )]}") else f"without {dropped}"
