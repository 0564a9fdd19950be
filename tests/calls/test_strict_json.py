"""JSON as the standard has it."""

from typing import Any

import pytest

from bybit_ext.calls.strict_json import object_fields, parse_json


@pytest.mark.parametrize("text", ['{"a": [1, 2.5, "3", null, true]}', b'{"a": [1, 2.5, "3", null, true]}'])
def test_json_is_read(text: str | bytes) -> None:
    assert parse_json(text) == {"a": [1, 2.5, "3", None, True]}


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_constant_that_only_python_takes_is_named(constant: str) -> None:
    with pytest.raises(ValueError, match=f"^{constant} is not JSON$"):
        parse_json(f"[{constant}]")


def test_what_is_nested_too_deeply_is_said_to_be() -> None:
    with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        parse_json("[" * 100_000)


def test_half_of_a_character_does_not_hide_the_rest() -> None:
    assert parse_json(b'["a\xed\xa0\x80"]') == ["a\ud800"]


@pytest.mark.parametrize(("value", "fields"), [({"a": 1}, {"a": 1}), ([], {}), (None, {}), ("a", {})])
def test_only_an_object_has_fields(value: Any, fields: dict[str, Any]) -> None:
    assert object_fields(value) == fields
