# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

BboSideType = Literal["Counterparty", "Queue"]

BBO_SIDE_TYPE_VALUES: set[BboSideType] = {
    "Counterparty",
    "Queue",
}


def check_bbo_side_type(value: str) -> BboSideType:
    if value in BBO_SIDE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BBO_SIDE_TYPE_VALUES!r}")
