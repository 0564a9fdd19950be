"""The call that a request of the page stands for: an operation of the document becomes a method of the client.

The form of the request's body says which of the generated models it is. What fits none is refused here, as it would
be by a type checker, and never leaves this machine.
"""

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

import attrs
from bybit_v5.types import Unset

from bybit_ext.async_client import AsyncBybit
from bybit_ext.calls.strict_json import parse_json
from bybit_ext.calls.validation import argument_hints, validate_request
from bybit_ext.document import document, operations, query_schemas, resolve
from bybit_ext.errors import InvalidInput

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What tells more than the acknowledgement. All other operations are run by `call`.
_METHODS = {
    "cancelOrder": "cancel_and_confirm",
    "cancelBatch": "cancel_batch_and_confirm",
    "cancelAll": "cancel_all_and_confirm",
    "createOrder": "place_order",
}


@attrs.frozen
class Call:
    """A call of a client.

    Attributes:
        python: the call as a line of Python, with `bybit` for the client.
        run: makes it.
    """

    python: str
    run: Callable[[AsyncBybit], Awaitable[Any]]


def read_call(method: str, path: str, query: Sequence[tuple[str, str]], body: bytes) -> Call | None:
    """Return the call that a request stands for; None if the document has no such operation.

    Args:
        method: GET or POST.
        path: as the document has it.
        query: the parameters, decoded, in the order in which they were given.
        body: the bytes of the body; empty if there is none.

    Raises:
        InvalidInput: the request is not what the document says; the message names what is wrong.
    """
    operation = dict(operations()).get((method, path))
    if operation is None:
        return None
    name = operation["operationId"]
    module = _module_of(operation)
    if "requestBody" not in operation:
        arguments = _read_query(query_schemas(operation), query)
        shown = ", ".join([_snake(name), *(f"{argument}={value!r}" for argument, value in arguments.items())])
        return Call(f"bybit.call({shown})", lambda bybit: bybit.call(module, **arguments))
    models = _models_of(module)
    request = _read_model(models, body)
    given = _orders_of(request) if name == "cancelBatch" else request
    if name not in _METHODS:
        return Call(f"bybit.call({_snake(name)}, body={_show(given)})", lambda bybit: bybit.call(module, body=given))
    return Call(f"bybit.{_METHODS[name]}({_show(given)})", lambda bybit: getattr(bybit, _METHODS[name])(given))


# ---- arguments of a query


def _read_query(schemas: Mapping[str, dict[str, Any]], query: Sequence[tuple[str, str]]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, text in query:
        if name not in schemas:
            raise InvalidInput(f"{name}: is no parameter of this operation; these are: {', '.join(schemas) or 'none'}.")
        if _snake(name) in arguments:
            raise InvalidInput(f"{name}: is given twice.")
        is_number = schemas[name].get("type") == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text)
        arguments[_snake(name)] = int(text) if is_number else text
    return arguments


# ---- models of a body


def _read_model(models: Sequence[Any], body: bytes) -> Any:
    """Return a body as the first of the models that it fits.

    Raises:
        InvalidInput: it fits none; the message says what the one that it comes nearest to wants.
    """
    fields = _read_object(body)
    nearest = sorted(models, key=lambda model: _misfits(model.__name__, fields))
    problems = [_problem_as(model, fields) for model in nearest]
    for model, problem in zip(nearest, problems, strict=True):
        if problem is None:
            return model.from_dict(fields)
    raise InvalidInput(f"body{problems[0]} (as {nearest[0].__name__}).")


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        content = parse_json(body)
        # Of a name that is given twice, the exchange could read the other value.
        json.loads(body, object_pairs_hook=_refuse_repeated)
    except InvalidInput:
        raise
    except (ValueError, RecursionError):
        raise InvalidInput("body: is not JSON.") from None
    if not isinstance(content, dict):
        raise InvalidInput("body: must be a JSON object.")
    return cast("dict[str, Any]", content)


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            raise InvalidInput(f"body: {name} is given twice.")
    return dict(pairs)


