"""Measure whole processes: from their start to the answer of their first cancel, over TLS."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tools.benchmark.canned.certificates import make_certificates
from tools.benchmark.clients import NOTHING, Client
from tools.benchmark.figures import Measurement, Round
from tools.benchmark.plan import Plan
from tools.benchmark.processes import Process, ProcessFailed, trusting
from tools.benchmark.target import ORDER_ID
from tools.benchmark.turns import START, Progress, start_server, take_turns


def measure_cold_start(clients: Sequence[Client], plan: Plan, progress: Progress) -> Measurement:
    """Measure processes that start, cancel one order over TLS, and end. Only those that send over HTTP."""
    title = "Cold start, up to the answer of the first cancel, over TLS"
    measurement = Measurement("cold", title, {"cpu": "ms", "wall": "ms"})
    with ExitStack() as stack:
        certificates = make_certificates(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        server = stack.enter_context(start_server(0.0, str(certificates.server)))
        url = server.hear(START)["url"]
        turns = {
            client.name: partial(_start, client, url, certificates.trusted)
            for client in [*filter(_is_http, clients), NOTHING]
        }
        # Once without counting: what Python compiles is then on the disk, and in the system's cache.
        take_turns(Measurement("cold", "Warm-up", {}), turns, 1, progress)
        take_turns(measurement, turns, plan.rounds, progress)
    measurement.notes.append(f"{NOTHING.name} is a process that starts Python, and ends.")
    return measurement


def _is_http(client: Client) -> bool:
    return client.is_http


def _start(client: Client, url: str, ca_file: Path) -> Round:
    arguments = (client.name, url, str(ca_file))
    with Process("tools.benchmark.first_call", *arguments, variables=trusting(ca_file)) as process:
        ended = process.hear(START)
        if ended["order_id"] != ORDER_ID:
            raise ProcessFailed(f"{client.name} has not cancelled the order.")
        return {"cpu": ended["cpu"] * 1e3, "wall": (ended["now"] - process.started_at) * 1e3}
