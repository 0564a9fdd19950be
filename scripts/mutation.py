"""Change bybit_ext in thousands of small ways, and tell which changes no test notices.

python scripts/mutation.py                  from scratch, all of it
python scripts/mutation.py auth sandbox     some modules
python scripts/mutation.py --again [auth]   only what survived the last time
python scripts/mutation.py --report [auth]  nothing; show what is known

Exits 1 if a change that tests/survivors.toml does not explain survived, or too many did.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants"
EXPLAINED = ROOT / "tests" / "survivors.toml"
PACKAGE = "bybit_ext"
LEAST_SCORE = 95.0  # per cent
PROCESSES = "12"  # they wait more than they compute
# Where the tests of a module stand, if not in the file that has its name.
NEAREST = {
    "accepted": "answers",
    "blanking": "secrecy",
    "checking": "answers",
    "credentials": "keys",
    "evidence": "answers",
    "flow": "calling",
    "flows": "calling",
    "hosts": "client",
    "hubs": "order_stream",
    "opening": "client",
    "operations": "answers",
    "outcome": "confirming",
    "sandbox.faults": "sandbox_faults",
    "sandbox.going_wrong": "sandbox_faults",
    "sandbox.private_stream": "sandbox_stream",
    "settings": "client",
    "showing": "cli",
}
PROSE = re.compile(r"\b[a-z]+ [a-z]+ \S")
CAUGHT = ("killed", "timeout", "caught by type check")
COLUMNS = (*CAUGHT, "survived", "no tests", "other")


class Mutant(NamedTuple):
    """One change of the code, and what came of it."""

    name: str  # mutmut's, like bybit_ext.flow.x_run__mutmut_1
    status: str

    @property
    def module(self) -> str:
        """The module's name within the package."""
        return re.split(r"\.x[_ǁ]", self.name)[0].removeprefix(f"{PACKAGE}.")

    @property
    def function(self) -> str:
        """Its name as a reader would write it: flow.Deadline.after."""
        mangled = self.name.rpartition(".")[2].partition("__mutmut_")[0]
        return f"{self.module}.{mangled.removeprefix('x').removeprefix('_').strip('ǁ').replace('ǁ', '.')}"

    @property
    def is_caught(self) -> bool:
        """Whether the tests noticed it."""
        return self.status in CAUGHT


def main() -> int:
    arguments = read_arguments()
    os.chdir(ROOT)  # mutmut works where it is run
    if not arguments.report:
        what = [mutant.name for mutant in missed(arguments.modules)] if arguments.again else arguments.modules
        run(what, arguments.seconds)
    return report(arguments.modules)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="modules of bybit_ext, like auth or sandbox; all if none is named")
    parser.add_argument("--again", action="store_true", help="run only what survived the last time")
    parser.add_argument("--seconds", type=float, default=40.0, help="of tests for each change, the most telling first")
    parser.add_argument("--report", action="store_true", help="run nothing; show what is known")
    return parser.parse_args()


def run(what: list[str], seconds: float) -> None:
    """Let mutmut make the changes and run the tests: of all, of modules, or of single changes."""
    if not what:
        shutil.rmtree(MUTANTS, ignore_errors=True)
    names = [name if "__mutmut_" in name else f"{PACKAGE}.{name}.*" for name in what]
    leave_out_noise()
    run_the_most_telling_first(seconds)
    mutmut: Any = importlib.import_module("mutmut.__main__")
    mutmut.cli(["run", "--max-children", PROCESSES, *names], standalone_mode=False)


def leave_out_noise() -> None:
    """Do not make changes that ask nothing: of wording, of what only type checkers see, of upper and lower case.

    Messages are sentences, and no test should hold their every word. Header names and encodings mean the same in any
    case; that a text matters at all is asked by another change of it.
    """
    mutators: Any = importlib.import_module("mutmut.mutation.mutators")
    mutators.mutation_operators[:] = [
        (kind, first_of_a_text(change) if change is mutators.operator_string else not_of_a_cast(change))
        for kind, change in mutators.mutation_operators
    ]


