"""The code as the reference shows it."""

from pathlib import Path

import griffe
import pytest

from tools.docs.docstrings import Docstrings, fence_examples

CODE = '''
from typing import ClassVar, Never
from attrs import define, field, frozen

@frozen
class Frozen:
    """A class.

    >>> Frozen(1)
    """

    first: int
    kind: ClassVar[str] = ""
    second: str = "2"
    third: dict = field(factory=dict)
    fourth: str = field(repr=False)
    _fifth: int = 5
    sixth: int = field(init=False, default=6)

    @property
    def seventh(self) -> int: ...

@define
class Mutable:
    only: int

class Plain:
    field: int

def function(used: int, **unexpected: Never) -> None: ...
'''


@pytest.fixture
def module(tmp_path: Path) -> griffe.Object | griffe.Alias:
    tmp_path.joinpath("documented.py").write_text(CODE, encoding="utf-8")
    return griffe.load("documented", search_paths=[tmp_path], extensions=griffe.Extensions(Docstrings()))


def test_an_example_is_a_block_of_code(module: griffe.Object) -> None:
    docstring = "It does.\n\n>>> with one() as it:\n...     it.does()\n\nArgs:"
    assert fence_examples(docstring) == "It does.\n\n```python\nwith one() as it:\n    it.does()\n```\n\nArgs:"
    shown = module["Frozen"].docstring
    assert shown.value == "A class.\n\n```python\nFrozen(1)\n```"


def test_a_class_of_attrs_has_the_constructor_that_attrs_makes(module: griffe.Object) -> None:
    made = [(one.name, one.default) for one in module["Frozen.__init__"].parameters]
    assert made == [("first", None), ("second", "'2'"), ("third", "..."), ("fourth", None), ("fifth", "5")]
    assert [one.name for one in module["Mutable.__init__"].parameters] == ["only"]


def test_any_other_class_is_left_as_it_is(module: griffe.Object) -> None:
    assert "__init__" not in module["Plain"].members


def test_what_is_taken_only_to_be_refused_is_left_out(module: griffe.Object) -> None:
    assert [one.name for one in module["function"].parameters] == ["used"]
