"""Quantities are exact whatever the decimal context is, and say what they count."""

import decimal
from decimal import Decimal
from typing import Any

import pytest

from bybit_ext.orders.quantities import parse_decimal, read_quantities
from tests.orders.events import order

MARKET = {"category": "spot", "orderType": "Market"}
IN_QUOTE_COIN = {**MARKET, "side": "Buy", "qty": "10", "cumExecQty": "0.000306", "cumExecValue": "9.99694"}


def quantities(status: str = "Cancelled", **fields: Any) -> tuple[str, str, str, str] | None:
    read = read_quantities(order(status, **fields))
    return None if read is None else (str(read.filled), read.filled_unit, str(read.remaining), read.remaining_unit)


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"category": "linear"}, ("0.5", "base coin", "1.5", "base coin")),
        ({"category": "option"}, ("0.5", "base coin", "1.5", "base coin")),
        ({"category": "inverse"}, ("0.5", "contracts", "1.5", "contracts")),
        ({"category": "spot"}, ("0.5", "base coin", "1.5", "base coin")),
        ({**MARKET, "side": "Sell"}, ("0.5", "base coin", "1.5", "base coin")),
        ({**MARKET, "side": "Buy", "marketUnit": "baseCoin"}, ("0.5", "base coin", "1.5", "base coin")),
        (IN_QUOTE_COIN, ("0.000306", "base coin", "0.00306", "quote coin")),
        ({**IN_QUOTE_COIN, "marketUnit": ""}, ("0.000306", "base coin", "0.00306", "quote coin")),
        (
            {**IN_QUOTE_COIN, "side": "Sell", "marketUnit": "quoteCoin"},
            ("0.000306", "base coin", "0.00306", "quote coin"),
        ),
    ],
)
def test_a_quantity_carries_its_unit(fields: dict[str, str], read: Any) -> None:
    assert quantities(**fields) == read


def test_nothing_remains_of_an_order_that_was_filled() -> None:
    assert quantities("Filled", **IN_QUOTE_COIN) == ("0.000306", "base coin", "0", "quote coin")


@pytest.mark.parametrize(
    "fields",
    [
        {"qty": "many"},
        {"qty": "NaN"},
        {"qty": "Infinity"},
        {"qty": "1E+999999999"},
        {"qty": "1E+65"},
        {"qty": "1" * 65},
        {"cumExecQty": "x"},
        {"cumExecQty": "3"},
        {**IN_QUOTE_COIN, "cumExecValue": "x"},
        {**IN_QUOTE_COIN, "cumExecValue": None},
    ],
)
def test_what_is_not_a_sane_number_proves_nothing(fields: dict[str, Any]) -> None:
    assert quantities(**fields) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"cumExecQty": "0"},
        {"cumExecQty": ""},
        {"cumExecQty": "1.9"},
        {**IN_QUOTE_COIN, "cumExecQty": "0"},
        {"qty": "-2", "cumExecQty": "1"},
        {"cumExecQty": "-2"},
    ],
)
def test_a_fill_of_too_little_proves_nothing(fields: dict[str, Any]) -> None:
    assert quantities("Filled", **fields) is None


def test_a_fill_of_more_than_was_asked_for_leaves_nothing() -> None:
    """An order that closes a position is placed without a quantity."""
    assert quantities("Filled", qty="0", cumExecQty="0.5") == ("0.5", "base coin", "0", "base coin")


def test_an_empty_quantity_is_zero() -> None:
    assert quantities(qty="", cumExecQty="") == ("0", "base coin", "0", "base coin")


@pytest.mark.parametrize("precision", [1, 5, 28])
def test_the_caller_s_decimal_context_neither_rounds_nor_raises(precision: int) -> None:
    traps = [decimal.Inexact, decimal.Rounded, decimal.FloatOperation, decimal.Subnormal]
    with decimal.localcontext(decimal.Context(prec=precision, traps=traps)):
        assert quantities(qty="1234567.00000001", cumExecQty="0.00000002") == (
            *("2E-8", "base coin"),
            *("1234566.99999999", "base coin"),
        )


@pytest.mark.parametrize("text", ["0", "1.50", "-2", "1E-8", "1e5", "9" * 64, "1E+64", "1E-64"])
def test_a_number_is_read_exactly(text: str) -> None:
    assert parse_decimal(text) == Decimal(text)


@pytest.mark.parametrize("value", [None, 5, "x", "1_0 0", "NaN", "-Infinity", "1e999999999999999999"])
def test_anything_else_is_not_a_number(value: Any) -> None:
    assert parse_decimal(value) is None
