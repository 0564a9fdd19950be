# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

OpenOnly = Literal[0, 1, 2]

OPEN_ONLY_VALUES: set[OpenOnly] = {
    0,
    1,
    2,
}


def check_open_only(value: int) -> OpenOnly:
    if value in OPEN_ONLY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OPEN_ONLY_VALUES!r}")
