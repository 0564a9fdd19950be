"""What a page of orders proves."""

import json
from typing import Any

import pytest

from bybit_ext import OutcomeUnknown
from bybit_ext.calls.responses import RawReply
from bybit_ext.engines.interface import Reply
from bybit_ext.orders.queries import MAX_PAGE, ReadableOrders, process_orders

TIMES = {"createdTime": "1", "updatedTime": "1"}
ORDER = {"symbol": "X", "orderId": "1", "orderLinkId": "", "qty": "1", "cumExecQty": "0", "orderStatus": "New", **TIMES}


def read(orders: list[Any], **result: Any) -> ReadableOrders:
    body = json.dumps({"retCode": 0, "result": {"list": orders, **result}}).encode()
    return process_orders("linear", RawReply(Reply(200, {}, body)))[0]


@pytest.mark.parametrize(
    ("count", "cursor", "is_all"),
    [(0, "", True), (1, "", True), (1, "next", True), (MAX_PAGE, "", True), (0, "next", False), (MAX_PAGE, "n", False)],
)
def test_a_page_is_all_there_is_unless_it_is_full_or_empty_and_names_a_next_one(
    count: int, cursor: str, *, is_all: bool
) -> None:
    found = read([ORDER] * count, nextPageCursor=cursor)
    assert (len(found.orders), found.has_unreadable) == (count, not is_all)


def test_no_more_is_looked_at_than_was_asked_for() -> None:
    found = read([ORDER] * (MAX_PAGE + 1))
    assert (len(found.orders), found.has_unreadable) == (MAX_PAGE, True)


@pytest.mark.parametrize("result", [None, {}, {"list": {}}])
def test_an_answer_without_a_list_is_unknown_with_its_evidence(result: Any) -> None:
    body = json.dumps({"retCode": 0, "result": result}).encode()
    with pytest.raises(OutcomeUnknown, match="no list of orders") as caught:
        process_orders("linear", RawReply(Reply(200, {}, body)))
    assert (caught.value.ret_code, caught.value.status_code) == (0, 200)


def test_what_is_left_out_is_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    assert read([{}, ORDER, 5, None]).has_unreadable
    assert [record.getMessage() for record in caplog.records] == ["3 of 4 Orders left out: 'symbol' is missing"]


def test_what_is_not_an_object_is_called_so(caplog: pytest.LogCaptureFixture) -> None:
    assert read([5, ORDER]).has_unreadable
    assert [record.getMessage() for record in caplog.records] == ["1 of 2 Orders left out: it is not an object"]


def test_an_order_s_own_category_goes_before_that_of_its_list() -> None:
    assert read([{**ORDER, "category": "linear"}], category="inverse").orders[0].category == "linear"


def test_a_category_that_is_not_a_string_is_not_lent() -> None:
    assert not read([ORDER], category=5).orders[0].category


@pytest.mark.parametrize("category", [..., "", None])
def test_a_list_lends_its_category(category: Any) -> None:
    item = ORDER if category is ... else {**ORDER, "category": category}
    assert read([item], category="inverse").orders[0].category == "inverse"
