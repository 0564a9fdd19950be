"""What a message shows of a value, and what an error carries."""

import pickle
from typing import Any

import pytest

from bybit_ext import CancelAccepted, NotSent, OrderClosed, OutcomeUnknown, Refused, UpdatesDropped
from bybit_ext.errors import error_class_for, show
from bybit_ext.results import Evidence
from tests.orders.events import order


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        (1.5, "1.5"),
        ("x" * 38, f"'{'x' * 38}'"),
        ("x" * 39, f"'{'x' * 39}…"),
        (2**1023, f"{str(2**1023)[:40]}…"),
        (2**1024, "a number with hundreds of digits"),
        ({"secret": 1}, "a dict"),
        (b"secret", "a bytes"),
    ],
)
def test_a_value_is_shown_cut_and_only_if_it_is_plain(value: Any, shown: str) -> None:
    assert show(value) == shown


def test_how_many_updates_were_dropped_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(UpdatesDropped("too slow", dropped=3)))
    assert (error.args, error.dropped) == (("too slow",), 3)


def test_a_message_is_what_happened_the_evidence_and_the_advice() -> None:
    error = Refused("It said no.", Evidence(ret_code=5, status_code=200))
    said = f"It said no. [retCode 5, HTTP 200] {Refused.advice}"
    assert (str(error), repr(error), error.args) == (said, f"Refused({said!r})", ("It said no.",))
    assert str(NotSent("Nothing left.")) == "Nothing left. Nothing was sent, so calling again is safe."


def test_an_earlier_send_that_may_be_why_is_one_of_the_facts() -> None:
    gone = OrderClosed("It said no.")
    perhaps = OrderClosed("It said no.", earlier_send_may_have_cancelled=True)
    earlier = " An earlier send of this call got no clear answer, and may be what cancelled the order."
    assert perhaps.facts == gone.facts + earlier
    assert str(perhaps) == f"{perhaps.facts} {OrderClosed.advice}"
    assert (gone.earlier_send_may_have_cancelled, perhaps.earlier_send_may_have_cancelled) == (False, True)


def test_an_unknown_outcome_holds_what_is_known() -> None:
    last, accepted = order("New"), CancelAccepted("1", None)
    error = OutcomeUnknown("Who knows.", last_order=last, accepted=accepted, order_link_id="mine")
    assert (error.last_order, error.accepted, error.order_link_id) == (last, accepted, "mine")
    known_less = OutcomeUnknown("Who knows.")
    assert (known_less.last_order, known_less.accepted, known_less.order_link_id) == (None, None, None)


@pytest.mark.parametrize(("ret_code", "kind"), [(110008, OrderClosed), (10016, OutcomeUnknown), (4711, Refused)])
def test_a_code_that_the_table_does_not_have_is_a_plain_refusal(ret_code: int, kind: type) -> None:
    assert error_class_for(ret_code) is kind
