"""Every request that the document allows leaves the SDK as it was meant; a forbidden one does not leave it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from bybit_ext import Bybit, BybitError, InvalidInput, InvalidRequest
from bybit_ext.sandbox import Sandbox
from tests.conformance.operations import OPERATIONS, SpecOperation, as_text, read_query, requests_to, validator
from tests.conformance.values import with_one_thing_wrong, without_half_pairs
from tests.conformance.wire import NO_SCHEMA_CAN_SAY

# What the sandbox says of a wrong form, clock, key or signature.
NOT_TAKEN = (10001, 10002, 10003, 10004)


class RecordingTransport(httpx.HTTPTransport):
    """Sends over a real socket, and keeps what it sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return super().handle_request(request)


@pytest.fixture(scope="module")
def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture(scope="module")
def client(sandbox: Sandbox, transport: RecordingTransport) -> Iterator[Bybit]:
    with Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url, transport=transport) as bybit:
        yield bybit


def ret_code_of(client: Bybit, operation: SpecOperation, arguments: dict[str, Any]) -> int | None:
    try:
        client.call(operation.module, **arguments)
    except BybitError as error:
        return 0 if any(text in (error.ret_msg or "") for text in NO_SCHEMA_CAN_SAY) else error.ret_code
    return 0


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@given(data=st.data())
def test_every_allowed_request_leaves_unchanged_and_correctly_signed(
    client: Bybit, transport: RecordingTransport, operation: SpecOperation, data: st.DataObject
) -> None:
    case: Any = data.draw(requests_to(operation, GenerationMode.POSITIVE))
    transport.sent.clear()
    ret_code = ret_code_of(client, operation, operation.arguments(case))
    (request,) = transport.sent
    path = operation.path.format(**case.path_parameters)
    assert (request.method, request.url.path, read_query(request)) == (operation.method, path, as_text(case.query))
    assert isinstance(case.body, NotSet) or json.loads(request.content) == case.body
    assert ("X-BAPI-SIGN" in request.headers) is operation.is_signed
    # The sandbox looks at the form, the key, the signature and the time, in this order.
    assert ret_code is not None
    assert ret_code not in NOT_TAKEN


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.takes_input], ids=str)
@given(data=st.data())
def test_a_forbidden_request_is_not_sent_where_the_types_or_the_model_can_know_and_refused_elsewhere(
    client: Bybit, transport: RecordingTransport, operation: SpecOperation, data: st.DataObject
) -> None:
    case: Any = data.draw(requests_to(operation, GenerationMode.NEGATIVE))
    assert_refused(client, transport, operation, case)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.takes_input], ids=str)
@given(data=st.data())
def test_a_request_with_one_thing_wrong_is_not_sent_either(
    client: Bybit, transport: RecordingTransport, operation: SpecOperation, data: st.DataObject
) -> None:
    case: Any = data.draw(requests_to(operation, GenerationMode.POSITIVE))
    if operation.body is not None and (not case.query or data.draw(st.booleans())):
        case.body = with_one_thing_wrong(data, case.body)
    else:
        case.query = with_one_thing_wrong(data, case.query)
    assert_refused(client, transport, operation, case)


def assert_refused(client: Bybit, transport: RecordingTransport, operation: SpecOperation, case: Any) -> None:
    """Expect the SDK to refuse a forbidden request before it is sent; the sandbox may, what no type can tell."""
    assume(not is_allowed(operation, case))
    transport.sent.clear()
    for arguments in operation.attempts(case):
        with pytest.raises((InvalidInput, InvalidRequest)):
            client.call(operation.module, **arguments)
    assert not transport.sent or is_allowed(operation, case, values=False)


def is_allowed(operation: SpecOperation, case: Any, *, values: bool = True) -> bool:
    """Ask the document about a case; if so wished, only about what types and models can know."""
    parts: list[tuple[dict[str, Any], Any]] = [(operation.parameters, operation.meant_by(case))]
    if operation.body is not None:
        parts.append((operation.body, None if isinstance(case.body, NotSet) else case.body))
    return all(
        not isinstance(value, bytes) and validator(schema, values=values).is_valid(without_half_pairs(value))
        for schema, value in parts
    )


def test_a_body_that_breaks_only_a_pattern_is_left_to_the_exchange(
    client: Bybit, transport: RecordingTransport
) -> None:
    from bybit_v5.models import CancelByOrderId

    transport.sent.clear()
    with pytest.raises(InvalidRequest):
        client.cancel_order(CancelByOrderId("linear", "btcusdt", "1"))
    assert len(transport.sent) == 1
