"""Hold the OpenAPI document to a saved page of Bybit's documentation, so that a changed page shows.

python scripts/check_page.py PAGE.md    show what page and spec do not agree on, and exit 1 if there is anything

A page of another form exits 2. What the exchange assumes for an absent parameter stands in its description in the spec,
as "assumes `…`".
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from asking import Request, find_request
from described import Document, Names, find_fields, find_response
from pages import Field, Page, Parameter, read_page
from regenerate import SPEC, read_document, refuse

ASSUMED = re.compile(r"\bassumes `([^`]+)`")


def main() -> int:
    arguments = read_arguments()
    page = read_page(read_text(arguments.page))
    document = Document(read_spec(arguments.spec))
    operation = document.operation(page.method, page.path)
    request, response = find_request(document, operation), find_response(document, operation)
    differences = {
        "request": [
            *compare_parameters(page, request),
            *compare_either_or(page, request),
            *try_examples(page.request_examples, request.allows),
        ],
        "response": [
            *compare_fields(page.fields, find_fields(document, response)),
            *try_examples(page.response_examples, document.validator(response).is_valid),
        ],
    }
    return report(page, differences)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("page", type=Path, help="the page, as Markdown")
    parser.add_argument("--spec", type=Path, default=SPEC, help="the OpenAPI document (YAML)")
    return parser.parse_args()


def read_text(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        refuse(f"{page} cannot be read: {error}")


def read_spec(spec: Path) -> dict[str, Any]:
    from ruamel.yaml.error import YAMLError

    try:
        return read_document(spec)
    except (YAMLError, LookupError, TypeError) as error:
        refuse(f"{spec} is not an OpenAPI document: {error}")


def compare_parameters(page: Page, request: Request) -> Iterator[str]:
    yield from compare_names({parameter.name for parameter in page.parameters}, request.names)
    for parameter in page.parameters:
        if parameter.name in request.names:
            yield from (f"{parameter.name}: {difference}" for difference in compare_parameter(parameter, request))


def compare_parameter(parameter: Parameter, request: Request) -> Iterator[str]:
    name = parameter.name
    yield from compare_required(by_page=parameter.required, by_spec=request.requires(name))
    yield from compare_types(parameter.type, request.types(name))
    yield from compare_words("lists", parameter.values, request.values(name))
    yield from compare_words("assumes", parameter.defaults, find_assumed(request.descriptions(name)))
    yield from compare_categories(parameter.only_with or request.values("category"), request.categories(name))
    yield from compare_case(by_page=parameter.uppercase, by_spec=request.is_uppercase(name))
    for example in sorted(parameter.examples):
        if not request.takes(name, example):
            yield f"the page's example `{example}` is not allowed by the spec"


def compare_names(by_page: set[str], by_spec: Names) -> Iterator[str]:
    yield from (f"{name}: on the page, not in the spec" for name in sorted(by_page - by_spec))
    yield from (f"{name}: in the spec, not on the page" for name in sorted(by_spec - by_page))


def compare_required(*, by_page: bool, by_spec: bool) -> Iterator[str]:
    if by_page and not by_spec:
        yield "required by the page, optional in the spec"
    if by_spec and not by_page:
        yield "optional on the page, required in the spec"


def compare_types(by_page: str, by_spec: Names) -> Iterator[str]:
    if by_spec != frozenset({by_page}):
        yield f"`{by_page}` on the page, {quote(by_spec)} in the spec"


def compare_words(verb: str, by_page: Names, by_spec: Names) -> Iterator[str]:
    yield from (f"the page {verb} `{word}`, the spec does not" for word in sorted(by_page - by_spec))
    yield from (f"the spec {verb} `{word}`, the page does not" for word in sorted(by_spec - by_page))


def find_assumed(descriptions: list[str]) -> Names:
    return frozenset(word for description in descriptions for word in ASSUMED.findall(description))


def compare_categories(by_page: Names, by_spec: Names) -> Iterator[str]:
    if by_page != by_spec:
        yield f"goes with category {quote(by_page)} on the page, with {quote(by_spec)} in the spec"


def compare_case(*, by_page: bool, by_spec: bool) -> Iterator[str]:
    if by_page and not by_spec:
        yield "uppercase only on the page, the spec allows lower case"
    if by_spec and not by_page:
        yield "uppercase only in the spec, the page does not say so"


def compare_either_or(page: Page, request: Request) -> Iterator[str]:
    in_table = {parameter.name: parameter.either_or for parameter in page.parameters}
    by_page = page.either_or.union(*in_table.values())
    for names in sorted(by_page, key=quote):
        if not request.requires_one_of(names):
            yield f"the page requires one of {quote(names)}, the spec does not"
        yield from find_silent_rows(names, in_table)
    for names in sorted(request.alternatives() - by_page, key=quote):
        yield f"the spec requires one of {quote(names)}, the page does not"


def find_silent_rows(names: Names, in_table: dict[str, frozenset[Names]]) -> Iterator[str]:
    """Either all rows that an either-or is about state it, or none does, and the top of the page alone has it."""
    rows = names & in_table.keys()
    silent = [name for name in sorted(rows) if names not in in_table[name]]
    if len(silent) < len(rows):
        yield from (f"{name}: the row does not say that one of {quote(names)} is required" for name in silent)


def compare_fields(fields: list[Field], by_spec: dict[str, Names]) -> Iterator[str]:
    yield from compare_names({field.name for field in fields}, frozenset(by_spec))
    for field in fields:
        if field.name in by_spec:
            differences = compare_types(field.type, by_spec[field.name])
            yield from (f"{field.name}: {difference}" for difference in differences)


def try_examples(examples: list[str], allows: Callable[[Any], bool]) -> Iterator[str]:
    for text in examples:
        try:
            example = json.loads(text)
        except ValueError as error:
            yield f"the page's example is not JSON: {error}"
        else:
            if not allows(example):
                yield f"the page's example is not allowed by the spec: {json.dumps(example)}"


def report(page: Page, differences: dict[str, list[str]]) -> int:
    operation = f"{page.method} {page.path}"
    if not any(differences.values()):
        examples = len(page.request_examples) + len(page.response_examples)
        counts = f"{len(page.parameters)} parameters, {len(page.fields)} response fields, {examples} examples"
        print(f"{operation}: page and spec agree ({counts}).")
        return 0
    print(f"{operation}: page and spec differ.")
    for part, lines in differences.items():
        if lines:
            print(part, *lines, sep="\n  ")
    return 1


def quote(words: Names) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "none"


if __name__ == "__main__":
    sys.exit(main())
