"""Secrets are found in every spelling, and nothing else of a text is touched."""

import time
from typing import Any

import pytest

from bybit_ext.auth.redaction import LocalsCleared, clear_locals, may_echo, redact, redact_json

KEY = "abcDEF123"
SIGNATURE = "a+B/c="
SPELLINGS = {
    "as it is": "a+B/c=",
    "in upper case": "A+B/C=",
    "for a path": "a%2BB/c%3D",
    "for a query": "a%2BB%2Fc%3D",
    "for a query, in lower case": "a%2bb%2fc%3d",
    "as PHP writes JSON": r"a+B\/c=",
    "escaped": r"a\u002bB\u002fc\u003d",
    "escaped in part, within JSON": r"a\\u002bB/c\u003d",
    "for HTML": "a&#43;B&#x2F;c&#x3d;",
    "with every letter escaped": "%61%2B%42%2F%63%3D",
    "escaped twice": "a%252BB%252Fc%253D",
    "on two lines": "a+B\n/c=",
    "broken up by spaces": "a+B  /c=",
    "with a zero behind each letter": "a\0+\0B\0/\0c\0=",
    "on two lines of JSON": r"a+B\r\n/c=",
    "escaped, in upper case": r"A\U002BB\U002FC\U003D",
}
spellings = pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)


class TestText:
    @spellings
    def test_a_secret_is_replaced_in_every_spelling(self, spelled: str) -> None:
        assert redact(f"before {spelled} after", SIGNATURE) == "before *** after"

    def test_every_place_of_every_secret_and_spelling_is_replaced(self) -> None:
        text = f"{KEY} {KEY.lower()} " + " ".join(SPELLINGS.values())
        assert redact(text, SIGNATURE, KEY) == " ".join(["***"] * (2 + len(SPELLINGS)))

    def test_a_spelling_that_begins_with_another_is_replaced_whole(self) -> None:
        assert redact("ab%25 ab%", "ab%") == "*** ***"

    @pytest.mark.parametrize("junk", ["\\", "%25", "\n", "\\u002", "&#x0", "a\\n"])
    def test_a_long_text_of_escapes_takes_no_time(self, junk: str) -> None:
        text = junk * 20_000
        start = time.process_time()
        assert redact(f"{text}{SIGNATURE}", SIGNATURE, KEY).endswith("***")
        assert time.process_time() - start < 2.0

    def test_a_secret_of_letters_and_digits_has_one_spelling(self) -> None:
        assert redact(f"{KEY}!", KEY) == "***!"

    @pytest.mark.parametrize("text", ["", "nothing of it", "abcDEF12", "a B/c="])
    def test_any_other_text_stays_as_it_is(self, text: str) -> None:
        assert redact(text, KEY, SIGNATURE) == text
        assert redact(text) == text


class TestHint:
    """`may_echo` may be wrong in one direction only."""

    @spellings
    def test_every_spelling_may_be_an_echo(self, spelled: str) -> None:
        assert may_echo(f"before {spelled} after", [KEY, SIGNATURE])
        assert may_echo(f"before {spelled} after".encode(), [KEY, SIGNATURE])

    @pytest.mark.parametrize("text", ["abcdef123", "ABCDEF123", "abc DEF\t123", "&amp;", "%41", r"\u0041"])
    def test_so_may_whatever_can_spell_it(self, text: str) -> None:
        assert may_echo(text, [KEY])
        assert may_echo(text.encode(), [KEY])

    @pytest.mark.parametrize("text", ["", "abcdef12", '{"retCode": 0}\n', "\ud800"])
    def test_any_other_text_is_none(self, text: str) -> None:
        assert not may_echo(text, [KEY, SIGNATURE])
        assert not may_echo(text, [])


