"""Run as scripts/mutate runs it: python -m tools.faults [WORD ...]."""

import sys

from tools.faults.command import main

sys.exit(main(sys.argv[1:]))
