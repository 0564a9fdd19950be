"""What is shown: each change that survived and is not explained, and a table by module."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

from tools.mutation.mutants import CAUGHT, Mutant, changed_line, read_difference, read_mutants
from tools.project import ROOT

EXPLAINED = ROOT / "tests" / "survivors.toml"
_LOWEST_SCORE = 95.0  # per cent
_COLUMNS = (*CAUGHT, "survived", "no tests", "other")


def report(modules: list[str]) -> int:
    """Print what came of the changes of some modules, of all if none is named; return the exit status."""
    mutants = read_mutants(modules)
    if not mutants:
        print("No such module was run.")
        return 1
    explained = read_explained()
    unexplained = 0
    for mutant in mutants:
        if mutant.is_caught:
            continue
        difference = read_difference(mutant)
        if (mutant.function, changed_line(difference)) not in explained:
            unexplained += 1
            print(f"\n{mutant.function}: {mutant.status}\n{difference}")
    score = print_table(mutants)
    print(f"{unexplained} not explained in {EXPLAINED.relative_to(ROOT)}")
    return int(bool(unexplained) or score < _LOWEST_SCORE)


def read_explained() -> set[tuple[str, str]]:
    """Return the changes that tests/survivors.toml explains: the function, and what its line became."""
    entries: list[dict[str, Any]] = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("survivor", [])
    return {(entry["function"], " ".join(line.split())) for entry in entries for line in entry["lines"]}


def print_table(mutants: list[Mutant]) -> float:
    """Print what came of the changes by module, and return how many of a hundred were noticed."""
    counts: dict[str, Counter[str]] = {}
    for mutant in mutants:
        status = mutant.status if mutant.status in _COLUMNS else "other"
        for row in (mutant.module, "total"):
            counts.setdefault(row, Counter())[status] += 1
    print(f"\n{'':24}" + "".join(f"{column.removeprefix('caught by '):>11}" for column in _COLUMNS) + f"{'score':>10}")
    score = 0.0
    for row in sorted(counts, key=lambda row: (row == "total", row)):
        count = counts[row]
        score = 100 * sum(count[column] for column in CAUGHT) / count.total()
        print(f"{row:24}" + "".join(f"{count[column]:>11}" for column in _COLUMNS) + f"{score:>9.1f}%")
    return score
