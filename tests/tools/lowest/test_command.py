import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.lowest import command
from tools.project import ROOT


def test_the_command_runs_the_demo_and_then_the_tests(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[str] = []
    ran: list[list[str]] = []

    def make(_: Path, python: str, requirements: Sequence[str], extra: str) -> Path:
        given.extend([python, extra, *requirements])
        return Path("python")

    def run(*arguments: str | Path) -> int:
        ran.append([str(one) for one in arguments])
        return 0

    monkeypatch.setattr(command, "make_environment", make)
    monkeypatch.setattr(command, "_run", run)
    assert command.main(["-k", "stream"]) == 0
    assert given[:2] == ["3.11", "all"]
    assert {"typer==0.19", "attrs==22.2"} < set(given)
    assert any(one.startswith("pytest==") for one in given)
    assert ran[0] == ["python", "-m", "bybit_ext", "demo"]
    assert ran[1][:3] == ["python", "-m", "pytest"]
    assert ran[1][-2:] == ["-k", "stream"]
    assert "   typer==0.19\n" in capsys.readouterr().out


def test_what_is_left_out_exists() -> None:
    assert [name for name in command._LEFT_OUT if not (ROOT / "tests" / name).exists()] == []


def test_a_demo_that_fails_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(*_: object) -> Path:
        return Path(sys.executable)

    def run(*_: object) -> int:
        return os.EX_SOFTWARE

    monkeypatch.setattr(command, "make_environment", make)
    monkeypatch.setattr(command, "_run", run)
    assert command.main([]) == os.EX_SOFTWARE
