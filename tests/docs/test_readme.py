"""The README: short, complete at first sight, and without links that lead nowhere."""

import re

from tools.project import ROOT

from .snippets import BLOCKS, PAGES

README = PAGES["README.md"]
FIRST_SCREEN = README.splitlines()[:40]


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_its_first_screen_has_the_two_commands_and_a_whole_call() -> None:
    console, program = BLOCKS["README.md"][:2]
    assert [line.split()[0] for line in console.code.splitlines()] == ["scripts/demo", "scripts/test"]
    assert program.language == "python"
    assert program.line + len(program.code.splitlines()) < len(FIRST_SCREEN)


def test_it_says_that_the_project_is_unofficial() -> None:
    assert "not made or endorsed by Bybit" in "\n".join(FIRST_SCREEN)


def test_its_links_lead_to_files_of_this_checkout() -> None:
    links = [link for link in re.findall(r"\]\(([^)]*)\)", README) if not link.startswith("https://")]
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_it_leads_to_every_page_outside_of_the_reference() -> None:
    pages = {page for page in PAGES if re.fullmatch(r"docs/[\w-]+\.md", page)} - {"docs/index.md", "docs/security.md"}
    assert pages - set(re.findall(r"\]\((docs/[^)]*)\)", README)) == set()
