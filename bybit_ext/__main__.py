"""The way into the `bybit` command, which works without its extra as far as saying which one it is."""

import sys


def main() -> None:
    """Run the command."""
    try:
        from .cli import app
    except ModuleNotFoundError as error:
        sys.exit(f"The bybit command needs {error.name}: pip install 'bybit-v5[cli]'")
    app(prog_name="bybit")


if __name__ == "__main__":
    main()
