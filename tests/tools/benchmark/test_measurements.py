"""The measurements, as little of each as can be: that they run, and what they bring."""

from collections.abc import Callable
from functools import partial

import pytest

from tools.benchmark.answer_time import measure_answer_time
from tools.benchmark.calls import measure_many, measure_one
from tools.benchmark.clients import find_client
from tools.benchmark.cold_start import measure_cold_start
from tools.benchmark.confirmed import measure_confirmed
from tools.benchmark.figures import Measurement
from tools.benchmark.plan import Plan

LITTLE = Plan(rounds=1, calls=3, calls_a_task=1, bursts=1)
told: list[str] = []


@pytest.mark.parametrize(
    ("measure", "rows", "figures"),
    [
        (partial(measure_one, [find_client("socket")]), ["socket"], {"cpu", "p50", "p99"}),
        (partial(measure_many, [find_client("socket")]), ["socket"], {"cpu", "p50", "p99"}),
        (partial(measure_cold_start, [find_client("socket")]), ["socket", "python"], {"cpu", "wall"}),
        (partial(measure_answer_time, []), ["socket"], {"cpu", "p50", "p99"}),
        (
            partial(measure_confirmed, [find_client("socket"), find_client("bybit-v5-async-h11")]),
            ["bybit-v5-async-h11, 20 at once", "bybit-v5-async-h11, 1000 at once"],
            {"cpu", "unconfirmed"},
        ),
    ],
    ids=["one", "many", "cold", "sandbox", "confirmed"],
)
def test_every_row_has_its_figures_of_every_round(
    measure: Callable[..., Measurement], rows: list[str], figures: set[str]
) -> None:
    measured = measure(LITTLE, told.append)
    assert measured.failures == []
    assert list(measured.rows) == rows
    for rounds in measured.rows.values():
        assert len(rounds) == LITTLE.rounds
        assert all(one.keys() == figures and min(one.values()) > 0 for one in rounds)
    assert set(measured.units) <= figures
