# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

Category = Literal["inverse", "linear", "option", "spot"]

CATEGORY_VALUES: set[Category] = {
    "inverse",
    "linear",
    "option",
    "spot",
}


def check_category(value: str) -> Category:
    if value in CATEGORY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CATEGORY_VALUES!r}")
