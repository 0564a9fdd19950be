import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools.mutation import report as module
from tools.mutation.mutants import Mutant
from tools.mutation.report import EXPLAINED, print_table, read_explained, report
from tools.project import ROOT

NAMES = [f"bybit_ext.client.x_run__mutmut_{number}" for number in range(40)]
SURVIVORS: list[dict[str, Any]] = tomllib.loads(EXPLAINED.read_text())["survivor"]


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "survivors.toml"
    file.write_text('[[survivor]]\nfunction = "client.run"\nlines = ["return  2"]\nwhy = "For a test."\n')
    monkeypatch.setattr(module, "EXPLAINED", file)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return file


def show(monkeypatch: pytest.MonkeyPatch, statuses: list[str], difference: str = "-    return 1\n+    return 2") -> int:
    found = [Mutant(name, status) for name, status in zip(NAMES, statuses, strict=False)]

    def read_mutants(_: list[str]) -> list[Mutant]:
        return found

    def read_difference(_: Mutant) -> str:
        return difference

    monkeypatch.setattr(module, "read_mutants", read_mutants)
    monkeypatch.setattr(module, "read_difference", read_difference)
    return report([])


@pytest.mark.usefixtures("explained")
def test_all_caught_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert show(monkeypatch, ["killed", "timeout", "caught by type check"]) == 0


@pytest.mark.usefixtures("explained")
def test_an_explained_survivor_passes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(monkeypatch, ["survived", *["killed"] * 39]) == 0
    assert "0 not explained in survivors.toml" in capsys.readouterr().out


@pytest.mark.usefixtures("explained")
def test_a_survivor_without_a_reason_fails_and_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(monkeypatch, ["survived", *["killed"] * 39], "-    return 1\n+    return 3") == 1
    output = capsys.readouterr().out
    assert "client.run: survived\n-    return 1\n+    return 3" in output
    assert "1 not explained" in output


@pytest.mark.usefixtures("explained")
def test_too_many_explained_survivors_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    assert show(monkeypatch, ["survived"] * 3 + ["killed"] * 37) == 1


@pytest.mark.usefixtures("explained")
def test_no_change_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(monkeypatch, []) == 1
    assert "No such module was run." in capsys.readouterr().out


def test_the_table_counts_by_module(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        Mutant(NAMES[0], "killed"),
        Mutant(NAMES[1], "suspicious"),
        Mutant("bybit_ext.errors.x_f__mutmut_1", "killed"),
    ]
    assert print_table(found) == pytest.approx(100 * 2 / 3)
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows == [
        ["client", "1", "0", "0", "0", "0", "1", "50.0%"],
        ["errors", "1", "0", "0", "0", "0", "0", "100.0%"],
        ["total", "2", "0", "0", "0", "0", "1", "66.7%"],
    ]


def names_of(node: ast.AST, prefix: str = "") -> set[str]:
    found = set[str]()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= {prefix + child.name, *names_of(child, f"{prefix}{child.name}.")}
    return found


@pytest.mark.parametrize("survivor", SURVIVORS, ids=lambda one: one["function"])
def test_every_survivor_is_of_a_function_that_exists(survivor: dict[str, Any]) -> None:
    modules = [path for path in (ROOT / "bybit_ext").rglob("*.py") if path.stem != "__init__"]
    functions = {
        f"{'.'.join(path.relative_to(ROOT / 'bybit_ext').with_suffix('').parts)}.{name}"
        for path in modules
        for name in names_of(ast.parse(path.read_text()))
    }
    assert survivor["function"] in functions
    assert survivor["why"]


def test_no_survivor_is_explained_twice() -> None:
    assert len(read_explained()) == sum(len(survivor["lines"]) for survivor in SURVIVORS)
