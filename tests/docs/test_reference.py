"""The reference of the site: every public name, and whatever the pages say of calls exists."""

import re

import bybit_v5.models
import pytest

from bybit_ext import Bybit, errors
from tools.docs.site import public_names

from .snippets import PAGES

DOCUMENTED = re.findall(
    r"^::: ([\w.]+)$",
    "\n".join(text for page, text in PAGES.items() if page.startswith("docs/reference/")),
    re.MULTILINE,
)


def test_every_public_name_has_its_place() -> None:
    assert public_names() <= set(DOCUMENTED)


def test_every_error_has_its_place() -> None:
    defined = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, BaseException)}
    assert {f"bybit_ext.{name}" for name in defined} <= set(DOCUMENTED)


def test_the_generated_models_have_their_place() -> None:
    assert "bybit_v5.models" in DOCUMENTED


def test_no_name_has_two_places() -> None:
    assert len(DOCUMENTED) == len(set(DOCUMENTED))


@pytest.mark.parametrize("page", PAGES)
def test_every_call_and_model_that_a_page_names_exists(page: str) -> None:
    assert [name for name in re.findall(r"\bbybit\.(\w+)\(", PAGES[page]) if not hasattr(Bybit, name)] == []
    models = re.findall(r"\b((?:Cancel(?:All|By|Spot)|Futures|Spot|Option)[A-Z]\w+)\(", PAGES[page])
    assert [name for name in models if not hasattr(bybit_v5.models, name)] == []
