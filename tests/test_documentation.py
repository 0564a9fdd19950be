"""Every public name is explained in full where it stands: a hover or `help()` shows it without another click."""

import ast
import doctest
import importlib
import inspect
import itertools
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Never, TypeVar

import attrs
from attrs import frozen

from bybit_ext import AsyncBybit, Bybit, BybitError, errors, results

ROOT = Path(__file__).parent.parent
PAGE = re.compile(r"^Source: https://bybit-exchange\.github\.io/docs/v5/\S+$", re.MULTILINE)
PUBLIC_MODULES = ("bybit_ext", "bybit_ext.errors", "bybit_ext.sandbox", "bybit_ext.sandbox.faults")
ASK_NOTHING = {"close", "forget", "client"}  # of a client: these ask the exchange nothing


@frozen
class Documented:
    """Something public: how it is called, and what it is."""

    name: str
    it: Any

    @property
    def text(self) -> str:
        return inspect.cleandoc(self.it.__doc__ or "")

    @property
    def parameters(self) -> list[str]:
        """The names that a caller can give, as a docstring writes them."""
        marks: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
        return [
            marks.get(one.kind, "") + one.name
            for one in inspect.signature(self.it).parameters.values()
            if one.name != "self" and one.annotation is not Never
        ]

    def section(self, title: str) -> list[str]:
        """Return the names that a section of the docstring explains, like `Args`."""
        found = re.search(rf"^{title}:\n((?:[ ]+.*\n|\n)*)", f"{self.text}\n", re.MULTILINE)
        return re.findall(r"^    ([*\w]+): \S", found[1], re.MULTILINE) if found else []


def public_names() -> Iterator[tuple[str, Any]]:
    """Return what is public by its name; what has several, by the shortest."""
    seen: set[int] = set()
    for module_name in PUBLIC_MODULES:
        module = importlib.import_module(module_name)
        own = [name for name, one in vars(module).items() if inspect.getmodule(one) is module]
        for name in getattr(module, "__all__", own):
            one = getattr(module, name)
            if not name.startswith("_") and id(one) not in seen and not isinstance(one, TypeVar):
                seen.add(id(one))
                yield f"{module_name}.{name}", one


def members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Return the public methods and properties of a class, those that it inherits from this package too."""
    for name, member in inspect.getmembers_static(kind):
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if not name.startswith("_") and inspect.isfunction(function) and is_ours(function):
            yield name, member if isinstance(member, property) else function


def is_ours(one: Any) -> bool:
    return str(one.__module__).startswith("bybit_ext")


NAMES = dict(public_names())
CLASSES = [Documented(name, it) for name, it in NAMES.items() if inspect.isclass(it) and is_ours(it)]
MEMBERS = [Documented(f"{kind.name}.{name}", it) for kind in CLASSES for name, it in members_of(kind.it)]
FUNCTIONS = [
    *(Documented(name, it) for name, it in NAMES.items() if inspect.isfunction(it)),
    *(one for one in MEMBERS if not isinstance(one.it, property)),
]
CALLS = [
    Documented(f"{client.__name__}.{name}", it)
    for client in (Bybit, AsyncBybit)
    for name, it in members_of(client)
    if name not in ASK_NOTHING
]
ALIASES = sorted(name for name, it in NAMES.items() if not (inspect.isclass(it) or inspect.isfunction(it)))


def lacking(documented: Iterable[Documented], is_complete: Callable[[Documented], bool]) -> set[str]:
    """Return the names of those that are not documented as they should be."""
    return {one.name for one in documented if not is_complete(one)}


def strings_below_assignments() -> dict[str, str]:
    """Return the strings that stand below what modules assign, by its name."""
    found: dict[str, str] = {}
    for path in ROOT.joinpath("bybit_ext").rglob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for statement, below in itertools.pairwise(body):
            match statement, below:
                case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = text
                case _:
                    pass
    return found


def raised_in(function: Callable[..., Any]) -> set[str]:
    """Return the errors of this package that a function raises itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    calls = [one.exc for one in ast.walk(tree) if isinstance(one, ast.Raise) and isinstance(one.exc, ast.Call)]
    return {one.func.id for one in calls if isinstance(one.func, ast.Name) and hasattr(errors, one.func.id)}


def test_public_names_are_found() -> None:
    """Nothing of what follows would fail for want of names."""
    assert {
        "bybit_ext.AsyncBybit.cancel_and_confirm",
        "bybit_ext.Bybit.client",
        "bybit_ext.BybitError.ret_code",
        "bybit_ext.sandbox.Sandbox.place",
    } <= {one.name for one in MEMBERS}
    assert {"bybit_ext.load_credentials", "bybit_ext.sandbox.faults.drop_response"} <= {one.name for one in FUNCTIONS}
    assert "bybit_ext.Environment" in ALIASES
    assert raised_in(AsyncBybit._stay_in_loop) == {"InvalidInput"}


def test_each_says_in_its_first_line_what_it_is() -> None:
    def is_complete(one: Documented) -> bool:
        return bool(re.match(r"[A-Z`].*[.:]$", one.text.partition("\n")[0]))

    assert lacking([*CLASSES, *MEMBERS, *FUNCTIONS], is_complete) == set()


def test_each_example_is_python() -> None:
    parser = doctest.DocTestParser()
    examples = [example.source for one in (*CLASSES, *FUNCTIONS) for example in parser.get_examples(one.text)]
    assert examples
    for example in examples:
        ast.parse(example)


def test_each_parameter_is_explained() -> None:
    assert lacking(FUNCTIONS, lambda one: one.section("Args") == one.parameters) == set()


def test_each_argument_of_a_constructor_is_explained() -> None:
    made_by_callers = [one for one in CLASSES if not issubclass(one.it, BybitError)]
    explained = {one.name: {*one.section("Args"), *one.section("Attributes")} for one in made_by_callers}
    assert lacking(made_by_callers, lambda one: set(one.parameters) <= explained[one.name]) == set()


def test_each_field_is_explained() -> None:
    values = [one for one in CLASSES if attrs.has(one.it)]
    assert lacking(values, lambda one: one.section("Attributes") == [it.name for it in attrs.fields(one.it)]) == set()


def test_each_error_that_a_function_raises_itself_is_explained() -> None:
    assert lacking(FUNCTIONS, lambda one: raised_in(one.it) <= set(one.section("Raises"))) == set()


def test_each_call_says_which_errors_it_raises() -> None:
    def is_complete(one: Documented) -> bool:
        kinds = [getattr(errors, name) for name in one.section("Raises")]
        return bool(kinds) and all(issubclass(kind, BybitError) for kind in kinds)

    assert lacking(CALLS, is_complete) == set()


def test_each_call_and_each_result_names_its_page_at_bybit() -> None:
    found = [one for one in CLASSES if one.it.__module__ == results.__name__]
    assert lacking([*CALLS, *found], lambda one: bool(PAGE.search(one.text))) == set()


def test_both_clients_explain_their_calls_in_the_same_words() -> None:
    def words(client: type) -> dict[str, str]:
        return {name: (it.__doc__ or "").replace("await ", "") for name, it in members_of(client)}

    assert words(AsyncBybit) == words(Bybit)


def test_security_names_tests_that_there_are() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", ROOT.joinpath("SECURITY.md").read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not ROOT.joinpath(path).exists()] == []


def test_each_alias_is_explained_below_its_assignment() -> None:
    strings = strings_below_assignments()
    assert [name for name in ALIASES if not strings.get(name.rpartition(".")[2])] == []