def first_of_a_text(change: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    def changed(node: Any) -> Iterator[Any]:
        if not PROSE.search(getattr(node, "value", "")):
            yield from [*change(node)][:1]

    return changed


def not_of_a_cast(change: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    def changed(node: Any) -> Iterator[Any]:
        if getattr(getattr(node, "func", None), "value", None) != "cast":
            yield from change(node)

    return changed


def run_the_most_telling_first(seconds: float) -> None:
    """Run the module's own tests that reach a change, then the first and last cases of other tests, then the rest."""
    harness: Any = importlib.import_module("mutmut.runners.harness")
    state: Any = importlib.import_module("mutmut.state")
    run_tests: Callable[..., int] = harness.PytestRunner.run_tests

    def run_some(runner: Any, *, mutant_name: str | None, tests: list[str]) -> int:
        if not mutant_name:
            return run_tests(runner, mutant_name=mutant_name, tests=tests)
        module = Mutant(mutant_name, "").module
        nearest = f"/test_{NEAREST.get(module, module.partition('.')[0])}"
        took: dict[str, float] = state.state().duration_by_test
        cases: dict[str, list[str]] = {}
        for test in sorted(tests):
            cases.setdefault(test.partition("[")[0], []).append(test)
        own = {test for test in tests if nearest in test}
        first = {case for each in cases.values() for case in (each[0], each[-1])}
        left = seconds
        for some in (own, first - own, {*tests} - first - own):
            chosen: list[str] = []
            for test in sorted(some, key=lambda test: took[test]):
                left -= took[test]
                if left > 0:
                    chosen.append(test)
            exit_code = run_tests(runner, mutant_name=mutant_name, tests=chosen) if chosen else 0
            if exit_code:
                return exit_code
        return 0

    harness.PytestRunner.run_tests = run_some


def missed(modules: list[str]) -> list[Mutant]:
    return [mutant for mutant in read_mutants(modules) if not mutant.is_caught]


def read_mutants(modules: list[str]) -> list[Mutant]:
    stats: Any = importlib.import_module("mutmut.stats")
    found: list[Mutant] = []
    for file in sorted(MUTANTS.glob(f"{PACKAGE}/**/*.meta")):
        codes: dict[str, int | None] = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        found += [Mutant(name, stats.status_by_exit_code[code]) for name, code in codes.items()]
    return [one for one in found if not modules or any(f"{one.module}.".startswith(f"{name}.") for name in modules)]


def report(modules: list[str]) -> int:
    mutants = read_mutants(modules)
    if not mutants:
        print("No such module was run.")
        return 1
    explained = read_explained()
    unexplained = list[Mutant]()
    for mutant in mutants:
        if not mutant.is_caught and (mutant.function, changed_line(mutant)) not in explained:
            unexplained.append(mutant)
            print(f"\n{mutant.function}: {mutant.status}\n{difference(mutant)}")
    score = print_table(mutants)
    print(f"{len(unexplained)} not explained in {EXPLAINED.relative_to(ROOT)}")
    return int(bool(unexplained) or score < LEAST_SCORE)


def read_explained() -> set[tuple[str, str]]:
    entries: list[dict[str, Any]] = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["survivor"]
    return {(entry["function"], " ".join(line.split())) for entry in entries for line in entry["lines"]}


def difference(mutant: Mutant) -> str:
    apply: Any = importlib.import_module("mutmut.mutation.diff_apply")
    text: str = apply.get_diff_for_mutant(mutant.name)
    return "\n".join(line for line in text.splitlines() if not line.startswith(("---", "+++", "@@")))


def changed_line(mutant: Mutant) -> str:
    """Return what the change wrote, which names it for as long as the line stands; numbers move with every edit."""
    lines = difference(mutant).splitlines()
    written, dropped = (" ".join(" ".join(line[1:] for line in lines if line[0] == sign).split()) for sign in "+-")
    return written if written.strip(" )]}") else f"without {dropped}"


def print_table(mutants: list[Mutant]) -> float:
    """Show what came of the changes by module, and return how many of a hundred were noticed."""
    counts: dict[str, Counter[str]] = {}
    for mutant in mutants:
        status = mutant.status if mutant.status in COLUMNS else "other"
        for row in (mutant.module, "total"):
            counts.setdefault(row, Counter())[status] += 1
    print(f"\n{'':24}" + "".join(f"{column.removeprefix('caught by '):>11}" for column in COLUMNS) + f"{'score':>10}")
    score = 0.0
    for row in sorted(counts, key=lambda row: (row == "total", row)):
        count = counts[row]
        score = 100 * sum(count[column] for column in CAUGHT) / count.total()
        print(f"{row:24}" + "".join(f"{count[column]:>11}" for column in COLUMNS) + f"{score:>9.1f}%")
    return score


if __name__ == "__main__":
    sys.exit(main())
