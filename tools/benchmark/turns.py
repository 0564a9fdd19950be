"""A client's process, and what it cancels in a turn."""

import json
from collections.abc import Callable, Mapping, Sequence

from tools.benchmark.clients import Client
from tools.benchmark.figures import Measurement, Round, percentile
from tools.benchmark.loops import Cost
from tools.benchmark.processes import Process, ProcessFailed
from tools.benchmark.target import Target

Progress = Callable[[str], None]
"""Takes what is being done, in words."""

START = 30.0
"""Seconds for a process to say that it is there."""
_LIMIT = 120.0  # seconds for a turn, which takes one


def start_client(client: Client, target: Target) -> Process:
    """Return a client's process, which is to be closed."""
    return Process("tools.benchmark.worker", client.name, json.dumps(target._asdict()))


def start_server(delay: float, certificate: str | None = None) -> Process:
    """Return a server's process, which first says where it is, as a `Target`, and is to be closed.

    Args:
        delay: seconds between a request and its answer.
        certificate: a PEM file with key and certificate; None for clear text.
    """
    return Process("tools.benchmark.canned", str(delay), *([certificate] if certificate else []))


def cancel(process: Process, order_ids: Sequence[str], in_flight: int) -> Cost:
    """Let a client cancel orders, so many at once, and return what that cost.

    Raises:
        ProcessFailed: it did not.
    """
    return Cost(**process.ask({"order_ids": order_ids, "in_flight": in_flight}, _LIMIT))


def summarize(cost: Cost) -> Round:
    """Return the figures of a batch: CPU for each call in µs, latencies in ms."""
    return {
        "cpu": cost.cpu / len(cost.latencies) * 1e6,
        "p50": percentile(cost.latencies, 0.5) * 1e3,
        "p99": percentile(cost.latencies, 0.99) * 1e3,
    }


def take_turns(
    measurement: Measurement, turns: Mapping[str, Callable[[], Round]], rounds: int, progress: Progress
) -> None:
    """Let all take turns, A B C A B C, and note the figures. Who fails takes part no longer.

    Args:
        measurement: takes the figures.
        turns: takes the turn of each row.
        rounds: how often.
        progress: is told of each round.
    """
    left = dict(turns)
    for number in range(rounds):
        progress(f"{measurement.title}: round {number + 1} of {rounds}")
        for row, turn in list(left.items()):
            try:
                measurement.add(row, turn())
            except ProcessFailed as failure:
                del left[row]
                measurement.fail(row, str(failure))
