"""The code of the README and of every page, run as it stands, against the sandbox in place of testnet."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bybit_ext.cli import app as cli
from tools.project import ROOT

from .running import run_blocks
from .snippets import BLOCKS, COMMANDS, PAGES, PROGRAM_PAGES, TEST_FILES, blocks_of, python_blocks

ENDLESS = ("sandbox", "watch", "explore")  # commands that Ctrl-C ends
BYBIT_COMMANDS = [(page, line) for page, line in COMMANDS if line.startswith("bybit ")]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


@pytest.mark.usefixtures("testnet")
@pytest.mark.parametrize("page", PROGRAM_PAGES)
def test_every_program_runs_and_prints_what_it_should(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_blocks(page, python_blocks(page), capsys)


def test_every_test_file_passes_where_only_the_package_is_installed(tmp_path: Path) -> None:
    for number, (_, block) in enumerate(TEST_FILES):
        tmp_path.joinpath(f"test_{number}.py").write_text(block.code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error"], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("testnet")
@pytest.mark.parametrize(("page", "command"), BYBIT_COMMANDS)
def test_every_bybit_command_is_accepted(page: str, command: str) -> None:
    arguments = shlex.split(command.partition(" | ")[0])[1:]
    if arguments[0] in ENDLESS:
        arguments.append("--help")
    if arguments[0] == "cancel" and "--yes" not in arguments:
        arguments.append("--yes")  # there is no terminal to ask
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, f"{page}: {result.output}"


def test_every_other_command_names_a_script_or_an_extra_that_exists() -> None:
    for page, line in COMMANDS:
        scripts = [word for word in line.split() if word.startswith("scripts/")]
        assert scripts or re.match(
            r"bybit |pip install |export |python |\.venv/bin/(pip|pytest|python|uvicorn) ", line
        ), f"{page}: {line}"
        assert all((ROOT / script).is_file() for script in scripts), f"{page}: {line}"
        named = re.findall(r"\[([\w,]+)\]", line) if line.startswith("pip install") else []
        assert set(",".join(named).split(",")) - {""} <= EXTRAS.keys(), f"{page}: {line}"


def test_a_page_can_leave_out_parts_of_what_is_printed_and_nothing_else() -> None:
    (block,) = blocks_of('```python title="a.py"\nprint(1)\n```\n\n```text\n1 … 3\n```\n')[:1]
    assert (block.line, block.title, block.code) == (1, "a.py", "print(1)\n")
    assert block.prints("1 2\n 3\n")
    assert not block.prints("1 2 4\n")
    assert not block.prints("")


def test_every_fence_is_understood() -> None:
    for page, text in PAGES.items():
        assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(BLOCKS[page]), page
        assert {one.language for one in BLOCKS[page]} <= {"python", "console", "text", "yaml", "toml", "json"}, page


def test_continuous_integration_runs_these_tests_and_builds_the_site() -> None:
    run = ROOT.joinpath(".ci", "run").read_text()
    assert "scripts/test" in run
    assert "scripts/docs" in run
