"""Bybit, with judgement: what a generated client cannot know.

>>> from bybit_ext import Bybit
>>> from bybit_v5.models import CancelByOrderId
"""

from .accepted import CancelAccepted, CancelOrderRequest
from .async_client import AsyncBybit
from .auth import BybitAuth, Clock, sign
from .client import Bybit
from .credentials import Credentials, find_credentials
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
)
from .evidence import Evidence, RateLimit
from .hosts import Environment, Region
from .outcome import CancelOutcome

__all__ = [
    "AsyncBybit",
    "AuthenticationFailed",
    "Bybit",
    "BybitAuth",
    "BybitError",
    "CancelAccepted",
    "CancelOrderRequest",
    "CancelOutcome",
    "Clock",
    "ClockError",
    "Credentials",
    "Environment",
    "Evidence",
    "Forbidden",
    "InvalidInput",
    "InvalidRequest",
    "NotCancellable",
    "NotSent",
    "OrderClosed",
    "OrderNotFound",
    "OutcomeUnknown",
    "RateLimit",
    "RateLimited",
    "Refused",
    "Region",
    "find_credentials",
    "sign",
]
