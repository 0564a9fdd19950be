"""The tables in the pages that are made from the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bybit_ext import errors
from tools.docs.pages import fill, places
from tools.docs.site import find_problems, public_names
from tools.docs.tables import TABLES
from tools.project import ROOT

from .snippets import PAGES


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_a_page_are_those_that_the_code_makes(page: str) -> None:
    assert fill(PAGES[page], TABLES) == PAGES[page], "run scripts/docs"


def test_every_table_stands_in_one_page() -> None:
    assert sorted(name for text in PAGES.values() for name in places(text)) == sorted(TABLES)


def test_a_stale_table_is_made_anew() -> None:
    stale = "a\n<!-- made from the code: hosts -->\nold\n<!-- end -->\nb"
    fresh = "a\n<!-- made from the code: hosts -->\n\nnew\n\n<!-- end -->\nb"
    assert fill(stale, {"hosts": lambda: "new"}) == fresh


def test_the_command_says_that_all_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.docs", "--check"], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_tree_of_errors_has_every_error() -> None:
    tree = TABLES["error tree"]()
    defined = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, BaseException)}
    assert {word for word in tree.split() if word in defined} == defined


def test_every_known_code_is_in_the_table() -> None:
    rows = TABLES["retCodes"]().splitlines()[2:]
    assert len(rows) == len(errors.ERROR_CLASSES)
    assert "| `10002` | `ClockError` | once, with the clock corrected |" in rows
    assert "| `110079` | `NotCancellable` | after a back-off |" in rows
    assert "| `110001` | `OrderNotFound` | no |" in rows


def test_a_built_site_must_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    anchors = "".join(f'<h2 id="{name}"></h2>' for name in public_names())
    tmp_path.joinpath("index.html").write_text(f'<a href="https://example.org">text</a>{anchors}')
    assert find_problems(tmp_path) == []
    tmp_path.joinpath("other.html").write_text('<script async src="https://example.org/a.js"></script>')
    tmp_path.joinpath("style.css").write_text("@font-face { src: url(//example.org/font.woff) }")
    assert find_problems(tmp_path) == [
        "other.html: loads https://example.org/a.js",
        "style.css: loads //example.org/font.woff",
    ]


def test_a_built_site_must_have_every_public_name(tmp_path: Path) -> None:
    problems = find_problems(tmp_path)
    assert "bybit_ext.Bybit: is public, and no page of the reference has it" in problems
    assert len(problems) == len(public_names())


def test_the_page_about_tests_tries_every_fault() -> None:
    named = [name for table in ("request faults", "event faults") for name in re.findall(r"`(\w+)\(", TABLES[table]())]
    assert len(named) > 10
    assert [name for name in named if not re.search(rf"(\bfaults\.|\[){name}\(", PAGES["docs/testing.md"])] == []
