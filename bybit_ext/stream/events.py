"""What a stream reports."""

from enum import Enum

from bybit_v5.models import Order

from bybit_ext.errors import BybitError


class StreamState(Enum):
    """What the stream reports beside orders."""

    SUBSCRIBED = "orders are reported from now on"
    DISCONNECTED = "orders may have been missed"


StreamEvent = Order | StreamState | BybitError
"""An error is the last event of its stream."""
