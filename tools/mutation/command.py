"""What scripts/mutate does after the faults: read the arguments, run, report."""

from __future__ import annotations

import argparse
import os

from tools.mutation.mutants import read_mutants
from tools.mutation.report import report
from tools.mutation.trial import run
from tools.project import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run the changes and report them; return the exit status, 1 if one that is not explained survived.

    Args:
        arguments: the command's; None takes those of the process.
    """
    options = _read_arguments(arguments)
    os.chdir(ROOT)  # mutmut works where it is run
    if not options.report:
        missed = [mutant.name for mutant in read_mutants(options.modules) if not mutant.is_caught]
        run(missed if options.again else options.modules, options.seconds)
    return report(options.modules)


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="mutate", description="Show which small changes of bybit_ext no test notices."
    )
    parser.add_argument(
        "modules", nargs="*", help="modules or packages of bybit_ext, like auth.keys or sandbox; or all"
    )
    parser.add_argument("--again", action="store_true", help="run only what survived the last time")
    parser.add_argument("--seconds", type=float, default=40.0, help="of tests for each change, the most telling first")
    parser.add_argument("--report", action="store_true", help="run nothing; show what is known")
    return parser.parse_args(arguments)
