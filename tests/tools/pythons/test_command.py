import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.project import ROOT
from tools.pythons import command

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
THIS = f"3.{sys.version_info.minor}"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note the commands that run tests, instead of running them; those of 3.13 fail, and there is no 3.14."""
    commands: list[list[str]] = []

    def make(folder: Path, version: str, requirements: Sequence[str], extra: str) -> Path:
        assert (folder.name, list(requirements), extra) == (version, [], "dev")
        return folder / "python"

    def run(*arguments: str | Path) -> int:
        commands.append([str(one) for one in arguments])
        return int("3.13" in commands[-1][0])

    def look_for(version: str) -> str | None:
        return None if version == "3.14" else version

    monkeypatch.setattr(command, "look_for_python", look_for)
    monkeypatch.setattr(command, "make_environment", make)
    monkeypatch.setattr(command, "_run", run)
    return commands


def test_the_supported_versions_are_those_of_the_classifiers() -> None:
    versions = command.supported(PROJECT)
    assert versions == sorted(versions, key=lambda one: int(one.partition(".")[2]))
    assert PROJECT["requires-python"] == f">={versions[0]}"


def test_each_version_but_our_own_is_tried_and_a_failure_counts(
    ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    status = command.main(["-k", "stream"])
    tried = [Path(one).parent.name for one, *_ in ran]
    assert tried == [version for version in command.supported(PROJECT) if version not in (THIS, "3.14")]
    assert all(one[-2:] == ["-k", "stream"] for one in ran)
    assert status == int("3.13" in tried)
    assert "== Python 3.14: not found on this machine\n" in capsys.readouterr().out


def test_what_is_left_out_exists() -> None:
    assert [name for name in command._LEFT_OUT if not (ROOT / "tests" / name).exists()] == []
