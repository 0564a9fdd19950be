from functools import partial

import pytest

from tools.benchmark.figures import Measurement, Round
from tools.benchmark.loops import Cost
from tools.benchmark.processes import ProcessFailed
from tools.benchmark.turns import summarize, take_turns


def test_all_take_turns_and_who_fails_takes_part_no_longer() -> None:
    taken: list[str] = []
    told: list[str] = []

    def turn(name: str) -> Round:
        taken.append(name)
        if name == "b" and taken.count("b") == 2:
            raise ProcessFailed("it has ended")
        return {"cpu": float(len(taken))}

    measurement = Measurement("one", "One", {"cpu": "µs"})
    take_turns(measurement, {name: partial(turn, name) for name in "abc"}, 3, told.append)
    assert "".join(taken) == "abcabcac"
    assert measurement.rows == {
        "a": [{"cpu": 1.0}, {"cpu": 4.0}, {"cpu": 7.0}],
        "c": [{"cpu": 3.0}, {"cpu": 6.0}, {"cpu": 8.0}],
    }
    assert measurement.failures == ["b failed (One): it has ended"]
    assert told == ["One: round 1 of 3", "One: round 2 of 3", "One: round 3 of 3"]


def test_a_batch_is_summed_up_a_call() -> None:
    cost = Cost(cpu=0.001, wall=0.01, latencies=[0.002, 0.001, 0.004, 0.003])
    assert summarize(cost) == {"cpu": pytest.approx(250.0), "p50": 2.0, "p99": 4.0}
