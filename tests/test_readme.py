"""The README's code, run as it stands, against the sandbox in place of testnet."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bybit_ext import errors
from bybit_ext.cli import app as cli
from bybit_ext.engines.hosts import REST_HOSTS, STREAM_HOSTS
from bybit_ext.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
README = ROOT.joinpath("README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
TEST_FILES = [block for block in BLOCKS if "def test_" in block]
PROGRAMS = [block for block in BLOCKS if block not in TEST_FILES]
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
BYBIT_COMMANDS = [line for line in COMMANDS if line.startswith("bybit ")]


@pytest.fixture
def testnet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put an exchange of its own in testnet's place, with the orders that the README cancels."""
    with Sandbox(cancel_delay=0.01) as sandbox:
        monkeypatch.setitem(REST_HOSTS, ("testnet", None), sandbox.url)
        monkeypatch.setitem(STREAM_HOSTS, ("testnet", None), sandbox.stream_url)
        monkeypatch.setenv("BYBIT_API_KEY", sandbox.api_key)
        monkeypatch.setenv("BYBIT_API_SECRET", sandbox.api_secret)
        for number in (1, 2, 3):
            sandbox.place("linear", "BTCUSDT", order_link_id=f"my-order-{number}")
        sandbox.place("spot", "XRPUSDT", order_link_id="my-stop-1", order_filter="StopOrder")
        yield


@pytest.mark.usefixtures("testnet")
@pytest.mark.parametrize(
    ("program", "prints"),
    [
        (PROGRAMS[0], r"Cancelled True 0 1 (stream|read-back)\n"),
        (PROGRAMS[1], r"Cancelled\nCancelled\n1 1 \[\] \[\]\n"),
        (PROGRAMS[2], r"(?s).*\['Cancelled'\]\n\d+\nErrorResponse\(ret_code=110010.*"),
    ],
)
def test_every_program_runs_and_prints_what_it_should(
    capsys: pytest.CaptureFixture[str], program: str, prints: str
) -> None:
    exec(compile(program, "README.md", "exec"), {"__name__": "__main__"})
    assert re.fullmatch(prints, capsys.readouterr().out)


def test_there_is_no_program_that_no_test_runs() -> None:
    assert (len(PROGRAMS), len(TEST_FILES)) == (3, 1)


def test_the_test_of_a_bot_runs_where_only_the_package_is_installed(tmp_path: Path) -> None:
    tmp_path.joinpath("test_bot.py").write_text(TEST_FILES[0], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error"], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.usefixtures("testnet")
@pytest.mark.parametrize("command", BYBIT_COMMANDS)
def test_every_bybit_command_is_accepted(command: str) -> None:
    result = CliRunner().invoke(cli.app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output


def test_every_script_exists() -> None:
    scripts = {word for line in COMMANDS for word in line.split() if word.startswith("scripts/")}
    assert scripts >= {"scripts/demo", "scripts/test", "scripts/regenerate.py"}
    assert all(ROOT.joinpath(script).is_file() for script in scripts)


def test_the_tree_of_errors_is_the_one_in_the_code() -> None:
    def tree(text: str | None) -> list[str]:
        return re.findall(r"[├└]── (\w+)", text or "")

    assert tree(README) == tree(errors.__doc__)
    defined = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, BaseException)}
    assert {"BybitError", *tree(README)} == defined


def test_continuous_integration_runs_the_tests_of_the_readme() -> None:
    assert "scripts/test" in ROOT.joinpath(".ci", "run").read_text()
