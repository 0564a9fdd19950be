"""Write the command's page from its own options and help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typer.main import get_command

from bybit_ext.cli import manual
from bybit_ext.cli.app import app
from tools.project import ROOT

PAGE = ROOT / "docs" / "command.md"

_INTRODUCTION = """\
<!-- Written by scripts/command_docs from bybit_ext/cli. -->

# The command

`bybit` lists, watches and cancels orders from a shell. It comes with the extra `cli`; `bybit sandbox` and `bybit demo`
need the extra `sandbox` too, `bybit explore` the extra `explore`. Keys come from the environment, never from arguments.
No exchange is assumed: `--environment`, the variable `BYBIT_ENVIRONMENT` or `--base-url` names it. No command places an
order.

![What bybit demo shows](pictures/demo.svg)

## What all commands share

- Results go to the standard output, all else to the standard error. With `--json`, results are JSON, an object a line.
- Colours and tables are for terminals; pipes and files get plain lines. `NO_COLOR` and `TERM=dumb` are heeded.
- Ctrl-C or SIGTERM ends a command at once, and says what is known: which order has which result, and which outcome is
  unknown.
- A reader that goes away (`bybit watch | head -1`) ends what only prints, but no cancel. A full disk is reported.
- `bybit --install-completion` lets the Tab key complete commands, options and their values in bash, zsh, fish and
  PowerShell.
"""


def write_page() -> str:
    """Return the page as Markdown."""
    group: Any = get_command(app)  # typer carries a copy of click since 0.27, and click itself before: two types
    sections = [_section(name, command) for name, command in group.commands.items()]
    return "\n".join([_INTRODUCTION, *sections])


def _section(name: str, command: Any) -> str:
    lines = [f"## bybit {name}", "", *_unwrap(command.help), "", "```console"]
    page: manual.Page = getattr(manual, name.upper())
    for example in page.examples:
        lines += [f"# {example.purpose}", *example.lines]
    lines += ["```", ""]
    lines += [_option(parameter) for parameter in command.params]
    lines += _table("exit status", {str(status.value): meaning for status, meaning in page.statuses.items()})
    lines += _table("environment variable", {f"`{name}`": meaning for name, meaning in page.variables.items()})
    return "\n".join([*lines, ""])


def _unwrap(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        if number:
            yield ""
        yield " ".join(paragraph.split())


def _option(parameter: Any) -> str:
    names = ", ".join(parameter.opts)
    choices: Iterable[str] = getattr(parameter.type, "choices", ())
    value = "" if parameter.is_flag else f" {'|'.join(choices) or parameter.metavar}"
    facts = [
        *(["required"] if parameter.required else []),
        *([f"default: {parameter.default}"] if parameter.default and not parameter.is_flag else []),
        *([f"environment variable: {parameter.envvar}"] if parameter.envvar else []),
    ]
    remark = f" ({', '.join(facts)})" if facts else ""
    return f"- `{names}{value}`: {parameter.help}{remark}"


def _table(heading: str, rows: Mapping[str, str]) -> list[str]:
    return ["", f"| {heading} | |", "|---|---|", *(f"| {name} | {meaning} |" for name, meaning in rows.items())]
