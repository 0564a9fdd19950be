"""The messages of the stream, without I/O.

Source: https://bybit-exchange.github.io/docs/v5/ws/connect
"""

import json
import logging
from typing import Any, cast

from bybit_v5.models import Order

from bybit_ext.auth.credentials import Credentials
from bybit_ext.calls.lenient import parse_leniently
from bybit_ext.calls.strict_json import parse_json

_log = logging.getLogger("bybit_ext")

TOPIC = "order"
PING = '{"op": "ping"}'
_LOGIN_LIFETIME = 60_000  # ms for which the signature of the log-in stays good; a clock may be behind by less


class LogIn:
    """The request to log in. Its repr shows neither key nor signature.

    Attributes:
        text: what is sent.
        secrets: what must not be shown.
    """

    def __init__(self, credentials: Credentials, now: int) -> None:
        expires = now + _LOGIN_LIFETIME
        signature = credentials.signing_key.sign(f"GET/realtime{expires}".encode())
        self.text = json.dumps({"op": "auth", "args": [credentials.api_key, expires, signature]})
        self.secrets = (credentials.api_key, signature)


def subscribe_message() -> str:
    """Return the request to report orders."""
    return json.dumps({"op": "subscribe", "args": [TOPIC]})


def parse_message(text: str | bytes) -> dict[str, Any]:
    """Return a message; an empty one if it is not a JSON object."""
    try:
        content = parse_json(text)
    except ValueError:
        content = None
    if isinstance(content, dict):
        return cast("dict[str, Any]", content)
    _log.warning("the stream sent what is not a JSON object")
    return {}


def read_orders(message: dict[str, Any]) -> list[Order]:
    """Return the orders that a message reports and that can be read."""
    topic = message.get("topic")
    if not isinstance(topic, str) or not topic.startswith(TOPIC):
        return []
    data: object = message.get("data")
    items = cast("list[object]", data) if isinstance(data, list) else [data]
    orders = [parse_leniently(Order, item) for item in items]
    return [order for order in orders if order is not None]
