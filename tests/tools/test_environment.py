import json
import sys
from pathlib import Path

import pytest

from tools import environment
from tools.environment import find_python, make_environment

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
    interpreter = make_environment(folder, THIS, ["a==1", "b==2"], "all")
    assert interpreter == folder / "bin" / "python"
    assert ran[0][1:] == ["-m", "venv", "--clear", str(folder)]
    assert ran[1][0] == str(interpreter)
    assert ran[1][-4:-2] == ["a==1", "b==2"]
    assert ran[1][-1].endswith("[all]")


def test_an_environment_is_made_anew_only_for_other_versions(tmp_path: Path, ran: list[list[str]]) -> None:
    make_environment(tmp_path, THIS, ["a==1"], "all")
    made = len(ran)
    make_environment(tmp_path, THIS, ["a==1"], "all")
    assert len(ran) == made
    make_environment(tmp_path, THIS, ["a==2"], "all")
    assert len(ran) == 2 * made
    assert json.loads((tmp_path / "installed.json").read_text())["requirements"] == ["a==2"]


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


def test_a_python_of_pyenv_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "versions" / "9.9.1" / "bin"
    folder.mkdir(parents=True)
    python = folder / "python"
    python.write_text("#!/bin/sh\necho 9.9\n")
    python.chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python("9.9") == str(python)
