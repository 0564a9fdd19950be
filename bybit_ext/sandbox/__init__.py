"""An imitation of the exchange that enforces the OpenAPI document, for demos and for your own tests.

>>> from bybit_ext.sandbox import Sandbox
>>> with Sandbox() as sandbox:
...     order = sandbox.place("linear", "BTCUSDT")

It takes what the document allows: it reads the document, and holds no second copy of its rules. With the extra
`explore`, `sandbox.page_url` is a page that tries it in a browser.

    server             `Sandbox`: the exchange on a loopback port
    models             `Exchange`: keys, orders, prices, and what happens to them
    records            the orders with their past, and which of them a request means
    placements         what an order is placed with, and its fields by category
    order_states       what changes an order, and who shows which of its fields
    matching           what a price does to an order
    open_order_limits  how many open orders an account may have
    queries            which orders a query means
    instruments        the forms of a symbol, and its coins
    operations         what each operation does, with faults and rate limits
    outcomes           what an operation answers
    rate_limits        who has sent how much in the last second
    responses          the exchange over HTTP
    connections        WebSockets: requests in JSON, and the log-in
    private_stream     the exchange's stream of orders
    trade_stream       the exchange's trade WebSocket
    exceptions         refusals, with the exchange's codes and words
    validation         requests held against the document
    signatures         the exchange's side of signing
    time_window        the window of time in which a request is taken
    faults             what can go wrong
    fault_injection    a fault applied to a response
    real_time          time that a test cannot freeze
"""

try:
    from .faults import EventFault, Fault, Faults, ListFaults, StreamFaults, TradeFaults
    from .models import Exchange
    from .responses import create_app
    from .server import Sandbox
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        f"{_error.name} is not installed: the sandbox needs pip install 'bybit-v5[sandbox]'", name=_error.name
    ) from None

__all__ = [
    "EventFault",
    "Exchange",
    "Fault",
    "Faults",
    "ListFaults",
    "Sandbox",
    "StreamFaults",
    "TradeFaults",
    "create_app",
]
