import json
import os
import sys
from pathlib import Path

import pytest

from tools.lowest import command, environment
from tools.lowest.environment import find_python, make_environment
from tools.project import ROOT

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note the commands that make an environment, instead of running them."""
    commands: list[list[str]] = []

    def run(*arguments: str | Path) -> None:
        commands.append([str(one) for one in arguments])
        if "venv" in commands[-1]:
            Path(arguments[-1]).mkdir(exist_ok=True)

    monkeypatch.setattr(environment, "_run", run)
    return commands


def test_exactly_the_given_versions_are_installed(tmp_path: Path, ran: list[list[str]]) -> None:
    folder = tmp_path / "lowest"
    interpreter = make_environment(folder, THIS, {"b": "2", "a": "1"}, "all")
    assert interpreter == folder / "bin" / "python"
    assert ran[0][1:] == ["-m", "venv", "--clear", str(folder)]
    assert ran[1][0] == str(interpreter)
    assert ran[1][-4:-2] == ["a==1", "b==2"]
    assert ran[1][-1].endswith("[all]")


def test_an_environment_is_made_anew_only_for_other_versions(tmp_path: Path, ran: list[list[str]]) -> None:
    make_environment(tmp_path, THIS, {"a": "1"}, "all")
    made = len(ran)
    make_environment(tmp_path, THIS, {"a": "1"}, "all")
    assert len(ran) == made
    make_environment(tmp_path, THIS, {"a": "2"}, "all")
    assert len(ran) == 2 * made
    assert json.loads((tmp_path / "installed.json").read_text())["versions"] == {"a": "2"}


def test_a_failed_install_ends_the_program(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        environment._run(sys.executable, "-c", "raise SystemExit(3)")
    assert (ended.value.code, "failed." in capfd.readouterr().err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_this_python_is_found_for_its_own_version() -> None:
    assert find_python(THIS) == sys.executable


def test_a_version_that_is_not_here_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        find_python("2.6")
    assert (ended.value.code, "Python 2.6 with ensurepip is needed" in capsys.readouterr().err) == (2, True)


def test_the_command_runs_the_demo_and_then_the_tests(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, str] = {}
    ran: list[list[str]] = []

    def make(_: Path, python: str, versions: dict[str, str], extra: str) -> Path:
        given.update(versions, python=python, extra=extra)
        return Path("python")

    def run(*arguments: str | Path) -> int:
        ran.append([str(one) for one in arguments])
        return 0

    monkeypatch.setattr(command, "make_environment", make)
    monkeypatch.setattr(command, "_run", run)
    assert command.main(["-k", "stream"]) == 0
    assert (given["python"], given["extra"], given["typer"], given["attrs"]) == ("3.11", "all", "0.19", "22.2")
    assert "pytest" in given
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
