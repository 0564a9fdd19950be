# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

SlippageToleranceType = Literal["Percent", "TickSize"]

SLIPPAGE_TOLERANCE_TYPE_VALUES: set[SlippageToleranceType] = {
    "Percent",
    "TickSize",
}


def check_slippage_tolerance_type(value: str) -> SlippageToleranceType:
    if value in SLIPPAGE_TOLERANCE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SLIPPAGE_TOLERANCE_TYPE_VALUES!r}")
