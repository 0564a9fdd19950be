"""What a client is pointed at, and the order that it cancels. Imports next to nothing: a cold start imports it too."""

from typing import Final, NamedTuple

API_KEY = "X" * 18
API_SECRET = "Y" * 36
CATEGORY: Final = "linear"
SYMBOL = "BTCUSDT"
ORDER_ID = "c6f055d9-7f21-4079-913d-e6523a9cfffa"
PATH = "/v5/order/cancel"


class Target(NamedTuple):
    """A server, and the key to it.

    Attributes:
        url: the base URL.
        ca_file: PEM file of the authorities to trust; None where there is no TLS.
        stream_url: the private stream's URL; None where there is none.
        api_key: the API key.
        api_secret: its secret.
        trade_url: the trade WebSocket's URL; None where there is none.
    """

    url: str
    ca_file: str | None = None
    stream_url: str | None = None
    api_key: str = API_KEY
    api_secret: str = API_SECRET
    trade_url: str | None = None
