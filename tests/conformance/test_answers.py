"""Every answer that the document allows is read and nothing of it is lost; a forbidden one is never a success."""

import json
import math
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from bybit_ext import Bybit, BybitError
from bybit_ext.errors import error_class_for
from tests.conformance.operations import OPERATIONS, SpecOperation, answers_of, exact, requests_to, validator
from tests.conformance.values import TEXTS, VALUES, parts_of, with_one_thing_wrong
from tests.conftest import API_KEY, API_SECRET

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


@contextmanager
def call_answered_with(
    operation: SpecOperation, data: st.DataObject, body: bytes
) -> Generator[tuple[Bybit, dict[str, Any]]]:
    """Open a client that gets this answer, whatever it is asked, and give it something to ask."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with Bybit(API_KEY, API_SECRET, transport=transport, max_sends=1) as bybit:
        yield bybit, operation.arguments(data.draw(requests_to(operation, GenerationMode.POSITIVE)))


def assert_nothing_is_lost(operation: SpecOperation, data: st.DataObject, answer: dict[str, Any]) -> None:
    with call_answered_with(operation, data, write(answer, data)) as (bybit, arguments):
        assert exact(operation.module.sync(client=bybit.client, **arguments).to_dict()) == exact(answer)
        if answer["retCode"] == 0:
            assert exact(bybit.call(operation.module, **arguments).to_dict()) == exact(answer)
            return
        with pytest.raises(BybitError) as caught:
            bybit.call(operation.module, **arguments)
    assert type(caught.value) is error_class_for(int(answer["retCode"]))
    assert (caught.value.ret_code, caught.value.ret_msg) == (answer["retCode"], answer.get("retMsg"))


def takes_anything(operation: SpecOperation, answer: dict[str, Any], place: Any) -> bool:
    """Return whether a part of an answer is an object that the document leaves open; a map of texts is none."""
    if not hasattr(place, "keys"):
        return False
    place["new"] = 0
    try:
        return validator(operation.answer).is_valid(answer)
    finally:
        del place["new"]


def write(answer: Any, data: st.DataObject) -> bytes:
    """Write JSON as exchanges do: characters as they are, or as escapes. Half a surrogate pair has no other form."""
    try:
        return json.dumps(answer, ensure_ascii=data.draw(st.booleans())).encode()
    except UnicodeEncodeError:
        return json.dumps(answer).encode()


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
    place = data.draw(st.sampled_from([one for one in parts_of(answer) if takes_anything(operation, answer, one)]))
    name = data.draw(st.just("new") | TEXTS)
    assume(name not in place)
    place[name] = value
    assert_nothing_is_lost(operation, data, answer)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data())
def test_a_forbidden_answer_is_no_success(operation: SpecOperation, data: st.DataObject) -> None:
    answer = data.draw(answers_of(operation, GenerationMode.NEGATIVE))
    if not isinstance(answer, bytes):
        assume(not isinstance(answer, NotSet) and not validator(operation.answer).is_valid(answer))
        answer = write(answer, data)
    assume(not is_allowed(operation, answer))
    assert_no_success(operation, data, answer)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data())
def test_an_acceptance_with_one_thing_wrong_is_no_success(operation: SpecOperation, data: st.DataObject) -> None:
    answer = data.draw(answers_of(operation, GenerationMode.POSITIVE))
    assume(answer["retCode"] == 0)
    wrong = with_one_thing_wrong(data, answer)
    assume(not validator(operation.answer).is_valid(wrong))
    assert_no_success(operation, data, write(wrong, data))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data(), number=st.sampled_from([math.nan, math.inf, -math.inf]))
def test_an_acceptance_with_what_only_python_takes_for_json_is_no_success(
    operation: SpecOperation, data: st.DataObject, number: float
) -> None:
    answer = data.draw(answers_of(operation, GenerationMode.POSITIVE))
    assume(answer["retCode"] == 0)
    assert_no_success(operation, data, json.dumps({**answer, "new": number}).encode())


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data(), body=st.binary() | st.sampled_from(NO_ANSWERS))
def test_what_is_no_answer_at_all_is_no_success(operation: SpecOperation, data: st.DataObject, body: bytes) -> None:
    assert_no_success(operation, data, body)


def is_allowed(operation: SpecOperation, body: bytes) -> bool:
    try:
        return validator(operation.answer).is_valid(json.loads(body, parse_constant=str))
    except ValueError:
        return False
