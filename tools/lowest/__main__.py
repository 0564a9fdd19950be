"""Run as scripts/lowest runs it: python -m tools.lowest."""

import sys

from tools.lowest.command import main

sys.exit(main(sys.argv[1:]))
