"""The tables: ratios in columns, absolute figures in a note below. Bold where a terminal can show it."""

from collections.abc import Iterable, Iterator, Sequence

from tools.benchmark.confirmed import FEW, MANY, row_name
from tools.benchmark.figures import Measurement
from tools.benchmark.goals import GOALS

_BOLD, _END = "\x1b[1m", "\x1b[0m"


def render(measurements: Sequence[Measurement], *, bold: bool) -> str:
    """Return all tables as text.

    Args:
        measurements: what was measured.
        bold: whether titles and this project's rows are to be bold.
    """
    parts = ["\n".join(_render_one(measurement, bold=bold)) for measurement in measurements]
    goals = list(_goal_rows(measurements))
    if goals:
        parts.append("\n".join(["Goals", *_columns([("", "is", "at most", ""), *goals], bold=bold)]))
    return "\n\n".join(parts)


def _render_one(measurement: Measurement, *, bold: bool) -> Iterator[str]:
    yield f"{_BOLD}{measurement.title}{_END}" if bold else measurement.title
    if measurement.name == "sandbox":
        yield from (f"{row} waits {_absolute(measurement, row)} for an answer" for row in measurement.rows)
    elif measurement.name == "confirmed":
        yield from _columns([("", "x unconfirmed", f"x {FEW} at once"), *_confirmed_rows(measurement)], bold=bold)
    else:
        reference = measurement.reference()
        header = ("", *measurement.units)
        rows = sorted(measurement.ratios(), key=lambda row: row[1]["cpu"] or 0.0)
        cells = [(row, *(_number(ratio) for ratio in ratios.values())) for row, ratios in rows]
        yield from _columns([header, *cells], bold=bold)
        if reference:
            yield f"Ratios to {reference}, which here and today took {_absolute(measurement, reference)}."
    yield from measurement.notes


def _confirmed_rows(measurement: Measurement) -> Iterator[tuple[str, ...]]:
    for row in measurement.rows:
        few = row_name(row.partition(",")[0], FEW)
        flat = measurement.ratio(row, "cpu", few) if row.endswith(f" {MANY} at once") else None
        yield row, _number(measurement.ratio(row, "cpu", row, "unconfirmed")), _number(flat)


def _goal_rows(measurements: Sequence[Measurement]) -> Iterator[tuple[str, ...]]:
    for goal in GOALS:
        ratio = goal.ratio(measurements)
        if ratio is not None:
            yield goal.text, _number(ratio), _number(goal.limit), "" if ratio <= goal.limit else "missed"


def _absolute(measurement: Measurement, row: str) -> str:
    figures = [f"{name} {measurement.median(row, name):.3g} {unit}" for name, unit in measurement.units.items()]
    return ", ".join(figures)


def _number(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _columns(rows: Iterable[tuple[str, ...]], *, bold: bool) -> Iterator[str]:
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *others in cells:
        numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        line = "  ".join([first.ljust(widths[0]), *numbers]).rstrip()
        yield f"{_BOLD}{line}{_END}" if bold and first.startswith("bybit-v5") else line
