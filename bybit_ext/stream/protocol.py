"""The messages of the stream, without I/O.

Source: https://bybit-exchange.github.io/docs/v5/ws/connect
"""

import json
import logging
from typing import Any, cast

from bybit_v5.models import Order

from bybit_ext.auth.redaction import may_echo, redact_json
from bybit_ext.calls.lenient import parse_leniently
from bybit_ext.calls.strict_json import parse_json

_log = logging.getLogger("bybit_ext")

TOPIC = "order"
_MAX_ORDERS = 10_000  # of one message; reading more would take longer than a call may
PING = '{"op": "ping"}'


class Subscribe:
    """The request to report orders.

    Attributes:
        op: its name.
        text: what is sent.
        secrets: what must not be shown: its answer may echo the log-in.
    """

    op = "subscribe"
    text: str = json.dumps({"op": op, "args": [TOPIC]})

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.secrets = secrets


def parse_message(text: str | bytes, secrets: tuple[str, ...]) -> dict[str, Any]:
    """Return a message, redacted; an empty one if it is not a JSON object."""
    try:
        content = parse_json(text)
    except ValueError:
        content = None
    if may_echo(text, secrets):
        redact_json(content, secrets)
    if isinstance(content, dict):
        return cast("dict[str, Any]", content)
    _log.warning("the stream sent what is not a JSON object")
    return {}


def read_orders(message: dict[str, Any]) -> list[Order]:
    """Return the orders that a message reports and that can be read.

    Raises:
        OSError: there are more than an exchange reports at once; the connection is as good as lost.
    """
    topic = message.get("topic")
    if not isinstance(topic, str) or not topic.startswith(TOPIC):
        return []
    data: object = message.get("data")
    items = cast("list[object]", data) if isinstance(data, list) else [data]
    if len(items) > _MAX_ORDERS:
        raise OSError(f"a message reports {len(items)} orders")
    return parse_leniently(Order, items)
