import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from bybit_ext import cli
from bybit_ext.sandbox import Sandbox

RUNNER = CliRunner()


@pytest.fixture
def run(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BYBIT_API_KEY", sandbox.api_key)
    monkeypatch.setenv("BYBIT_API_SECRET", sandbox.api_secret)

    def run(*arguments: str, base_url: str = sandbox.url) -> Result:
        return RUNNER.invoke(cli.app, ["cancel", "--base-url", base_url, *arguments])

    return run


LINEAR = ("--category", "linear", "--symbol", "BTCUSDT")
SPOT = ("--category", "spot", "--symbol", "BTCUSDT")


class TestCancel:
    def test_accepted_is_0(self, run: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        result = run(*LINEAR, "--order-id", order.order_id)
        assert result.exit_code == 0
        assert result.stdout.startswith("accepted")
        assert order.order_id in result.stdout

    def test_a_link_id_names_the_order_too(self, run: Any, sandbox: Sandbox) -> None:
        sandbox.place("linear", "BTCUSDT", order_link_id="[bold]shell-1")
        result = run(*LINEAR, "--order-link-id", "[bold]shell-1", "--json")
        assert json.loads(result.stdout)["order_link_id"] == "[bold]shell-1"

    @pytest.mark.parametrize("by", ["--order-id", "--order-link-id"])
    def test_a_filter_names_the_kind_of_a_spot_order(self, run: Any, sandbox: Sandbox, by: str) -> None:
        order = sandbox.place("spot", "BTCUSDT", order_filter="tpslOrder", order_link_id=f"shell{by}")
        name = order.order_id if by == "--order-id" else order.order_link_id
        assert run(*SPOT, by, name).exit_code == 1
        assert run(*SPOT, by, name, "--order-filter", "tpslOrder").exit_code == 0

    def test_refused_is_1(self, run: Any) -> None:
        result = run(*LINEAR, "--order-id", "unknown")
        assert result.exit_code == 1
        assert result.stderr.startswith("OrderNotFound")
        assert "110001" in result.stderr

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            LINEAR,
            [*LINEAR, "--order-id", "1", "--order-link-id", "2"],
            [*LINEAR, "--order-id", "1", "--order-filter", "Order"],
            [*SPOT, "--order-id", "1", "--order-filter", "order"],
            ["--category", "futures", "--symbol", "BTCUSDT", "--order-id", "1"],
            [*LINEAR, "--order-id", "1", "--environment", "live"],
            ["--category", "linear", "--order-id", "1"],
        ],
    )
    def test_wrong_usage_is_2(self, run: Any, arguments: list[str]) -> None:
        result = run(*arguments)
        assert result.exit_code == 2
        assert "--" in result.stderr

    @pytest.mark.usefixtures("run")
    def test_an_undocumented_host_is_wrong_usage(self) -> None:
        result = RUNNER.invoke(
            cli.app, ["cancel", *LINEAR, "--order-id", "1", "--environment", "testnet", "--region", "nl"]
        )
        assert result.exit_code == 2
        assert "not documented" in result.stderr

    def test_missing_keys_are_wrong_usage(self, sandbox: Sandbox) -> None:
        result = RUNNER.invoke(cli.app, ["cancel", *LINEAR, "--order-id", "1", "--base-url", sandbox.url])
        assert result.exit_code == 2
        assert "BYBIT_API_KEY" in result.stderr

    def test_outcome_unknown_is_3(self, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def send(*_: object) -> httpx.Response:
            return httpx.Response(502, text="bad gateway")

        monkeypatch.setattr(httpx.Client, "send", send)
        result = run(*LINEAR, "--order-id", "1")
        assert result.exit_code == 3
        assert result.stderr.startswith("OutcomeUnknown")

    def test_nothing_sent_is_5(self, run: Any) -> None:
        result = run(*LINEAR, "--order-id", "1", base_url="http://127.0.0.1:1")
        assert result.exit_code == 5
        assert result.stderr.startswith("NotSent")

    def test_json_tells_an_acceptance_as_one_object(self, run: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        result = run(*LINEAR, "--order-id", order.order_id, "--json")
        answer = json.loads(result.stdout)
        assert (answer["result"], answer["order_id"], answer["rate_limit"]["limit"]) == ("accepted", order.order_id, 10)

    @pytest.mark.parametrize(
        ("base_url", "expected"),
        [(None, ("refused", "OrderNotFound", 110001)), ("http://127.0.0.1:1", ("not sent", "NotSent", None))],
    )
    def test_json_tells_a_failure_as_one_object(
        self, run: Any, sandbox: Sandbox, base_url: str | None, expected: tuple[str, str, int | None]
    ) -> None:
        result = run(*LINEAR, "--order-id", "[/]unknown", "--json", base_url=base_url or sandbox.url)
        answer = json.loads(result.stdout)
        assert (answer["result"], answer["error"], answer["ret_code"]) == expected
        assert answer["message"]


def test_the_demo_shows_each_order_end() -> None:
    result = RUNNER.invoke(cli.app, ["demo"])
    assert result.exit_code == 0
    assert len(re.findall("accepted, trace id .*, then Cancelled", result.stdout)) == 6
    assert "OrderClosed" in result.stdout
    assert "[retCode 110010" in result.stdout


def test_the_demo_says_when_an_order_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from bybit_ext import demo

    monkeypatch.setattr(demo, "_PATIENCE", 0.0)
    result = RUNNER.invoke(cli.app, ["demo"])
    assert "then still open" in result.stdout


def test_the_sandbox_command_serves_until_ctrl_c() -> None:
    command = [sys.executable, "-m", "bybit_ext", "sandbox"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        printed = ""
        while "--order-link-id" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        keys = dict(re.findall(r"export (\w+)=(\w+)", printed))
        (command_line,) = re.findall(r"^bybit (.+)$", printed, re.MULTILINE)
        bybit = [sys.executable, "-m", "bybit_ext", *command_line.split()]
        cancelled = subprocess.run(bybit, check=False, capture_output=True, text=True, env={**os.environ, **keys})
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert cancelled.returncode == 0, cancelled.stderr
    assert "closed" in rest
    assert process.returncode == 0


def test_help_names_every_exit_status() -> None:
    text = " ".join(RUNNER.invoke(cli.app, ["cancel", "--help"]).stdout.split())
    for status in cli.Exit:
        assert f"{status.value} {status.name.lower().replace('_', ' ')}" in text.replace("nothing was sent", "not sent")


def test_the_command_is_installed() -> None:
    bybit = Path(sys.executable).with_name("bybit")
    assert subprocess.run([bybit, "--help"], check=True, capture_output=True, text=True).stdout
