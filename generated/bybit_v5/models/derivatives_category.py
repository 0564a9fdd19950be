# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

DerivativesCategory = Literal["inverse", "linear", "option"]

DERIVATIVES_CATEGORY_VALUES: set[DerivativesCategory] = {
    "inverse",
    "linear",
    "option",
}


def check_derivatives_category(value: str) -> DerivativesCategory:
    if value in DERIVATIVES_CATEGORY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DERIVATIVES_CATEGORY_VALUES!r}")
