"""`bybit explore`: the page that tries the document's operations, on this machine."""

import sys
import threading
import webbrowser
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console

from bybit_ext.engines.hosts import Environment, Region
from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox

from .console import print_safely
from .serve import Refill


def explore(
    console: Console, environment: Environment | None, region: Region | None, port: int, *, open_browser: bool
) -> None:
    """Serve the page until Ctrl-C.

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
    """
    unknown: list[str] = []
    page = _sandbox_page(port) if environment is None else _exchange_page(environment, region, port, unknown.append)
    where = environment or "a sandbox of its own"
    with page as url:
        try:
            print_safely(
                console, f"The page tries [bold]{where}[/]. It is for this machine alone. Ctrl-C ends it.\n\n{url}"
            )
            if open_browser and sys.stdout.isatty():
                webbrowser.open(url)
            threading.Event().wait()
        except KeyboardInterrupt:
            print_safely(console, "")
    print_safely(console, f"The page is closed.{describe_unknown(len(unknown))}")


def describe_unknown(count: int) -> str:
    """Say how many requests the end of the page left with an unknown outcome; nothing, if none.

    Args:
        count: how many.
    """
    if not count:
        return ""
    were = "1 request was" if count == 1 else f"{count} requests were"
    return (
        f" {were} in flight, with unknown outcome: what was asked may have been carried out. "
        "See the open orders and the history before acting on it."
    )


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
