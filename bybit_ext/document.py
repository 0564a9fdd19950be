"""The OpenAPI document, which the generated package carries as JSON: what the code needs of it at run time."""

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from attrs import frozen
from bybit_v5 import client

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_UNSIGNED: tuple[list[Any], ...] = ([], [{}])

Name = tuple[str, str]
"""An operation's method and path."""
Validate = Callable[[Any], str | None]
"""Returns the first thing that is wrong with a value, behind the path from there to it (`.symbol: must not be empty`);
None if nothing is."""


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document. It is shared: do not change it."""
    content: dict[str, Any] = json.loads(Path(client.__file__).with_name("openapi.json").read_bytes())
    return content


def operations() -> Iterator[tuple[Name, dict[str, Any]]]:
    """Return all operations of the document by their names, with the parameters that they share with their path."""
    for path, item in document()["paths"].items():
        for method in item.keys() & METHODS:
            parameters = [resolve(one) for one in (*item.get("parameters", ()), *item[method].get("parameters", ()))]
            yield (method.upper(), path), {**item[method], "parameters": parameters}


def resolve(part: dict[str, Any]) -> dict[str, Any]:
    """Follow a `$ref` into the document, if a part of it is one."""
    while "$ref" in part:
        found: Any = document()
        for key in part["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        part = cast("dict[str, Any]", found)
    return part


def query_schemas(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the schemas of an operation's query parameters by their names."""
    return {one["name"]: resolve(one["schema"]) for one in operation["parameters"] if one["in"] == "query"}


def is_signed(operation: dict[str, Any]) -> bool:
    """Return whether an operation takes signed requests only."""
    return operation.get("security") not in _UNSIGNED  # one that says nothing is signed, as the document as a whole


def is_public(method: str, path: str) -> bool:
    """Return whether a request is one that is not signed. Its path may have a prefix, which a base URL brought."""
    return any(verb == method and pattern.search(path) for verb, pattern in _public_operations())


@cache
def _public_operations() -> list[tuple[str, re.Pattern[str]]]:
    return [(method, _pattern(path)) for (method, path), operation in operations() if not is_signed(operation)]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)) + "$")


@frozen
class OperationRules:
    """What the document says of one operation, beyond the types of the generated code.

    Attributes:
        is_signed: whether it takes signed requests only.
        query: validates the values of its query parameters, by their names in the document.
    """

    is_signed: bool
    query: dict[str, Validate]


def rules_for(method: str, path: str) -> OperationRules:
    """Return the rules of the operation that a request belongs to; one that the document does not have is signed."""
    for (verb, template), operation in operations():
        if verb == method and _pattern(template).search(path):
            schemas = query_schemas(operation)
            return OperationRules(is_signed(operation), {name: _validator(schema) for name, schema in schemas.items()})
    return OperationRules(is_signed=True, query={})


def is_idempotent(schema: str) -> bool:
    """Return whether a request of this schema does the same when it is sent twice (`x-idempotent`)."""
    return bool(document()["components"]["schemas"].get(schema, {}).get("x-idempotent"))


@cache
def longest_list(schema: str, name: str) -> int:
    """Return how many items a list in a request model may have."""
    return int(document()["components"]["schemas"][schema]["properties"][name]["maxItems"])


@cache
def request_validator(schema: str) -> Validate:
    """Return what validates the JSON of a request model against the rules of its schema that its types cannot tell.

    These are a string or a list of a wrong length, a property that needs another one, and an additional property that
    another form of the same request declares, or that is given to a form which takes no others: given so, it would
    pass by the types that forbid it.
    """
    definition = document()["components"]["schemas"].get(schema, {})
    declared = definition.get("properties", {}).keys()
    declared_beside = _declared_beside().get(schema, frozenset()) - declared
    takes_others = definition.get("additionalProperties", True)
    validate = _validator(definition)

    def validate_request(value: dict[str, Any]) -> str | None:
        for name in value:
            if name in declared_beside or not (takes_others or name in declared):
                return f".{name}: is not for {schema}"
        return validate(value)

    return validate_request


def _validator(schema: dict[str, Any]) -> Validate:
    """Return what finds the first thing in a value that the generated types cannot tell from what its schema wants."""
    schema = resolve(schema)
    if "anyOf" in schema:
        return _any_of([_validator(one) for one in schema["anyOf"]])
    if schema.get("type") == "null":
        return lambda value: None if value is None else ": must be null"
    string, fields, items = _string_validator(schema), _object_validator(schema), _list_validator(schema)

    def validate(value: Any) -> str | None:
        if isinstance(value, str):
            return string(value)
        if isinstance(value, dict):
            return fields(cast("dict[str, Any]", value))
        return items(cast("list[object]", value)) if isinstance(value, list) else None

    return validate


def _any_of(forms: list[Validate]) -> Validate:
    def validate(value: Any) -> str | None:
        problems = [form(value) for form in forms]
        return None if None in problems else problems[0]

    return validate


def _string_validator(schema: dict[str, Any]) -> Validate:
    shortest = schema.get("minLength", 0)

    def validate(value: str) -> str | None:
        if len(value) >= shortest:
            return None
        return ": must not be empty" if not value else f": must have at least {shortest} characters"

    return validate


def _object_validator(schema: dict[str, Any]) -> Validate:
    properties = {name: _validator(one) for name, one in schema.get("properties", {}).items()}
    is_forbidden = _forbidden(schema.get("not"))

    def validate(value: dict[str, Any]) -> str | None:
        for name, field in value.items():
            if name in properties and (problem := properties[name](field)):
                return f".{name}{problem}"
        return is_forbidden(value)

    return validate


def _forbidden(schema: dict[str, Any] | None) -> Validate:
    """Return what finds a property that must not stand beside certain values of others, or beside their absence."""
    if schema is None:
        return lambda _: None
    required: list[str] = schema["required"]
    enums = {name: one["enum"] for name, one in schema["properties"].items() if "enum" in one}
    problem = f".{required[0]}: needs another {' or '.join(enums)}" if enums else f".{required[0]}: cannot be given"

    def validate(value: dict[str, Any]) -> str | None:
        if not all(name in value for name in required):
            return None
        if any(name in value and value[name] not in enum for name, enum in enums.items()):
            return None
        return problem

    return validate


def _list_validator(schema: dict[str, Any]) -> Validate:
    validate_item = _validator(schema["items"]) if "items" in schema else None
    shortest, longest = schema.get("minItems", 0), schema.get("maxItems", math.inf)

    def validate(value: list[Any]) -> str | None:
        if not shortest <= len(value) <= longest:
            return f": must have {shortest} to {longest} items, not {len(value)}"
        for index, item in enumerate(value):
            if validate_item and (problem := validate_item(item)):
                return f"[{index}]{problem}"
        return None

    return validate


@cache
def _declared_beside() -> dict[str, frozenset[str]]:
    """Return, for each form of a request, all properties that the forms of that request declare."""
    bodies = [operation["requestBody"]["content"] for _, operation in operations() if "requestBody" in operation]
    requests = [content["schema"].get("anyOf", [content["schema"]]) for body in bodies for content in body.values()]
    return {
        form["$ref"].rpartition("/")[2]: frozenset(name for one in forms for name in resolve(one).get("properties", {}))
        for forms in requests
        for form in forms
        if "$ref" in form
    }
