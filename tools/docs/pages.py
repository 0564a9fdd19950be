"""The places in the pages where tables made from the code stand.

    <!-- made from the code: hosts -->
    | … |
    <!-- end -->

The table stands in the page, so that it is also there for whoever reads the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.project import ROOT

FOLDER = ROOT / "docs"
_PLACE = re.compile(r"(<!-- made from the code: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> list[Path]:
    """Return the files of all pages; the README is one."""
    return [ROOT / "README.md", *sorted(FOLDER.rglob("*.md"))]


def places(text: str) -> list[str]:
    """Return the names of the tables that a page has a place for."""
    return [name for _, name, _ in _PLACE.findall(text)]


def fill(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with its tables made anew.

    Raises:
        KeyError: it has a place for a table that nothing makes.
    """

    def make(place: re.Match[str]) -> str:
        return f"{place[1]}\n{tables[place[2]]()}\n\n{place[3]}"

    return _PLACE.sub(make, text)
