"""The way into the `bybit` command, which works without its extra as far as saying which one it is."""

import errno
import signal
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

_LOST_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # a full disk, or one that fails


def main() -> None:
    """Run the command."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # it ends with what is known, as by Ctrl-C
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from .cli.app import app
        from .cli.console import give_up_output
    except ModuleNotFoundError as error:
        _end(2, f"The bybit command needs {error.name}: pip install 'bybit-v5[cli]'")
    except KeyboardInterrupt:
        _end(130, "Interrupted  Nothing was sent.")
    try:
        app(prog_name="bybit")
    except Exception as error:  # noqa: BLE001
        if isinstance(error, OSError) and error.errno in _LOST_OUTPUT:  # of what typer prints, such as the help
            give_up_output(sys.stdout, error)
            sys.exit(3)
        # Python's own status for this is 1, which here says that the exchange refused.
        with suppress(OSError):  # there may be nowhere to print it
            traceback.print_exc()
        sys.exit(3)


def _end(status: int, message: str) -> NoReturn:
    with suppress(OSError):
        print(message, file=sys.stderr)  # noqa: T201
    sys.exit(status)


if __name__ == "__main__":
    main()
