# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

TriggerBy = Literal["IndexPrice", "LastPrice", "MarkPrice"]

TRIGGER_BY_VALUES: set[TriggerBy] = {
    "IndexPrice",
    "LastPrice",
    "MarkPrice",
}


def check_trigger_by(value: str) -> TriggerBy:
    if value in TRIGGER_BY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRIGGER_BY_VALUES!r}")
