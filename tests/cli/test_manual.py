"""The help of each command: readable at 80 columns and below, with examples that work."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest
from bybit_v5.models import Order

from bybit_ext import Bybit
from bybit_ext.cli import app as cli
from bybit_ext.cli import manual
from bybit_ext.cli.exit_status import Exit
from bybit_ext.engines.hosts import REST_HOSTS, STREAM_HOSTS
from bybit_ext.sandbox import Sandbox

from .conftest import RUNNER

PAGES: dict[str, manual.Page] = {
    name.lower(): page for name, page in vars(manual).items() if isinstance(page, manual.Page) and name != "BYBIT"
}
COMMANDS = [command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback]
EXAMPLES = [
    "\n".join(example.lines)
    for name in ("cancel", "orders", "watch", "demo")  # `bybit sandbox` has a test of its own
    for example in PAGES[name].examples
]


def show_help(*command: str, columns: int = 80, variable: str = "NO_COLOR") -> str:
    environment = {**os.environ, "COLUMNS": str(columns), variable: "1"}
    done = subprocess.run(
        [sys.executable, "-m", "bybit_ext", *command, "--help"],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.stderr == ""
    return done.stdout


def test_every_command_has_a_page() -> None:
    assert sorted(COMMANDS) == sorted(PAGES)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_options_examples_statuses_and_variables_in_80_columns(command: str) -> None:
    text = show_help(command)
    page = PAGES[command]
    for example in page.examples:
        assert f"  # {example.purpose}\n" in text
        assert "".join(f"    {line}\n" for line in example.lines) in text
    for status, meaning in page.statuses.items():
        assert f"    {status.value:3}  {meaning}\n" in text
    for variable, meaning in page.variables.items():
        assert f"    {variable}\n        {meaning}\n" in text
    # What can be chosen from stands on one line, as it is typed.
    assert [line for line in text.splitlines() if len(line) > 80 and "|" not in line] == []
    assert text.isascii()
    assert "<bool>" not in text


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_examples_can_be_copied_at_any_width(columns: int) -> None:
    text = show_help("cancel", columns=columns)
    assert all(f"    {line}\n" in text for example in manual.CANCEL.examples for line in example.lines)


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR"])
def test_help_has_no_colours(variable: str) -> None:
    assert "\x1b" not in show_help("orders", variable=variable)


def test_the_command_alone_shows_how_to_begin() -> None:
    text = show_help()
    assert "--install-completion" in text
    for example in manual.BYBIT.examples:
        assert f"    # {example.purpose}\n    {example.lines[0]}\n" in text


def test_lines_of_the_help_stay_as_they_are() -> None:
    page = manual.Page(
        (manual.Example("do it", ("bybit do \\", "    --it")),), {Exit.ACCEPTED: "done"}, {"NO_COLOR": "no colours"}
    )
    assert page.epilog() == (
        "\b\nExamples:\n  # do it\n  bybit do \\\n      --it\n\n"
        "\b\nExit status, from best to worst:\n    0  done\n\n"
        "\b\nEnvironment variables:\n  NO_COLOR\n      no colours"
    )
    assert manual.Page(page.examples, {}, {}).epilog() == "\b\nExamples:\n  # do it\n  bybit do \\\n      --it"


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_statuses_are_listed_from_best_to_worst(page: manual.Page) -> None:
    assert list(page.statuses) == sorted(page.statuses, key=list(Exit).index)


@pytest.fixture
def testnet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put an exchange of its own in testnet's place, with the orders that the examples cancel."""
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
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_accepted(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_updates(*_: object) -> Iterator[Order]:
        return iter(())

    monkeypatch.setattr(Bybit, "orders", no_updates)  # `bybit watch` would not end
    command = re.sub(r"\|.*", "", example.replace("\\\n", ""))
    arguments = shlex.split(command)[1:]
    result = RUNNER.invoke(cli.app, [*arguments, *(["--yes"] if arguments[0] == "cancel" else [])])
    assert result.exit_code == 0, result.output
