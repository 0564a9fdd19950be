from collections.abc import Iterator
from typing import Any, get_args

import pytest
from bybit_v5 import models
from openapi_spec_validator import validate

from bybit_ext.hosts import REST_HOSTS
from bybit_ext.spec import document, public_operations

SCHEMAS: dict[str, dict[str, Any]] = document()["components"]["schemas"]


def test_the_document_is_valid_openapi() -> None:
    validate(document())


def test_the_hosts_are_the_servers_of_the_document() -> None:
    servers = {server["description"]: server["url"] for server in document()["servers"]}
    assert servers == {" ".join(filter(None, pair)): host for pair, host in REST_HOSTS.items()}


def test_only_the_clock_is_public() -> None:
    assert public_operations() == {("GET", "/v5/market/time")}


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
    assert all(validator_of(definition).is_valid(example) for example in examples)


def validator_of(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]})


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
                assert validator_of(content["schema"]).is_valid(example["value"]), name
