import shutil
import subprocess
from pathlib import Path

import pytest

from tools.faults import command, trial
from tools.faults.faults import UNCHANGED, Fault
from tools.faults.trial import choose_tests, copy_project, find_red_test
from tools.project import ROOT

FAULT = Fault("a readme is empty", "README.md", (ROOT / "README.md").read_text(), "")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="there is no git repository to copy")
def test_a_copy_has_what_git_knows_and_nothing_else(tmp_path: Path) -> None:
    copy_project(tmp_path)
    assert (tmp_path / "spec" / "openapi.yaml").read_bytes() == (ROOT / "spec" / "openapi.yaml").read_bytes()
    assert not (tmp_path / ".git").exists()
    assert not (tmp_path / ".venv").exists()


def test_the_tests_that_notice_most_come_first() -> None:
    chosen = choose_tests(ROOT)
    assert chosen[:2] == ["tests/page_check", "tests/test_document.py"]
    assert {"tests/orders", "tests/calls", "tests/engines", "tests/test_client.py"} <= set(chosen)
    assert not {"tests/tools", "tests/peers", "tests/live", "tests/test_packaging.py"} & set(chosen)
    assert len(set(chosen)) == len(chosen)


@pytest.fixture
def _small_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    def copy_readme(copy: Path) -> None:
        shutil.copy(ROOT / "README.md", copy)

    monkeypatch.setattr(trial, "copy_project", copy_readme)


@pytest.fixture
def pytest_says(_small_copy: None, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Stand in for the generator and for pytest: the statuses and outputs of the runs to come."""
    outcomes: list[tuple[int, str]] = []

    def run(*_: object) -> subprocess.CompletedProcess[str]:
        status, output = outcomes.pop(0)
        return subprocess.CompletedProcess([], status, output, "")

    monkeypatch.setattr(trial, "_run", run)
    return outcomes


def test_the_first_red_test_is_found(pytest_says: list[tuple[int, str]]) -> None:
    pytest_says += [(0, ""), (1, "...\nFAILED tests/test_a.py::test_b - assert\nERROR tests/test_c.py\n")]
    assert find_red_test(FAULT) == "FAILED tests/test_a.py::test_b"


@pytest.mark.usefixtures("_small_copy")
def test_tests_that_do_not_end_are_red(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: Path, program: str, *__: str) -> subprocess.CompletedProcess[str]:
        if program == "-m":
            raise subprocess.TimeoutExpired(program, 1.0)
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(trial, "_run", run)
    assert find_red_test(FAULT) == "ERROR the tests did not end within 900 s"


def test_no_red_test_is_none(pytest_says: list[tuple[int, str]]) -> None:
    pytest_says += [(0, ""), (0, "3 passed")]
    assert find_red_test(UNCHANGED) is None


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [([(2, "")], "the generator refuses"), ([(0, ""), (4, "usage: pytest")], "pytest did not run:\nusage: pytest")],
)
def test_a_run_that_shows_nothing_ends_the_program(
    pytest_says: list[tuple[int, str]], outcomes: list[tuple[int, str]], message: str
) -> None:
    pytest_says += outcomes
    with pytest.raises(SystemExit, match=message):
        find_red_test(FAULT)


@pytest.mark.parametrize(
    ("red", "words", "status", "last"),
    [
        ({"first", "second"}, [], 0, "2 of 2 faults turned a test red."),
        ({"first"}, [], 1, "1 of 2 faults turned a test red."),
        ({"first"}, ["fir"], 0, "1 of 1 faults turned a test red."),
        ({"first", "second", UNCHANGED.what}, [], 1, "2 of 2 faults turned a test red."),
    ],
)
def test_the_command_counts_what_turned_red(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    red: set[str],
    words: list[str],
    status: int,
    last: str,
) -> None:
    def read_faults() -> list[Fault]:
        return [FAULT._replace(what=what) for what in ("first", "second")]

    def find(fault: Fault) -> str | None:
        return "FAILED a" if fault.what in red else None

    monkeypatch.setattr(command, "read_faults", read_faults)
    monkeypatch.setattr(command, "find_red_test", find)
    assert command.main(words) == status
    assert capsys.readouterr().out.splitlines()[-1] == last
