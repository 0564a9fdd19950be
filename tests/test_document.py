from collections.abc import Iterator
from typing import Any, cast, get_args

import httpx
import pytest
from bybit_v5 import models
from openapi_spec_validator import validate

from bybit_ext import document as document_module
from bybit_ext.document import (
    _pattern,
    _public_operations,
    _validator,
    document,
    is_idempotent,
    is_public,
    is_signed,
    operations,
    request_validator,
    resolve,
    rules_for,
)
from bybit_ext.engines.hosts import REST_HOSTS, STREAM_HOSTS
from tests.conformance.operations import VALUE_KEYWORDS, validator

SCHEMAS: dict[str, dict[str, Any]] = document()["components"]["schemas"]


def test_the_document_is_valid_openapi() -> None:
    validate(document())


def test_the_hosts_are_the_servers_of_the_document() -> None:
    servers = {server["description"]: server["url"] for server in document()["servers"]}
    assert servers == {" ".join(filter(None, pair)): host for pair, host in REST_HOSTS.items()}


def test_only_the_clock_is_public() -> None:
    assert [name for name, operation in operations() if not is_signed(operation)] == [("GET", "/v5/market/time")]
    assert len(_public_operations()) == 1


def test_only_a_cancel_by_order_id_is_idempotent() -> None:
    # By then, a link id can name a newer order.
    assert {name for name in SCHEMAS if is_idempotent(name)} == {"CancelByOrderId", "CancelSpotByOrderId"}
    assert not is_idempotent("NoSuchSchema")


def test_a_body_is_one_of_four_models() -> None:
    from bybit_ext import CancelOrderRequest

    schema = document()["paths"]["/v5/order/cancel"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    named = [reference["$ref"].rpartition("/")[2] for reference in schema["anyOf"]]
    assert [model.__name__ for model in get_args(CancelOrderRequest)] == named


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in SCHEMAS.items():
        for part in [schema, *schema.get("allOf", [])]:
            for field, definition in part.get("properties", {}).items():
                referred = SCHEMAS[definition["$ref"].rpartition("/")[2]] if "$ref" in definition else definition
                yield f"{name}.{field}", referred


@pytest.mark.parametrize(
    ("name", "definition"), list(properties()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_property_has_a_description(name: str, definition: dict[str, Any]) -> None:
    assert definition.get("description"), name


@pytest.mark.parametrize(
    ("name", "definition"),
    [(name, one) for name, one in properties() if one.get("type") != "object"],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_property_that_is_not_made_of_others_has_an_example(name: str, definition: dict[str, Any]) -> None:
    examples = definition.get("examples")
    assert examples, name
    assert all(validator(definition).is_valid(example) for example in examples)


def test_every_schema_of_an_object_is_a_model() -> None:
    missing = [name for name, schema in SCHEMAS.items() if schema.get("type") == "object" and not hasattr(models, name)]
    assert missing == []


def test_no_model_has_an_invented_name() -> None:
    assert set(models.__all__) <= SCHEMAS.keys()


def test_every_example_of_an_answer_is_allowed() -> None:
    for methods in document()["paths"].values():
        for operation in methods.values():
            content = operation["responses"]["200"]["content"]["application/json"]
            for name, example in content["examples"].items():
                assert validator(content["schema"]).is_valid(example["value"]), name


def parts_of(part: Any) -> Iterator[dict[str, Any]]:
    """Return all schemas in a schema, itself too, and those that it refers to."""
    if isinstance(part, dict):
        schema = resolve(cast("dict[str, Any]", part))
        yield schema
        part = list(schema.values())
    if isinstance(part, list):
        for inner in cast("list[object]", part):
            yield from parts_of(inner)


TEXT = {"type": "string", "minLength": 3}
NAMED = {"type": "object", "properties": {"name": TEXT, "tags": {"type": "array", "items": TEXT}}}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"name": "abc", "tags": ["abc"], "other": ""}, None),
        ({"name": ""}, ".name: must not be empty"),
        ({"name": "ab"}, ".name: must have at least 3 characters"),
        ({"name": 1, "tags": None}, None),
        ({"tags": ["abc", "ab"]}, ".tags[1]: must have at least 3 characters"),
        ({}, None),
    ],
)
def test_a_text_that_is_too_short_is_found_wherever_it_stands(value: Any, problem: str | None) -> None:
    assert _validator(NAMED)(value) == problem


def test_an_empty_text_may_stand_where_nothing_is_said_of_its_length() -> None:
    assert _validator({"type": "string"})("") is None


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("/v5/order/realtime", "", ": must not be empty"),
        ("/v5/order/realtime", "1", None),
        ("/gateway/v5/order/history", "", ": must not be empty"),
    ],
)
def test_an_empty_parameter_is_found(path: str, value: str, problem: str | None) -> None:
    assert rules_for("GET", path).query["orderId"](value) == problem


def test_an_operation_that_the_document_lacks_is_signed() -> None:
    rules = rules_for("GET", "/v5/order/other")
    assert (rules.is_signed, rules.query) == (True, {})


