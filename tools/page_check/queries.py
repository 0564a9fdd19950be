"""Ask the OpenAPI document which requests it allows.

The questions go to a JSON Schema validator, with requests made of the document's own examples: its answers are the same
however a rule is written down.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from tools.page_check.document import Document, Names, Schema, json_schema, values_of
from tools.project import refuse


class Request:
    """What an operation takes: its JSON body or its query."""

    def __init__(self, document: Document, schema: Schema) -> None:
        self._document = document
        self._validator = document.validator(schema)
        self._forms = [document.properties(form) for form in document.forms(schema)]
        self.names = frozenset(name for form in self._forms for name in form)
        self._complete = list(self._make_requests())

    def allows(self, request: Any) -> bool:
        """Return whether the schema allows a request."""
        return self._validator.is_valid(request)

    def types(self, name: str) -> Names:
        """Return the JSON types of a parameter."""
        return self._document.types(self._schema(name))

    def values(self, name: str) -> Names:
        """Return the values of a parameter that has an enum."""
        return frozenset(map(str, self._document.values(self._schema(name))))

    def descriptions(self, name: str) -> list[str]:
        """Return what the forms say of a parameter."""
        return [form[name].get("description", "") for form in self._forms if name in form]

    def requires(self, name: str) -> bool:
        """Return whether no request without a parameter is allowed."""
        return not any(self.allows(_without(request, {name})) for request in self._complete)

    def takes(self, name: str, value: Any) -> bool:
        """Return whether a parameter may have this value."""
        return any(self.allows({**request, name: value}) for request in self._complete if name in request)

    def is_uppercase(self, name: str) -> bool:
        """Return whether a string that may be anything must not be in lower case."""
        if self.types(name) != frozenset({"string"}) or self.values(name):
            return False
        return not any(self.takes(name, request[name].lower()) for request in self._complete if name in request)

    def categories(self, name: str) -> Names:
        """Return the categories that a parameter may be given with."""
        allowed = [request for request in self._allowed() if name in request]
        return frozenset(request["category"] for request in allowed if "category" in request)

    def requires_one_of(self, names: Names, category: str | None = None) -> bool:
        """Return whether a request without all of these is never allowed, and one with any single one always.

        Args:
            names: parameters.
            category: the category to ask of; None asks of every one.
        """
        if any(self.allows(_without(request, names)) for request in _among(category, self._complete)):
            return False
        alone = [
            (name, _without(request, names - {name}))
            for request in _among(category, self._allowed())
            for name in names & request.keys()
        ]
        return names == frozenset(name for name, _ in alone) and all(self.allows(request) for _, request in alone)

    def alternatives(self) -> frozenset[Names]:
        """Return the optional parameters of which one is required; of several categories, all that any requires."""
        optional = {name for name in self.names if not self.requires(name)}
        return frozenset(filter(None, (self._missing(request, optional) for request in self._complete)))

    def read_query(self, query: dict[str, str]) -> dict[str, Any]:
        """Return the values of a query as JSON has them, by the types of its parameters."""
        return {name: self._read_value(name, text) for name, text in query.items()}

    def _read_value(self, name: str, text: str) -> Any:
        if name not in self.names or "string" in self.types(name):
            return text
        try:
            return json.loads(text)
        except ValueError:
            return text

    def _missing(self, request: dict[str, Any], optional: set[str]) -> Names:
        base = _without(request, optional)
        if self.allows(base):
            return frozenset()
        return frozenset(
            name
            for name in optional
            if any(self.allows({**base, name: complete[name]}) for complete in self._complete if name in complete)
        )

    def _schema(self, name: str) -> Schema:
        return {"anyOf": [form[name] for form in self._forms if name in form]}

    def _allowed(self) -> list[dict[str, Any]]:
        return [request for request in self._complete if self.allows(request)]

    def _make_requests(self) -> Iterator[dict[str, Any]]:
        """Return requests of all forms with all that the form knows and all values of enums: not all are allowed."""
        for form in self._forms:
            examples = {name: _example(name, schema) for name, schema in form.items()}
            given = {name: value for name, value in examples.items() if value is not None}
            choices = [self._document.values(self._schema(name)) or [value] for name, value in given.items()]
            yield from (dict(zip(given, chosen, strict=True)) for chosen in product(*choices))


def find_request(document: Document, operation: dict[str, Any]) -> Request:
    """Return what an operation takes."""
    if "requestBody" in operation:
        return Request(document, json_schema(document.resolve(operation["requestBody"])))
    parameters = [parameter for parameter in operation["parameters"] if parameter["in"] == "query"]
    return Request(
        document,
        {
            "type": "object",
            "properties": {parameter["name"]: _as_property(document, parameter) for parameter in parameters},
            "required": [parameter["name"] for parameter in parameters if parameter.get("required")],
        },
    )


def _as_property(document: Document, parameter: dict[str, Any]) -> Schema:
    """Return a query parameter's schema, with its own words and example instead of the schema's."""
    schema = document.resolve(parameter["schema"])
    examples = [parameter["example"]] if "example" in parameter else schema.get("examples", [])
    return {**schema, "description": parameter.get("description", ""), "examples": examples}


def _example(name: str, schema: Schema) -> Any:
    examples = [*schema.get("examples", []), *(values_of(schema) or [])]
    if not examples:
        refuse(f"{name}: the spec gives no example of it, so no request can be tried.")
    return examples[0]


def _among(category: str | None, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [request for request in requests if category is None or request.get("category") == category]


def _without(request: dict[str, Any], names: set[str] | Names) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in names}
