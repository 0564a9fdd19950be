from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from tools.mutation.trial import first_of_a_string, not_of_a_cast, within


def changes(_: Any) -> Iterator[str]:
    yield from ("first", "second")


def test_only_the_first_change_of_a_string_is_made() -> None:
    assert list(first_of_a_string(changes)(SimpleNamespace(value='"linear"'))) == ["first"]


def test_a_sentence_is_not_changed() -> None:
    assert list(first_of_a_string(changes)(SimpleNamespace(value='"must not be empty"'))) == []


def test_a_cast_is_not_changed() -> None:
    assert list(not_of_a_cast(changes)(SimpleNamespace(func=SimpleNamespace(value="cast")))) == []
    assert list(not_of_a_cast(changes)(SimpleNamespace(func=SimpleNamespace(value="send")))) == ["first", "second"]
    assert list(not_of_a_cast(changes)(SimpleNamespace())) == ["first", "second"]


def test_tests_run_as_far_as_there_is_time_the_quickest_first() -> None:
    took = {"a": 3.0, "b": 1.0, "c": 1.0, "d": 5.0, "e": 0.5}
    assert list(within(6.0, iter([["a", "b"], ["d"], ["c"]]), took)) == [["b", "a"]]
    assert list(within(6.0, iter([["a", "b"], ["c", "e"]]), took)) == [["b", "a"], ["e", "c"]]
    assert list(within(60.0, iter([[], ["a"], ["d", "c"]]), took)) == [["a"], ["c", "d"]]
