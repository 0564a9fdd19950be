"""Run as scripts/benchmark runs it: python -m tools.benchmark."""

import sys

from tools.benchmark.command import main

sys.exit(main(sys.argv[1:]))
