"""The fenced blocks of the README and of the site's pages."""

import re
from pathlib import Path

from attrs import frozen

from tools.docs.pages import pages
from tools.project import ROOT

PEERS = ("pybit", "ccxt")  # whose code stands in blocks with these titles
_FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
_OUTPUT = re.compile(r"\s*```text\n(.*?)^```\n", re.DOTALL | re.MULTILINE)


@frozen
class Block:
    """A block of code.

    Attributes:
        line: where it begins, counted from 0.
        language: what the fence says.
        title: whose code it is, or which file; empty for nobody's.
        code: its lines.
        output: what it prints, by the block `text` right after it; None if there is none. `…` stands for anything.
    """

    line: int
    language: str
    title: str
    code: str
    output: str | None

    @property
    def is_test_file(self) -> bool:
        return "def test_" in self.code

    def prints(self, text: str) -> bool:
        """Return whether a text is what the page says that the block prints."""
        if self.output is None:
            return True
        pattern = ".*".join(re.escape(part) for part in self.output.split("…"))
        return re.fullmatch(pattern, text, re.DOTALL) is not None


def blocks_of(text: str) -> list[Block]:
    found: list[Block] = []
    for fence in _FENCE.finditer(text):
        language, title, code = fence.groups(default="")
        output = _OUTPUT.match(text, fence.end())
        line = text.count("\n", 0, fence.start(3))
        found.append(Block(line, language, title, code, output[1] if output else None))
    return found


PAGES = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in pages()}
BLOCKS = {name: blocks_of(text) for name, text in PAGES.items()}


def python_blocks(page: str, title: str | None = None) -> list[Block]:
    """Return the programs of a page that are ours, or those of somebody else's client."""
    found = [one for one in BLOCKS[page] if one.language == "python" and not one.is_test_file]
    return [one for one in found if (one.title == title if title else one.title not in PEERS)]


PROGRAM_PAGES = [page for page in BLOCKS if python_blocks(page)]
TEST_FILES = [(page, block) for page, blocks in BLOCKS.items() for block in blocks if block.is_test_file]
COMMANDS = [
    (page, line)
    for page, blocks in BLOCKS.items()
    for block in blocks
    if block.language == "console"
    for line in block.code.replace("\\\n", "").splitlines()
    if line and not line.startswith("#")
]


def path_of(page: str) -> Path:
    return ROOT / page
