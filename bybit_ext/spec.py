"""What the code needs of the OpenAPI document at run time. The generated package carries it as JSON."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
from bybit_v5 import client

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_UNSIGNED: tuple[list[Any], ...] = ([], [{}])

Name = tuple[str, str]
"""An operation's method and path."""


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
    """Tell whether an operation takes signed requests only."""
    return operation.get("security") not in _UNSIGNED  # one that says nothing is signed, as the document as a whole


@cache
def public_operations() -> frozenset[Name]:
    """Return the operations that are not signed."""
    return frozenset(name for name, operation in operations() if not is_signed(operation))


@cache
def idempotent_operations() -> frozenset[Name]:
    """Return the operations that do the same when they are sent twice."""
    return frozenset(name for name, operation in operations() if name[0] == "GET" or operation.get("x-idempotent"))


def is_among(names: frozenset[Name], request: httpx.Request) -> bool:
    """Tell whether a request is one of some operations."""
    return any(_is_named(name, request) for name in names)


def _is_named(name: Name, request: httpx.Request) -> bool:
    method, path = name
    return request.method == method and _pattern(path).search(request.url.path) is not None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    # Only its end: a base_url may put a path of its own before the document's.
    return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)) + "$")


def find_violation(model: object, path: str) -> str | None:
    """Return what a request model holds against the document that its types cannot tell; None if nothing.

    That is a text that is too short, and an additional property that another form of the same request declares: given
    so, it would pass by the types that forbid it.
    """
    form = type(model).__name__
    schema = document()["components"]["schemas"].get(form)
    to_dict = getattr(model, "to_dict", None)
    if schema is None or to_dict is None:
        return None
    fields = to_dict()
    smuggled = fields.keys() & _declared_beside().get(form, frozenset()) - schema.get("properties", {}).keys()
    for name in sorted(smuggled):
        return f"{path}.{name}: is not for {form}"
    return _find_shortness(fields, schema, path)


def _find_shortness(value: Any, schema: dict[str, Any], path: str) -> str | None:
    """Return the first text in a value that is shorter than its schema wants it; None if none is."""
    schema = resolve(schema)
    if not schema:  # nothing is said of it, nor of what is in it
        return None
    if isinstance(value, dict):
        properties, fields = schema.get("properties", {}), cast("dict[str, Any]", value)
        problems = (_find_shortness(item, properties.get(name, {}), f"{path}.{name}") for name, item in fields.items())
        return next(filter(None, problems), None)
    if isinstance(value, list):
        items = enumerate(cast("list[object]", value))
        problems = (_find_shortness(item, schema.get("items", {}), f"{path}[{index}]") for index, item in items)
        return next(filter(None, problems), None)
    shortest = schema.get("minLength", 0)
    if not isinstance(value, str) or len(value) >= shortest:
        return None
    return f"{path}: " + ("must not be empty" if not value else f"must have at least {shortest} characters")


def find_parameter_violation(request: httpx.Request) -> str | None:
    """Return what a request's query holds against the document that types cannot tell; None if nothing."""
    given = request.url.params
    problems = (
        _find_shortness(_read_parameter(given, parameter, schema), schema, parameter)
        for operation, parameters in _query_parameters().items()
        if _is_named(operation, request)
        for parameter, schema in parameters.items()
    )
    return next(filter(None, problems), None)


def _read_parameter(given: httpx.QueryParams, name: str, schema: dict[str, Any]) -> Any:
    return given.get_list(name) if schema.get("type") == "array" else given.get(name)


@cache
def _query_parameters() -> dict[Name, dict[str, dict[str, Any]]]:
    return {name: query_schemas(operation) for name, operation in operations()}


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