def _unknown_name(schema: dict[str, Any], value: Any) -> str | None:
    """Return the path to the first name in a value that no schema declares; None if there is none.

    The exchange would take it. But who misspelled a name did not mean what is left.
    """
    forms = [resolve(one) for one in schema.get("anyOf", [schema])]
    if isinstance(value, list):
        of_lists = [form["items"] for form in forms if "items" in form]
        items: dict[str, Any] = of_lists[0] if of_lists else {}
        paths = (_unknown_name(items, item) for item in cast("list[object]", value))
        return next((f"[{place}]{path}" for place, path in enumerate(paths) if path), None)
    declared = {name: one for form in forms for name, one in form.get("properties", {}).items()}
    if not isinstance(value, dict) or not declared:
        return None
    for name, one in cast("dict[str, object]", value).items():
        if name not in declared:
            return f".{name}"
        if path := _unknown_name(resolve(declared[name]), one):
            return f".{name}{path}"
    return None


def _problem_as(model: Any, fields: Mapping[str, Any]) -> str | None:
    """Return what keeps an object from being a model, behind the path to it; None if nothing does."""
    try:
        problem = validate_request(model.from_dict(fields), model)
    except KeyError as error:
        return f".{error.args[0]}: is missing"
    except (TypeError, ValueError, AttributeError) as error:
        wrong = _wrong_values(model.__name__, fields)
        return f".{wrong[0]}: {error}" if wrong else f": {error}"
    unknown = _unknown_name(document()["components"]["schemas"][model.__name__], fields)
    return problem or (f"{unknown}: is no name of this request" if unknown else None)


def _misfits(schema: str, fields: Mapping[str, Any]) -> int:
    """Count the names and values of an object that do not fit a schema, and the names that it lacks."""
    definition = document()["components"]["schemas"][schema]
    unknown = fields.keys() - definition["properties"].keys()
    lacking = set(definition.get("required", ())) - fields.keys()
    return len(unknown) + len(lacking) + len(_wrong_values(schema, fields))


def _wrong_values(schema: str, fields: Mapping[str, Any]) -> list[str]:
    """Return the names of the values that are none of those which a schema lists."""
    properties = document()["components"]["schemas"][schema]["properties"]
    return [name for name in properties if name in fields and not _may_be(resolve(properties[name]), fields[name])]


def _may_be(schema: Mapping[str, Any], value: Any) -> bool:
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return allowed is None or value in allowed


def _orders_of(batch: Any) -> list[Any]:
    """Return the orders of a batch as requests to cancel one order, which have the category too."""
    fields = batch.to_dict()
    operation = dict(operations())["POST", "/v5/order/cancel"]
    models = _models_of(_module_of(operation))
    return [_fit(models, {**item, "category": fields["category"]}) for item in fields["request"]]


def _fit(models: Sequence[Any], fields: Mapping[str, Any]) -> Any:
    nearest = min(models, key=lambda model: _misfits(model.__name__, fields))
    return nearest.from_dict(fields)


# ---- the generated code


def _module_of(operation: Mapping[str, Any]) -> Any:
    return import_module(f"bybit_v5.api.{operation['tags'][0]}.{_snake(operation['operationId'])}")


def _models_of(module: Any) -> list[Any]:
    hint = argument_hints(module._get_kwargs)["body"]  # noqa: SLF001
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else [hint]
    return [option for option in options if attrs.has(option)]


def _snake(name: str) -> str:
    return _WORD.sub("_", name).lower()


def _show(value: object) -> str:
    """Write a model, or a list of them, as Python would take it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_show, cast('list[object]', value)))}]"
    kind = type(value)
    if not attrs.has(kind):
        return repr(value)
    given = {field.name: getattr(value, field.name) for field in attrs.fields(kind) if field.init}
    shown = (f"{name}={_show(one)}" for name, one in given.items() if not isinstance(one, Unset))
    return f"{kind.__name__}({', '.join(shown)})"
