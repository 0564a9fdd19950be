# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

FuturesCategory = Literal["inverse", "linear"]

FUTURES_CATEGORY_VALUES: set[FuturesCategory] = {
    "inverse",
    "linear",
}


def check_futures_category(value: str) -> FuturesCategory:
    if value in FUTURES_CATEGORY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FUTURES_CATEGORY_VALUES!r}")
