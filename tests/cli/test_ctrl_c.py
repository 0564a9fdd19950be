"""Ctrl-C and SIGTERM end every command with what is known, in real processes."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_response
from tests.conftest import wait_until

from .conftest import LINEAR, read_until

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(exchange: Sandbox) -> Start:
    """Start the command at an exchange of the test's own."""

    def start(*arguments: str) -> "subprocess.Popen[str]":
        keys = {"BYBIT_API_KEY": exchange.api_key, "BYBIT_API_SECRET": exchange.api_secret}
        return subprocess.Popen(
            [sys.executable, "-m", "bybit_ext", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **keys},
        )

    return start


def interrupt(process: "subprocess.Popen[str]", by: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    process.send_signal(by)
    output, errors = process.communicate(timeout=60)
    assert "Traceback" not in (errors or "")
    return process.returncode, output, errors


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_cancel_shows_what_is_known_of_each_order(exchange: Sandbox, by: signal.Signals) -> None:
    ended, hidden = (exchange.place("linear", "BTCUSDT").order_id for _ in range(2))
    exchange.faults.misreport(hidden, {"orderStatus": "New"})
    ids = ("--order-id", hidden, "--order-id", ended)
    hosts = ("--base-url", exchange.url, "--stream-url", exchange.stream_url)
    keys = {"BYBIT_API_KEY": exchange.api_key, "BYBIT_API_SECRET": exchange.api_secret}
    ours, theirs = pty.openpty()
    options = (*LINEAR, *ids, *hosts, "--confirm", "--yes", "--deadline", "60")
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "bybit_ext", "cancel", *options],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            env={**os.environ, "TERM": "xterm", **keys},
        ) as process:
            read_until(ours, b"1 known")
            status, output, _ = interrupt(process, by)
            errors = read_until(ours, b"acting on it.")
    finally:
        os.close(ours)
        os.close(theirs)
    assert status == 130
    assert output == f"Cancelled  {ended}: 0 base coin filled, 1 base coin not, reported by the stream.\n"
    assert f"The cancel of {hidden} was interrupted. It may have been sent".encode() in errors
    assert ended.encode() not in errors


@pytest.mark.parametrize("more", [[], ["--json"]], ids=str)
def test_orders_says_how_many_had_been_read(exchange: Sandbox, start: Start, more: list[str]) -> None:
    for _ in range(51):
        exchange.place("linear", "BTCUSDT")
    exchange.faults.on_read([delay_response(0.0), delay_response(60)])
    with start("orders", *LINEAR, "--base-url", exchange.url, *more) as process:
        wait_until(lambda: not exchange.faults._next_read)
        status, output, errors = interrupt(process)
    assert (status, output) == (130, "")
    assert errors == "Interrupted  Not all open orders are shown; 50 had been read. No order was changed.\n"


def test_watch_says_how_many_updates_came(exchange: Sandbox, start: Start) -> None:
    with start("watch", "--base-url", exchange.url, "--stream-url", exchange.stream_url) as process:
        assert process.stdout
        wait_until(lambda: exchange.subscriptions == 1)
        exchange.place("linear", "BTCUSDT")
        process.stdout.readline()
        status, _, errors = interrupt(process)
    assert status == 0
    assert errors == "Interrupted  1 update came. No order was changed.\n"


def test_demo_says_that_nothing_was_touched(start: Start) -> None:
    with start("demo") as process:
        assert process.stdout
        process.stdout.readline()
        status, _, errors = interrupt(process)
    assert status == 130
    assert errors == "Interrupted  The demo's exchange is closed. Nothing left this machine.\n"


def test_explore_closes_its_page(start: Start) -> None:
    with start("explore", "--no-open") as process:
        assert process.stdout
        while "http://" not in process.stdout.readline():
            pass
        status, output, errors = interrupt(process)
    assert (status, errors) == (0, "")
    assert output.endswith("\nThe page is closed.\n")  # what it interrupted may be printed again


def test_before_the_command_has_begun_nothing_was_sent() -> None:
    code = (
        "import sys, bybit_ext.__main__ as m\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'bybit_ext.cli.app': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "m.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted  Nothing was sent.\n")
