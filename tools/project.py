"""The project's files, and how its programs end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn, cast

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "spec" / "openapi.yaml"
# Of tools that develop the project, in whatever versions they have: these need not run with others too.
TESTS_OF_TOOLS = (
    "conformance",
    "docs",
    "live",
    "page_check",
    "peers",
    "tools",
    "test_document.py",
    "test_documentation.py",
    "test_live.py",
    "test_packaging.py",
    "test_regenerate.py",
    "test_typing.py",
)


def read_spec(spec: Path) -> dict[str, Any]:
    """Return the OpenAPI document. End the program if there is none, or if two operations share an id."""
    from ruamel.yaml import YAML  # only here, so that a message about missing tools comes first

    if not spec.is_file():
        refuse(f"{spec}: there is no such file.")
    document: dict[str, Any] = YAML(typ="safe").load(spec)  # pyright: ignore[reportUnknownMemberType]
    parts = [cast("dict[str, Any]", part) for item in document["paths"].values() for part in item.values()]
    names = [part["operationId"] for part in parts if "operationId" in part]
    if len(set(names)) < len(names):
        # The generator would write one file for both, and say nothing.
        refuse(f"{spec}: an operationId is given twice: {', '.join(sorted(names))}.")
    return document


def refuse(message: str) -> NoReturn:
    """End the program with the status of wrong usage, 2: 1 means that a check found something."""
    print(message, file=sys.stderr)
    sys.exit(2)
