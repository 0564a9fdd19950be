"""What is read from a page, and which pages are refused."""

import re
from dataclasses import replace as evolve
from typing import Any

import pytest

from tests.page_check.support import PAGE, PAGES, QUERY_PAGE, SAVED_PAGE, page_of, replace
from tools.page_check.parser import OneOf, Parameter, RequestLine, read_page

ROW = "|[category](../elsewhere#category) |**true** |string |Kind of market. `linear`, `inverse`, `spot`, `option` |"
IDS = OneOf(frozenset({"orderId", "orderLinkId"}))


def comment(text: str) -> Parameter:
    """Read a parameter whose comment is this."""
    (found,) = (one for one in page_of(("Your name of it.", f"{text}.")).parameters if one.name == "orderLinkId")
    assert IDS in found.one_of
    return evolve(found, one_of=found.one_of - {IDS})


def test_the_source_of_a_page_and_the_saved_page_say_the_same() -> None:
    saved, source = read_page(SAVED_PAGE), read_page(PAGE)
    assert evolve(saved, request_examples=[], response_examples=[]) == evolve(
        source, request_examples=[], response_examples=[]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("**", ""),
        ("|symbol |**true** |string |", "|  [symbol](/x)|**True**  |String|"),
        ("Your name of it", r"Your name of it (a \| b)"),
        ("| Parameter | Required", "None of these is left out:\n\n| Parameter | Required"),
        ("|:----- |:-------|:-----|------ |", "|---|:-:|---|--:|"),
        ("`linear`, `inverse`, `spot`, `option`", "`linear`<br>`inverse`<br/>\n- `spot`\n- `option`\n"),
        ("<ul><li>`Order`", "<ul>\n<li>`Order`"),
        ("---\ntitle: Cancel one order\nsidebar_position: 3\n---\n", ""),
        (":::info\n", ":::caution very important\n"),
    ],
)
def test_other_looks_say_the_same(old: str, new: str) -> None:
    assert page_of((old, new)) == read_page(PAGE)


def test_a_query_has_its_values_as_text() -> None:
    page = read_page(QUERY_PAGE)
    query = {"symbol": "ETHUSDT", "category": "linear", "openOnly": "0", "limit": "1"}
    assert page.request_lines == [RequestLine("GET", "/v5/order/realtime", query)]
    assert page.request_examples == []


def test_names_of_nested_fields_begin_with_their_parents() -> None:
    assert [(field.name, field.type) for field in read_page(QUERY_PAGE).fields] == [
        ("nextPageCursor", "string"),
        ("list", "array"),
        ("list.orderId", "string"),
        ("list.side", "string"),
        ("list.qty", "string"),
        ("list.fees", "json"),
    ]


def test_an_operation_without_parameters_is_read() -> None:
    page = read_page((PAGES / "server-time.md").read_text())
    assert (page.method, page.path, page.parameters) == ("GET", "/v5/market/time", [])


def test_code_has_no_headings_and_no_tags() -> None:
    assert "## no heading" in PAGE
    assert "List<String>" in PAGE
    assert len(read_page(PAGE).request_examples) == 1


REMARKS: dict[str, tuple[str, dict[str, Any]]] = {
    "values": ("`a`, `b`", {"values": {"a", "b"}}),
    "values in tags": ("<ul><li><code>a</code></li><li>`b`: the other</li></ul>", {"values": {"a", "b"}}),
    "an example": ("A name, like `x-1`", {"examples": {"x-1"}}),
    "a default": ("If not passed, `x` by default", {"defaults": {"x"}}),
    "a default behind a colon": ("Default: `x`", {"defaults": {"x"}}),
    "a default that is marked": (
        "`x`(default): the one, `y` (default)",
        {"defaults": {"x", "y"}, "values": {"x", "y"}},
    ),
    "a market only": ("Spot trading **only**", {"only_with": {"spot"}}),
    "a category only": ("`option` **only**", {"only_with": {"option"}}),
    "categories": ("Supports `linear`, `inverse` & `option`", {"only_with": {"linear", "inverse", "option"}}),
    "valid categories": ("Valid for `linear` & `inverse`", {"only_with": {"linear", "inverse"}}),
    "a valid category only": ("Valid for `spot` **only**", {"only_with": {"spot"}}),
    "not a category": ("<li>`spot`: not supported</li><li>Not support `option`</li>", {"not_with": {"spot", "option"}}),
    "a range": ("[`1`, `50`]", {"ranges": {(1, 50)}}),
    "a field of the response": ("Use the `nextPage` token from the response", {"from_response": {"nextPage"}}),
    "uppercase": ("A name, uppercase only", {"uppercase": True}),
    "one of two": ("Either `a` or `b` is **required**", {"one_of": {OneOf(frozenset("ab"))}}),
    "one of three": ("either `a`, `b`, or `c` is required", {"one_of": {OneOf(frozenset("abc"))}}),
    "one of two by category": (
        "For **linear**, either `a`, `b` is **required**",
        {"one_of": {OneOf(frozenset("ab"), "linear")}},
    ),
    "one of two behind a category": (
        "<li><b>linear</b>: either `a` or `b` is **required**</li>",
        {"one_of": {OneOf(frozenset("ab"), "linear")}},
    ),
    "one of two behind another word": ("Note: either `a` or `b` is required", {"one_of": {OneOf(frozenset("ab"))}}),
    "prose": ("Whatever it is, it is a string (a name)", {}),
}


