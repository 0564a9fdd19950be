"""Read models of which only the required fields must be what the document says. All else is carried as it came."""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, Self, TypeVar, cast

import attrs

from bybit_ext.document import Validate

from .validation import field_hints, type_validator

_log = logging.getLogger("bybit_ext")


class ReadableModel(Protocol):
    """A generated model."""

    @classmethod
    def from_dict(cls, src_dict: Any) -> Self:
        """Return the model of a JSON object."""
        ...


AnyModel = TypeVar("AnyModel", bound=ReadableModel)


def parse_leniently(model: type[AnyModel], items: Sequence[object]) -> list[AnyModel]:
    """Return the models of JSON objects, without those of which a required field cannot be read; a log line says so."""
    found: list[AnyModel] = []
    problems: list[str] = []
    for item in items:
        read = _parse(model, item)
        if isinstance(read, str):
            problems.append(read)
        else:
            found.append(read)
    if problems:
        _log.warning("%d of %d %ss left out: %s", len(problems), len(items), model.__name__, problems[0])
    return found


def _parse(model: type[AnyModel], item: object) -> AnyModel | str:
    """Return the model, or what is wrong."""
    if not isinstance(item, dict):
        return "it is not an object"
    try:
        found = model.from_dict(cast("dict[str, Any]", item))
    except KeyError as error:
        return f"{error} is missing"
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        return type(error).__name__
    wrong = [name for name, validate in _required_fields(model) if validate(getattr(found, name))]
    return f"{', '.join(wrong)} cannot be read" if wrong else found


@cache
def _required_fields(model: type) -> list[tuple[str, Validate]]:
    hints = field_hints(model)
    required = [field.name for field in attrs.fields(model) if field.init and field.default is attrs.NOTHING]
    return [(name, type_validator(hints[name])) for name in required]
