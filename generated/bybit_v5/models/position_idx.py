# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

PositionIdx = Literal[0, 1, 2]

POSITION_IDX_VALUES: set[PositionIdx] = {
    0,
    1,
    2,
}


def check_position_idx(value: int) -> PositionIdx:
    if value in POSITION_IDX_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {POSITION_IDX_VALUES!r}")
