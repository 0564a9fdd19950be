"""What must hold of the site once it is built: it loads nothing from elsewhere, and its reference is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import bybit_ext
from bybit_ext import sandbox

# What a browser loads by itself: not the links of a page, which a reader follows.
_LOADED = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)")
_IMPORTED = re.compile(r"@import\s+[\"']?(?:https?:)?//|url\([\"']?((?:https?:)?//[^)]+)")


def public_names() -> set[str]:
    """Return the full names of all that users may import."""
    return {f"{package.__name__}.{name}" for package in (bybit_ext, sandbox) for name in package.__all__}


def find_problems(site: Path) -> list[str]:
    """Return what is wrong with a built site, one line for each thing."""
    return [*_loads_from_elsewhere(site), *_missing_names(site)]


def _loads_from_elsewhere(site: Path) -> Iterator[str]:
    for pattern, kind in ((_LOADED, "html"), (_IMPORTED, "css")):
        for file in sorted(site.rglob(f"*.{kind}")):
            for found in pattern.finditer(file.read_text(encoding="utf-8")):
                yield f"{file.relative_to(site)}: loads {found[1]}"


def _missing_names(site: Path) -> Iterator[str]:
    anchors: set[str] = set()
    for file in site.rglob("*.html"):
        anchors.update(re.findall(r"\bid=\"(bybit_[\w.]+)\"", file.read_text(encoding="utf-8")))
    for name in sorted(public_names() - anchors):
        yield f"{name}: is public, and no page of the reference has it"
