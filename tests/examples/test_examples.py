"""The examples as a whole: each has a test, and stands on the page that lists them."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = {path.name for path in ROOT.joinpath("examples").iterdir() if path.is_file()} - {"__init__.py"}


def test_the_page_lists_each() -> None:
    page = ROOT.joinpath("docs", "examples.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## `examples/(\S+)`$", page, re.MULTILINE)) == EXAMPLES


def test_the_tests_of_a_bot_pass_where_they_stand() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        "examples/test_my_bot.py",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert "6 passed" in done.stdout, done.stdout + done.stderr
