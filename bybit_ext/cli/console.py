"""Printing that cannot change what the command's exit status says: a full disk or a closed pipe is not a refusal."""

import os
import sys
from contextlib import suppress
from typing import IO

import typer
from rich.console import Console, RenderableType
from rich.markup import escape


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the caller see it: rich would end the program, with the status that stands for a refusal here."""
        raise BrokenPipeError


# emoji: an id may hold `:key:`.
out: Console = _Console(highlight=False, soft_wrap=True, emoji=False)
err: Console = _Console(highlight=False, soft_wrap=True, emoji=False, stderr=True)


def plain(value: object) -> str:
    """Return a value as text that a terminal shows as it is: no markup, and control characters as escapes."""
    text = str(value)
    return escape("".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text))


def print_safely(console: Console, text: RenderableType, *, end: str = "\n", fold: bool = False) -> bool:
    """Print coloured text, or something else that rich can show; return whether it could be printed.

    Args:
        console: where to.
        text: what to print.
        end: what follows it.
        fold: whether to fit it to the width of the terminal; else a line stays one line.
    """
    if _is_closed(console):
        return False
    try:
        console.print(text, end=end, soft_wrap=not fold)
        console.file.flush()
    except (OSError, UnicodeError) as error:
        give_up_output(console.file, error)
        return False
    return True


def print_text(text: str) -> bool:
    """Print text as it is: ASCII, as JSON is here. Return whether it could be printed."""
    if _is_closed(out):
        return False
    try:
        typer.echo(text)
    except OSError as error:
        give_up_output(sys.stdout, error)
        return False
    return True


def _is_closed(console: Console) -> bool:
    """Return whether the program was started without this output (`>&-`): rich and typer would print to nowhere."""
    return (sys.__stderr__ if console.stderr else sys.__stdout__) is None


def ask(question: str) -> bool:
    """Ask a question of the terminal and return whether the answer was yes; the end of the input is a no."""
    print_safely(err, f"{question} [dim]\\[y/N][/] ", end="")
    answer = ""
    try:
        with suppress(UnicodeError):  # what cannot be read is not a yes
            answer = sys.stdin.readline()
    finally:
        if not answer.endswith("\n"):  # then the question's line is not ended yet
            print_safely(err, "")
    return answer.strip().lower() in {"y", "yes"}


def give_up_output(output: IO[str], error: OSError | UnicodeError) -> None:
    """Print nothing any more to an output that takes nothing; say why, unless nobody wants to read it."""
    # Python flushes once more at its end, and would fail again.
    with suppress(OSError):  # what stands in for it may have no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())
    if output is sys.stdout and not isinstance(error, BrokenPipeError):
        reason = error.strerror if isinstance(error, OSError) else error
        print_safely(err, f"[yellow]Note[/]  The output cannot be written: {plain(reason)}.")
