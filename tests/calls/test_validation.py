"""What is wrong with a value, and where, in words."""

from typing import Any, Literal

import pytest
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, OrderIds
from bybit_v5.types import UNSET, Unset

from bybit_ext.calls.validation import describe, parse_integer, type_validator, validate_request, validate_type

BY_ID = CancelByOrderId("linear", "BTCUSDT", "id-1")


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Any, object()),
        (str, "x"),
        (float, 1.5),
        (int, 5),
        (int, 5.0),
        (Literal["a", "b"], "b"),
        (Literal[1], 1.0),
        (str | None, None),
        (str | Unset, UNSET),
        (list[int], []),
        (list[int], [1, 2.0]),
        (dict[str, int], {"a": 1}),
        (dict[str, int], {}),
        (list[dict[str, int | None]], [{"a": None}, {}]),
        (CancelByOrderId, BY_ID),
        (CancelByOrderId | CancelByOrderLinkId, BY_ID),
    ],
)
def test_what_a_hint_says_is_right(hint: Any, value: Any) -> None:
    assert type_validator(hint)(value) is None
    assert validate_type(value, hint, "there") is None


@pytest.mark.parametrize(
    ("hint", "value", "problem"),
    [
        (str, 5, ": must be str, not 5"),
        (int, True, ": must be int, not True"),
        (int, 5.5, ": must be int, not 5.5"),
        (int, "5", ": must be int, not '5'"),
        (int, None, ": must be int, not None"),
        (Literal["a", "b"], "c", ": must be 'a' or 'b', not 'c'"),
        (Literal[1], True, ": must be 1, not True"),
        (str | None, 5, ": must be str or None, not 5"),
        (str | int | Unset, None, ": must be str or int, not None"),
        (list[int], (), ": must be list, not a tuple"),
        (list[int], [1, "2", "3"], "[1]: must be int, not '2'"),
        (dict[str, int], [], ": must be dict, not a list"),
        (dict[str, int], {"a": 1, "b": "2"}, "['b']: must be int, not '2'"),
        (dict[str, int], {"a" * 50: None}, f"['{'a' * 39}]: must be int, not None"),
        (dict[str, list[int]], {"a": [None]}, "['a'][0]: must be int, not None"),
        (CancelByOrderId, None, ": must be CancelByOrderId, not None"),
        (CancelByOrderId, OrderIds(), ": must be CancelByOrderId, not a OrderIds"),
        (CancelByOrderId, CancelByOrderId("linear", "X", 5), ".order_id: must be str, not 5"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        (
            CancelByOrderLinkId | CancelByOrderId,
            CancelByOrderId("linear", "X", 5),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            ".order_id: must be str, not 5",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(hint: Any, value: Any, problem: str) -> None:
    assert type_validator(hint)(value) == problem
    assert validate_type(value, hint, "there") == f"there{problem}"


def test_a_place_in_a_whole_answer_begins_with_the_field() -> None:
    wrong = CancelByOrderId("linear", "X", 5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert validate_type(wrong, CancelByOrderId, "") == "order_id: must be str, not 5"


def test_a_request_must_be_what_the_hint_and_the_document_say() -> None:
    assert validate_request(BY_ID, CancelByOrderId) is None
    assert validate_request(BY_ID, CancelByOrderLinkId) == ": must be CancelByOrderLinkId, not a CancelByOrderId"
    empty = CancelByOrderId("linear", "BTCUSDT", "")
    assert validate_request(empty, CancelByOrderId) == ".orderId: must not be empty"


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), (-5, -5), (0, 0), (5.0, 5), (5.5, None), (True, None), (False, None), ("5", None), (None, None)],
)
def test_only_a_whole_number_is_an_integer(value: Any, number: int | None) -> None:
    assert parse_integer(value) == number
    assert type(parse_integer(value)) is type(number)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_what_is_no_number_of_json_is_no_integer(value: float) -> None:
    assert parse_integer(value) is None


@pytest.mark.parametrize(
    ("hint", "name"),
    [(str, "str"), (type(None), "None"), (Literal["a", 1], "'a' or 1"), (str | Unset | None, "str or None")],
)
def test_a_hint_is_named_as_a_reader_would(hint: Any, name: str) -> None:
    assert describe(hint) == name
