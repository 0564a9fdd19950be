"""The way into the `bybit` command, which works without its extra as far as saying which one it is."""

import sys
import traceback
from contextlib import suppress


def main() -> None:
    """Run the command."""
    try:
        from .cli.app import app
    except ModuleNotFoundError as error:
        print(f"The bybit command needs {error.name}: pip install 'bybit-v5[cli]'", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    try:
        app(prog_name="bybit")
    except Exception:  # noqa: BLE001
        # Python's own status for this is 1, which here says that the exchange refused.
        with suppress(OSError):  # there may be nowhere to print it
            traceback.print_exc()
        sys.exit(3)


if __name__ == "__main__":
    main()
