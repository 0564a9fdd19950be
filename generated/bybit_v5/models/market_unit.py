# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

MarketUnit = Literal["baseCoin", "quoteCoin"]

MARKET_UNIT_VALUES: set[MarketUnit] = {
    "baseCoin",
    "quoteCoin",
}


def check_market_unit(value: str) -> MarketUnit:
    if value in MARKET_UNIT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MARKET_UNIT_VALUES!r}")
