"""Differences between page and spec that are known and harmless. Their table is acknowledged.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tools.page_check.compare import Differences
from tools.project import refuse

TABLE = Path(__file__).with_name("acknowledged.toml")
_KEYS = {"operation", "part", "differences", "reason"}

Acknowledged = dict[tuple[str, str], set[str]]
"""The lines that are acknowledged, by operation and part."""


def read_acknowledged(table: Path) -> Acknowledged:
    """Return the acknowledged differences. End the program if the table has another form, or gives no reason."""
    try:
        entries = tomllib.loads(table.read_text(encoding="utf-8")).get("acknowledged", [])
    except (OSError, ValueError) as error:
        refuse(f"{table} cannot be read: {error}")
    found: Acknowledged = {}
    for entry in entries:
        if entry.keys() != _KEYS or not entry["reason"]:
            refuse(f"{table}: every entry needs {', '.join(sorted(_KEYS))}; this one has {entry}.")
        found.setdefault((entry["operation"], entry["part"]), set()).update(entry["differences"])
    return found


def acknowledge(operation: str, differences: Differences, acknowledged: Acknowledged) -> tuple[Differences, int]:
    """Take off what is acknowledged, and add what is acknowledged and is no difference.

    Returns:
        What is left to report, and how many lines were taken off.
    """
    left: Differences = {}
    for part, lines in differences.items():
        known = acknowledged.get((operation, part), set())
        left[part] = [line for line in lines if line not in known]
        left[part] += [f"acknowledged, but not a difference: {line}" for line in sorted(known - set(lines))]
    taken_off = sum(len(set(lines) & acknowledged.get((operation, part), set())) for part, lines in differences.items())
    return left, taken_off
