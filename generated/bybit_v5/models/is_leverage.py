# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

IsLeverage = Literal[0, 1]

IS_LEVERAGE_VALUES: set[IsLeverage] = {
    0,
    1,
}


def check_is_leverage(value: int) -> IsLeverage:
    if value in IS_LEVERAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {IS_LEVERAGE_VALUES!r}")
