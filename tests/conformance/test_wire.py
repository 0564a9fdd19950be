"""Schemathesis against the sandbox on a real port: coverage and fuzzing, signed, with all its checks."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode

from bybit_ext import BybitAuth, load_credentials
from bybit_ext.sandbox import Sandbox
from tests.conformance.operations import OPERATIONS, SCHEMA, SpecOperation, requests_to, write_plainly
from tests.conformance.wire import SCHEMA_WITH_STATUSES, options_for


@SCHEMA_WITH_STATUSES.parametrize()  # type: ignore[untyped-decorator]
def test_coverage_and_fuzzing(exchange: Sandbox, case: Any) -> None:
    case.call_and_validate(**options_for(case, exchange))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data())
def test_answers_conform_as_they_are(
    sandbox: Sandbox, http: httpx.Client, operation: SpecOperation, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from(GenerationMode if operation.takes_input else [GenerationMode.POSITIVE]))
    auth = BybitAuth(load_credentials(sandbox.api_key, sandbox.api_secret))
    response = http.send(write_plainly(http, operation, data.draw(requests_to(operation, mode))), auth=auth)
    SCHEMA[operation.path][operation.method].validate_response(response)
