"""Results and errors as JSON: `json.dumps` takes whatever `to_dict` returns."""

import json
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, cast, get_args

import attrs
import pytest
from bybit_v5.models import Order, OrderIds
from bybit_v5.models.known_order_status import KNOWN_ORDER_STATUS_VALUES

from bybit_ext import (
    BybitError,
    CancelAccepted,
    CancelAllAccepted,
    CancelAllOutcome,
    CancelOutcome,
    Evidence,
    FinalStatus,
    InvalidInput,
    NotSent,
    OrderAccepted,
    OrderNotFound,
    OutcomeUnknown,
    RateLimit,
    RateLimited,
    RedactedReply,
    Refused,
    SendEvent,
    UpdatesDropped,
    errors,
    parse_category,
    parse_futures_category,
)
from bybit_ext.results import Serializable, as_json

WIRE: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "orderId": "id-1",
    "orderLinkId": "",
    "orderStatus": "Cancelled",
    "qty": "2",
    "cumExecQty": "0.50",
    "createdTime": "1",
    "updatedTime": "2",
    "price": None,
    "cumFeeDetail": {"USDT": "0.1"},
    "someNewField": [{"a": 1.5}, None, True],
}
ORDER = Order.from_dict(WIRE)
REPLY = RedactedReply(200, {"traceid": "abc"}, '{"retCode": 0}')
ACCEPTED = CancelAccepted("id-1", None, "abc", RateLimit(10, 9, 5), 7, 2, reply=REPLY)
OUTCOME = CancelOutcome(
    status="Cancelled",
    cancelled=True,
    order=ORDER,
    filled_qty=Decimal("0.50"),
    filled_unit="base coin",
    remaining_qty=Decimal("0.00000001"),
    remaining_unit="base coin",
    confirmed_by="stream",
    accepted=ACCEPTED,
    requested_at=3,
    confirmed_at=4,
    reply=REPLY,
)
UNKNOWN = OutcomeUnknown("lost", Evidence(timestamp=1, sends=2, reply=REPLY), last_order=ORDER, accepted=ACCEPTED)
ALL: list[Any] = [
    ACCEPTED,
    OUTCOME,
    CancelAllAccepted([OrderIds("id-1", ""), OrderIds()], reply=REPLY),
    OrderAccepted("id-1", "mine", ORDER, reply=REPLY),
    CancelAllOutcome([ORDER], [OUTCOME, UNKNOWN], None, [], [OrderIds("id-1")], Refused("no"), reply=REPLY),
    Evidence(rate_limit=RateLimit(1), reply=REPLY),
    RateLimit(),
    REPLY,
    SendEvent("POST /", 1, "accepted", None, 200, 0, None, None, 0.5, None),
    UNKNOWN,
    UpdatesDropped("slow", dropped=3),
]


def name_of(one: object) -> str:
    return type(one).__name__


@pytest.mark.parametrize("one", ALL, ids=name_of)
def test_all_is_plain_json(one: Any) -> None:
    told = one.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told


@pytest.mark.parametrize("one", [one for one in ALL if isinstance(one, Serializable)], ids=name_of)
def test_a_result_says_all_but_the_reply(one: Serializable) -> None:
    names = [field.name for field in attrs.fields(cast("Any", type(one)))]
    assert list(one.to_dict()) == [name for name in names if name != "reply"]


def test_an_order_is_as_the_exchange_wrote_it() -> None:
    assert OUTCOME.to_dict()["order"] == WIRE


def test_decimals_are_exact_strings_and_what_is_inside_is_json_too() -> None:
    told = OUTCOME.to_dict()
    assert (told["filled_qty"], told["remaining_qty"]) == ("0.50", "0.00000001")
    assert told["accepted"] == ACCEPTED.to_dict()
    assert told["accepted"]["rate_limit"] == {"limit": 10, "remaining": 9, "reset_at": 5}