class TestJson:
    @pytest.mark.parametrize(
        ("content", "redacted"),
        [
            ({"a": KEY}, {"a": "***"}),
            ({"a": {"b": [1, [f"x{KEY}"]]}}, {"a": {"b": [1, ["x***"]]}}),
            ([KEY, "b", KEY], ["***", "b", "***"]),
            ({"a": 1, KEY: {"b": KEY}, "c": None}, {"a": 1, "***": {"b": "***"}, "c": None}),
            ([{KEY: 1}], [{"***": 1}]),
            ({KEY: {"b": 1}}, {"***": {"b": 1}}),
            (
                {"orderId": KEY, "orderLinkId": KEY, "symbol": KEY},
                {"orderId": KEY, "orderLinkId": KEY, "symbol": "***"},
            ),
        ],
    )
    def test_strings_and_names_are_redacted_but_for_an_order_s_ids(self, content: Any, redacted: Any) -> None:
        assert redact_json(content, [SIGNATURE, KEY]) is True
        assert content == redacted
        assert list(content) == list(redacted)  # a name stays in its place

    @pytest.mark.parametrize("content", [None, 5, [], {}, {"a": ["b", {"c": "d"}]}, {"orderId": KEY}])
    def test_where_there_is_nothing_to_redact_it_is_said(self, content: Any) -> None:
        before = repr(content)
        assert redact_json(content, [KEY]) is False
        assert repr(content) == before


class Inner(Exception):
    pass


class Outer(Exception):
    pass


def fail(error: Exception, secret: str) -> None:  # noqa: ARG001 - a frame is to hold it
    raise error


def chained(*, explicitly: bool) -> Exception:
    """Return an error that has another one behind it, each with a frame that holds a secret."""
    try:
        try:
            fail(Inner(), KEY)
        except Inner as inner:
            try:
                fail(Outer(), KEY)
            except Outer as outer:
                if explicitly:
                    outer.__context__, outer.__cause__ = None, inner
                raise
    except Outer as error:
        return error
    raise AssertionError


def held(error: BaseException | None) -> list[str]:
    """Return the secrets that the frames of an error hold, but for this test's own."""
    frame, found = error.__traceback__ if error else None, list[str]()
    while frame:
        if frame.tb_frame.f_code is fail.__code__:
            found += frame.tb_frame.f_locals.values()
        frame = frame.tb_next
    return [one for one in found if one == KEY]


class TestLocals:
    @pytest.mark.parametrize("explicitly", [True, False])
    def test_those_of_an_error_and_of_what_is_behind_it_are_cleared(self, *, explicitly: bool) -> None:
        error = chained(explicitly=explicitly)
        behind = error.__cause__ or error.__context__
        assert (held(error), held(behind)) == ([KEY], [KEY])
        clear_locals(error)
        assert (held(error), held(behind)) == ([], [])

    def test_behind_an_error_there_can_be_two(self) -> None:
        error, first, second = Outer(), chained(explicitly=True), chained(explicitly=True)
        error.__cause__, error.__context__ = first, second
        clear_locals(error)
        for one in (first, first.__cause__, second, second.__cause__):
            assert held(one) == []

    def test_what_the_caller_is_handling_keeps_its_own(self) -> None:
        error = chained(explicitly=False)
        clear_locals(error, error.__context__)
        assert (held(error), held(error.__context__)) == ([], [KEY])

    def test_errors_that_are_behind_each_other_end(self) -> None:
        error = chained(explicitly=True)
        assert error.__cause__
        error.__cause__.__cause__ = error
        clear_locals(error)
        assert held(error.__cause__) == []

    def test_no_error_is_nothing_to_clear(self) -> None:
        clear_locals(None)
        with LocalsCleared():
            pass

    def test_a_context_clears_what_is_raised_through_it_but_not_what_was_handled_before(self) -> None:
        def handle(before: Exception) -> None:
            try:
                raise before
            except Outer:
                with LocalsCleared():
                    fail(Inner(), KEY)

        outer = chained(explicitly=True)
        with pytest.raises(Inner) as caught:
            handle(outer)
        assert caught.value.__context__ is outer
        assert (held(caught.value), held(outer)) == ([], [KEY])
