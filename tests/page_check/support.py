"""What the tests of the page checker share: pages, documents, and changes of them."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tools.page_check.compare import Differences, compare
from tools.page_check.document import Document
from tools.page_check.parser import Page, read_page
from tools.project import ROOT, SPEC, read_spec

PAGES = Path(__file__).parent / "pages"
SAVED_PAGE = (PAGES / "cancel-order.md").read_text()
PAGE = (PAGES / "cancel-order.mdx").read_text()
QUERY_PAGE = (PAGES / "get-orders.mdx").read_text()
SPEC_TEXT = SPEC.read_text()
QUERY_SPEC = Path(__file__).with_name("spec.yaml")
SCRIPT = ROOT / "scripts" / "check_page.py"
LIMIT = 60  # seconds that a program may run


class Outcome(NamedTuple):
    """How a program ended."""

    status: str | int | None
    output: str
    errors: str


@cache
def document_at(spec: Path) -> dict[str, Any]:
    """Return a document; reading the YAML takes most of the time of a check."""
    return read_spec(spec)


def replace(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def page_of(*changes: tuple[str, str], page: str = PAGE) -> Page:
    return read_page(replace(page, *changes))


def differences(page: Page, spec: Path = SPEC) -> list[str]:
    """Return the names of the parts that differ, each with its lines below it."""
    return flatten(compare(page, Document(document_at(spec))))


def flatten(found: Differences) -> list[str]:
    return [line for part, lines in found.items() if lines for line in (part, *lines)]
