# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from typing import Literal

OptionSettleCoin = Literal["USDC", "USDT"]

OPTION_SETTLE_COIN_VALUES: set[OptionSettleCoin] = {
    "USDC",
    "USDT",
}


def check_option_settle_coin(value: str) -> OptionSettleCoin:
    if value in OPTION_SETTLE_COIN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OPTION_SETTLE_COIN_VALUES!r}")
