"""An imitation of the exchange that enforces the OpenAPI document, for demos and for your own tests.

>>> from bybit_ext.sandbox import Sandbox
>>> with Sandbox() as sandbox:
...     order = sandbox.place("linear", "BTCUSDT")

It takes what the document allows: it reads the document, and holds no second copy of its rules.

    server           `Sandbox`: the exchange on a loopback port
    models           `Exchange`: keys, orders, and what happens to them
    order_states     an order's fields by category, and what changes them
    queries          which orders a query means
    instruments      the coins of a symbol
    responses        the exchange over HTTP
    private_stream   the exchange's stream of orders
    exceptions       refusals, with the exchange's codes and words
    validation       requests held against the document
    signatures       the exchange's side of signing
    faults           what can go wrong
    fault_injection  a fault applied to a response
    real_time        time that a test cannot freeze
"""

try:
    from .faults import EventFault, Fault, Faults, ListFaults, StreamFaults
    from .models import Exchange
    from .responses import create_app
    from .server import Sandbox
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"{error.msg}: the sandbox needs pip install 'bybit-v5[sandbox]'", name=error.name
    ) from None

__all__ = ["EventFault", "Exchange", "Fault", "Faults", "ListFaults", "Sandbox", "StreamFaults", "create_app"]
