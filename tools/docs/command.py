"""Write the tables into the pages, check that they are fresh, or check the built site."""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.docs.pages import fill, pages
from tools.docs.site import find_problems
from tools.docs.tables import TABLES
from tools.project import ROOT


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit status, 1 if something is stale or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="check a built site instead")
    options = parser.parse_args(arguments)
    if options.site:
        problems = find_problems(options.site)
        print(*problems, sep="\n", end="\n" if problems else "")
        return int(bool(problems))
    stale = [page for page in pages() if fill(page.read_text(encoding="utf-8"), TABLES) != page.read_text("utf-8")]
    for page in stale:
        print(f"{page.relative_to(ROOT)}: {'is stale; scripts/docs writes it' if options.check else 'written anew'}")
        if not options.check:
            page.write_text(fill(page.read_text(encoding="utf-8"), TABLES), encoding="utf-8")
    return int(options.check and bool(stale))
