"""What was measured, and the arithmetic: percentiles, medians over rounds, ratios of the same round."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from statistics import median
from typing import Any

from attrs import define, field

Round = dict[str, float]
"""What a client took in one turn, by the name of the figure."""


@define
class Measurement:
    """One kind of figures of several clients.

    Attributes:
        name: what it is called on the command line.
        title: what it is, in words.
        units: the figures by name, and the unit of each.
        rows: the rounds of each client.
        notes: what else there is to say.
        failures: who failed, and how.
    """

    name: str
    title: str
    units: Mapping[str, str]
    rows: dict[str, list[Round]] = field(factory=dict[str, list[Round]])
    notes: list[str] = field(factory=list[str])
    failures: list[str] = field(factory=list[str])

    def add(self, row: str, one: Round) -> None:
        """Take the figures of one turn."""
        self.rows.setdefault(row, []).append(one)

    def fail(self, row: str, how: str) -> None:
        """Take that one failed: it is shown no longer."""
        self.rows.pop(row, None)
        self.failures.append(f"{row} failed ({self.title}): {how}")

    def median(self, row: str, figure: str) -> float:
        """Return a figure's median over all rounds."""
        return median(one[figure] for one in self.rows[row])

    def ratio(self, row: str, figure: str, other: str, other_figure: str | None = None) -> float | None:
        """Return the median of the ratios of the same rounds; None if one of the two was not measured.

        Args:
            row: whose figure it is.
            figure: the figure.
            other: whose figure it is divided by.
            other_figure: that figure; None for the same one.
        """
        pairs = zip(self.rows.get(row, ()), self.rows.get(other, ()), strict=False)  # one may have failed midway
        ratios = [one[figure] / two[other_figure or figure] for one, two in pairs]
        return median(ratios) if ratios else None

    def reference(self) -> str | None:
        """Return the row that the others are compared with: pybit's, else the first; None if there is none."""
        return "pybit" if "pybit" in self.rows else next(iter(self.rows), None)

    def ratios(self) -> Iterator[tuple[str, dict[str, float | None]]]:
        """Yield each row, and the ratios of its figures to those of the reference."""
        reference = self.reference()
        for row in self.rows:
            yield row, {figure: self.ratio(row, figure, reference or row) for figure in self.units}

    def to_json(self) -> dict[str, Any]:
        """Return all of it, for a JSON file."""
        return {
            "title": self.title,
            "units": dict(self.units),
            "reference": self.reference(),
            "medians": {row: {figure: self.median(row, figure) for figure in self.units} for row in self.rows},
            "ratios": dict(self.ratios()),
            "rounds": self.rows,
            "notes": self.notes,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all values does not exceed, such as 0.99: the nearest rank.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("there are no values")
    ordered = sorted(values)
    return ordered[max(1, ceil(share * len(ordered))) - 1]