def test_a_model_that_is_no_request_has_nothing_smuggled() -> None:
    assert request_validator("ExtInfo")({"orderFilter": "Order"}) is None


def test_an_operation_has_the_parameters_of_its_path_too(monkeypatch: pytest.MonkeyPatch) -> None:
    item = {"parameters": [{"name": "a"}], "summary": "x", "get": {"parameters": [{"name": "b"}]}, "post": {}}
    monkeypatch.setattr(document_module, "document", lambda: {"paths": {"/x": item}})
    names = {name: [one["name"] for one in operation["parameters"]] for name, operation in operations()}
    assert names == {("GET", "/x"): ["a", "b"], ("POST", "/x"): ["a"]}


def test_an_order_requires_only_what_an_outcome_needs() -> None:
    needed = "symbol orderId orderLinkId orderStatus qty cumExecQty createdTime updatedTime"
    assert set(SCHEMAS["Order"]["required"]) == set(needed.split())


def test_an_order_has_every_documented_field() -> None:
    # https://bybit-exchange.github.io/docs/v5/websocket/private/order, …/order/open-order and …/order/order-list
    documented = """
        avgPrice basePrice blockTradeId brokerOrderPrice cancelType category closeOnTrigger closedPnl createType
        createdTime cumExecFee cumExecQty cumExecValue cumFeeDetail extraFees feeCurrency isLeverage
        lastPriceOnCreated leavesQty leavesValue marketUnit ocoTriggerBy orderId orderIv orderLinkId orderStatus
        orderType parentOrderLinkId placeType positionIdx price qty reduceOnly rejectReason rpiMatchedQty
        rpiTakerAccess side slLimitPrice slTriggerBy slippageTolerance slippageToleranceType smpGroup smpOrderId
        smpType stopLoss stopOrderType symbol takeProfit timeInForce tpLimitPrice tpTriggerBy tpslMode triggerBy
        triggerDirection triggerPrice updatedTime
    """
    assert SCHEMAS["Order"]["properties"].keys() == set(documented.split())


def test_the_known_statuses_are_the_documented_ones() -> None:
    # https://bybit-exchange.github.io/docs/v5/enum#orderstatus
    still_open, passing = {"New", "PartiallyFilled", "Untriggered"}, {"Triggered"}
    closed = {"Cancelled", "PartiallyFilledCanceled", "Filled", "Rejected", "Deactivated"}
    assert set(SCHEMAS["KnownOrderStatus"]["enum"]) == still_open | passing | closed


def test_all_parameters_stand_in_the_query() -> None:
    # Bybit has no others, and the sandbox checks no others.
    assert {one["in"] for _, operation in operations() for one in operation["parameters"]} == {"query"}


def test_no_request_has_a_default_that_every_client_would_send_unless_it_is_all_that_is_allowed() -> None:
    for _, operation in operations():
        requests = [*operation["parameters"], operation.get("requestBody", {})]
        defaults = [part for part in parts_of(requests) if "default" in part]
        assert [part for part in defaults if part["default"] != part.get("const")] == []


def test_answers_say_only_what_the_sdk_checks_of_them() -> None:
    # A forbidden answer must not pass for a success; the SDK checks types, constants, and what is required.
    unchecked = {*VALUE_KEYWORDS, "minLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
    for _, operation in operations():
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert [part for part in parts_of(schema) if unchecked & part.keys()] == []


@pytest.mark.parametrize(
    ("method", "path", "public"),
    [
        ("GET", "/v5/market/time", True),
        ("GET", "/gateway/v5/market/time", True),
        ("GET", "/v5/market/time-x", False),
        ("GET", "/v5/market/time/x", False),
        ("POST", "/v5/market/time", False),
        ("POST", "/v5/order/cancel", False),
    ],
)
def test_an_operation_is_told_by_its_method_and_whole_path(method: str, path: str, *, public: bool) -> None:
    assert is_public(method, path) is public


@pytest.mark.parametrize(
    ("path", "matches"), [("/v5/market/BTC", True), ("/v5/market/", False), ("/v5/market/a/b", False)]
)
def test_a_path_can_have_parameters(path: str, *, matches: bool) -> None:
    assert bool(_pattern("/v5/market/{symbol}").search(path)) is matches


SECURITY: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"security": [{"signature": []}]}, True),
    ({"security": []}, False),
    ({"security": [{}]}, False),
]


@pytest.mark.parametrize(("operation", "signed"), SECURITY)
def test_what_needs_no_security_is_not_signed(operation: dict[str, Any], *, signed: bool) -> None:
    assert is_signed(operation) is signed


@pytest.mark.parametrize(("pair", "url"), STREAM_HOSTS.items())
def test_a_stream_is_on_the_domain_of_its_rest_host(pair: Any, url: str) -> None:
    def domain(text: str) -> str:
        return httpx.URL(text).host.partition(".")[2]

    assert domain(url) == domain(REST_HOSTS[pair])
    assert url.startswith("wss://stream")
    assert url.endswith("/v5/private")
