"""Cancel Bybit orders and know what became of them: what a generated client cannot know.

>>> from bybit_ext import Bybit
>>> from bybit_v5.models import CancelByOrderId
"""

from typing import TYPE_CHECKING, Any

from .auth import BybitAuth, Clock, Credentials, load_credentials, sign
from .client import Bybit
from .engines.hosts import Environment, Region
from .engines.selection import EngineName
from .errors import (
    AuthenticationFailed,
    BybitError,
    ClockError,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotCancellable,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    UpdatesDropped,
)
from .orders.outcomes import CancelAllOutcome
from .orders.requests import (
    CancelAllRequest,
    CancelOrderRequest,
    PlaceOrderRequest,
    parse_category,
    parse_futures_category,
)
from .results import (
    CancelAccepted,
    CancelAllAccepted,
    CancelOutcome,
    Evidence,
    FinalStatus,
    OrderAccepted,
    RateLimit,
    RedactedReply,
    SendEvent,
    Source,
    Unit,
)

if TYPE_CHECKING:
    from .async_client import AsyncBybit

__version__ = "0.2.0"

__all__ = [
    "AsyncBybit",
    "AuthenticationFailed",
    "Bybit",
    "BybitAuth",
    "BybitError",
    "CancelAccepted",
    "CancelAllAccepted",
    "CancelAllOutcome",
    "CancelAllRequest",
    "CancelOrderRequest",
    "CancelOutcome",
    "Clock",
    "ClockError",
    "Credentials",
    "EngineName",
    "Environment",
    "Evidence",
    "FinalStatus",
    "Forbidden",
    "InvalidInput",
    "InvalidRequest",
    "NotCancellable",
    "NotSent",
    "OrderAccepted",
    "OrderClosed",
    "OrderNotFound",
    "OutcomeUnknown",
    "PlaceOrderRequest",
    "RateLimit",
    "RateLimited",
    "RedactedReply",
    "Refused",
    "Region",
    "SendEvent",
    "Source",
    "Unit",
    "UpdatesDropped",
    "__version__",
    "load_credentials",
    "parse_category",
    "parse_futures_category",
    "sign",
]


def __getattr__(name: str) -> Any:
    """Import the client for coroutines when it is asked for: asyncio takes a program without coroutines 40 ms."""
    if name != "AsyncBybit":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .async_client import AsyncBybit

    return AsyncBybit
