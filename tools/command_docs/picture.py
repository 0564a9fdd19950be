"""Draw the demo as it looks on a terminal."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.terminal_theme import MONOKAI

from bybit_ext.cli.demo import run
from tools.project import ROOT, refuse

PICTURE = ROOT / "docs" / "pictures" / "demo.svg"
_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def draw_demo() -> str:
    """Run the demo, and return a picture of it as SVG, which loads nothing. End the program if it does not go right."""
    console = Console(
        record=True, width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    console.print("[bold]$ bybit demo[/]")
    if not run(console):
        refuse("The demo did not tell everything as it happened: see bybit demo.")
    svg = console.export_svg(title="bybit demo", theme=MONOKAI, unique_id="demo")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # rich's fonts come over the network
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {_FONTS}")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())
