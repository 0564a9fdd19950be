"""The ratios that this project holds itself to: each is a median of one run, on two cores."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tools.benchmark.confirmed import FEW, MANY, row_name
from tools.benchmark.figures import Measurement


class Figure(NamedTuple):
    """A figure of a row."""

    row: str
    name: str = "cpu"


class Goal(NamedTuple):
    """A ratio that is not to be exceeded.

    Attributes:
        measurement: the name of the measurement.
        figure: what is divided.
        by: what it is divided by.
        limit: what the ratio is to be at most.
    """

    measurement: str
    figure: Figure
    by: Figure
    limit: float

    @property
    def text(self) -> str:
        """What is compared, in words."""
        name = "" if self.by.name == self.figure.name else f" {self.by.name}"
        row = "" if self.by.row == self.figure.row else f" {self.by.row}"
        return f"{self.measurement}: {self.figure.name} of {self.figure.row} to{row}{name}"

    def ratio(self, measurements: Iterable[Measurement]) -> float | None:
        """Return the ratio; None if it was not measured."""
        for measurement in measurements:
            if measurement.name == self.measurement:
                return measurement.ratio(self.figure.row, self.figure.name, self.by.row, self.by.name)
        return None


def _confirmed_goals() -> Iterator[Goal]:
    for client in ("bybit-v5-h11", "bybit-v5-fast", "bybit-v5-async-h11", "bybit-v5-async-fast"):
        few, many = row_name(client, FEW), row_name(client, MANY)
        yield Goal("confirmed", Figure(few), Figure(few, "unconfirmed"), 3.0)
        yield Goal("confirmed", Figure(many), Figure(many, "unconfirmed"), 3.0)
        yield Goal("confirmed", Figure(many), Figure(few), 1.3)


_FAST, _DEFAULT = "bybit-v5-async-fast", "bybit-v5-async-h11"

GOALS = (
    Goal("one", Figure("bybit-v5-fast"), Figure("pybit"), 0.19),
    Goal("one", Figure("bybit-v5-h11"), Figure("pybit"), 0.5),
    Goal("one", Figure("bybit-v5-generated"), Figure("httpx"), 1.15),
    Goal("many", Figure(_FAST), Figure("pybit"), 0.19),
    Goal("many", Figure(_FAST), Figure("aiopybit"), 1.0),
    Goal("many", Figure(_FAST, "p50"), Figure("aiopybit", "p50"), 1.0),
    Goal("many", Figure(_FAST), Figure("ccxt-async"), 1.0),
    Goal("many", Figure(_FAST, "p50"), Figure("ccxt-async", "p50"), 1.0),
    Goal("many", Figure(_DEFAULT), Figure("pybit"), 0.45),
    Goal("many", Figure(_DEFAULT, "p50"), Figure("pybit", "p50"), 1.0),
    Goal("cold", Figure("bybit-v5-h11"), Figure("pybit"), 0.75),
    Goal("cold", Figure("bybit-v5-h11", "wall"), Figure("pybit", "wall"), 0.75),
    Goal("cold", Figure("bybit-v5-fast"), Figure("pybit"), 0.75),
    Goal("cold", Figure("bybit-v5-fast", "wall"), Figure("pybit", "wall"), 0.75),
    *_confirmed_goals(),
)
