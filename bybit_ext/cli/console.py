"""Printing that cannot change what the command's exit status says: a full disk or a closed pipe is not a refusal."""

import os
import sys
from contextlib import suppress

import typer
from rich.console import Console
from rich.markup import escape

# emoji: an id may hold `:key:`.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(highlight=False, soft_wrap=True, emoji=False, stderr=True)


def plain(value: object) -> str:
    """Return a value as text that a terminal shows as it is: no markup, and control characters as escapes."""
    text = str(value)
    return escape("".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text))


def print_safely(console: Console, text: str) -> None:
    """Print coloured text."""
    try:
        console.print(text)
        console.file.flush()
    except (OSError, UnicodeError):
        _give_up_output()


def print_text(text: str) -> None:
    """Print text as it is: ASCII, as JSON is here."""
    try:
        typer.echo(text)
    except OSError:
        _give_up_output()


def _give_up_output() -> None:
    # Python flushes once more at its end, and would fail again.
    with suppress(OSError):  # what stands in for it may have no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
