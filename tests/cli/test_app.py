import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from bybit_v5.models import Order
from rich.console import Console
from typer.testing import Result

from bybit_ext import Bybit, CancelOutcome, Evidence, Refused
from bybit_ext.cli import app as cli
from bybit_ext.cli import console, render
from bybit_ext.cli.exit_status import Exit
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_response, drop_response, respond_with_page
from tests.conftest import wait_until

from .conftest import LINEAR, RUNNER, SPOT


class TestCancel:
    def test_accepted_is_0(self, run: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        result = run(*LINEAR, "--order-id", order.order_id)
        assert result.exit_code == 0
        told = f"The exchange took the request to cancel {order.order_id}. How it ends is yet to be seen."
        assert result.stdout == f"accepted  {told}\n"

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
        assert "\nOrderNotFound  unknown: " in result.stderr
        assert "110001" in result.stderr

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            LINEAR,
            [*LINEAR, "--order-id", ""],
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
            cli.app, ["cancel", *LINEAR, "--order-id", "1", "--environment", "testnet", "--region", "nl", "--yes"]
        )
        assert result.exit_code == 2
        assert "not documented" in result.stderr

    def test_missing_keys_are_wrong_usage(self, sandbox: Sandbox) -> None:
        result = RUNNER.invoke(cli.app, ["cancel", *LINEAR, "--order-id", "1", "--base-url", sandbox.url, "--yes"])
        assert result.exit_code == 2
        assert "BYBIT_API_KEY" in result.stderr

    def test_outcome_unknown_is_3(self, run: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        sandbox.faults.on(order.order_id, [respond_with_page(502)] * 100)
        result = run(*LINEAR, "--order-id", order.order_id, "--deadline", "0.2")
        sandbox.faults.clear()
        assert result.exit_code == 3
        assert f"\nOutcomeUnknown  {order.order_id}: " in result.stderr

    def test_nothing_sent_is_5(self, run: Any) -> None:
        started = time.monotonic()
        result = run(*LINEAR, "--order-id", "1", "--deadline", "0.2", base_url="http://127.0.0.1:1")
        assert result.exit_code == 5
        assert time.monotonic() - started < 3
        assert "\nNotSent  1: " in result.stderr

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
        options = ("--order-id", "[/]unknown", "--deadline", "0.5", "--json")
        result = run(*LINEAR, *options, base_url=base_url or sandbox.url)
        answer = json.loads(result.stdout)
        assert (answer["result"], answer["error"], answer["ret_code"]) == expected
        assert answer["message"].startswith("The exchange ")
        evidence = {field.name for field in attrs.fields(Evidence)}
        assert answer.keys() == evidence | {"result", "order_id", "order_link_id", "error", "message", "last_order"}
        assert (answer["order_id"], answer["order_link_id"]) == ("[/]unknown", None)
        assert answer["last_order"] is None


def test_the_demo_shows_how_each_order_ends() -> None:
    result = RUNNER.invoke(cli.app, ["demo"])
    assert result.exit_code == 0
    assert len(re.findall("accepted, then Cancelled", result.stdout)) == 6
    assert "no acknowledgement, yet Filled, 1 filled" in result.stdout
    assert "no acknowledgement, yet Cancelled" in result.stdout
    assert "accepted, at send 2, then Cancelled" in result.stdout
    assert "OrderNotFound" in result.stdout
    assert "[retCode 110001" in result.stdout


def test_the_sandbox_command_serves_until_ctrl_c() -> None:
    command = [sys.executable, "-m", "bybit_ext", "sandbox"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        printed = ""
        while "bybit watch" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        keys = dict(re.findall(r"export (\w+)=(\w+)", printed))
        environment |= keys
        done = [
            subprocess.run(
                [sys.executable, "-m", "bybit_ext", *command_line.split()],
                check=False,
                capture_output=True,
                text=True,
                env=environment,
            )
            for command_line in re.findall(r"^bybit ((?:orders|cancel) .+)$", printed, re.MULTILINE)
        ]
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert "closed" in rest
    assert process.returncode == 0


def test_help_names_every_exit_status_from_best_to_worst() -> None:
    text = " ".join(RUNNER.invoke(cli.app, ["cancel", "--help"]).stdout.split())
    names = [f"{status.value} {status.words}" for status in Exit]
    assert sorted(names, key=text.index) == names


def test_the_command_is_installed() -> None:
    bybit = Path(sys.executable).with_name("bybit")
    done = subprocess.run([bybit, "--version"], check=True, capture_output=True, text=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


class TestConfirm:
    @pytest.fixture
    def confirm(self, run: Any, sandbox: Sandbox) -> Any:
        def confirm(order: Order, *more: str) -> Result:
            arguments = ("--category", order.category, "--symbol", order.symbol, "--order-id", order.order_id)
            result: Result = run(*arguments, "--confirm", "--stream-url", sandbox.stream_url, *more)
            return result

        return confirm

    def test_cancelled_is_0(self, confirm: Any, sandbox: Sandbox) -> None:
        result = confirm(sandbox.place("linear", "BTCUSDT"))
        assert result.exit_code == 0
        assert re.fullmatch(
            r"Cancelled  [\w-]+: 0 base coin filled, 1 base coin not, reported by the stream\.\n", result.stdout
        )

    def test_filled_is_4(self, confirm: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        sandbox.fill(order.order_id)
        result = confirm(order)
        assert result.exit_code == 4
        assert re.fullmatch(r"Filled  [\w-]+: 1 base coin filled, 0 base coin not, read back\.\n", result.stdout)
        answer = json.loads(confirm(order, "--json").stdout)
        assert (answer["result"], answer["cancelled"], answer["confirmed_by"]) == ("not cancelled", False, "read-back")
        assert answer["accepted"] is None

    def test_unknown_is_3_with_the_order_as_it_was_last_seen(self, confirm: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        sandbox.faults.on(order.order_id, [drop_response(carry_out=False)] * 100)
        result = confirm(order, "--deadline", "0.6", "--json")
        sandbox.faults.clear()
        assert result.exit_code == 3
        assert json.loads(result.stdout)["last_order"]["orderStatus"] == "New"

    def test_refused_is_1(self, run: Any) -> None:
        assert run(*LINEAR, "--order-id", "unknown", "--confirm").exit_code == 1

    def test_json_tells_the_end_as_one_object(self, confirm: Any, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT", qty="2")
        sandbox.fill(order.order_id, "0.5")
        answer = json.loads(confirm(order, "--json").stdout)
        assert (answer["result"], answer["status"], answer["cancelled"]) == ("cancelled", "Cancelled", True)
        assert (answer["filled_qty"], answer["remaining_qty"]) == ("0.5", "1.5")
        assert answer["order"]["orderId"] == answer["accepted"]["order_id"] == order.order_id
        assert answer.keys() == {field.name for field in attrs.fields(CancelOutcome)} | {"result"}


class TestWatch:
    @pytest.mark.parametrize("as_json", [True, False])
    def test_it_prints_updates_until_ctrl_c(self, sandbox: Sandbox, *, as_json: bool) -> None:
        hosts = ["--base-url", sandbox.url, "--stream-url", sandbox.stream_url]
        command = [sys.executable, "-m", "bybit_ext", "watch", *hosts, "--category", "spot", *(["--json"] * as_json)]
        keys = {"BYBIT_API_KEY": sandbox.api_key, "BYBIT_API_SECRET": sandbox.api_secret}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **keys}) as process:
            assert process.stdout
            stop = threading.Event()

            def place() -> None:
                while not stop.wait(0.1):
                    sandbox.place("linear", "OTHERUSDT")
                    sandbox.place("spot", "WATCHUSDT")

            placing = threading.Thread(target=place)
            placing.start()
            line = process.stdout.readline()
            stop.set()
            placing.join()
            process.send_signal(signal.SIGINT)
            process.stdout.read()
        assert process.returncode == 0
        assert (json.loads(line)["symbol"] if as_json else line.split()[2]) == "WATCHUSDT"

    @pytest.mark.parametrize("as_json", [True, False])
    def test_an_update_is_told_in_one_line(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, as_json: bool
    ) -> None:
        orders = [sandbox.place("linear", "BTCUSDT", qty="2", order_link_id=name) for name in (f"[my] {as_json}", "")]
        sandbox.fill(orders[1].order_id, "0.5")

        def tell(_: Bybit, category: str | None) -> Iterator[Order]:
            assert category == "linear"
            yield from (sandbox.order(order.order_id) for order in orders)
            raise KeyboardInterrupt

        monkeypatch.setattr(Bybit, "orders", tell)
        monkeypatch.setenv("BYBIT_API_KEY", sandbox.api_key)
        monkeypatch.setenv("BYBIT_API_SECRET", sandbox.api_secret)
        result = RUNNER.invoke(
            cli.app, ["watch", "--base-url", sandbox.url, "--category", "linear", *(["--json"] * as_json)]
        )
        assert result.exit_code == 0
        if as_json:
            told = [json.loads(line)["orderStatus"] for line in result.stdout.splitlines()]
            assert told == ["New", "PartiallyFilled"]
        else:
            ids = [f"{orders[0].order_id} [my] {as_json}", orders[1].order_id]
            assert result.stdout.splitlines() == [
                f"New                      linear BTCUSDT {ids[0]}, Buy Limit at 100, 0 of 2",
                f"PartiallyFilled          linear BTCUSDT {ids[1]}, Buy Limit at 100, 0.5 of 2",
            ]

    def test_what_was_not_filled_at_all_is_0(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        render.show_order(attrs.evolve(order, cum_exec_qty=""), as_json=False)
        assert capsys.readouterr().out.endswith(", 0 of 1\n")

    def test_without_a_stream_it_is_wrong_usage(self, run: Any, sandbox: Sandbox) -> None:
        del run
        result = RUNNER.invoke(cli.app, ["watch", "--base-url", sandbox.url])
        assert result.exit_code == 2
        assert "stream_url" in result.stderr


class TestTerminal:
    @pytest.fixture
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
        shown = io.StringIO()
        screen = Console(file=shown, force_terminal=True, color_system="standard")
        monkeypatch.setattr(render, "out", screen)
        monkeypatch.setattr(render, "err", screen)
        return shown

    @pytest.mark.parametrize(("status", "colour"), [("Cancelled", 32), ("Filled", 33)])
    def test_a_colour_tells_whether_the_order_was_cancelled(
        self, sandbox: Sandbox, terminal: io.StringIO, status: str, colour: int
    ) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        ended_as: Any = status
        ended = CancelOutcome(
            ended_as,
            status == "Cancelled",
            order,
            Decimal(0),
            "base coin",
            Decimal(1),
            "base coin",
            "stream",
            None,
            0,
            1,
        )
        render.show_outcome(ended, as_json=False)
        assert f"\x1b[{colour}m{status}" in terminal.getvalue()

    def test_what_is_waited_for_is_shown(self, terminal: io.StringIO) -> None:
        with render.waiting("Waiting for [1]"):
            pass
        assert "Waiting for [1]" in terminal.getvalue()

    def test_nothing_is_shown_where_nobody_sees_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = io.StringIO()
        monkeypatch.setattr(render, "err", Console(file=shown))
        with render.waiting("Waiting"):
            pass
        assert shown.getvalue() == ""


def print_to_console(text: str) -> None:
    console.print_safely(Console(), text)


class TestControlCharacters:
    def test_an_update_shows_them_as_escapes(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        order.order_link_id, order.order_status = "\x1b[2Jgone\x07", "New\r\nFilled"
        render.show_order(order, as_json=False)
        shown = capsys.readouterr().out
        assert "\\x1b[2Jgone\\x07" in shown
        assert not [one for one in shown.rstrip("\n") if not one.isprintable()]

    def test_a_message_of_the_exchange_shows_them_as_escapes(self, capsys: pytest.CaptureFixture[str]) -> None:
        render.show_failure(Refused("\x1b]0;owned\x07"), as_json=False)
        assert "\x1b" not in capsys.readouterr().err


class TestInterruption:
    @pytest.mark.parametrize("more", [[], ["--json"]])
    def test_ctrl_c_says_what_was_asked_and_that_the_outcome_is_unknown(
        self, sandbox: Sandbox, more: list[str]
    ) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        sandbox.faults.on(order.order_id, [delay_response(30)])
        keys = {"BYBIT_API_KEY": sandbox.api_key, "BYBIT_API_SECRET": sandbox.api_secret}
        command = [
            sys.executable,
            "-m",
            "bybit_ext",
            "cancel",
            *LINEAR,
            "--base-url",
            sandbox.url,
            "--confirm",
            "--yes",
            *more,
        ]
        with subprocess.Popen(
            [*command, "--order-id", order.order_id, "--deadline", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **keys},
        ) as process:
            wait_until(lambda: sandbox.order(order.order_id).order_status == "Cancelled")
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=20)
        assert process.returncode == 130
        text = output if more else errors
        assert f"The cancel of {order.order_id} was interrupted" in text
        assert "unknown" in text
        assert "Traceback" not in errors


class TestOutputThatFails:
    @pytest.mark.parametrize("json_option", [[], ["--json"]])
    def test_it_does_not_change_the_exit_status(self, sandbox: Sandbox, json_option: list[str]) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        keys = {"BYBIT_API_KEY": sandbox.api_key, "BYBIT_API_SECRET": sandbox.api_secret}
        arguments = ["cancel", "--base-url", sandbox.url, *LINEAR, "--order-id", order.order_id, "--yes", *json_option]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "bybit_ext", *arguments],
                check=False,
                stdout=full,
                stderr=subprocess.PIPE,
                env={**os.environ, **keys},
            )
        assert done.returncode == 0
        assert b"Error" not in done.stderr
        assert b"Traceback" not in done.stderr

    def test_what_is_shown_beside_the_results_does_not_take_them_with_it(self, sandbox: Sandbox) -> None:
        order = sandbox.place("linear", "BTCUSDT")
        keys = {"BYBIT_API_KEY": sandbox.api_key, "BYBIT_API_SECRET": sandbox.api_secret}
        arguments = ["cancel", "--base-url", sandbox.url, *LINEAR, "--order-id", order.order_id, "--yes", "--json"]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "bybit_ext", *arguments],
                check=False,
                stdout=subprocess.PIPE,
                stderr=full,
                env={**os.environ, **keys},
            )
        assert done.returncode == 0
        assert json.loads(done.stdout)["order_id"] == order.order_id

    @pytest.mark.parametrize(
        ("show", "text", "file"),
        [
            (console.print_text, "lost", "/dev/full"),
            (print_to_console, "lost", "/dev/full"),
            (print_to_console, "half a surrogate pair: \ud800", "out"),
        ],
    )
    def test_it_is_given_up_for_good(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, show: Callable[[str], None], text: str, file: str
    ) -> None:
        with (tmp_path / file).open("w") as output:
            monkeypatch.setattr(sys, "stdout", output)
            show(text)
            assert os.path.samestat(os.fstat(output.fileno()), os.stat(os.devnull))  # noqa: PTH116 - of a descriptor

    @pytest.mark.parametrize("show", [console.print_text, print_to_console])
    def test_what_has_no_descriptor_is_left_alone(
        self, monkeypatch: pytest.MonkeyPatch, show: Callable[[str], None]
    ) -> None:
        class Full(io.StringIO):
            def write(self, _: str) -> int:
                raise OSError("no space left")

        monkeypatch.setattr(sys, "stdout", Full())
        show("lost")

    def test_an_id_is_printed_as_it_is(self, run: Any, sandbox: Sandbox) -> None:
        sandbox.place("linear", "BTCUSDT", order_link_id="a:100:b:key:")
        result = run(*LINEAR, "--order-link-id", "a:100:b:key:", "--json")
        assert json.loads(result.stdout)["order_link_id"] == "a:100:b:key:"


@pytest.mark.parametrize(("command", "extra"), [("sandbox", "sandbox"), ("demo", "sandbox"), ("explore", "explore")])
def test_without_its_extra_the_message_names_it(command: str, extra: str) -> None:
    code = (
        "import sys, bybit_ext.__main__ as m\n"
        "sys.modules['starlette'] = None\n"
        f"sys.argv = ['bybit', '{command}']\n"
        "m.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"bybit-v5[{extra}]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_wrong_usage(sandbox: Sandbox) -> None:
    result = RUNNER.invoke(cli.app, ["sandbox", "--port", sandbox.url.rpartition(":")[2]])
    assert result.exit_code == 2
    assert "in use" in result.stderr


def test_an_unforeseen_failure_does_not_say_refused() -> None:
    code = (
        "import sys, bybit_ext.cli.exchange as c, bybit_ext.__main__ as m\n"
        "def fail(*_, **__): raise ZeroDivisionError\n"
        "c.Bybit = fail\n"
        "sys.argv = ['bybit', 'watch', '--environment', 'testnet']\n"
        "m.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 3
