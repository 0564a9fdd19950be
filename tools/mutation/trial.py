"""Have mutmut make the changes and run the tests."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from tools.mutation.mutants import MUTANTS, PACKAGE, Mutant
from tools.mutation.ordering import in_order

_PROCESSES = "12"  # they wait more than they compute
_PROSE = re.compile(r"\b[a-z]+ [a-z]+ \S")


def run(names: list[str], seconds: float) -> None:
    """Let mutmut make the changes and run the tests.

    Args:
        names: modules or packages of bybit_ext, or single changes; none runs all, from scratch.
        seconds: of tests for each change.
    """
    if not names:
        shutil.rmtree(MUTANTS, ignore_errors=True)
    chosen = [name if "__mutmut_" in name else f"{PACKAGE}.{name}.*" for name in names]
    _leave_out_noise()
    _follow_no_calls()
    _run_in_order(seconds)
    mutmut: Any = importlib.import_module("mutmut.__main__")
    mutmut.cli(["run", "--max-children", _PROCESSES, *chosen], standalone_mode=False)


def _leave_out_noise() -> None:
    """Do not make changes that ask nothing: of wording, of what only type checkers see, of upper and lower case.

    Messages are sentences, and no test should hold their every word. Header names and encodings mean the same in any
    case; that a string matters at all is asked by another change of it.
    """
    mutators: Any = importlib.import_module("mutmut.mutation.mutators")
    mutators.mutation_operators[:] = [
        (kind, first_of_a_string(change) if change is mutators.operator_string else not_of_a_cast(change))
        for kind, change in mutators.mutation_operators
    ]


def first_of_a_string(change: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    """Return an operator that makes the first change of a string, and none of a sentence."""

    def changed(node: Any) -> Iterator[Any]:
        if not _PROSE.search(getattr(node, "value", "")):
            yield from [*change(node)][:1]

    return changed


def not_of_a_cast(change: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    """Return an operator that changes no call of `cast`."""

    def changed(node: Any) -> Iterator[Any]:
        if getattr(getattr(node, "func", None), "value", None) != "cast":
            yield from change(node)

    return changed


def _follow_no_calls() -> None:
    """Do not note which function calls which: nobody asks for it, and the context variable that it takes can crash."""
    stack: Any = importlib.import_module("mutmut.core").MutmutCallStack

    def forget(*_: object) -> None:
        return None

    stack.get, stack.set, stack.reset = lambda: (None, 0), forget, forget


def _run_in_order(seconds: float) -> None:
    """Let a change meet the tests that most likely notice it first, and no more of them than there is time for."""
    harness: Any = importlib.import_module("mutmut.runners.harness")
    state: Any = importlib.import_module("mutmut.state")
    run_tests: Callable[..., int] = harness.PytestRunner.run_tests

    def run_some(runner: Any, *, mutant_name: str | None, tests: list[str]) -> int:
        if not mutant_name:
            return run_tests(runner, mutant_name=mutant_name, tests=tests)
        took: dict[str, float] = state.state().duration_by_test
        for chosen in within(seconds, in_order(Mutant(mutant_name, "").module, tests), took):
            exit_code = run_tests(runner, mutant_name=mutant_name, tests=chosen)
            if exit_code:
                return exit_code
        return 0

    harness.PytestRunner.run_tests = run_some


def within(seconds: float, groups: Iterator[list[str]], took: dict[str, float]) -> Iterator[list[str]]:
    """Return the groups of tests as far as there is time for them, the quickest of each group first."""
    left = seconds
    for group in groups:
        chosen: list[str] = []
        for test in sorted(group, key=lambda test: took[test]):
            left -= took[test]
            if left > 0:
                chosen.append(test)
        if chosen:
            yield chosen
