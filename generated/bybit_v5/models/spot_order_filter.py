# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

SpotOrderFilter = Literal["BidirectionalTpslOrder", "OcoOrder", "Order", "StopOrder", "tpslOrder"]

SPOT_ORDER_FILTER_VALUES: set[SpotOrderFilter] = {
    "BidirectionalTpslOrder",
    "OcoOrder",
    "Order",
    "StopOrder",
    "tpslOrder",
}


def check_spot_order_filter(value: str) -> SpotOrderFilter:
    if value in SPOT_ORDER_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SPOT_ORDER_FILTER_VALUES!r}")
