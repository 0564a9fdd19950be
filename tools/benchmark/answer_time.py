"""Measure how quick this project's sandbox is: how long a socket waits for the answer to a cancel."""

from contextlib import ExitStack

from tools.benchmark.clients import find_client
from tools.benchmark.figures import Measurement, Round
from tools.benchmark.plan import Plan
from tools.benchmark.processes import Process
from tools.benchmark.target import Target
from tools.benchmark.turns import START, Progress, cancel, start_client, summarize, take_turns

_ORDERS = 100
_PLACING = 30.0  # seconds


def measure_answer_time(_: object, plan: Plan, progress: Progress) -> Measurement:
    """Measure the answers of the sandbox."""
    measurement = Measurement("sandbox", "The sandbox", {"p50": "ms", "p99": "ms"})
    with ExitStack() as stack:
        sandbox = stack.enter_context(Process("tools.benchmark.sandbox"))
        target = Target(**sandbox.hear(START))
        client = stack.enter_context(start_client(find_client("socket"), target))

        def turn() -> Round:
            order_ids = sandbox.ask({"place": _ORDERS}, _PLACING)["order_ids"]
            return summarize(cancel(client, order_ids, 1))

        take_turns(measurement, {"socket": turn}, plan.rounds, progress)
    return measurement
