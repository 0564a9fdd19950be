# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

TpslMode = Literal["Full", "Partial"]

TPSL_MODE_VALUES: set[TpslMode] = {
    "Full",
    "Partial",
}


def check_tpsl_mode(value: str) -> TpslMode:
    if value in TPSL_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TPSL_MODE_VALUES!r}")
