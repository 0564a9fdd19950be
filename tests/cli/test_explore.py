"""`bybit explore`: which exchange it tries, and how it opens, as a process of its own."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bybit_ext.cli import app as cli
from bybit_ext.sandbox import Sandbox
from tests.cli.conftest import RUNNER
from tests.conftest import wait_until
from tests.explorer.conftest import open_page

URL = re.compile(r"http://127\.0\.0\.1:\d+/#token=\S+")
LIMIT = 60.0  # seconds that anything may take on a busy machine
KEYS = {"BYBIT_API_KEY": "k" * 18, "BYBIT_API_SECRET": "s" * 36}
# The command with a page that does nothing: Ctrl-C comes at once, and what its end does is written in its place.
ENDING = """
import signal
from contextlib import contextmanager
from types import SimpleNamespace
import bybit_ext.cli.explore as command
from bybit_ext.cli.app import app

def interrupt():
    signal.raise_signal(signal.SIGINT)

@contextmanager
def serve(target, port, on_unknown):
    yield "http://127.0.0.1:1/"
    {end}

command.serve = serve
command.threading = SimpleNamespace(Event=lambda: SimpleNamespace(wait=interrupt))
app(["explore", "--environment", "testnet"])
"""


@contextmanager
def exploring(*arguments: str, **environment: str) -> Generator[tuple[subprocess.Popen[str], str], None, None]:
    """Run the command; return it, and the URL that it prints."""
    command = [sys.executable, "-m", "bybit_ext", "explore", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}, bufsize=1
    ) as process:
        try:
            assert process.stdout
            found = (URL.search(line) for line in process.stdout)
            yield process, next(one[0] for one in found if one)
        finally:
            process.kill()


def test_it_tries_a_sandbox_until_ctrl_c() -> None:
    with exploring() as (process, url):
        page = open_page(url)
        with page.http:
            content = page.start()
        assert content["exchange"] == "sandbox"
        assert {one["linkId"] for one in content["orders"]} == {"my-order-1", "my-order-2", "my-order-3", "my-stop-1"}
        process.send_signal(signal.SIGINT)
        assert process.stdout
        assert "The page is closed." in process.stdout.read()
        assert process.wait(LIMIT) == 0


def test_the_environments_exchange_is_not_tried_unasked() -> None:
    with exploring(BYBIT_ENVIRONMENT="mainnet", BYBIT_API_KEY="k", BYBIT_API_SECRET="s") as (_, url):
        page = open_page(url)
        with page.http:
            assert page.start()["exchange"] == "sandbox"


@pytest.mark.parametrize("environment", ["testnet", "demo", "mainnet"])
def test_an_exchange_needs_a_key(environment: str) -> None:
    result = RUNNER.invoke(cli.app, ["explore", "--environment", environment])
    assert result.exit_code == 2
    assert "BYBIT_API_KEY" in result.stderr


def test_an_exchange_that_is_named_is_tried_with_the_key_of_the_environment() -> None:
    # Nothing is sent: the files of the page are asked for alone.
    with exploring("--environment", "testnet", **KEYS) as (_, url):
        page = open_page(url)
        with page.http:
            assert page.http.get("/").status_code == 200


def end_page(end: str, redirection: str = "") -> tuple[int, str, str]:
    """Run the command until its page has ended; return its exit status, its output and its errors."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {redirection}', sys.executable, ENDING.format(end=end)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **KEYS},
        timeout=LIMIT,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_second_ctrl_c_says_that_what_was_in_flight_may_have_been_carried_out() -> None:
    status, _, errors = end_page("interrupt()")
    assert status == 130
    assert "If a request was in flight, what was asked may have been carried out." in errors


@pytest.mark.parametrize(("end", "expected"), [("pass", 0), ("on_unknown('/v5/order/create')", 3)])
def test_what_the_end_of_the_page_leaves_unknown_counts_for_the_exit_status(end: str, expected: int) -> None:
    status, output, _ = end_page(end)
    assert (status, "1 request was in flight, with unknown outcome" in output) == (expected, expected == 3)


def test_without_an_output_no_browser_is_opened() -> None:
    assert end_page("pass", ">&-") == (0, "", "")


def test_a_region_goes_with_an_environment_only() -> None:
    result = RUNNER.invoke(cli.app, ["explore", "--region", "eu"])
    assert result.exit_code == 2
    assert "--region: goes with --environment only" in result.stderr


def test_a_taken_port_is_told(sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]
    result = RUNNER.invoke(cli.app, ["explore", "--port", port])
    assert result.exit_code == 2
    assert "The page cannot be run" in result.stderr


@pytest.mark.parametrize(("arguments", "is_opened"), [([], True), (["--no-open"], False)])
def test_on_a_terminal_a_browser_is_opened(tmp_path: Path, arguments: list[str], *, is_opened: bool) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part\nmv {opened}.part {opened}\n')
    browser.chmod(0o755)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bybit_ext", "explore", *arguments]
    with subprocess.Popen(
        command, stdout=theirs, stderr=theirs, env={**os.environ, "BROWSER": str(browser)}
    ) as process:
        os.close(theirs)
        try:
            shown = b""
            while not URL.search(shown.decode()):
                shown += os.read(ours, 4096)
            if is_opened:
                wait_until(opened.exists, LIMIT)
                assert URL.fullmatch(opened.read_text().strip())
            process.send_signal(signal.SIGINT)
            while b"closed" not in shown:
                shown += os.read(ours, 4096)
            assert process.wait(LIMIT) == 0
            assert opened.exists() is is_opened
        finally:
            process.kill()
            os.close(ours)
