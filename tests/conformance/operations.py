"""What the tests of this folder know of an operation: all of it read from the OpenAPI document.

Nothing here names an operation, so one that is added to the document is covered as it stands.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from operator import attrgetter
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin
from urllib.parse import parse_qsl

import attrs
import httpx
import jsonschema_rs
import schemathesis
from attrs import frozen
from openapi_python_client.strings import PythonIdentifier
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from bybit_ext.calls.validation import argument_hints
from bybit_ext.document import document, is_signed, operations

JSON = "application/json"
# What no type can tell, and no model checks: it is left to the exchange.
VALUE_KEYWORDS = ("pattern", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


@frozen(eq=False)
class SpecOperation:
    """An operation of the document, and the generated module that calls it.

    Attributes:
        method: GET or POST.
        path: as the document has it.
        definition: what the document says of it.
        module: the generated module.
    """

    method: str
    path: str
    definition: dict[str, Any]
    module: Any

    def __str__(self) -> str:
        return str(self.definition["operationId"])

    @property
    def is_signed(self) -> bool:
        return is_signed(self.definition)

    @property
    def takes_input(self) -> bool:
        """Whether it can be asked wrongly."""
        return bool(self.definition["parameters"] or self.body)

    @property
    def answer(self) -> dict[str, Any]:
        """The schema of its answers."""
        schema: dict[str, Any] = self.definition["responses"]["200"]["content"][JSON]["schema"]
        return schema

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its body, None if it has none."""
        content = self.definition.get("requestBody", {"content": {}})["content"]
        return content[JSON]["schema"] if content else None

    @property
    def models(self) -> list[Any]:
        """The generated models that its body can be."""
        hint = argument_hints(self.module._get_kwargs).get("body")
        options = get_args(hint) if get_origin(hint) in (Union, UnionType) else [hint]
        return [option for option in options if option is not None and attrs.has(option)]

    @property
    def parameters(self) -> dict[str, Any]:
        """The schema of its parameters, as one object."""
        parameters = self.definition["parameters"]
        return {
            "type": "object",
            "properties": {one["name"]: one["schema"] for one in parameters},
            "required": [one["name"] for one in parameters if one.get("required")],
        }

    def arguments(self, case: Any) -> dict[str, Any]:
        """Return what to call the generated module with, to send an allowed case."""
        body = {} if isinstance(case.body, NotSet) else {"body": self.read_body(case.body)}
        return {**self._parameters_of(case), **body}

    def read_body(self, body: Any) -> Any:
        """Make the model of an allowed body, by the schema that allows it."""
        return next((model.from_dict(body) for model in self.models if validator_of(model).is_valid(body)), body)

    def attempts(self, case: Any) -> Iterator[dict[str, Any]]:
        """Return all that a caller without a type checker could try, to send a forbidden case."""
        if isinstance(case.body, NotSet):
            yield self._parameters_of(case)
            return
        for body in (case.body, *_forced(self.models, case.body)):
            yield {**self._parameters_of(case), "body": body}

    def meant_by(self, case: Any) -> dict[str, Any]:
        """Return the parameters of a case as values, by the names of the document."""
        given = {**case.path_parameters, **case.query}
        schemas = self.parameters["properties"]
        return {name: _as_meant(value, schemas.get(name)) for name, value in given.items()}

    def _parameters_of(self, case: Any) -> dict[str, Any]:
        return {PythonIdentifier(name, "field_"): value for name, value in self.meant_by(case).items()}


def _as_meant(value: Any, schema: Any) -> Any:
    """Schemathesis writes true as the text that a query has for it; the generated functions take the value."""
    if value not in ("true", "false", "null") or schema is None or validator(schema).is_valid(value):
        return value
    return json.loads(value)


def _forced(models: list[Any], body: Any) -> Iterator[Any]:
    """Make every model of a body that can be made of it, allowed or not."""
    for model in models:
        with suppress(TypeError, ValueError, KeyError, AttributeError):
            yield model.from_dict(body)


def read_operations() -> Iterator[SpecOperation]:
    for (method, path), definition in sorted(operations(), key=lambda found: found[0]):
        names = (PythonIdentifier(name, "") for name in (definition["tags"][0], definition["operationId"]))
        yield SpecOperation(method, path, definition, import_module(".".join(["bybit_v5.api", *names])))


OPERATIONS = list(read_operations())
# Schemathesis leaves the types of its cases open.
SCHEMA: Any = schemathesis.openapi.from_dict(document())


@cache
def requests_to(operation: SpecOperation, mode: GenerationMode) -> Any:
    """Return a strategy of requests that the document allows, or forbids."""
    return SCHEMA[operation.path][operation.method].as_strategy(generation_mode=mode)


@cache
def answers_of(operation: SpecOperation, mode: GenerationMode) -> Any:
    """Return a strategy of answers that the document allows, or forbids.

    Schemathesis makes bodies of requests only, so it is shown a document whose requests are our answers.
    """
    swapped = {
        **{key: document()[key] for key in ("openapi", "info", "components")},
        "paths": {
            "/": {
                "post": {
                    "requestBody": {"required": True, "content": {JSON: {"schema": operation.answer}}},
                    "responses": {"200": {"description": "The answer."}},
                }
            }
        },
    }
    schema: Any = schemathesis.openapi.from_dict(swapped)
    return schema["/"]["POST"].as_strategy(generation_mode=mode).map(attrgetter("body"))


def write_plainly(http: httpx.Client, operation: SpecOperation, case: Any) -> httpx.Request:
    """Write a case as it is, through no model."""
    path = operation.path.format(**case.path_parameters)
    body = None if isinstance(case.body, NotSet) else case.body
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return http.build_request(
        operation.method, path, params=case.query, content=content, headers={"Content-Type": JSON}
    )


def validator(schema: dict[str, Any], *, values: bool = True) -> jsonschema_rs.Validator:
    """Return what judges by a schema; if so wished, not by the keywords that are about values."""
    whole = {**schema, "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole if values else _without_value_keywords(whole))


def _without_value_keywords(part: Any) -> Any:
    if isinstance(part, dict):
        named = cast("dict[str, Any]", part)
        return {name: _without_value_keywords(value) for name, value in named.items() if name not in VALUE_KEYWORDS}
    if isinstance(part, list):
        return [_without_value_keywords(item) for item in cast("list[object]", part)]
    return part


def validator_of(model: Any) -> jsonschema_rs.Validator:
    return validator({"$ref": f"#/components/schemas/{model.__name__}"})


def read_query(request: httpx.Request) -> list[tuple[str, str]]:
    """Decode a query with the standard library, not with what encoded it."""
    return sorted(parse_qsl(request.url.query.decode(), keep_blank_values=True, strict_parsing=bool(request.url.query)))


def as_text(query: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a query as the exchange should read it: texts as they are, all else as JSON, a list one by one."""
    lists: dict[str, list[Any]] = {name: value if type(value) is list else [value] for name, value in query.items()}
    given = [(name, one) for name, values in lists.items() for one in values]
    return sorted((name, one if isinstance(one, str) else json.dumps(one)) for name, one in given)


def exact(value: Any) -> str:
    """Return a JSON value as text that tells true from 1, and 1 from 1.0."""
    return json.dumps(value, sort_keys=True)
