"""Whether a value is what its type hint says: for calls that no type checker saw, and for answers.

The generated models do not check what they are given. This reads their annotations, which the spec made.
"""

from collections.abc import Callable, Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import attrs
from bybit_v5 import models
from bybit_v5.types import Unset

from .evidence import whole_number


def find_mismatch(value: object, hint: Any, path: str) -> str | None:
    """Return the first place where a value is not what its hint says, in words; None if there is none."""
    if get_origin(hint) in (Union, UnionType):
        return _mismatch_in_union(value, get_args(hint), path)
    if attrs.has(hint) and isinstance(value, hint):
        return _first(
            find_mismatch(getattr(value, name), field_hint, f"{path}.{name}" if path else name)
            for name, field_hint in field_hints(hint).items()
        )
    if get_origin(hint) is list and isinstance(value, list):
        (item_hint,) = get_args(hint)
        items = cast("list[object]", value)
        return _first(find_mismatch(item, item_hint, f"{path}[{index}]") for index, item in enumerate(items))
    return None if _is_simple(value, hint) else f"{path}: must be {describe(hint)}, not {_show(value)}"


@cache
def field_hints(model: type) -> dict[str, Any]:
    """Return the fields of a generated model with their hints."""
    # The generated modules import each other's names for type checkers only: `models` has them all.
    return get_type_hints(model, localns=vars(models))


@cache
def argument_hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the arguments of a generated function with their hints."""
    return {name: hint for name, hint in get_type_hints(function).items() if name != "return"}


def describe(hint: Any) -> str:
    """Name a hint as a reader of Python would."""
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(describe(option) for option in get_args(hint) if option is not Unset)
    return "None" if hint is NoneType else str(hint.__name__)


def _mismatch_in_union(value: object, options: tuple[Any, ...], path: str) -> str | None:
    # The model that the value claims to be knows best what is wrong with it.
    claimed = [option for option in options if type(value) is option]
    for option in claimed or options:
        problem = find_mismatch(value, option, path)
        if problem is None or claimed:
            return problem
    return f"{path}: must be {describe(Union[options])}, not {_show(value)}"  # noqa: UP007


def _is_simple(value: object, hint: Any) -> bool:
    if hint is Any:
        return True
    if get_origin(hint) is Literal:
        return any(value == option and _is_simple(value, type(option)) for option in get_args(hint))
    if hint is int:
        return whole_number(value) is not None
    return isinstance(value, get_origin(hint) or hint)


def _first(problems: Iterator[str | None]) -> str | None:
    return next((problem for problem in problems if problem), None)


def _show(value: object) -> str:
    longest = 40
    text = repr(value) if isinstance(value, str | int | float | NoneType) else f"a {type(value).__name__}"
    return text if len(text) <= longest else f"{text[:longest]}…"
