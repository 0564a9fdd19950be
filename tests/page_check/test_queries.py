"""Which requests a document allows, as far as tests of whole pages do not ask."""

from pathlib import Path

import pytest

from tests.page_check.support import QUERY_SPEC, document_at
from tools.page_check.document import Document
from tools.page_check.queries import Request, find_request
from tools.project import SPEC


def request_of(spec: Path, method: str, path: str) -> Request:
    document = Document(document_at(spec))
    return find_request(document, document.operation(method, path))


CANCEL = request_of(SPEC, "POST", "/v5/order/cancel")
QUERY = request_of(QUERY_SPEC, "GET", "/v5/order/realtime")
IDS = frozenset({"orderId", "orderLinkId"})


@pytest.mark.parametrize("category", [None, "linear", "spot"])
def test_one_id_is_required_of_every_category(category: str | None) -> None:
    assert CANCEL.requires_one_of(IDS, category)


def test_nothing_is_required_of_a_category_that_does_not_exist() -> None:
    assert not CANCEL.requires_one_of(IDS, "futures")


def test_a_query_cannot_require_one_of_two() -> None:
    assert not QUERY.requires_one_of(frozenset({"symbol", "settleCoin"}), "linear")
    assert QUERY.alternatives() == frozenset()


def test_the_text_of_a_query_becomes_what_its_parameter_is() -> None:
    query = {"symbol": "1", "limit": "1", "openOnly": "x", "other": "1"}
    assert QUERY.read_query(query) == {"symbol": "1", "limit": 1, "openOnly": "x", "other": "1"}
