"""How the committed package differs from a fresh one."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path


def report_stale(package: Path, fresh: Path) -> int:
    """Print how a package differs from a fresh one; return the exit status, 1 if it does."""
    committed, wanted = _read_files(package), _read_files(fresh)
    if committed == wanted:
        return 0
    for name in sorted(committed.keys() | wanted.keys()):
        before, after = committed.get(name), wanted.get(name)
        if before is None or after is None:
            print(f"only in the {'committed' if after is None else 'generated'} package: {name}")
        elif before != after:
            print(*_show_difference(name, before, after), sep="\n")
    print("\nThe generated package is stale. Run: .venv/bin/python scripts/regenerate.py", file=sys.stderr)
    return 1


def _show_difference(name: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (content.decode("utf-8", errors="replace").splitlines() for content in (before, after))
    difference = list(difflib.unified_diff(old, new, f"committed/{name}", f"generated/{name}", lineterm=""))
    yield from difference or [f"{name}: the bytes differ, such as the ends of lines"]


def _read_files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files; Python's own caches do not count."""
    files = (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    names = {path.relative_to(folder): path for path in files}
    return {
        str(name): path.read_bytes() if path.is_file() else b"not a file"
        for name, path in names.items()
        if "__pycache__" not in name.parts[:-1]
    }
