"""Every answer that the document allows is read and nothing of it is lost; a forbidden one is never a success."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from bybit_ext import Bybit, BybitError
from tests.conformance.operations import OPERATIONS, SpecOperation, answers_of, exact, requests_to, validator
from tests.conftest import API_KEY, API_SECRET, ONE_SEND

# What an exchange may add to an answer: any JSON, with numbers and texts at the ends of what there is.
NUMBERS = (
    st.integers() | st.sampled_from([10**400, -(10**400), 2**63]) | st.floats(allow_nan=False, allow_infinity=False)
)
TEXTS = st.text(st.characters()) | st.sampled_from(["\ud800", "\0", "\u2028", "\U0001d7d8", "e\u0301"])
NO_ANSWERS = [
    b"",
    b"<html>",
    b'{"retCode": 0',
    b"[0]",
    b"0",
    b"NaN",
    b'{"retCode": NaN}',
    b'{"retCode": 1e999}',
    b"[" * 10**5,
]
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(TEXTS, values, max_size=4),
    max_leaves=8,
)


@contextmanager
def call_answered_with(
    operation: SpecOperation, data: st.DataObject, body: bytes
) -> Generator[tuple[Bybit, dict[str, Any]]]:
    """Open a client that gets this answer, whatever it is asked, and give it something to ask."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with Bybit(API_KEY, API_SECRET, transport=transport, deadline=ONE_SEND) as bybit:
        yield bybit, operation.arguments(data.draw(requests_to(operation, GenerationMode.POSITIVE)))


def assert_nothing_is_lost(operation: SpecOperation, data: st.DataObject, answer: dict[str, Any]) -> None:
    with call_answered_with(operation, data, json.dumps(answer).encode()) as (bybit, arguments):
        assert exact(operation.module.sync(client=bybit.client, **arguments).to_dict()) == exact(answer)
        if answer["retCode"] == 0:
            assert exact(bybit.call(operation.module, **arguments).to_dict()) == exact(answer)
            return
        with pytest.raises(BybitError) as caught:
            bybit.call(operation.module, **arguments)
    assert (caught.value.ret_code, caught.value.ret_msg) == (answer["retCode"], answer.get("retMsg"))


def assert_no_success(operation: SpecOperation, data: st.DataObject, body: bytes) -> None:
    with call_answered_with(operation, data, body) as (bybit, arguments), pytest.raises(BybitError) as caught:
        bybit.call(operation.module, **arguments)
    assert caught.value.sends == 1, "the answer was not looked at"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data())
def test_nothing_of_an_allowed_answer_is_lost(operation: SpecOperation, data: st.DataObject) -> None:
    assert_nothing_is_lost(operation, data, data.draw(answers_of(operation, GenerationMode.POSITIVE)))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data(), value=VALUES)
def test_what_is_new_in_an_answer_is_carried(operation: SpecOperation, data: st.DataObject, value: Any) -> None:
    answer = data.draw(answers_of(operation, GenerationMode.POSITIVE))
    place = data.draw(st.sampled_from([one for one in parts_of(answer) if hasattr(one, "keys")]))
    place["new"] = value
    assert_nothing_is_lost(operation, data, answer)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data())
def test_a_forbidden_answer_is_no_success(operation: SpecOperation, data: st.DataObject) -> None:
    answer = data.draw(answers_of(operation, GenerationMode.NEGATIVE))
    if not isinstance(answer, bytes):
        assume(not isinstance(answer, NotSet) and not validator(operation.answer).is_valid(answer))
        answer = json.dumps(answer).encode()
    assume(not is_allowed(operation, answer))
    assert_no_success(operation, data, answer)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data(), value=VALUES)
def test_an_acceptance_with_one_thing_wrong_is_no_success(
    operation: SpecOperation, data: st.DataObject, value: Any
) -> None:
    answer = data.draw(answers_of(operation, GenerationMode.POSITIVE))
    assume(answer["retCode"] == 0)
    place = data.draw(st.sampled_from([one for one in parts_of(answer) if one]))
    key = data.draw(st.sampled_from(sorted(place) if hasattr(place, "keys") else range(len(place))))
    if data.draw(st.booleans()):
        place[key] = value
    else:
        del place[key]
    assume(not validator(operation.answer).is_valid(answer))
    assert_no_success(operation, data, json.dumps(answer).encode())


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data(), body=st.binary() | st.sampled_from(NO_ANSWERS))
def test_what_is_no_answer_at_all_is_no_success(operation: SpecOperation, data: st.DataObject, body: bytes) -> None:
    assert_no_success(operation, data, body)


def is_allowed(operation: SpecOperation, body: bytes) -> bool:
    try:
        return validator(operation.answer).is_valid(json.loads(body))
    except ValueError:
        return False


def parts_of(value: Any) -> list[Any]:
    """Return all objects and lists in a value, itself too."""
    if not isinstance(value, dict | list):
        return []
    inner = cast("dict[str, Any]", value).values() if isinstance(value, dict) else cast("list[object]", value)
    return [value, *(part for one in inner for part in parts_of(one))]
