"""Which exchange a command talks to, and what it asks before it changes something there."""

import io
import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from bybit_ext import InvalidInput, NotSent
from bybit_ext.cli import app as cli
from bybit_ext.cli.exchange import ChosenExchange
from bybit_ext.sandbox import Sandbox
from tests.conftest import wait_until

from .conftest import LINEAR, RUNNER, read_until

COMMANDS = [
    ["cancel", *LINEAR, "--order-id", "1", "--yes"],
    ["orders", *LINEAR],
    ["watch"],
]


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
class TestChoice:
    @pytest.mark.parametrize("more", [[], ["--region", "eu"], ["--json"]], ids=str)
    def test_no_exchange_is_assumed(self, command: list[str], more: list[str]) -> None:
        result = RUNNER.invoke(cli.app, [*command, *more])
        assert result.exit_code == 2
        for named in ("--environment", "BYBIT_ENVIRONMENT", "mainnet, testnet, demo", "--base-url"):
            assert named in result.output

    def test_the_variable_names_the_environment(self, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BYBIT_ENVIRONMENT", "demo")
        result = RUNNER.invoke(cli.app, [*command, "--region", "eu"])
        assert "environment='demo', region='eu': not documented" in result.stderr

    def test_the_option_goes_before_the_variable(self, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BYBIT_ENVIRONMENT", "mainnet")
        result = RUNNER.invoke(cli.app, [*command, "--environment", "testnet", "--region", "eu"])
        assert "environment='testnet', region='eu': not documented" in result.stderr

    def test_an_empty_variable_names_none(self, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BYBIT_ENVIRONMENT", "")
        result = RUNNER.invoke(cli.app, command)
        assert result.exit_code == 2
        assert "Which exchange?" in result.stderr

    def test_a_variable_that_names_no_environment_is_wrong_usage(
        self, command: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BYBIT_ENVIRONMENT", "production")
        assert RUNNER.invoke(cli.app, command).exit_code == 2


class TestHost:
    @pytest.mark.parametrize(
        ("exchange", "host"),
        [
            (ChosenExchange.of("mainnet", None, None, None), "api.bybit.com"),
            (ChosenExchange.of("mainnet", "eu", None, None), "api.bybit.eu"),
            (ChosenExchange.of("testnet", None, None, None), "api-testnet.bybit.com"),
            (ChosenExchange.of(None, None, "http://127.0.0.1:81", None), "127.0.0.1:81"),
        ],
    )
    def test_it_is_the_one_that_the_client_sends_to(
        self, exchange: ChosenExchange, host: str, keys: dict[str, str]
    ) -> None:
        del keys
        assert exchange.host == host
        with exchange.open() as bybit:
            assert str(bybit.client.get_httpx_client().base_url).rstrip("/").endswith(f"://{host}")

    def test_a_base_url_stands_in_place_of_the_environment(self, keys: dict[str, str]) -> None:
        del keys
        exchange = ChosenExchange.of("mainnet", "eu", "https://api-testnet.bybit.com", None)
        assert exchange.host == "api-testnet.bybit.com"

    def test_a_deadline_that_cannot_be_used_is_refused(self, keys: dict[str, str]) -> None:
        del keys
        with pytest.raises(InvalidInput, match="deadline"):
            ChosenExchange.of("testnet", None, None, None).open(deadline=0)


class Terminal(io.StringIO):
    """A terminal at which the answer was typed already."""

    def isatty(self) -> bool:
        return True


class BrokenTerminal:
    """A terminal that fails when an answer is read."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        raise self._error


UNREADABLE = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
TESTNET = ChosenExchange.of("testnet", None, None, None)


class TestQuestion:
    @pytest.mark.parametrize("answer", ["y\n", "Y\n", "yes\n", " YES \n", "y"])
    def test_a_yes_goes_on(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        TESTNET.ask_before("cancel [1]\x07", is_confirmed=False)
        shown = capsys.readouterr()
        assert shown.err.startswith("On api-testnet.bybit.com: cancel [1]\\x07.\nGo on? [y/N] ")
        assert shown.out == ""

    @pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "yess\n", "\x1by\n"])
    def test_anything_else_sends_nothing(self, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        with pytest.raises(NotSent, match="not yes"):
            TESTNET.ask_before("cancel 1", is_confirmed=False)

    @pytest.mark.parametrize(("error", "said"), [(KeyboardInterrupt(), "Interrupted"), (UNREADABLE, "not yes")])
    def test_a_question_that_gets_no_answer_sends_nothing(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, said: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", BrokenTerminal(error))
        with pytest.raises(NotSent, match=said):
            TESTNET.ask_before("cancel 1", is_confirmed=False)
        assert capsys.readouterr().err.endswith("[y/N] \n")

    def test_what_was_confirmed_beforehand_is_not_asked(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
        TESTNET.ask_before("cancel 1", is_confirmed=True)
        assert capsys.readouterr().err == "On api-testnet.bybit.com: cancel 1.\n"

    @pytest.mark.parametrize("stdin", [io.StringIO("y\n"), None])
    def test_where_there_is_no_terminal_yes_is_needed(
        self, monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None
    ) -> None:
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(InvalidInput, match="--yes"):
            TESTNET.ask_before("cancel 1", is_confirmed=False)


class TestCancel:
    """The question of `bybit cancel`, from outside."""

    @pytest.mark.parametrize("more", [[], ["--json"]])
    def test_without_a_terminal_it_sends_nothing_and_is_wrong_usage(
        self, exchange: Sandbox, monkeypatch: pytest.MonkeyPatch, more: list[str]
    ) -> None:
        monkeypatch.setenv("BYBIT_API_KEY", exchange.api_key)
        monkeypatch.setenv("BYBIT_API_SECRET", exchange.api_secret)
        order = exchange.place("linear", "BTCUSDT")
        arguments = ["cancel", *LINEAR, "--order-id", order.order_id, "--base-url", exchange.url, *more]
        result = RUNNER.invoke(cli.app, arguments, input="y\n")
        assert result.exit_code == 2
        assert f"On {exchange.url.removeprefix('http://')}: cancel {order.order_id} (linear, BTCUSDT)." in result.stderr
        assert "--yes" in (json.loads(result.stdout)["message"] if more else result.stderr)
        assert exchange.order(order.order_id).order_status == "New"

    @pytest.mark.parametrize(
        ("answer", "status", "order_status"),
        [(b"y\n", 0, "Cancelled"), (b"n\n", 5, "New"), (None, 5, "New")],
        ids=["yes", "no", "Ctrl-C"],
    )
    def test_at_a_terminal_it_asks(
        self, exchange: Sandbox, answer: bytes | None, status: int, order_status: str
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        keys = {"BYBIT_API_KEY": exchange.api_key, "BYBIT_API_SECRET": exchange.api_secret}
        arguments = ["cancel", *LINEAR, "--order-id", order.order_id, "--base-url", exchange.url]
        ours, theirs = pty.openpty()
        try:
            with subprocess.Popen(
                [sys.executable, "-m", "bybit_ext", *arguments],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                env={**os.environ, **keys},
            ) as process:
                read_until(ours, b"[y/N]")
                assert exchange.order(order.order_id).order_status == "New"
                if answer is None:
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(ours, answer)
                assert process.wait(60) == status
        finally:
            os.close(ours)
            os.close(theirs)
        wait_until(lambda: exchange.order(order.order_id).order_status == order_status)
