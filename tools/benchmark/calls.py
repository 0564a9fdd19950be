"""Measure calls: one in flight with answers at once, or many with answers after a while."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from tools.benchmark.clients import Client
from tools.benchmark.figures import Measurement, Round
from tools.benchmark.plan import Plan
from tools.benchmark.processes import Process
from tools.benchmark.target import ORDER_ID, Target
from tools.benchmark.turns import START, Progress, cancel, start_client, start_server, summarize, take_turns

MANY = 64
"""Calls in flight."""
DELAY = 0.005
"""Seconds until an answer, with many in flight."""


class _Load(NamedTuple):
    """What a client does in its turn.

    Attributes:
        calls: how many calls.
        in_flight: how many of them at once.
        warm_up: how many calls before, which are not counted.
        delay: seconds until an answer.
    """

    calls: int
    in_flight: int
    warm_up: int
    delay: float


def measure_one(clients: Sequence[Client], plan: Plan, progress: Progress) -> Measurement:
    """Measure one call after another."""
    load = _Load(plan.calls, in_flight=1, warm_up=20, delay=0.0)
    return _measure("one", "One call in flight, answers at once", clients, load, plan.rounds, progress)


def measure_many(clients: Sequence[Client], plan: Plan, progress: Progress) -> Measurement:
    """Measure many calls at once."""
    load = _Load(plan.calls_a_task * MANY, in_flight=MANY, warm_up=2 * MANY, delay=DELAY)
    title = f"{MANY} calls in flight, answers after {DELAY * 1000:.0f} ms"
    return _measure("many", title, clients, load, plan.rounds, progress)


def _measure(  # noqa: PLR0913, PLR0917 - what is measured, and how much of it
    name: str, title: str, clients: Sequence[Client], load: _Load, rounds: int, progress: Progress
) -> Measurement:
    measurement = Measurement(name, title, {"cpu": "µs", "p50": "ms", "p99": "ms"})
    with ExitStack() as stack:
        server = stack.enter_context(start_server(load.delay))
        target = Target(**server.hear(START))._replace(stream_url=None)
        processes = {client.name: stack.enter_context(start_client(client, target)) for client in clients}
        turns = {name: partial(_turn, process, load) for name, process in processes.items()}
        take_turns(measurement, turns, rounds, progress)
    return measurement


def _turn(process: Process, load: _Load) -> Round:
    cancel(process, [ORDER_ID] * load.warm_up, load.in_flight)
    return summarize(cancel(process, [ORDER_ID] * load.calls, load.in_flight))
