"""Whether a value is what its type hint says: for calls that no type checker saw, and for responses.

The generated models do not check what they are given. This reads their annotations, which the document made; the
validator of a hint is made once per process.
"""

from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import attrs
from bybit_v5 import models
from bybit_v5.types import Unset

from bybit_ext.document import Validate, request_validator
from bybit_ext.errors import show


def validate_type(value: object, hint: Any, path: str) -> str | None:
    """Return the first place where a value is not what its hint says, in words; None if there is none."""
    problem = type_validator(hint)(value)
    return f"{path}{problem}".removeprefix(".") if problem else None


def validate_request(request: Any, hint: Any) -> str | None:
    """Return what is wrong with a request model, behind the path to it; None if nothing is."""
    return type_validator(hint)(request) or request_validator(type(request).__name__)(request.to_dict())


@cache
def type_validator(hint: Any) -> Validate:  # noqa: PLR0911 - one for each kind of hint
    """Return what validates values against a type hint."""
    if hint is Any:
        return _accept
    if get_origin(hint) in (Union, UnionType):
        return _union_validator(hint)
    if get_origin(hint) is Literal:
        return _literal_validator(hint)
    if attrs.has(hint):
        return _model_validator(hint)
    if get_origin(hint) is list:
        return _list_validator(hint)
    if get_origin(hint) is dict:
        return _dict_validator(hint)
    if hint is int:
        return _int_validator(hint)
    return _class_validator(hint, get_origin(hint) or hint)


@cache
def field_hints(model: type) -> dict[str, Any]:
    """Return the fields of a generated model with their hints."""
    # The generated modules import each other's names for type checkers only: `models` has them all.
    return get_type_hints(model, localns=vars(models))


@cache
def argument_hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the arguments of a generated function with their hints."""
    return {name: hint for name, hint in get_type_hints(function).items() if name != "return"}


def parse_integer(value: object) -> int | None:
    """Return a JSON integer as an int, None if it is not one. 5.0 is one (JSON Schema says so); true is not."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def describe(hint: Any) -> str:
    """Name a hint as a reader of Python would."""
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(describe(option) for option in get_args(hint) if option is not Unset)
    return "None" if hint is NoneType else str(hint.__name__)


def _accept(_: object) -> None:
    return None


def _union_validator(hint: Any) -> Validate:
    options = {option: type_validator(option) for option in get_args(hint)}
    message = f": must be {describe(hint)}"

    def validate(value: object) -> str | None:
        # The model that the value claims to be knows best what is wrong with it.
        claimed = options.get(type(value))
        if claimed:
            return claimed(value)
        for option in options.values():
            if option(value) is None:
                return None
        return f"{message}, not {show(value)}"

    return validate


def _literal_validator(hint: Any) -> Validate:
    options = [(option, type_validator(cast("Any", type(option)))) for option in get_args(hint)]
    message = f": must be {describe(hint)}"

    def validate(value: object) -> str | None:
        # True == 1 == 1.0, and only the last two are the same number in JSON.
        for option, validate_kind in options:
            if value == option and validate_kind(value) is None:
                return None
        return f"{message}, not {show(value)}"

    return validate


def _model_validator(model: Any) -> Validate:
    fields: list[tuple[str, Validate]] = []  # filled at the first use, since models can hold each other

    def validate(value: object) -> str | None:
        if not isinstance(value, model):
            return f": must be {model.__name__}, not {show(value)}"
        if not fields:
            fields.extend((name, type_validator(hint)) for name, hint in field_hints(model).items())
        for name, validate_field in fields:
            if problem := validate_field(getattr(value, name)):
                return f".{name}{problem}"
        return None

    return validate


def _list_validator(hint: Any) -> Validate:
    validate_item = type_validator(get_args(hint)[0])

    def validate(value: object) -> str | None:
        if not isinstance(value, list):
            return f": must be list, not {show(value)}"
        for i, item in enumerate(cast("list[object]", value)):
            if problem := validate_item(item):
                return f"[{i}]{problem}"
        return None

    return validate


def _dict_validator(hint: Any) -> Validate:
    validate_value = type_validator(get_args(hint)[1])

    def validate(value: object) -> str | None:
        if not isinstance(value, dict):
            return f": must be dict, not {show(value)}"
        for name, item in cast("dict[str, object]", value).items():
            if problem := validate_value(item):
                return f"[{name!r:.40}]{problem}"
        return None

    return validate


def _int_validator(hint: Any) -> Validate:
    message = f": must be {describe(hint)}"

    def validate(value: object) -> str | None:
        return None if parse_integer(value) is not None else f"{message}, not {show(value)}"

    return validate


def _class_validator(hint: Any, kind: Any) -> Validate:
    message = f": must be {describe(hint)}"

    def validate(value: object) -> str | None:
        return None if isinstance(value, kind) else f"{message}, not {show(value)}"

    return validate
