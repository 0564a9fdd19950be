"""Compare a page with the OpenAPI document.

What the exchange assumes for an absent parameter stands in its description in the spec, as "assumes `…`".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tools.page_check.document import Document, Names, find_fields, find_response
from tools.page_check.parser import Field, OneOf, Page, Parameter
from tools.page_check.queries import Request, find_request

Differences = dict[str, list[str]]
"""Lines that say what page and spec do not agree on, by the part that they are about: request or response."""

_ASSUMED = re.compile(r"\bassumes `([^`]+)`")
_PAGE_TYPES = {"json": "object"}


def compare(page: Page, document: Document) -> Differences:
    """Return what a page and the document do not agree on. End the program if the document lacks the operation."""
    operation = document.operation(page.method, page.path)
    request, response = find_request(document, operation), find_response(document, operation)
    return {
        "request": [
            *_compare_parameters(page, request),
            *_compare_alternatives(page, request),
            *_show_unread(page.unread),
            *_try_request_lines(page, request),
            *_try_examples(page.request_examples, request.allows),
        ],
        "response": [
            *_compare_fields(page.fields, find_fields(document, response)),
            *_try_examples(page.response_examples, document.validator(response).is_valid),
        ],
    }


def _compare_parameters(page: Page, request: Request) -> Iterator[str]:
    yield from _compare_names({parameter.name for parameter in page.parameters}, request.names)
    fields = frozenset(field.name for field in page.fields)
    for parameter in page.parameters:
        if parameter.name in request.names:
            yield from (f"{parameter.name}: {line}" for line in _compare_parameter(parameter, request, fields))


def _compare_parameter(parameter: Parameter, request: Request, fields: Names) -> Iterator[str]:
    name = parameter.name
    yield from _compare_required(by_page=parameter.required, by_spec=request.requires(name))
    yield from _compare_types(parameter.type, request.types(name))
    yield from _compare_words("lists", parameter.values, request.values(name))
    yield from _compare_words("assumes", parameter.defaults, _find_assumed(request.descriptions(name)))
    by_page = (parameter.only_with or request.values("category")) - parameter.not_with
    yield from _compare_categories(by_page, request.categories(name))
    yield from _compare_case(by_page=parameter.uppercase, by_spec=request.is_uppercase(name))
    for least, greatest in sorted(parameter.ranges):
        yield from _compare_range(name, least, greatest, request)
    for example in sorted(parameter.examples):
        if not request.takes(name, example):
            yield f"the page's example `{example}` is not allowed by the spec"
    for field in sorted(parameter.from_response - fields):
        yield f"the page takes it from `{field}`, which is not a field of its response"
    yield from _show_unread(parameter.unread)


def _show_unread(sentences: list[str]) -> Iterator[str]:
    yield from (f"the page says what this check cannot read: {sentence}" for sentence in sentences)


def _compare_names(by_page: set[str], by_spec: Names) -> Iterator[str]:
    yield from (f"{name}: on the page, not in the spec" for name in sorted(by_page - by_spec))
    yield from (f"{name}: in the spec, not on the page" for name in sorted(by_spec - by_page))


def _compare_required(*, by_page: bool, by_spec: bool) -> Iterator[str]:
    if by_page and not by_spec:
        yield "required by the page, optional in the spec"
    if by_spec and not by_page:
        yield "optional on the page, required in the spec"


def _compare_types(by_page: str, by_spec: Names) -> Iterator[str]:
    if by_spec != frozenset({_PAGE_TYPES.get(by_page, by_page)}):
        yield f"`{by_page}` on the page, {_quote(by_spec)} in the spec"


def _compare_words(verb: str, by_page: Names, by_spec: Names) -> Iterator[str]:
    yield from (f"the page {verb} `{word}`, the spec does not" for word in sorted(by_page - by_spec))
    yield from (f"the spec {verb} `{word}`, the page does not" for word in sorted(by_spec - by_page))


def _find_assumed(descriptions: list[str]) -> Names:
    return frozenset(word for description in descriptions for word in _ASSUMED.findall(description))


def _compare_categories(by_page: Names, by_spec: Names) -> Iterator[str]:
    if by_page != by_spec:
        yield f"goes with category {_quote(by_page)} on the page, with {_quote(by_spec)} in the spec"


def _compare_case(*, by_page: bool, by_spec: bool) -> Iterator[str]:
    if by_page and not by_spec:
        yield "uppercase only on the page, the spec allows lower case"
    if by_spec and not by_page:
        yield "uppercase only in the spec, the page does not say so"


def _compare_range(name: str, least: int, greatest: int, request: Request) -> Iterator[str]:
    for value, allowed in ((least - 1, False), (least, True), (greatest, True), (greatest + 1, False)):
        if request.takes(name, value) is not allowed:
            verbs = ("allows", "does not") if allowed else ("forbids", "allows it")
            yield f"the page {verbs[0]} {value}, the spec {verbs[1]}"


def _compare_alternatives(page: Page, request: Request) -> Iterator[str]:
    in_table = {parameter.name: parameter.one_of for parameter in page.parameters}
    by_page = page.one_of.union(*in_table.values())
    for one_of in sorted(by_page, key=_quote_one_of):
        if not request.requires_one_of(one_of.names, one_of.category):
            yield f"the page requires one of {_quote_one_of(one_of)}, the spec does not"
        yield from _find_silent_rows(one_of, in_table)
    for names in sorted(request.alternatives() - {one_of.names for one_of in by_page}, key=_quote):
        yield f"the spec requires one of {_quote(names)}, the page does not"


def _find_silent_rows(one_of: OneOf, in_table: dict[str, frozenset[OneOf]]) -> Iterator[str]:
    """Either all rows that an either-or is about state it, or none does, and the top of the page alone has it."""
    rows = one_of.names & in_table.keys()
    silent = [name for name in sorted(rows) if one_of not in in_table[name]]
    if len(silent) < len(rows):
        yield from (f"{name}: the row does not say that one of {_quote_one_of(one_of)} is required" for name in silent)


def _quote_one_of(one_of: OneOf) -> str:
    return _quote(one_of.names) + (f" with category `{one_of.category}`" if one_of.category else "")


def _compare_fields(fields: list[Field], by_spec: dict[str, Names]) -> Iterator[str]:
    yield from _compare_names({field.name for field in fields}, frozenset(by_spec))
    for field in fields:
        if field.name in by_spec:
            yield from (f"{field.name}: {line}" for line in _compare_types(field.type, by_spec[field.name]))


def _try_request_lines(page: Page, request: Request) -> Iterator[str]:
    for line in page.request_lines:
        if (line.method, line.path) != (page.method, page.path):
            yield f"the page's example is of another operation: {line.method} {line.path}"
        elif page.method == "GET":
            yield from _try_query(request.read_query(line.query), request)


def _try_query(query: dict[str, Any], request: Request) -> Iterator[str]:
    if query.keys() - request.names or not request.allows(query):
        yield f"the page's example is not allowed by the spec: {json.dumps(query)}"


def _try_examples(examples: list[str], allows: Callable[[Any], bool]) -> Iterator[str]:
    for text in examples:
        try:
            example = json.loads(text)
        except ValueError as error:
            yield f"the page's example is not JSON: {error}"
        else:
            if not allows(example):
                yield f"the page's example is not allowed by the spec: {json.dumps(example)}"


def _quote(words: Names) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "none"
