"""What scripts/benchmark does: measure, print the tables, write JSON and chart."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tools.benchmark.answer_time import measure_answer_time
from tools.benchmark.calls import measure_many, measure_one
from tools.benchmark.chart import draw
from tools.benchmark.clients import CLIENTS, Client
from tools.benchmark.cold_start import measure_cold_start
from tools.benchmark.confirmed import measure_confirmed
from tools.benchmark.figures import Measurement
from tools.benchmark.plan import QUICK, Plan
from tools.benchmark.table import render

_MEASUREMENTS = {
    "one": measure_one,
    "many": measure_many,
    "cold": measure_cold_start,
    "confirmed": measure_confirmed,
    "sandbox": measure_answer_time,
}


def main(arguments: list[str]) -> int:
    """Measure and print; return the exit status, 1 if a client failed.

    Args:
        arguments: those of the command line.
    """
    options = _parse(arguments)
    plan = QUICK if options.quick else Plan()
    if options.rounds:
        plan = plan._replace(rounds=options.rounds)
    clients = [client for client in CLIENTS if not options.only or client.name in options.only]
    for client in clients:
        if not client.is_installed:
            print(f"{client.name} is left out: {client.package} is not installed.")
    present = [client for client in clients if client.is_installed]
    measured = [_MEASUREMENTS[name](present, plan, _progress) for name in options.measurements or _MEASUREMENTS]
    _progress("")
    print(render(measured, bold=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    if options.json:
        content = json.dumps(_to_json(measured, plan, present), indent=1)
        options.json.write_text(content + "\n", encoding="utf-8")
    if options.svg:
        options.svg.write_text(draw(measured), encoding="utf-8")
    failures = [failure for measurement in measured for failure in measurement.failures]
    print(*failures, sep="\n", end="\n" if failures else "", file=sys.stderr)
    return int(bool(failures))


def _parse(arguments: list[str]) -> argparse.Namespace:
    names = [client.name for client in CLIENTS]
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Compare what a cancel costs in this project's clients and in others.",
    )
    parser.add_argument(
        "measurements",
        nargs="*",
        type=_measurement,
        metavar="MEASUREMENT",
        help=f"what is measured; all of {', '.join(_MEASUREMENTS)} if none is named",
    )
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=_count, metavar="N", help=f"turns of each client ({Plan().rounds})")
    parser.add_argument("--quick", action="store_true", help="a look at whether all works; too little to quote")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the chart for the README")
    return parser.parse_args(arguments)


def _measurement(text: str) -> str:
    if text not in _MEASUREMENTS:  # not `choices`: with these, argparse refuses that none is named
        raise argparse.ArgumentTypeError(f"there is no {text!r}; there are {', '.join(_MEASUREMENTS)}")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds, 1 or more")
    return int(text)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)


def _to_json(measured: Sequence[Measurement], plan: Plan, clients: Sequence[Client]) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "versions": {client.package: _version_of(client.package) for client in clients},
        "plan": plan._asdict(),
        "measurements": {measurement.name: measurement.to_json() for measurement in measured},
    }


def _version_of(package: str) -> str:
    try:
        return version(package.partition("[")[0])
    except PackageNotFoundError:
        return platform.python_version()
