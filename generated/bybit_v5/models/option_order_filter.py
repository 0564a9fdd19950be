# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

OptionOrderFilter = Literal["Order", "StopOrder"]

OPTION_ORDER_FILTER_VALUES: set[OptionOrderFilter] = {
    "Order",
    "StopOrder",
}


def check_option_order_filter(value: str) -> OptionOrderFilter:
    if value in OPTION_ORDER_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OPTION_ORDER_FILTER_VALUES!r}")
