"""Missing and wrong credentials are refused by the sandbox, whatever the operation."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from bybit_ext import BybitAuth, load_credentials
from bybit_ext.sandbox import Sandbox
from tests.conformance.operations import OPERATIONS, SpecOperation, requests_to, write_plainly
from tests.conftest import API_SECRET

Spoil = Callable[[httpx.Headers], object]
KEY, TIMESTAMP, WINDOW, SIGNATURE = "X-BAPI-API-KEY", "X-BAPI-TIMESTAMP", "X-BAPI-RECV-WINDOW", "X-BAPI-SIGN"
UNKNOWN_KEY, WRONG_SIGNATURE, WRONG_TIME = 10003, 10004, 10002


def replace(name: str, change: Callable[[str], str]) -> Spoil:
    return lambda headers: headers.update({name: change(headers[name])})


def remove(*names: str) -> Spoil:
    return lambda headers: [headers.pop(name) for name in names]


SPOILS: dict[str, tuple[Spoil, int]] = {
    "no credentials": (remove(KEY, TIMESTAMP, WINDOW, SIGNATURE), UNKNOWN_KEY),
    "no key": (remove(KEY), UNKNOWN_KEY),
    "no signature": (remove(SIGNATURE), WRONG_SIGNATURE),
    "no timestamp": (remove(TIMESTAMP), WRONG_SIGNATURE),
    "another key": (replace(KEY, lambda key: key[::-1]), UNKNOWN_KEY),
    "a timestamp that was not signed": (replace(TIMESTAMP, lambda time: str(int(time) + 1)), WRONG_SIGNATURE),
    "a window that was not signed": (replace(WINDOW, lambda window: window + "0"), WRONG_SIGNATURE),
    "a signature in upper case": (replace(SIGNATURE, str.upper), WRONG_SIGNATURE),
    "a signature with something behind it": (replace(SIGNATURE, lambda signature: signature + "0"), WRONG_SIGNATURE),
    "an empty signature": (replace(SIGNATURE, lambda _: ""), WRONG_SIGNATURE),
}


def ret_code_of(http: httpx.Client, operation: SpecOperation, auth: BybitAuth, case: Any, spoil: Spoil) -> int:
    request = write_plainly(http, operation, case)
    next(auth.auth_flow(request))
    spoil(request.headers)
    ret_code: int = http.send(request).json()["retCode"]
    return ret_code


def auth_of(sandbox: Sandbox, secret: str = "", ahead: int = 0) -> BybitAuth:
    credentials = load_credentials(sandbox.api_key, secret or sandbox.api_secret)
    return BybitAuth(credentials, clock=lambda: sandbox.clock() + ahead)


signed = pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.is_signed], ids=str)
few = settings(max_examples=5)


@signed
@pytest.mark.parametrize("name", SPOILS)
@given(data=st.data())
@few
def test_a_spoiled_credential_is_refused(
    sandbox: Sandbox, http: httpx.Client, operation: SpecOperation, name: str, data: st.DataObject
) -> None:
    spoil, ret_code = SPOILS[name]
    case = data.draw(requests_to(operation, GenerationMode.POSITIVE))
    assert ret_code_of(http, operation, auth_of(sandbox), case, spoil) == ret_code


@signed
@given(data=st.data())
@few
def test_another_secret_is_refused(
    sandbox: Sandbox, http: httpx.Client, operation: SpecOperation, data: st.DataObject
) -> None:
    case = data.draw(requests_to(operation, GenerationMode.POSITIVE))
    assert ret_code_of(http, operation, auth_of(sandbox, API_SECRET), case, remove()) == WRONG_SIGNATURE


@signed
@pytest.mark.parametrize("ahead", [-10_000, 1_500, 10_000])
@given(data=st.data())
@few
def test_a_time_outside_the_window_is_refused(
    sandbox: Sandbox, http: httpx.Client, operation: SpecOperation, ahead: int, data: st.DataObject
) -> None:
    case = data.draw(requests_to(operation, GenerationMode.POSITIVE))
    assert ret_code_of(http, operation, auth_of(sandbox, ahead=ahead), case, remove()) == WRONG_TIME


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if not one.is_signed], ids=str)
@given(data=st.data())
@few
def test_what_is_public_needs_no_credentials(http: httpx.Client, operation: SpecOperation, data: st.DataObject) -> None:
    case = data.draw(requests_to(operation, GenerationMode.POSITIVE))
    ret_code = http.send(write_plainly(http, operation, case)).json()["retCode"]
    assert ret_code not in (10001, UNKNOWN_KEY, WRONG_SIGNATURE, WRONG_TIME)
