# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

SmpType = Literal["CancelBoth", "CancelMaker", "CancelTaker", "None"]

SMP_TYPE_VALUES: set[SmpType] = {
    "CancelBoth",
    "CancelMaker",
    "CancelTaker",
    "None",
}


def check_smp_type(value: str) -> SmpType:
    if value in SMP_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SMP_TYPE_VALUES!r}")
