"""The kill switch as a process of its own, told to end by a real signal."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bybit_ext.document import document
from bybit_ext.sandbox import Sandbox
from examples.kill_switch import EVERYTHING
from tests.conftest import options_of, wait_until

ROOT = Path(__file__).parent.parent.parent
DEADLINE = 3.0  # s
PROGRAM = f"""
import json, sys
from examples import kill_switch

kill_switch.DEADLINE = {DEADLINE}
sys.exit(kill_switch.main(**json.loads(sys.argv[1])))
"""
LIMIT = 60  # s for a process to start, or to end


class KillSwitch:
    """A process that waits for a signal."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def fire(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def end(self) -> tuple[int, str, float]:
        """Send SIGTERM. Return the exit status, what was printed, and how many seconds it took."""
        started = time.monotonic()
        self.fire()
        printed, _ = self._process.communicate(timeout=LIMIT)
        return self._process.returncode, printed, time.monotonic() - started


@contextmanager
def armed(exchange: Sandbox) -> Generator[KillSwitch]:
    options: dict[str, Any] = options_of(exchange, deadline=DEADLINE)
    command = [sys.executable, "-c", PROGRAM, json.dumps(options)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield KillSwitch(process)
        finally:
            process.kill()


def test_it_cancels_all_orders_of_every_kind(exchange: Sandbox) -> None:
    with armed(exchange) as switch:
        exchange.place("linear", "BTCUSDT")
        exchange.place("linear", "BTCPERP")
        exchange.place("spot", "XRPUSDT")
        exchange.place("spot", "XRPUSDT", order_filter="StopOrder")
        exchange.place("spot", "XRPUSDT", order_filter="tpslOrder")
        exchange.place("option", "BTC-29DEC23-42000-C")
        status, printed, _ = switch.end()
    assert (status, exchange.open_orders()) == (0, [])
    assert "linear, in USDT: 1 were open, 0 are.\n" in printed


def test_it_cancels_every_kind_of_spot_order_that_the_document_has() -> None:
    wanted = [request.to_dict() for request in EVERYTHING.values()]
    kinds = [one["orderFilter"] for one in wanted if one["category"] == "spot"]
    assert sorted(kinds) == sorted(document()["components"]["schemas"]["SpotOrderFilter"]["enum"])


def test_an_order_that_was_named_but_never_listed_is_not_called_closed() -> None:
    with Sandbox(cancel_delay=LIMIT) as exchange, armed(exchange) as switch:
        exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = LIMIT
        order = exchange.place("linear", "BTCUSDT")
        status, printed, _ = switch.end()
    assert (status, f"not known how it ended: {order.order_id}" in printed) == (4, True)


def test_what_is_still_open_is_named_by_the_deadline() -> None:
    with Sandbox(cancel_delay=LIMIT) as exchange, armed(exchange) as switch:
        order = exchange.place("linear", "BTCUSDT")
        status, printed, seconds = switch.end()
    assert (status, f"open: BTCUSDT {order.order_id} Buy 1 at 100\n" in printed) == (3, True)
    assert seconds < DEADLINE + 5  # for a busy machine


def test_an_exchange_that_is_gone_leaves_it_unknown() -> None:
    with Sandbox() as exchange:
        opened = armed(exchange)
        switch = opened.__enter__()
    try:
        status, printed, _ = switch.end()
    finally:
        opened.__exit__(None, None, None)
    assert status == 4
    assert "spot, Order: whether orders are open is not known." in printed


def test_a_second_signal_does_not_end_the_cancels() -> None:
    with Sandbox(cancel_delay=1.0) as exchange, armed(exchange) as switch:
        exchange.place("linear", "BTCUSDT")
        switch.fire()
        wait_until(lambda: exchange.subscriptions)  # the cancels have begun
        status, _, _ = switch.end()
    assert (status, exchange.open_orders()) == (0, [])
