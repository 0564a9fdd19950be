"""Run as scripts/pythons runs it: python -m tools.pythons."""

import sys

from tools.pythons.command import main

sys.exit(main(sys.argv[1:]))
