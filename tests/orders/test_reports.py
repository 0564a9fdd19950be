"""What is remembered of the orders that can be the one that a call is about."""

from typing import Any

import pytest

from bybit_ext.orders.identity import Match
from bybit_ext.orders.reports import _MAX_REPORTS, Reports
from tests.orders.events import BY_LINK_ID, WITHOUT_IDS, identity, order


def test_the_newest_of_several_with_one_link_id_is_meant() -> None:
    reports = Reports(identity(BY_LINK_ID))
    for order_id, created in (("2", -1000), ("1", -5000)):
        reports.add(order(orderId=order_id, created=created), "read-back")
    assert reports.meant
    assert reports.meant.order.order_id == "2"
    assert reports.last_order is reports.meant.order


@pytest.mark.parametrize(
    "fields",
    [
        {"createdTime": ""},
        {"createdTime": "yesterday"},
        {"orderId": ""},
        {"orderId": "\ud800"},
        {"orderId": "a\nb"},
        {"qty": "many"},
        {"cumExecQty": "-1"},
    ],
)
def test_an_order_that_makes_no_sense_proves_nothing(fields: dict[str, Any]) -> None:
    reports = Reports(identity(BY_LINK_ID))
    reports.add(order(**fields), "read-back")
    assert reports.saw_unreadable
    assert not any(reports.matching(match) for match in Match)


def test_of_very_many_the_newest_are_remembered() -> None:
    reports = Reports(identity(BY_LINK_ID))
    for number in range(100):
        reports.add(order("Filled", orderId=str(number), created=-1_000_000 + number, updated=-500_000), "stream")
    reports.add(order("Filled", orderId="ours", created=-10), "stream")
    assert reports.meant
    assert reports.meant.order.order_id == "ours"
    assert sum(len(reports.matching(match)) for match in Match) == _MAX_REPORTS


@pytest.mark.parametrize("first", ["older", "newer"])
def test_of_two_that_were_made_in_one_ms_the_one_that_changed_last_is_meant(first: str) -> None:
    updated = {"older": -900, "newer": 10}
    reports = Reports(identity(BY_LINK_ID))
    for order_id in sorted(updated, key=lambda order_id: order_id != first):
        reports.add(order(orderId=order_id, created=-1000, updated=updated[order_id]), "read-back")
    assert reports.meant
    assert reports.meant.order.order_id == "newer"


def test_what_another_order_says_is_not_looked_at() -> None:
    reports = Reports(identity(BY_LINK_ID))
    reports.add(order(orderLinkId="another", createdTime=""), "stream")
    assert not reports.saw_unreadable


@pytest.mark.parametrize("category", ["", None])
def test_an_order_without_a_category_has_the_one_that_was_asked_for(category: Any) -> None:
    reports = Reports(identity())
    given = order()
    given.category = category
    reports.add(given, "stream")
    assert reports.last_order
    assert reports.last_order.category == "linear"
    assert given.category == category, "the stream hands one order to several calls"


def test_an_old_end_comes_to_count_when_the_answers_say_another_time() -> None:
    call = identity(BY_LINK_ID, WITHOUT_IDS)
    reports = Reports(call)
    reports.add(order("Filled", updated=-20_000), "stream")
    assert not reports.meant
    call.start.latest -= 30_000
    call.start.earliest -= 30_000
    assert reports.meant
