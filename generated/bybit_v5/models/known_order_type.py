# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

KnownOrderType = Literal["Limit", "Market"]

KNOWN_ORDER_TYPE_VALUES: set[KnownOrderType] = {
    "Limit",
    "Market",
}


def check_known_order_type(value: str) -> KnownOrderType:
    if value in KNOWN_ORDER_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KNOWN_ORDER_TYPE_VALUES!r}")
