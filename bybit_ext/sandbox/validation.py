"""Hold requests against the OpenAPI document."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import parse_qs

import jsonschema_rs
from attrs import frozen

from bybit_ext.calls.strict_json import parse_json
from bybit_ext.document import document, is_signed, operations, query_schemas, resolve

_JSON = "application/json"
_CONSTANTS = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@frozen
class RequestValidator:
    """Check requests for one operation against what the document says of it.

    Attributes:
        operation_id: the document's name for it.
        signed: whether it takes signed requests only.
        parameters: the schemas of its query parameters.
        body: checks its JSON body; None if it has none.
        query: checks its query parameters.
    """

    operation_id: str
    signed: bool
    parameters: dict[str, Any]
    body: jsonschema_rs.Validator | None
    query: jsonschema_rs.Validator

    def validate(self, query: bytes, media_type: str, body: bytes) -> str | None:
        """Return what is wrong with a request's query or body, None if nothing is."""
        problem = _first_error(self.query, self.read_query(query))
        if problem or self.body is None:
            return problem
        if media_type.partition(";")[0].strip().lower() != _JSON:
            return f"the body is not {_JSON}"
        try:
            value = parse_json(body.decode("utf-8"))
            readable = _without_half_pairs(value)
        except (ValueError, RecursionError):
            return "the body is not JSON"
        if any(not _is_utf_8(name) for name in _names_in(value)):
            return "the name of a property is not a string: it has half a surrogate pair"
        return _first_error(self.body, readable)

    def read_query(self, query: bytes) -> dict[str, Any]:
        """Return the parameters of a query string, numbers as numbers; of one that is given twice, all."""
        given = parse_qs(query.decode(errors="replace"), keep_blank_values=True)
        return {name: _read_values(values, self.parameters.get(name, {})) for name, values in given.items()}


def _read_values(texts: list[str], schema: dict[str, Any]) -> Any:
    if schema.get("type") == "array":
        return [_read_value(text, resolve(schema.get("items", {}))) for text in texts]
    return _read_value(texts[0], schema) if len(texts) == 1 else texts


def _read_value(text: str, schema: dict[str, Any]) -> Any:
    """Return the value that a string stands for, by the schema's type; the string itself if it is not of that type."""
    declared = schema.get("type", "string")
    kinds = {declared} if isinstance(declared, str) else {*declared}
    if "string" in kinds:
        return text
    if kinds & {"integer", "number"} and _NUMBER.fullmatch(text):
        return _read_number(text)
    return _CONSTANTS.get(text, text)


def _read_number(text: str) -> int | float | str:
    """Return a number; 5.0 is the integer 5, as JSON Schema has it. The string itself if it is too long for one."""
    try:
        return int(text)
    except ValueError:
        number = float(text)
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def read_validators() -> dict[tuple[str, str], RequestValidator]:
    """Return the validators of all operations of the document, by (method, path)."""
    return {name: _read_validator(operation) for name, operation in operations()}


def _read_validator(operation: dict[str, Any]) -> RequestValidator:
    schemas = query_schemas(operation)
    required = [one["name"] for one in operation["parameters"] if one["in"] == "query" and one.get("required")]
    body = operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema")
    return RequestValidator(
        operation_id=operation["operationId"],
        signed=is_signed(operation),
        parameters=schemas,
        body=None if body is None else _validator(body),
        query=_validator({"properties": schemas, "required": required}),
    )


def _validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    # The document's references are relative to its root, so the schema takes the components along.
    return jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]})


def _without_half_pairs(value: Any) -> Any:
    """Return a JSON value with U+FFFD for each half of a surrogate pair: on these jsonschema-rs fails, or worse."""
    text = json.dumps(value, ensure_ascii=False)
    if _is_utf_8(text):
        return value
    return parse_json(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _names_in(value: Any) -> Iterator[str]:
    """Return the names of all properties in a JSON value."""
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            fields = cast("dict[str, Any]", part)
            yield from fields
            left += fields.values()
        elif isinstance(part, list):
            left += cast("list[object]", part)


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _first_error(validator: jsonschema_rs.Validator, value: object) -> str | None:
    try:
        error = next(iter(validator.iter_errors(value)), None)
    except ValueError:  # of older versions of jsonschema-rs
        return "the request is nested too deeply"
    return None if error is None else _describe(error)


def _describe(error: jsonschema_rs.ValidationError) -> str:
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AnyOf):
        # Of several allowed forms, the one that the value comes nearest to is most likely the one that was meant.
        nearest = min(error.kind.context, key=lambda errors: (len(errors), sum(len(one.message) for one in errors)))
        return _describe(nearest[0])
    where = "/".join(map(str, error.instance_path))
    return f"{where}: {error.message}" if where else error.message
