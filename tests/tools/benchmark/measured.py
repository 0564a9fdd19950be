"""Measurements without measuring."""

from tools.benchmark.confirmed import row_name
from tools.benchmark.figures import Measurement


def calls() -> Measurement:
    """Return calls of three clients."""
    measured = Measurement("one", "One call in flight", {"cpu": "µs", "p50": "ms", "p99": "ms"})
    for row, factor in (("pybit", 1.0), ("bybit-v5-fast", 0.15), ("httpx", 20.0)):
        measured.add(row, {"cpu": 500.0 * factor, "p50": 0.6 * factor, "p99": 1.0 * factor})
    return measured


def confirmed() -> Measurement:
    """Return confirmed cancels of one client: many cost half as much again as few."""
    measured = Measurement("confirmed", "Confirmed cancels", {"cpu": "µs", "unconfirmed": "µs"})
    measured.add(row_name("bybit-v5-fast", 20), {"cpu": 200.0, "unconfirmed": 100.0})
    measured.add(row_name("bybit-v5-fast", 1000), {"cpu": 300.0, "unconfirmed": 75.0})
    measured.notes.append("A note.")
    return measured


def sandbox() -> Measurement:
    """Return the sandbox's answer time."""
    measured = Measurement("sandbox", "The sandbox", {"p50": "ms", "p99": "ms"})
    measured.add("socket", {"p50": 0.91234, "p99": 2.0})
    return measured
