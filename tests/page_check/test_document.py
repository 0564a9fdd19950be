"""What the document says of one operation, and which documents are refused."""

import pytest

from tests.page_check.conftest import Hold
from tests.page_check.support import PAGE, QUERY_SPEC, SPEC_TEXT, document_at, replace
from tools.page_check.document import Document, find_fields, find_response


def test_fields_are_named_by_their_parents() -> None:
    document = Document(document_at(QUERY_SPEC))
    response = find_response(document, document.operation("GET", "/v5/order/realtime"))
    assert {name: sorted(types) for name, types in find_fields(document, response).items()} == {
        "nextPageCursor": ["string"],
        "list": ["array"],
        "list.orderId": ["string"],
        "list.side": ["string"],
        "list.qty": ["string"],
        "list.fees": ["object"],
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("/v5/order/cancel", "/v5/order/amend"), "The spec has no POST /v5/order/amend."),
        (('method="POST"', 'method="PUT"'), "The spec has no PUT /v5/order/cancel."),
    ],
)
def test_an_operation_that_the_document_lacks_is_refused(hold: Hold, change: tuple[str, str], message: str) -> None:
    outcome = hold(replace(PAGE, change))
    assert (outcome.status, outcome.output, outcome.errors) == (2, "", f"{message}\n")


@pytest.mark.parametrize("content", ["a: [", "words", "", "openapi: 3.1.1"])
def test_a_spec_that_is_not_a_document_is_refused(hold: Hold, content: str) -> None:
    outcome = hold(PAGE, content)
    assert (outcome.status, "is not an OpenAPI document" in outcome.errors) == (2, True)


def test_a_spec_without_an_accepted_response_is_refused(hold: Hold) -> None:
    outcome = hold(PAGE, replace(SPEC_TEXT, ("          const: 0\n", "          const: 1\n")))
    assert (outcome.status, "response whose `retCode` is `const: 0`" in outcome.errors) == (2, True)


def test_a_spec_without_an_example_is_refused(hold: Hold) -> None:
    outcome = hold(PAGE, replace(SPEC_TEXT, ("      examples: [my-order-1]\n", "")))
    assert (outcome.status, "orderLinkId: the spec gives no example" in outcome.errors) == (2, True)
