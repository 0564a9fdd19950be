"""An extension of griffe, which reads the code for the reference: it shows the code as its callers see it.

An example in a docstring (`>>> …`) becomes a block of code. A class of attrs gets the constructor that attrs makes.
What a function takes only to refuse it is left out.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^>>> .*(?:\n(?:>>>|\.\.\.).*)*", re.MULTILINE)
_ATTRS = ("attrs.define", "attrs.frozen")


def fence_examples(text: str) -> str:
    """Return a docstring with its examples as blocks of code, without prompts."""
    return _EXAMPLE.sub(lambda example: f"```python\n{re.sub(r'(?m)^(>>>|[.]{3}) ?', '', example[0])}\n```", text)


class Docstrings(griffe.Extension):
    """Prepares what the reference shows; mkdocs.yml names it."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Prepare the docstring of an object."""
        if obj.docstring:
            obj.docstring.value = fence_examples(obj.docstring.value)

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Leave out what a function takes only to refuse it."""
        for name in [one.name for one in func.parameters if str(one.annotation) == "Never"]:
            del func.parameters[name]

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Give a class of attrs its constructor."""
        if any(decorator.callable_path in _ATTRS for decorator in cls.decorators):
            parameters = [one for one in map(_parameter, cls.attributes.values()) if one]
            cls.set_member("__init__", griffe.Function("__init__", parameters=griffe.Parameters(*parameters)))


def _parameter(attribute: griffe.Attribute) -> griffe.Parameter | None:
    """Return what the constructor takes for an attribute; None if it takes nothing."""
    if "instance-attribute" not in attribute.labels:  # a property, or a ClassVar
        return None
    value = None if attribute.value is None else str(attribute.value)
    if value and re.match(r"(_attrs_)?field\(", value):
        if "init=False" in value:
            return None
        value = "..." if re.search(r"\b(default|factory)=", value) else None
    kind = griffe.ParameterKind.positional_or_keyword
    return griffe.Parameter(attribute.name.lstrip("_"), annotation=attribute.annotation, kind=kind, default=value)
