"""What scripts/check_page.py does: read the arguments, print the differences."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tools.page_check.acknowledged import TABLE, acknowledge, read_acknowledged
from tools.page_check.compare import Differences, compare
from tools.page_check.document import Document
from tools.page_check.parser import Page, read_page
from tools.project import SPEC, read_spec, refuse


def main(arguments: list[str] | None = None) -> int:
    """Print what page and spec do not agree on; return the exit status, 1 if there is anything.

    Args:
        arguments: the command's; None takes those of the process.
    """
    options = _read_arguments(arguments)
    page = read_page(_read_text(options.page))
    acknowledged = read_acknowledged(options.acknowledged)
    differences = compare(page, Document(_read_document(options.spec)))
    left, taken_off = acknowledge(f"{page.method} {page.path}", differences, acknowledged)
    return _report(page, left, taken_off)


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="check_page.py", description="Hold the OpenAPI document to a page of Bybit's documentation."
    )
    parser.add_argument("page", type=Path, help="the page: an .mdx file, or a page saved as Markdown; - is the input")
    parser.add_argument("--spec", type=Path, default=SPEC, help="the OpenAPI document (YAML)")
    parser.add_argument("--acknowledged", type=Path, default=TABLE, help="the table of known differences (TOML)")
    return parser.parse_args(arguments)


def _read_text(page: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(page) == "-" else page.read_bytes()
        return content.decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeError) as error:
        refuse(f"{page} cannot be read: {error}")


def _read_document(spec: Path) -> dict[str, Any]:
    from ruamel.yaml.error import YAMLError

    try:
        return read_spec(spec)
    except (YAMLError, LookupError, TypeError) as error:
        refuse(f"{spec} is not an OpenAPI document: {error}")


def _report(page: Page, differences: Differences, taken_off: int) -> int:
    operation = f"{page.method} {page.path}"
    if not any(differences.values()):
        requests = page.request_lines if page.method == "GET" else page.request_examples
        examples = len(requests) + len(page.response_examples)
        counts = f"{len(page.parameters)} parameters, {len(page.fields)} response fields, {examples} examples"
        but_for = f", but for known differences: {taken_off}" if taken_off else ""
        print(f"{operation}: page and spec agree ({counts}){but_for}.")
        return 0
    left_out = f", known differences left out: {taken_off}" if taken_off else ""
    print(f"{operation}: page and spec differ{left_out}.")
    for part, lines in differences.items():
        if lines:
            print(part, *lines, sep="\n  ")
    return 1
