"""Known differences are left out, counted, and reported once they are gone."""

import pytest

from tests.page_check.conftest import Hold
from tests.page_check.support import PAGE, document_at, replace
from tools.page_check.acknowledged import TABLE, read_acknowledged
from tools.project import SPEC

PRICIER = replace(PAGE, ("|orderFilter |", "| price | false | string | |\n|orderFilter |"))
ENTRY = """
[[acknowledged]]
operation = "POST /v5/order/cancel"
part = "request"
differences = ["price: on the page, not in the spec"]
reason = "For a test."
"""


def test_an_acknowledged_difference_is_left_out_and_counted(hold: Hold) -> None:
    assert hold(PRICIER).status == 1
    outcome = hold(PRICIER, acknowledged=ENTRY)
    assert outcome.status == 0
    assert outcome.output.endswith(
        "agree (6 parameters, 2 response fields, 2 examples), but for known differences: 1.\n"
    )


def test_another_difference_beside_it_still_shows(hold: Hold) -> None:
    outcome = hold(replace(PRICIER, ("|symbol |**true**", "|symbol |false")), acknowledged=ENTRY)
    assert (outcome.status, outcome.output.splitlines()) == (
        1,
        [
            "POST /v5/order/cancel: page and spec differ, known differences left out: 1.",
            "request",
            "  symbol: optional on the page, required in the spec",
        ],
    )


@pytest.mark.parametrize(
    ("old", "new"), [("POST /v5/order/cancel", "GET /v5/order/cancel"), ('"request"', '"response"')]
)
def test_what_is_acknowledged_elsewhere_still_shows(hold: Hold, old: str, new: str) -> None:
    assert hold(PRICIER, acknowledged=replace(ENTRY, (old, new))).status == 1


def test_what_is_acknowledged_and_not_a_difference_shows(hold: Hold) -> None:
    outcome = hold(PAGE, acknowledged=ENTRY)
    assert (outcome.status, outcome.output.splitlines()[1:]) == (
        1,
        ["request", "  acknowledged, but not a difference: price: on the page, not in the spec"],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('reason = "For a test."\n', ""), "every entry needs differences, operation, part, reason"),
        (('"For a test."', '""'), "every entry needs"),
        (("part =", "place ="), "every entry needs"),
        (("[[", "["), "cannot be read"),
    ],
)
def test_a_table_of_another_form_is_refused(hold: Hold, change: tuple[str, str], message: str) -> None:
    outcome = hold(PRICIER, acknowledged=replace(ENTRY, change))
    assert (outcome.status, message in outcome.errors) == (2, True)


def test_the_project_s_table_is_about_operations_of_its_document() -> None:
    paths = document_at(SPEC)["paths"]
    for operation, part in read_acknowledged(TABLE):
        method, path = operation.split()
        assert method.lower() in paths[path]
        assert part in {"request", "response"}
