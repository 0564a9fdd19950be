import pytest

from tools.benchmark.figures import Measurement, percentile


@pytest.fixture
def measurement() -> Measurement:
    """Two clients over three rounds; in the second one the machine was ten times slower."""
    measured = Measurement("one", "One call", {"cpu": "µs"})
    for pybit, ours in ((100.0, 30.0), (1000.0, 200.0), (110.0, 22.0)):
        measured.add("ours", {"cpu": ours})
        measured.add("pybit", {"cpu": pybit})
    return measured


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1.0), (0.01, 1.0), (0.5, 50.0), (0.505, 51.0), (0.99, 99.0), (1.0, 100.0)]
)
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.99) == 7.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="there are no values"):
        percentile([], 0.5)


def test_a_figure_is_the_median_of_all_rounds(measurement: Measurement) -> None:
    assert measurement.median("pybit", "cpu") == 110.0


def test_a_ratio_is_the_median_of_those_of_the_same_rounds(measurement: Measurement) -> None:
    assert measurement.ratio("ours", "cpu", "pybit") == pytest.approx(0.2)


def test_a_ratio_can_be_one_of_two_figures_of_a_row() -> None:
    measured = Measurement("confirmed", "", {"cpu": "µs", "unconfirmed": "µs"})
    measured.add("ours", {"cpu": 30.0, "unconfirmed": 20.0})
    assert measured.ratio("ours", "cpu", "ours", "unconfirmed") == 1.5


def test_there_is_no_ratio_to_what_was_not_measured(measurement: Measurement) -> None:
    assert measurement.ratio("ours", "cpu", "ccxt") is None
    assert measurement.ratio("ccxt", "cpu", "ours") is None


def test_the_reference_is_pybit_or_the_first(measurement: Measurement) -> None:
    assert measurement.reference() == "pybit"
    measurement.fail("pybit", "it fell over")
    assert measurement.reference() == "ours"
    assert Measurement("one", "", {}).reference() is None


def test_who_failed_is_shown_no_longer_and_said_to_have_failed(measurement: Measurement) -> None:
    measurement.fail("pybit", "it fell over")
    assert list(measurement.rows) == ["ours"]
    assert measurement.failures == ["pybit failed (One call): it fell over"]


def test_a_file_has_rounds_medians_and_ratios(measurement: Measurement) -> None:
    measurement.notes.append("a note")
    assert measurement.to_json() == {
        "title": "One call",
        "units": {"cpu": "µs"},
        "reference": "pybit",
        "medians": {"ours": {"cpu": 30.0}, "pybit": {"cpu": 110.0}},
        "ratios": {"ours": {"cpu": pytest.approx(0.2)}, "pybit": {"cpu": 1.0}},
        "rounds": {
            "ours": [{"cpu": 30.0}, {"cpu": 200.0}, {"cpu": 22.0}],
            "pybit": [{"cpu": 100.0}, {"cpu": 1000.0}, {"cpu": 110.0}],
        },
        "notes": ["a note"],
    }
