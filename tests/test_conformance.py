"""The OpenAPI document as generator and judge: what it allows goes through, what it forbids is refused."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from bybit_v5 import models
from hypothesis import assume, given, settings
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from bybit_ext import Bybit, BybitAuth, BybitError, CancelOrderRequest, InvalidRequest, find_credentials
from bybit_ext.sandbox import Sandbox
from bybit_ext.spec import document

# Schemathesis leaves the types of its cases open.
SCHEMA: Any = schemathesis.openapi.from_dict(document())
CANCEL = SCHEMA["/v5/order/cancel"]["POST"]
REQUEST = document()["paths"]["/v5/order/cancel"]["post"]["requestBody"]["content"]["application/json"]


def validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]})


FORMS = {reference["$ref"].rpartition("/")[2]: validator(reference) for reference in REQUEST["schema"]["anyOf"]}


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


@pytest.fixture(scope="module")
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A plain client that signs: it can send what no model would."""
    auth = BybitAuth(find_credentials(sandbox.api_key, sandbox.api_secret))
    with httpx.Client(base_url=sandbox.url, auth=auth) as client:
        yield client


def read_request(body: dict[str, Any]) -> CancelOrderRequest:
    """Make the model of a body, by the form that allows it."""
    form = next(name for name, form in FORMS.items() if form.is_valid(body))
    request: CancelOrderRequest = getattr(models, form).from_dict(body)
    return request


def send(http: httpx.Client, case: Any) -> httpx.Response:
    """Send a case as it is, signed but through no model."""
    body = None if isinstance(case.body, NotSet) else case.body
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    return http.request(case.method, case.path, params=case.query, content=content, headers=headers)


@given(case=CANCEL.as_strategy())
def test_every_allowed_body_reaches_the_exchange_unchanged_and_correctly_signed(
    client: Bybit, transport: RecordingTransport, case: Any
) -> None:
    transport.sent.clear()
    with pytest.raises(BybitError) as caught:  # no such order: its form, key, signature and time were right
        client.cancel_order(read_request(case.body))
    assert caught.value.ret_code in (110001, 170213)
    (request,) = transport.sent
    assert json.loads(request.content) == case.body


@pytest.mark.parametrize("name", REQUEST["examples"])
def test_every_example_of_a_request_is_accepted_as_regards_its_form(client: Bybit, name: str) -> None:
    with pytest.raises(BybitError) as caught:
        client.cancel_order(read_request(REQUEST["examples"][name]["value"]))
    assert caught.value.ret_code in (110001, 170213)


@given(case=CANCEL.as_strategy(generation_mode=GenerationMode.NEGATIVE))
@settings(max_examples=200)
def test_every_forbidden_body_is_refused(http: httpx.Client, case: Any) -> None:
    # Elsewhere in the case something else is wrong; this is about bodies.
    assume({part.value: made.mode for part, made in case.meta.components.items()}["body"] is GenerationMode.NEGATIVE)
    assert send(http, case).json()["retCode"] == 10001


FORBIDDEN: dict[str, dict[str, Any]] = {
    "neither id": {"category": "linear", "symbol": "BTCUSDT"},
    "both ids null": {"category": "linear", "symbol": "BTCUSDT", "orderId": None, "orderLinkId": None},
    "an empty order id": {"category": "linear", "symbol": "BTCUSDT", "orderId": ""},
    "an empty link id": {"category": "linear", "symbol": "BTCUSDT", "orderLinkId": ""},
    "a number for an id": {"category": "linear", "symbol": "BTCUSDT", "orderId": 1523347543495541248},
    "a filter on linear": {"category": "linear", "symbol": "BTCUSDT", "orderId": "1", "orderFilter": "Order"},
    "a filter on inverse": {"category": "inverse", "symbol": "BTCUSD", "orderLinkId": "1", "orderFilter": "StopOrder"},
    "a filter on option": {"category": "option", "symbol": "BTC-1-C", "orderId": "1", "orderFilter": "tpslOrder"},
    "an unknown filter": {"category": "spot", "symbol": "BTCUSDT", "orderId": "1", "orderFilter": "order"},
    "an unknown category": {"category": "futures", "symbol": "BTCUSDT", "orderId": "1"},
    "a lower-case symbol": {"category": "linear", "symbol": "btcusdt", "orderId": "1"},
    "an empty symbol": {"category": "linear", "symbol": "", "orderId": "1"},
    "no symbol": {"category": "linear", "orderId": "1"},
    "no category": {"symbol": "BTCUSDT", "orderId": "1"},
}


@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_page_forbids_is_forbidden(http: httpx.Client, body: dict[str, Any]) -> None:
    answer = http.post("/v5/order/cancel", json=body).json()
    assert answer["retCode"] == 10001


def test_a_forbidden_body_is_an_invalid_request_for_the_sdk(client: Bybit) -> None:
    with pytest.raises(InvalidRequest):
        client.cancel_order(models.CancelByOrderId("linear", "btcusdt", "1"))


OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
MODES = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    # What takes nothing cannot be asked wrongly.
    if mode is GenerationMode.POSITIVE or operation.definition.raw.keys() & {"parameters", "requestBody"}
]


@pytest.mark.parametrize(("operation", "mode"), MODES, ids=lambda one: getattr(one, "label", one))
def test_every_answer_of_the_sandbox_conforms(http: httpx.Client, sandbox: Sandbox, operation: Any, mode: Any) -> None:
    sandbox.place("linear", "BTCUSDT", order_link_id="my-order-1")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=50)
    def run(case: Any) -> None:
        operation.validate_response(send(http, case))

    run()


def test_an_answer_with_orders_conforms(http: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.place("spot", "DOGEUSDT")
    sandbox.fill(sandbox.place("spot", "DOGEUSDT").order_id)
    response = http.get("/v5/order/realtime", params={"category": "spot", "symbol": "DOGEUSDT"})
    SCHEMA["/v5/order/realtime"]["GET"].validate_response(response)
    assert [order["orderStatus"] for order in response.json()["result"]["list"]] == ["Filled", "New"]


class TestAnswersTheDocumentAllows:
    @pytest.mark.parametrize(
        ("answer", "allowed"),
        [
            ({"retCode": 0}, True),
            ({"retCode": 0, "retMsg": "", "result": None, "retExtInfo": []}, True),
            ({"retCode": 0, "result": {"orderId": "1", "orderLinkId": "", "new": 1}, "new": 2}, True),
            ({"retCode": 110001, "retMsg": "x", "result": {}, "retExtInfo": None}, True),
            ({"retCode": "0"}, False),
            ({"retMsg": "OK"}, False),
            ({"retCode": 0, "result": []}, False),
            (None, False),
        ],
    )
    def test_an_answer_is_told_by_its_code(self, answer: Any, *, allowed: bool) -> None:
        response = document()["paths"]["/v5/order/cancel"]["post"]["responses"]["200"]
        assert validator(response["content"]["application/json"]["schema"]).is_valid(answer) is allowed

    def test_an_unknown_status_is_carried(self) -> None:
        order = document()["paths"]["/v5/order/realtime"]["get"]["responses"]["200"]["content"]["application/json"]
        fields = order["examples"]["cancelled"]["value"]["result"]["list"][0] | {"orderStatus": "NewStatus", "new": 1}
        assert models.Order.from_dict(fields).order_status == "NewStatus"
        assert models.Order.from_dict(fields).to_dict() == fields
