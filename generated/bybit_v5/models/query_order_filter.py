# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

QueryOrderFilter = Literal["BidirectionalTpslOrder", "OcoOrder", "Order", "StopOrder", "tpslOrder"]

QUERY_ORDER_FILTER_VALUES: set[QueryOrderFilter] = {
    "BidirectionalTpslOrder",
    "OcoOrder",
    "Order",
    "StopOrder",
    "tpslOrder",
}


def check_query_order_filter(value: str) -> QueryOrderFilter:
    if value in QUERY_ORDER_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {QUERY_ORDER_FILTER_VALUES!r}")
