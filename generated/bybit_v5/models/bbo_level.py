# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

BboLevel = Literal["1", "2", "3", "4", "5"]

BBO_LEVEL_VALUES: set[BboLevel] = {
    "1",
    "2",
    "3",
    "4",
    "5",
}


def check_bbo_level(value: str) -> BboLevel:
    if value in BBO_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BBO_LEVEL_VALUES!r}")