def test_errors_among_results_are_json_too() -> None:
    told = CancelAllOutcome([], [UNKNOWN], None, [], []).to_dict()
    assert told["results"] == [UNKNOWN.to_dict()]


EVIDENCE = Evidence(10006, "no", 200, "abc", RateLimit(1, 0, 5), 6, 7, 2, reply=REPLY)


def all_errors() -> list[type[BybitError]]:
    return [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, BybitError)]


@pytest.mark.parametrize("kind", all_errors())
def test_an_error_says_its_class_its_text_and_its_evidence(kind: type[BybitError]) -> None:
    error = kind("it went wrong") if kind is UpdatesDropped else kind("it went wrong", EVIDENCE)
    told = json.loads(json.dumps(error.to_dict()))
    assert (told["error"], told["message"], told["retry_at"]) == (kind.__name__, str(error), None)
    assert told.items() >= error.evidence.to_dict().items()
    assert "reply" not in told
    own = {name for name in vars(error) if name != "evidence"}
    assert told.keys() == {"error", "message", "retry_at", *error.evidence.to_dict(), *own}


def test_what_a_class_of_errors_adds_is_said() -> None:
    told = UNKNOWN.to_dict()
    assert (told["last_order"], told["accepted"], told["order_link_id"]) == (WIRE, ACCEPTED.to_dict(), None)
    found = OrderNotFound("no", earlier_send_may_have_cancelled=True).to_dict()
    assert found["earlier_send_may_have_cancelled"] is True
    assert UpdatesDropped("slow", dropped=3).to_dict()["dropped"] == 3
    limited = RateLimited("no")
    limited.retry_at = 5
    assert limited.to_dict()["retry_at"] == 5


@pytest.mark.parametrize("kind", [NotSent, Refused, OutcomeUnknown])
def test_the_reply_of_an_error_is_that_of_its_evidence(kind: Callable[..., BybitError]) -> None:
    assert kind("no", EVIDENCE).reply is REPLY
    assert kind("no").reply is None


class Colour(Enum):
    RED = Decimal("1.0")


class Word(StrEnum):
    ONE = "one"


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, "1.0"),
        (Word.ONE, "one"),
        (Text("mine"), "mine"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (1.5, 1.5),
        (True, True),
        ((1, Decimal(2)), [1, "2"]),
        ({1: {"a": Word.ONE}}, {"1": {"a": "one"}}),
    ],
)
def test_any_value_becomes_json(value: Any, expected: Any) -> None:
    assert as_json(value) == expected
    assert type(as_json(value)) is type(expected)


def test_what_is_nested_too_deeply_is_cut() -> None:
    order = Order.from_dict({**WIRE, "x": json.loads("[" * 900 + "]" * 900)})
    text = json.dumps(attrs.evolve(OUTCOME, order=order).to_dict())
    assert "\\u2026" in text
    assert text.count("[") < 60


def test_every_final_status_is_a_documented_one() -> None:
    assert set(get_args(FinalStatus)) < KNOWN_ORDER_STATUS_VALUES


@pytest.mark.parametrize("text", ["linear", "inverse", "spot", "option"])
def test_text_becomes_a_category(text: str) -> None:
    assert parse_category(text) == text


@pytest.mark.parametrize("text", ["linear", "inverse"])
def test_text_becomes_a_category_of_futures(text: str) -> None:
    assert type(parse_futures_category(Text(text))) is str


@pytest.mark.parametrize("text", ["", "Linear", "futures", None, 5, "x" * 5000])
def test_text_that_is_no_category_is_refused_with_those_that_are(text: Any) -> None:
    with pytest.raises(
        InvalidInput, match=r"^category: must be 'inverse' or 'linear' or 'option' or 'spot', not "
    ) as caught:
        parse_category(text)
    assert len(str(caught.value)) < 200


def test_spot_is_no_category_of_futures() -> None:
    with pytest.raises(InvalidInput, match=r"^category: must be 'inverse' or 'linear', not 'spot'"):
        parse_futures_category("spot")
