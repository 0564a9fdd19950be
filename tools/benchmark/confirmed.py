"""Measure confirmed cancels, some and many at once, against the same number of unconfirmed ones.

Every order is placed before, its cancel is acknowledged after some ms, and its end comes on the stream as many ms
later.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from tools.benchmark.calls import DELAY
from tools.benchmark.clients import CONFIRMING, Client, find_client
from tools.benchmark.figures import Measurement, Round
from tools.benchmark.plan import Plan
from tools.benchmark.processes import Process
from tools.benchmark.target import Target
from tools.benchmark.turns import START, Progress, cancel, start_client, start_server, take_turns

FEW, MANY = 20, 1000
"""Cancels at once."""
_THREADS = 100
"""As many threads as a client has connections: with MANY cancels, a thread does some of them one after another."""
_PLACING = 10.0  # seconds
_SUFFIX = "-confirmed"


class _Burst(NamedTuple):
    """Cancels that are begun at once.

    Attributes:
        cancels: how many.
        in_flight: how many tasks or threads there are for them.
        repetitions: how often they are begun in a turn.
    """

    cancels: int
    in_flight: int
    repetitions: int


def measure_confirmed(clients: Sequence[Client], plan: Plan, progress: Progress) -> Measurement:
    """Measure the confirmed cancels of those clients that have them."""
    units = {"cpu": "µs", "unconfirmed": "µs"}
    measurement = Measurement("confirmed", "Confirmed cancels, the stream standing", units)
    names = {client.name for client in clients}
    with ExitStack() as stack:
        server = stack.enter_context(start_server(DELAY))
        target = Target(**server.hear(START))
        turns: dict[str, Callable[[], Round]] = {}
        for client in CONFIRMING:
            name = client.name.removesuffix(_SUFFIX)
            if name not in names or not client.is_installed:
                continue
            confirming = stack.enter_context(start_client(client, target))
            plain = stack.enter_context(start_client(find_client(name), target))
            for burst in _bursts(client, plan):
                turns[row_name(name, burst.cancels)] = partial(_turn, server, confirming, plain, burst)
        take_turns(measurement, turns, plan.rounds, progress)
        readings = server.ask({"place": 0}, _PLACING)["readings"]
    measurement.notes.append(f"Orders read back because the stream did not report in time: {readings}.")
    return measurement


def row_name(client: str, cancels: int) -> str:
    """Return the row of so many cancels of a client at once."""
    return f"{client}, {cancels} at once"


def _bursts(client: Client, plan: Plan) -> tuple[_Burst, _Burst]:
    most = MANY if client.is_async else _THREADS
    return _Burst(FEW, FEW, plan.bursts), _Burst(MANY, most, 1)


def _turn(server: Process, confirming: Process, plain: Process, burst: _Burst) -> Round:
    return {"cpu": _cancel(server, confirming, burst), "unconfirmed": _cancel(server, plain, burst)}


def _cancel(server: Process, client: Process, burst: _Burst) -> float:
    """Return the CPU of each cancel, in µs. The first burst is not counted: it opens the connections."""
    costs = [_cancel_burst(server, client, burst) for _ in range(burst.repetitions + 1)]
    return sum(costs[1:]) / burst.repetitions / burst.cancels * 1e6


def _cancel_burst(server: Process, client: Process, burst: _Burst) -> float:
    order_ids = server.ask({"place": burst.cancels}, _PLACING)["order_ids"]
    return cancel(client, order_ids, burst.in_flight).cpu