@pytest.mark.parametrize(("text", "expected"), REMARKS.values(), ids=REMARKS.keys())
def test_a_remark_is_read(text: str, expected: dict[str, Any]) -> None:
    nothing = comment("It")
    assert comment(text) == evolve(nothing, **expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("You must not use it twice", "You must not use it twice."),
        ("<ul><li>It is ignored beside an id</li></ul>", "It is ignored beside an id"),
        ("A name. Only letters", "Only letters."),
        ("A name.<br/>- all kinds by default", "all kinds by default."),
        ("uppercase only, but not supported everywhere", "uppercase only, but not supported everywhere."),
        ("It is an `id", "It is an `id."),
        ("the rule is a <= 7 days", "the rule is a <= 7 days."),
    ],
)
def test_a_sentence_that_sounds_like_a_rule_is_kept(text: str, sentence: str) -> None:
    assert comment(text).unread == [sentence]


def test_a_rule_above_the_sections_is_kept() -> None:
    page = page_of((":::\n\n### HTTP", "- You must pay. You can only lose.\n:::\n\n### HTTP"))
    assert page.unread == ["You must pay."]


UNREADABLE = {
    "it is empty": (r"(?s).*", "", 'no section "HTTP Request"'),
    "it names no operation": ("<APIEndpoint.*>", "POST to", "must name one operation"),
    "its operation has other attributes": ("url=", "path=", "must name one operation"),
    "it names two operations": ("(<APIEndpoint.*>)", r"\1\n\nPOST `/v5/order/amend`", "must name one operation"),
    "a section is missing": ("### Request Parameters", "### Parameters", 'no section "Request Parameters"'),
    "a section comes twice": (
        "### Request Example",
        "### Response Parameters",
        'more than one section "Response Parameters"',
    ),
    "the request's table is missing": (
        r"(?s)\| Parameter \| Required.*by default\|",
        "",
        "no table with the columns Parameter, Required",
    ),
    "the response's table is missing": (
        r"(?s)\| Parameter \| Type.*Your name of it \| \n",
        "",
        "no table with the columns Parameter, Type",
    ),
    "a table has no rows": (r"(?s)(\| Parameter \| Type.*?-----) \|\n.*?\n\n", r"\1 |\n\n", "has no rows"),
    "a table has no line below its header": (r"(?m)^\|:----- \|:-----\|----- \|\n", "", "no line below its header"),
    "a table has another column": (r"Required \| Type", "Needed | Type", "no table with the columns"),
    "a table has a column more": (r"Type \| Comments\|", "Type | Since | Comments |", "whose cells are not"),
    "a table has a column less": (r"\| Parameter \| Required \|", "| Parameter |", "whose cells are not"),
    "a row has a cell less": (r"\|symbol \|\*\*true\*\* \|", "| symbol |", "whose cells are not"),
    "a row has a cell more": (r"\|symbol \|", "| symbol | x |", "whose cells are not"),
    "a row has no first pipe": (r"\|symbol \|", "symbol |", "whose cells are not"),
    "a row is followed by another table": (
        r"(uppercase only\|)\n",
        r"\1\n\n| a | b |\n| - | - |\n\n",
        "whose cells are not",
    ),
    "a row begins with text": (r"\|symbol \|", "new | symbol |", "whose cells are not"),
    "a row goes on": (r"uppercase only\|", "uppercase only | really", "goes on after its last cell"),
    "a row does not end": (r"`Order` by default\|", "`Order` by default", "does not end"),
    "a flag is unknown": (r"\*\*true\*\*", "often", "category: the page says `often`"),
    "a name is unreadable": (r"\|symbol \|", "| symbol (new) |", "a name that cannot be read: 'symbol (new)'"),
    "a nested name has no parent": (
        r"\|\[category\]\S+",
        "| > category",
        "a name that cannot be read: '> category'",
    ),
    "a tag is unknown": ("<br/>", "<details><summary>more</summary>", "tags that cannot be read: details, summary"),
    "a tag outside the tables is unknown": ("RUN", "<Hidden rows={3} />", "tags that cannot be read: Hidden"),
    "a part is hidden": (r"(\|symbol.*)", r"<!-- \1 -->", "a comment, which can hide"),
    "a part is hidden from readers of the source": (r"(\|symbol.*)", r"{/* \1 */}", "a comment, which can hide"),
    "code does not end": (r"```\n\Z", "", "a block of code that does not end"),
}


@pytest.mark.parametrize(("pattern", "new", "expected"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_page_of_another_form_is_refused(
    capsys: pytest.CaptureFixture[str], pattern: str, new: str, expected: str
) -> None:
    page = re.sub(pattern, new, PAGE)
    assert page != PAGE
    with pytest.raises(SystemExit) as ended:
        read_page(page)
    assert ended.value.code == 2
    assert expected in capsys.readouterr().err


def test_front_matter_that_does_not_end_hides_no_table() -> None:
    page = replace(PAGE, ("sidebar_position: 3\n---\n", "sidebar_position: 3\n"))
    assert read_page(page) == read_page(PAGE)
