"""Hold the OpenAPI document to a page of Bybit's documentation, so that a changed page shows.

python scripts/check_page.py PAGE    show what page and spec do not agree on, and exit 1 if there is anything

PAGE is the documentation's own source (.mdx) or a page of its site saved as Markdown; `-` reads the input. A page of
another form exits 2. Differences that are known and harmless stand in tools/page_check/acknowledged.toml.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # tools/ is not installed

from tools.page_check.command import main

if __name__ == "__main__":
    sys.exit(main())
