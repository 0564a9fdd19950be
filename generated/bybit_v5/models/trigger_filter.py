# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

TriggerFilter = Literal["StopOrder", "tpslOrder"]

TRIGGER_FILTER_VALUES: set[TriggerFilter] = {
    "StopOrder",
    "tpslOrder",
}


def check_trigger_filter(value: str) -> TriggerFilter:
    if value in TRIGGER_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRIGGER_FILTER_VALUES!r}")
