"""The process of this project's sandbox: python -m tools.benchmark.sandbox. It places orders when it is asked to."""

from bybit_ext.sandbox import Sandbox
from tools.benchmark.channel import Channel
from tools.benchmark.target import CATEGORY, SYMBOL, Target


def main() -> None:
    """Serve until the parent ends."""
    channel = Channel()
    with Sandbox() as sandbox:
        target = Target(sandbox.url, None, sandbox.stream_url, sandbox.api_key, sandbox.api_secret)
        channel.send(target._asdict())
        while question := channel.receive():
            orders = [sandbox.place(CATEGORY, SYMBOL) for _ in range(question["place"])]
            channel.send({"order_ids": [order.order_id for order in orders]})


if __name__ == "__main__":
    main()
