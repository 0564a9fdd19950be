"""Write the client package from the OpenAPI document, or check that the committed one is what would be written.

python scripts/regenerate.py            write generated/bybit_v5
python scripts/regenerate.py --check    show what is stale, and exit 1 if anything is
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # tools/ is not installed

from tools.generation.command import main

if __name__ == "__main__":
    sys.exit(main())
