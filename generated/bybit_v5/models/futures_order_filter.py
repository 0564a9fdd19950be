# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

FuturesOrderFilter = Literal["OpenOrder", "Order", "StopOrder"]

FUTURES_ORDER_FILTER_VALUES: set[FuturesOrderFilter] = {
    "OpenOrder",
    "Order",
    "StopOrder",
}


def check_futures_order_filter(value: str) -> FuturesOrderFilter:
    if value in FUTURES_ORDER_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FUTURES_ORDER_FILTER_VALUES!r}")
