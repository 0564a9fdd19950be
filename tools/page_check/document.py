"""Read the OpenAPI document: what it says of one operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import jsonschema_rs

from tools.project import refuse

JSON_TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}

Schema = dict[str, Any]
Names = frozenset[str]


class Document:
    """The OpenAPI document."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def resolve(self, part: dict[str, Any]) -> dict[str, Any]:
        """Follow a `$ref`, if a part of the document is one."""
        while "$ref" in part:
            found: Any = self.content
            for key in part["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            part = cast("dict[str, Any]", found)
        return part

    def forms(self, schema: Schema) -> Iterator[Schema]:
        """Return the schemas of which a value needs to meet one."""
        schema = self.resolve(schema)
        if "anyOf" not in schema:
            yield schema
        for form in schema.get("anyOf", []):
            yield from self.forms(form)

    def properties(self, form: Schema) -> dict[str, Schema]:
        """Return the properties of an object, its own and those of the parts that it is made of."""
        found: dict[str, Schema] = dict(form.get("properties", {}))
        for part in form.get("allOf", []):
            found.update(self.properties(self.resolve(part)))
        return {name: self.resolve(schema) for name, schema in found.items()}

    def types(self, schema: Schema) -> Names:
        """Return the JSON types that a value may have; null, which pages do not mention, is left out."""
        return frozenset(name for form in self.forms(schema) for name in _types_of(form)) - {"null"}

    def values(self, schema: Schema) -> frozenset[Any]:
        """Return the values of an enum; none if any other value is allowed too."""
        limits = [values_of(form) for form in self.forms(schema) if _types_of(form) != ["null"]]
        return frozenset() if None in limits else frozenset(value for limit in limits for value in limit or ())

    def validator(self, schema: Schema) -> jsonschema_rs.Validator:
        """Return what checks values; references are relative to the root, so the schema takes the components along."""
        return jsonschema_rs.Draft202012Validator({**schema, "components": self.content.get("components", {})})

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """Return an operation, with the parameters that it shares with its path. End the program if there is none."""
        item = self.content["paths"].get(path, {})
        if method.lower() not in item:
            refuse(f"The spec has no {method} {path}.")
        parameters = [*item.get("parameters", ()), *item[method.lower()].get("parameters", ())]
        return {**item[method.lower()], "parameters": [self.resolve(parameter) for parameter in parameters]}


def values_of(form: Schema) -> list[Any] | None:
    """Return the values that a schema lists, but null; None if it lists none."""
    if "const" in form:
        return [form["const"]]
    return [value for value in form["enum"] if value is not None] if "enum" in form else None


def find_response(document: Document, operation: dict[str, Any]) -> Schema:
    """Return the schema of an operation's response."""
    return json_schema(document.resolve(operation["responses"]["200"]))


def json_schema(part: dict[str, Any]) -> Schema:
    """Return the schema of a body that is JSON."""
    schema: Schema = part["content"]["application/json"]["schema"]
    return schema


def find_fields(document: Document, response: Schema) -> dict[str, Names]:
    """Return the types of all fields of an accepted response's `result`, by their names: `list.orderId`."""
    responses = [document.properties(form) for form in document.forms(response)]
    accepted = [response for response in responses if response.get("retCode", {}).get("const") == 0]
    if len(accepted) != 1:
        refuse("The spec must have one response whose `retCode` is `const: 0`.")
    return dict(_walk(document, accepted[0].get("result", {}), ""))


def _walk(document: Document, schema: Schema, prefix: str) -> Iterator[tuple[str, Names]]:
    for form in document.forms(schema):
        for name, child in document.properties(form).items():
            yield prefix + name, document.types(child)
            yield from _walk(document, child, f"{prefix}{name}.")
        if "items" in form:
            yield from _walk(document, form["items"], prefix)


def _types_of(form: Schema) -> list[str]:
    if "type" in form:
        return [form["type"]] if isinstance(form["type"], str) else form["type"]
    return [JSON_TYPES[type(value)] for value in values_of(form) or ()]
