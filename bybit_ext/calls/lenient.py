"""Read a model of which only the required fields must be what the document says. All else is carried as it came."""

import logging
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


def parse_leniently(model: type[AnyModel], item: object) -> AnyModel | None:
    """Return the model of a JSON object; None, and a line in the log, if a required field cannot be read."""
    problem = "it is not an object"
    if isinstance(item, dict):
        try:
            found = model.from_dict(cast("dict[str, Any]", item))
        except KeyError as error:
            problem = f"{error} is missing"
        except (TypeError, ValueError, AttributeError, RecursionError) as error:
            problem = type(error).__name__
        else:
            wrong = [name for name, validate in _required_fields(model) if validate(getattr(found, name))]
            if not wrong:
                return found
            problem = f"{', '.join(wrong)} cannot be read"
    _log.warning("%s left out: %s", model.__name__, problem)
    return None


@cache
def _required_fields(model: type) -> list[tuple[str, Validate]]:
    hints = field_hints(model)
    required = [field.name for field in attrs.fields(model) if field.init and field.default is attrs.NOTHING]
    return [(name, type_validator(hints[name])) for name in required]
