"""Where the output goes, in real processes: to terminals of all kinds, to readers that go away, to full disks."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from bybit_ext.sandbox import Sandbox
from tests.conftest import wait_until

NOTE = b"Note  The output cannot be written: No space left on device.\n"


def run(exchange: Sandbox, *arguments: str, stdout: IO[str] | int) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "bybit_ext", *arguments],
        check=False,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment_of(exchange),
        timeout=60,
    )


def environment_of(exchange: Sandbox, **more: str) -> dict[str, str]:
    keys = {"BYBIT_API_KEY": exchange.api_key, "BYBIT_API_SECRET": exchange.api_secret}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **keys, **more}


class TestFullDisk:
    @pytest.mark.parametrize(
        ("arguments", "status"),
        [(["demo"], 0), (["--help"], 3), (["orders", "--category", "spot"], 3), (["--version"], 0)],
        ids=str,
    )
    def test_it_is_reported_once(self, exchange: Sandbox, arguments: list[str], status: int) -> None:
        exchange.place("spot", "BTCUSDT")
        hosts = ["--base-url", exchange.url] if arguments[0] == "orders" else []
        with Path("/dev/full").open("w") as full:
            done = run(exchange, *arguments, *hosts, stdout=full)
        assert (done.returncode, done.stderr) == (status, NOTE)

    def test_watch_ends(self, exchange: Sandbox) -> None:
        hosts = ["--base-url", exchange.url, "--stream-url", exchange.stream_url]
        command = [sys.executable, "-m", "bybit_ext", "watch", *hosts]
        with (
            Path("/dev/full").open("w") as full,
            subprocess.Popen(command, stdout=full, stderr=subprocess.PIPE, env=environment_of(exchange)) as process,
        ):
            wait_until(lambda: exchange.subscriptions == 1)
            exchange.place("spot", "BTCUSDT")
            _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (3, NOTE)


def test_orders_that_go_nowhere_are_not_said_to_be_listed(exchange: Sandbox) -> None:
    exchange.place("spot", "BTCUSDT")
    orders = [sys.executable, "-m", "bybit_ext", "orders", "--category", "spot", "--base-url", exchange.url]
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *orders],
        check=False,
        stderr=subprocess.PIPE,
        env=environment_of(exchange),
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (3, b"")


class TestReaderThatGoesAway:
    @pytest.mark.parametrize("more", [[], ["--json"]], ids=str)
    def test_watch_ends_without_a_word(self, exchange: Sandbox, more: list[str]) -> None:
        hosts = ["--base-url", exchange.url, "--stream-url", exchange.stream_url]
        command = [sys.executable, "-m", "bybit_ext", "watch", *hosts, *more]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment_of(exchange)
        ) as process:
            assert process.stdout
            assert process.stderr
            wait_until(lambda: exchange.subscriptions == 1)
            exchange.place("spot", "BTCUSDT")
            process.stdout.readline()
            process.stdout.close()
            exchange.place("spot", "BTCUSDT")
            assert process.wait(60) == 3
            assert process.stderr.read() == b""

    def test_orders_says_by_its_status_that_not_all_were_read(self, exchange: Sandbox) -> None:
        exchange.place("spot", "BTCUSDT")
        read, write = os.pipe()
        os.close(read)
        try:
            done = run(exchange, "orders", "--category", "spot", "--base-url", exchange.url, stdout=write)
        finally:
            os.close(write)
        assert (done.returncode, done.stderr) == (3, b"")


@pytest.mark.parametrize(
    ("variables", "codes"),
    [({"TERM": "xterm"}, [b"\x1b[31m"]), ({"TERM": "xterm", "NO_COLOR": "1"}, []), ({"TERM": "dumb"}, [])],
    ids=str,
)
def test_a_terminal_gets_colours_unless_it_wants_none(
    exchange: Sandbox, variables: dict[str, str], codes: list[bytes]
) -> None:
    command = [sys.executable, "-m", "bybit_ext", "cancel", "--category", "linear", "--base-url", exchange.url]
    environment = environment_of(exchange, **variables)
    if "NO_COLOR" not in variables:
        environment.pop("NO_COLOR", None)
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(command, check=False, stdout=theirs, stderr=theirs, env=environment, timeout=60)
        shown = os.read(ours, 10_000)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 2
    assert shown.startswith(b"".join([*codes, b"InvalidInput"]))
    assert (b"\x1b" in shown) is bool(codes)


@pytest.mark.parametrize(
    "arguments",
    [["cancel", "--category", "lin"], ["cancel"], ["sell"], ["orders", "--category", "spot", "--deadline", "1"]],
    ids=str,
)
def test_wrong_usage_is_one_message(exchange: Sandbox, arguments: list[str]) -> None:
    done = run(exchange, *arguments, stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (2, b"")
    words = [line.split(maxsplit=1)[0] for line in done.stderr.decode().splitlines() if line and line[0] != "\t"]
    assert words == ["Usage:", "Try", "Error:"]
