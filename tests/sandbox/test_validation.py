"""Requests held against operations that the document may have one day."""

from typing import Any

import pytest

from bybit_ext.sandbox.validation import RequestValidator, _read_validator


def validator_of(*parameters: dict[str, Any], body: dict[str, Any] | None = None) -> RequestValidator:
    operation: dict[str, Any] = {"operationId": "x", "parameters": [{"in": "query", **one} for one in parameters]}
    if body is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return _read_validator(operation)


def validator_of_query(schema: dict[str, Any]) -> RequestValidator:
    return validator_of({"name": "value", "schema": schema})


def test_required_parameter_is_missed() -> None:
    validator = validator_of(
        {"name": "needed", "required": True, "schema": {"type": "string"}},
        {"name": "allowed", "schema": {"type": "string"}},
    )
    assert validator.validate(b"needed=", "", b"") is None
    assert validator.validate(b"allowed=1", "", b"") == '"needed" is a required property'


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        (b"value=50", True),
        (b"value=50.0", True),
        (b"value=5e1", True),
        (b"value=-1", True),
        (b"value=51", False),
        (b"value=1.5", False),
        (b"value=many", False),
        (b"value=", False),
        (b"value=true", False),
        (b"value=null", False),
        (b"value=NaN", False),
        (b"value=Infinity", False),
        (b"value=1e999", False),
        (b"value=1_0", False),
        (b"value=%205", False),
        (b"value=0x10", False),
        (b"value=" + b"9" * 5000, False),
        (b"value=1&value=2", False),
    ],
)
def test_integer_in_query_is_read_as_one(query: bytes, *, allowed: bool) -> None:
    validator = validator_of_query({"type": "integer", "maximum": 50})
    assert (validator.validate(query, "", b"") is None) is allowed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9007199254740993", 9007199254740993),  # a float would make it an even number
        ("5.0", 5),
        ("5.5", 5.5),
        ("9" * 400, int("9" * 400)),
    ],
)
def test_number_in_query_is_read_exactly(text: str, value: object) -> None:
    read = validator_of_query({"type": "number"}).read_query(f"value={text}".encode())["value"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": ["string", "null"]}, "5", "5"),
        ({"type": ["integer", "null"]}, "5", 5),
        ({"type": ["integer", "null"]}, "null", None),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "yes", "yes"),
        ({"enum": ["5"]}, "5", "5"),
    ],
)
def test_value_in_query_is_read_by_its_type(schema: dict[str, Any], text: str, value: object) -> None:
    assert validator_of_query(schema).read_query(f"value={text}".encode()) == {"value": value}


def test_list_in_query_is_read_as_one() -> None:
    validator = validator_of({"name": "id", "schema": {"type": "array", "items": {"type": "integer"}}})
    assert validator.read_query(b"id=1&id=2") == {"id": [1, 2]}
    assert validator.read_query(b"id=1") == {"id": [1]}


def test_query_that_is_not_utf_8_is_read_all_the_same() -> None:
    assert validator_of().read_query(b"a=\xff") == {"a": "\ufffd"}


def test_unknown_parameter_is_read_as_a_string() -> None:
    assert validator_of_query({"enum": ["5"]}).read_query(b"value=5&other=5") == {"value": "5", "other": "5"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"a": {"b": [1, "2"]}}', 'a/b/1: "2" is not of type "integer"'),
        (b"{}", '"a" is a required property'),
        (b"{", "the body is not JSON"),
        (rb'{"\ud800": 1}', "the name of a property is not a string: it has half a surrogate pair"),
    ],
)
def test_problem_says_where_it_is(body: bytes, problem: str) -> None:
    numbers = {"type": "array", "items": {"type": "integer"}}
    validator = validator_of(body={"properties": {"a": {"properties": {"b": numbers}}}, "required": ["a"]})
    assert validator.validate(b"", "application/json", body) == problem


def test_half_of_a_surrogate_pair_in_a_value_is_a_character_like_others() -> None:
    validator = validator_of(body={"properties": {"a": {"maxLength": 1}, "b": {"pattern": "^x$"}}})
    assert validator.validate(b"", "application/json", rb'{"a": "\ud800"}') is None
    problem = validator.validate(b"", "application/json", rb'{"b": "\udfff"}')
    assert problem == 'b: "\ufffd" does not match "^x$"'


def test_name_with_half_of_a_surrogate_pair_is_found_at_any_depth() -> None:
    validator = validator_of(body={"type": "object"})
    problem = validator.validate(b"", "application/json", rb'{"a": [1, {"b": {"\ud800": 1}}]}')
    assert problem == "the name of a property is not a string: it has half a surrogate pair"


@pytest.mark.parametrize(
    ("media_type", "body", "allowed"),
    [
        ("application/json", b"{}", True),
        ("Application/JSON; charset=utf-8", b"{}", True),
        ("text/plain", b"{}", False),
        ("", b"{}", False),
        ("application/json", "{}".encode("utf-16"), False),
        ("application/json", "{}".encode("utf-8-sig"), False),
        ("application/json", b'{"a": NaN}', False),
    ],
)
def test_body_is_json_in_utf_8(media_type: str, body: bytes, *, allowed: bool) -> None:
    assert (validator_of(body={"type": "object"}).validate(b"", media_type, body) is None) is allowed
