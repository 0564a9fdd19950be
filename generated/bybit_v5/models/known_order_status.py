# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

KnownOrderStatus = Literal[
    "Cancelled",
    "Deactivated",
    "Filled",
    "New",
    "PartiallyFilled",
    "PartiallyFilledCanceled",
    "Rejected",
    "Triggered",
    "Untriggered",
]

KNOWN_ORDER_STATUS_VALUES: set[KnownOrderStatus] = {
    "Cancelled",
    "Deactivated",
    "Filled",
    "New",
    "PartiallyFilled",
    "PartiallyFilledCanceled",
    "Rejected",
    "Triggered",
    "Untriggered",
}


def check_known_order_status(value: str) -> KnownOrderStatus:
    if value in KNOWN_ORDER_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KNOWN_ORDER_STATUS_VALUES!r}")
