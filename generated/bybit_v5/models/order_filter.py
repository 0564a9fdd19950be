# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

OrderFilter = Literal["Order", "StopOrder", "tpslOrder"]

ORDER_FILTER_VALUES: set[OrderFilter] = {
    "Order",
    "StopOrder",
    "tpslOrder",
}


def check_order_filter(value: str) -> OrderFilter:
    if value in ORDER_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORDER_FILTER_VALUES!r}")
