import pytest

from bybit_ext import (
    BybitError,
    InvalidInput,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
)
from bybit_ext.cli.exit_status import Exit, exit_of, worst


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("x"), Exit.WRONG_USAGE),
        (NotSent("x"), Exit.NOT_SENT),
        (Refused("x"), Exit.REFUSED),
        (OrderNotFound("x"), Exit.REFUSED),
        (OrderClosed("x"), Exit.REFUSED),
        (OrderNotFound("x", earlier_send_may_have_cancelled=True), Exit.OUTCOME_UNKNOWN),
        (OrderClosed("x", earlier_send_may_have_cancelled=True), Exit.OUTCOME_UNKNOWN),
        (OutcomeUnknown("x"), Exit.OUTCOME_UNKNOWN),
        (BybitError("x"), Exit.OUTCOME_UNKNOWN),
    ],
)
def test_each_error_has_its_status(error: BybitError, status: Exit) -> None:
    assert exit_of(error) is status


def test_the_statuses_keep_their_numbers() -> None:
    assert {status.words: int(status) for status in Exit} == {
        "accepted": 0,
        "refused": 1,
        "wrong usage": 2,
        "outcome unknown": 3,
        "not cancelled": 4,
        "not sent": 5,
        "interrupted": 130,
    }


def test_an_order_that_is_unknown_is_worse_than_one_that_was_not_sent() -> None:
    assert worst([Exit.NOT_SENT, Exit.OUTCOME_UNKNOWN, Exit.REFUSED]) is Exit.OUTCOME_UNKNOWN


def test_an_order_that_was_refused_is_worse_than_one_that_had_ended() -> None:
    assert worst([Exit.NOT_CANCELLED, Exit.REFUSED, Exit.ACCEPTED]) is Exit.REFUSED


def test_the_worst_of_none_is_accepted() -> None:
    assert worst([]) is Exit.ACCEPTED
