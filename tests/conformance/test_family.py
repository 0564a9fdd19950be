"""Placing, batches and cancels of all, held to what Bybit's pages say in words that no schema made."""

from contextlib import suppress
from typing import Any

import httpx
import pytest

from bybit_ext import Bybit, BybitAuth, InvalidInput, load_credentials
from bybit_ext.calls.operations import build_request
from bybit_ext.sandbox import Sandbox
from tests.conformance.family import FORBIDDEN
from tests.conformance.operations import OPERATIONS, VALUE_KEYWORDS, validator

OPERATION = {one.path: one for one in OPERATIONS}
EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    f"{path.rpartition('/')[2]}: {name}": (path, example["value"])
    for path in ("/v5/order/create", "/v5/order/cancel-batch", "/v5/order/cancel-all")
    for name, example in OPERATION[path].definition["requestBody"]["content"]["application/json"]["examples"].items()
}


@pytest.fixture(scope="module")
def auth(sandbox: Sandbox) -> BybitAuth:
    return BybitAuth(load_credentials(sandbox.api_key, sandbox.api_secret))


@pytest.mark.parametrize(("path", "body"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_page_forbids_is_refused(http: httpx.Client, auth: BybitAuth, path: str, body: dict[str, Any]) -> None:
    assert http.post(path, json=body, auth=auth).json()["retCode"] == 10001


@pytest.mark.parametrize(("path", "body"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_page_forbids_is_not_even_built(path: str, body: dict[str, Any]) -> None:
    operation = OPERATION[path]
    if validator(operation.body or {}, values=False).is_valid(body):
        pytest.skip(f"only {', '.join(VALUE_KEYWORDS)} tell: left to the exchange")
    for model in operation.models:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            made = model.from_dict(body)
            with pytest.raises(InvalidInput):
                build_request(operation.module, "", body=made)


@pytest.mark.parametrize(("path", "body"), EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_of_a_request_is_taken(bybit: Bybit, path: str, body: dict[str, Any]) -> None:
    operation = OPERATION[path]
    assert bybit.call(operation.module, body=operation.read_body(body)).ret_code == 0
