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


def is_signed(operation: dict[str, Any]) -> bool:
    """Tell whether an operation takes signed requests only."""
    return operation.get("security", [{"signature": []}]) not in _UNSIGNED


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
    return any(request.method == method and _pattern(path).search(request.url.path) for method, path in names)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    # Only its end: a base_url may put a path of its own before the document's.
    return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)) + "$")


def find_violation(model: object, path: str) -> str | None:
    """Return what a request model holds against the document that its types cannot tell; None if nothing.

    That is a text that is too short, and an additional property that another form of the same request declares: given
    so, it would pass by the types that forbid it.
    """
    schema = document()["components"]["schemas"].get(type(model).__name__)
    to_dict = getattr(model, "to_dict", None)
    if schema is None or to_dict is None:
        return None
    for name, value in to_dict().items():
        definition = resolve(schema.get("properties", {}).get(name, {}))
        problem = _shortness(value, definition)
        if problem:
            return f"{path}.{name}: {problem}"
        if not definition and name in _declared_beside().get(type(model).__name__, ()):
            return f"{path}.{name}: is not for {type(model).__name__}"
    return None


def find_parameter_violation(request: httpx.Request) -> str | None:
    """Return what a request's query holds against the document that types cannot tell; None if nothing."""
    given = request.url.params
    for name, parameters in _query_parameters().items():
        if given and is_among(frozenset([name]), request):
            problems = ((one, _shortness(given.get(one), definition)) for one, definition in parameters.items())
            return next((f"{one}: {problem}" for one, problem in problems if problem), None)
    return None


def _shortness(value: object, definition: dict[str, Any]) -> str | None:
    shortest = definition.get("minLength", 0)
    if not isinstance(value, str) or len(value) >= shortest:
        return None
    return "must not be empty" if not value else f"must have at least {shortest} characters"


@cache
def _query_parameters() -> dict[Name, dict[str, dict[str, Any]]]:
    """Return the schemas of the query parameters of all operations."""
    return {
        name: {one["name"]: resolve(one["schema"]) for one in operation["parameters"] if one["in"] == "query"}
        for name, operation in operations()
    }


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
