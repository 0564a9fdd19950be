# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

TriggerDirection = Literal[1, 2]

TRIGGER_DIRECTION_VALUES: set[TriggerDirection] = {
    1,
    2,
}


def check_trigger_direction(value: int) -> TriggerDirection:
    if value in TRIGGER_DIRECTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRIGGER_DIRECTION_VALUES!r}")
