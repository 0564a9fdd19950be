# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

KnownSide = Literal["Buy", "Sell"]

KNOWN_SIDE_VALUES: set[KnownSide] = {
    "Buy",
    "Sell",
}


def check_known_side(value: str) -> KnownSide:
    if value in KNOWN_SIDE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KNOWN_SIDE_VALUES!r}")
