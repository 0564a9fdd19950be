"""An imitation of the exchange that enforces the OpenAPI document, for demos and for your own tests.

>>> from bybit_ext.sandbox import Sandbox
>>> with Sandbox() as sandbox:
...     order = sandbox.place("linear", "BTCUSDT")

What it takes is what the document allows: it reads it, and holds no second copy of its rules.
"""

try:
    from .responses import create_app
    from .models import Exchange
    from .faults import Fault, Faults
    from .server import Sandbox
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"{error.msg}: the sandbox needs pip install 'bybit-v5[sandbox]'", name=error.name
    ) from None

__all__ = ["Exchange", "Fault", "Faults", "Sandbox", "create_app"]
