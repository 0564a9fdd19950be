"""`bybit sandbox`: the imitation exchange, for other programs on this machine."""

import threading

from rich.console import Console

from bybit_ext.sandbox import Sandbox


def serve(console: Console, port: int) -> None:
    """Serve until Ctrl-C, with the orders that the README's commands cancel.

    Raises:
        OSError: the port is taken.
    """
    with Sandbox(port) as exchange:
        for number in (1, 2, 3):
            exchange.place("linear", "BTCUSDT", order_link_id=f"my-order-{number}")
        exchange.place("spot", "XRPUSDT", order_link_id="my-stop-1", order_filter="StopOrder")
        console.print(
            f"The sandbox listens on [bold]{exchange.url}[/]. Ctrl-C ends it. It takes this key, and no other:\n"
        )
        console.print(f"export BYBIT_API_KEY={exchange.api_key}\nexport BYBIT_API_SECRET={exchange.api_secret}")
        hosts = f"--base-url {exchange.url} --stream-url {exchange.stream_url}"
        console.print(
            "\nFour orders rest there: my-order-1 to 3 (linear, BTCUSDT), my-stop-1 (spot, XRPUSDT). To cancel one:\n\n"
            f"bybit cancel {hosts} --category linear --symbol BTCUSDT --order-link-id my-order-1 --confirm\n\n"
            f"To see what happens there:\n\nbybit watch {hosts}"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.print("\nThe sandbox is closed.")
