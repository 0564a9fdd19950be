import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tools.mutation import mutants
from tools.mutation.mutants import Mutant, changed_line, read_difference, read_mutants

METHOD = Mutant("bybit_ext.calls.flow.xǁDeadlineǁafter__mutmut_2", "killed")
FUNCTION = Mutant("bybit_ext.client.x_run__mutmut_1", "survived")
PRIVATE = Mutant("bybit_ext._checks.x__quote__mutmut_10", "timeout")


def test_a_name_says_module_and_function() -> None:
    assert (METHOD.module, METHOD.function) == ("calls.flow", "calls.flow.Deadline.after")
    assert (FUNCTION.module, FUNCTION.function) == ("client", "client.run")
    assert (PRIVATE.module, PRIVATE.function) == ("_checks", "_checks._quote")


@pytest.mark.parametrize(
    ("status", "is_caught"),
    [("killed", True), ("timeout", True), ("caught by type check", True), ("survived", False), ("no tests", False)],
)
def test_what_is_not_noticed_is_not_caught(status: str, *, is_caught: bool) -> None:
    assert Mutant("bybit_ext.client.x_run__mutmut_1", status).is_caught is is_caught


@pytest.fixture
def mutmut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand in for what mutmut is asked, and for what it has written."""
    stats, apply = ModuleType("mutmut.stats"), ModuleType("mutmut.mutation.diff_apply")
    monkeypatch.setattr(stats, "status_by_exit_code", {0: "survived", 1: "killed", None: "not checked"}, raising=False)
    text = "--- a\n+++ b\n@@ -1 +1 @@\n def f():\n-    return 1\n+    return 2"

    def get_diff_for_mutant(_: str) -> str:
        return text

    monkeypatch.setattr(apply, "get_diff_for_mutant", get_diff_for_mutant, raising=False)
    monkeypatch.setitem(sys.modules, "mutmut.stats", stats)
    monkeypatch.setitem(sys.modules, "mutmut.mutation.diff_apply", apply)
    monkeypatch.setattr(mutants, "MUTANTS", tmp_path)
    for name, codes in {
        "auth/keys": {"bybit_ext.auth.keys.x_f__mutmut_1": 1, "bybit_ext.auth.keys.x_f__mutmut_2": 0},
        "auth/keystore": {"bybit_ext.auth.keystore.x_f__mutmut_1": None},
    }.items():
        file = tmp_path / "bybit_ext" / f"{name}.py.meta"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"exit_code_by_key": codes}))
    return tmp_path


@pytest.mark.usefixtures("mutmut")
@pytest.mark.parametrize(
    ("modules", "statuses"),
    [
        ([], ["killed", "survived", "not checked"]),
        (["auth"], ["killed", "survived", "not checked"]),
        (["auth.keys"], ["killed", "survived"]),
        (["auth.keystore", "client"], ["not checked"]),
        (["client"], []),
    ],
)
def test_changes_of_some_modules_are_read(modules: list[str], statuses: list[str]) -> None:
    assert [mutant.status for mutant in read_mutants(modules)] == statuses


@pytest.mark.usefixtures("mutmut")
def test_a_difference_has_no_headings() -> None:
    assert read_difference(FUNCTION) == " def f():\n-    return 1\n+    return 2"


@pytest.mark.parametrize(
    ("difference", "line"),
    [
        (" def f():\n-    return 1\n+    return  2", "return 2"),
        (" call(\n-    a=1,\n     b=2,", "without a=1,"),
        ("-    call(a,\n-        b)\n+    call(a,\n+        )", "call(a, )"),
        ("-    call(a, b)\n+    )", "without call(a, b)"),
    ],
)
def test_a_change_is_named_by_what_it_wrote(difference: str, line: str) -> None:
    assert changed_line(difference) == line
