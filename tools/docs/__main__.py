"""Run as scripts/docs runs it: python -m tools.docs."""

import sys

from tools.docs.command import main

sys.exit(main(sys.argv[1:]))
