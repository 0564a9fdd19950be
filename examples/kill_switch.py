"""Cancel all orders on SIGTERM, as systemd and Kubernetes send it, end by a deadline, and say what is still open.

    python examples/kill_switch.py --environment testnet    # BYBIT_API_KEY and BYBIT_API_SECRET from the environment

Stop what places orders first: what it places afterwards stays open. Whoever sends SIGTERM must wait longer for the end
than `DEADLINE`. Exit status: 0 nothing is open, 3 orders are open, 4 that is not known; any other says that it failed.
"""

import argparse
import signal
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

from bybit_v5.api.trade import get_orders
from bybit_v5.models import CancelAllBySettleCoin, CancelAllOptions, CancelAllSpot, SpotOrderFilter

from bybit_ext import (
    Bybit,
    BybitError,
    CancelAllOutcome,
    CancelAllRequest,
    CancelOutcome,
    OrderClosed,
    OrderNotFound,
)

DEADLINE = 10.0  # seconds from the signal to the end
NOTHING_OPEN, OPEN, UNKNOWN = 0, 3, 4  # from best to worst; Python itself ends with 1, and a wrong option with 2
# Inverse orders need their coins, like CancelAllBySettleCoin("inverse", "BTC"): add those that you trade.
EVERYTHING: dict[str, CancelAllRequest] = {
    "linear, in USDT": CancelAllBySettleCoin("linear", "USDT"),
    "linear, in USDC": CancelAllBySettleCoin("linear", "USDC"),
    # On spot, a request means the orders of one kind: here are all kinds that there are.
    **{f"spot, {kind}": CancelAllSpot("spot", order_filter=kind) for kind in get_args(SpotOrderFilter)},
    "options": CancelAllOptions("option"),
}


def cancel_everything(bybit: Bybit) -> int:
    """Cancel all orders at once, print what became of them, and return the exit status."""

    def cancel(request: CancelAllRequest) -> CancelAllOutcome | BybitError:
        try:
            return bybit.cancel_all_and_confirm(request, deadline=DEADLINE)
        except BybitError as error:
            return error

    with ThreadPoolExecutor(len(EVERYTHING)) as threads:
        outcomes = threads.map(cancel, EVERYTHING.values())
        return max(report(kind, outcome) for kind, outcome in zip(EVERYTHING, outcomes, strict=True))


def report(kind: str, outcome: CancelAllOutcome | BybitError) -> int:
    """Print what became of the orders of a kind, and return what the exit status should be for it."""
    if isinstance(outcome, BybitError) or outcome.still_open is None:
        print(f"{kind}: whether orders are open is not known. {outcome if isinstance(outcome, BybitError) else ''}")
        return UNKNOWN
    print(f"{kind}: {len(outcome.before)} were open, {len(outcome.still_open)} are.")
    for order in outcome.still_open:
        print(f"  open: {order.symbol} {order.order_id} {order.side} {order.qty} at {order.price}")
    unclear = dict(unclear_ends(outcome))
    for order_id, error in unclear.items():
        print(f"  not known how it ended: {order_id}: {error}")
    return UNKNOWN if unclear else OPEN if outcome.still_open else NOTHING_OPEN


def unclear_ends(outcome: CancelAllOutcome) -> Iterable[tuple[str, BybitError]]:
    """Return the ids and errors of orders that may be open, though no list shows them."""
    shown = {order.order_id for order in outcome.still_open or []}
    for order, result in zip(outcome.before, outcome.results, strict=True):
        if isinstance(result, CancelOutcome | OrderNotFound | OrderClosed):
            continue
        if order.order_id not in shown:
            yield order.order_id, result
    for order_id, (_, error) in outcome.unlisted.items():  # no list showed it; Bybit took the cancel
        if order_id not in shown:
            yield order_id, error


def main(**options: Any) -> int:
    """Wait for SIGTERM or Ctrl-C, then cancel everything. Takes the options of `Bybit`; returns the exit status."""
    # Blocked, they interrupt nothing: the first is waited for, and a second one does not end the cancels half-way.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with Bybit(**options) as bybit:
        # A wrong key, clock or address shows now, and not when it matters.
        bybit.call(get_orders, category="linear", settle_coin="USDT", limit=1)
        print("ready", flush=True)
        signal.sigwait(signals)
        return cancel_everything(bybit)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", choices=["mainnet", "testnet", "demo"], required=True)
    sys.exit(main(environment=parser.parse_args().environment))
