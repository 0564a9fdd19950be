"""`bybit explore`: the page that tries the document's operations, on this machine."""

import sys
import threading
import webbrowser
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console

from bybit_ext.engines.hosts import Environment, Region
from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox

from .console import err, print_safely
from .exit_status import Exit
from .serve import Refill

_CLOSED = "The page is closed."
_LOOK_IT_UP = "what was asked may have been carried out. See the open orders and the history before acting on it."


def explore(
    console: Console, environment: Environment | None, region: Region | None, port: int, *, open_browser: bool
) -> Exit:
    """Serve the page until Ctrl-C, and return the exit status.

    Args:
        console: where its URL is printed.
        environment: the exchange that it tries, with the key in the environment; None for a sandbox of its own.
        region: a regional exchange; None for the global one.
        port: where to listen; 0 finds a free one.
        open_browser: whether to open the URL, if a terminal is there.

    Raises:
        InvalidInput: the key is missing, or the pair is not documented.
        ModuleNotFoundError: the extra is not installed.
        OSError: the port is taken.
        KeyboardInterrupt: Ctrl-C came once more, while a sandbox of its own ended.
    """
    if environment is None:
        _serve_until_ctrl_c(_sandbox_page(port), "a sandbox of its own", console, open_browser=open_browser)
        print_safely(console, _CLOSED)
        return Exit.ACCEPTED
    unknown: list[str] = []
    page = _exchange_page(environment, region, port, unknown.append)
    try:
        _serve_until_ctrl_c(page, environment, console, open_browser=open_browser)
        print_safely(console, f"{_CLOSED}{describe_unknown(len(unknown))}")
    except KeyboardInterrupt:  # once more, while the page ended: it cannot say any more what it had in flight
        print_safely(err, f"[red]Interrupted[/]  The page had not ended. If a request was in flight, {_LOOK_IT_UP}")
        return Exit.INTERRUPTED
    return Exit.OUTCOME_UNKNOWN if unknown else Exit.ACCEPTED


def _serve_until_ctrl_c(page: AbstractContextManager[str], where: str, console: Console, *, open_browser: bool) -> None:
    with page as url:
        try:
            print_safely(
                console, f"The page tries [bold]{where}[/]. It is for this machine alone. Ctrl-C ends it.\n\n{url}"
            )
            if open_browser and sys.stdout is not None and sys.stdout.isatty():
                webbrowser.open(url)
            threading.Event().wait()
        except KeyboardInterrupt:
            print_safely(console, "")


def describe_unknown(count: int) -> str:
    """Say how many requests the end of the page left with an unknown outcome; nothing, if none.

    Args:
        count: how many.
    """
    if not count:
        return ""
    were = "1 request was" if count == 1 else f"{count} requests were"
    return f" {were} in flight, with unknown outcome: {_LOOK_IT_UP}"


@contextmanager
def _sandbox_page(port: int) -> Generator[str, None, None]:
    with Sandbox(port) as sandbox:
        Refill(sandbox).start()
        yield sandbox.page_url


@contextmanager
def _exchange_page(
    environment: Environment, region: Region | None, port: int, on_unknown: Callable[[str], None]
) -> Generator[str, None, None]:
    # The client is made here, so that a missing key is told at once.
    client = RecordingBybit(environment=environment, region=region)
    with serve(Target(environment, lambda: client), port, on_unknown) as url:
        yield url
