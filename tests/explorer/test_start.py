"""What the page begins with: the document with examples that work as they stand, and the open orders."""

import json
from typing import Any

import httpx
import pytest

from bybit_ext.document import document
from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox, server
from tests.conftest import API_KEY, API_SECRET
from tests.engines.servers import Peer, RawServer, reply
from tests.explorer.conftest import LIMIT, Page, open_page, page_of

SPOT = (
    b'{"retCode":0,"retMsg":"OK","result":{"list":[],"nextPageCursor":"","category":"spot"},"retExtInfo":{},"time":1}'
)
LIST = {"category": "linear", "symbol": "BTCUSDT"}


@pytest.fixture(autouse=True)
def _orders(exchange: Sandbox) -> None:
    exchange.place("linear", "BTCUSDT", order_link_id="mine")
    exchange.place("linear", "ETHUSDT")
    exchange.place("linear", "BTCPERP")
    exchange.place("spot", "XRPUSDT", order_filter="StopOrder")
    exchange.place("spot", "XRPUSDT", order_filter="tpslOrder")
    exchange.place("spot", "XRPUSDT")


def operation(content: dict[str, Any], path: str) -> dict[str, Any]:
    (found,) = content["document"]["paths"][path].values()
    return dict(found)


def examples(content: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = operation(content, path)["requestBody"]["content"]["application/json"]["examples"]
    return found


def test_it_names_the_exchange(exchange: Sandbox, page: Page) -> None:
    content = page.start()
    assert (content["exchange"], content["problem"]) == ("sandbox", None)
    assert f"http://{content['host']}" == exchange.url


def test_it_lists_the_open_orders(exchange: Sandbox, page: Page) -> None:
    ids = {order.order_id for order in exchange.open_orders()}
    assert {one["id"] for one in page.start()["orders"]} == ids


def test_it_says_that_a_list_could_not_be_read() -> None:
    with RawServer(answer_spot_only) as server, page_of(server.url) as page:
        content = page.start()
    assert content["notes"] == [f"The open orders of {coin} futures could not be read." for coin in ("USDT", "USDC")]
    assert content["categories"] == ["spot"]
    assert content["problem"]["kind"] == "refused"


def answer_spot_only(peer: Peer) -> None:
    while request := peer.read_request():
        is_spot = b"category=spot" in request.head
        answer = SPOT if is_spot else b'{"retCode":10005,"retMsg":"denied","result":{}}'
        peer.send(reply(answer))


def test_it_says_that_not_all_are_listed(exchange: Sandbox, page: Page) -> None:
    assert page.start()["notes"] == []
    for _ in range(50):
        exchange.place("spot", "XRPUSDT")
    content = page.start()
    assert content["notes"] == ["Of spot, only the first 50 are listed: there may be more."]
    assert content["categories"] == ["linear"]


def test_all_are_listed_of_the_product_types_that_it_names(exchange: Sandbox, page: Page) -> None:
    for symbol in ("BTCUSDT", "BTCPERP"):
        exchange.place("linear", symbol)
    content = page.start()
    assert content["categories"] == ["linear", "spot"]
    listed = {one["id"] for one in content["orders"]}
    assert listed == {one.order_id for one in exchange.open_orders() if one.category in content["categories"]}


def test_of_a_product_type_whose_lists_could_not_all_be_read_it_does_not_claim_to_list_all() -> None:
    def refuse_usdc(peer: Peer) -> None:
        while request := peer.read_request():
            refused = b'{"retCode":10005,"retMsg":"denied","result":{}}'
            peer.send(reply(refused if b"settleCoin=USDC" in request.head else SPOT.replace(b"spot", b"linear")))

    with RawServer(refuse_usdc) as server, page_of(server.url) as page:
        assert page.start()["categories"] == ["spot"]


def test_every_open_order_comes_with_a_request_that_cancels_it(exchange: Sandbox, page: Page) -> None:
    for order in page.start()["orders"]:
        assert page.run("POST", "/v5/order/cancel", order["cancel"])["verdict"]["kind"] == "done"
    assert exchange.open_orders() == []


def test_the_first_example_of_each_operation_works_as_it_stands(page: Page) -> None:
    for path, item in document()["paths"].items():
        for method, one in item.items():
            content = page.start()
            if "requestBody" in one:
                body = next(iter(examples(content, path).values()))["value"]
                report = page.run(method.upper(), path, body)
            else:
                given = operation(content, path).get("parameters", ())
                query = {each["name"]: each["example"] for each in given if "example" in each}
                report = page.run(method.upper(), path, **query)
            assert report["verdict"]["kind"] == "done", (path, report)


@pytest.mark.parametrize(("name", "kind"), [("refused", "refused"), ("notSent", "not sent"), ("linkId", "done")])
def test_examples_that_do_something_else_do_it(page: Page, name: str, kind: str) -> None:
    body = examples(page.start(), "/v5/order/cancel")[name]["value"]
    assert page.run("POST", "/v5/order/cancel", body)["verdict"]["kind"] == kind


def test_new_orders_get_new_link_ids(page: Page) -> None:
    first, second = (examples(page.start(), "/v5/order/create") for _ in range(2))
    assert first["futuresLimit"]["value"]["orderLinkId"] != second["futuresLimit"]["value"]["orderLinkId"]


def test_it_asks_nobody_for_a_key(page: Page) -> None:
    content = page.start()["document"]
    assert "security" not in json.dumps(content)
    assert content["servers"] == [{"url": "/explorer/run"}]


def test_without_open_orders_the_documents_own_examples_stay(exchange: Sandbox, page: Page) -> None:
    for order in exchange.open_orders():
        exchange.fill(order.order_id)
    content = page.start()
    assert content["orders"] == []
    body = document()["paths"]["/v5/order/cancel"]["post"]["requestBody"]["content"]["application/json"]
    assert examples(content, "/v5/order/cancel") == body["examples"]


def test_the_document_itself_is_not_changed(page: Page) -> None:
    before = json.dumps(document())
    page.start()
    assert json.dumps(document()) == before


def test_other_tools_get_the_document_for_this_server(exchange: Sandbox, page: Page) -> None:
    content = page.http.get("/openapi.json").json()
    assert content == {**document(), "servers": [{"url": exchange.url}]}


def test_for_an_exchange_elsewhere_other_tools_get_the_document_for_that() -> None:
    target = Target("demo", lambda: RecordingBybit(API_KEY, API_SECRET, environment="demo", trust_env=False))
    with serve(target) as url:
        page = open_page(url)
        with page.http:
            servers = page.http.get("/openapi.json").json()["servers"]
    assert servers == [{"url": "https://api-demo.bybit.com"}]


def test_a_key_that_is_refused_is_told_on_the_page(exchange: Sandbox) -> None:
    with page_of(exchange.url) as page:
        content = page.start()
    assert (content["exchange"], content["orders"]) == ("testnet", [])
    assert content["problem"]["name"] == "AuthenticationFailed"
    assert API_KEY not in json.dumps(content)


def test_a_sandbox_opened_again_has_its_page_again() -> None:
    with Sandbox() as sandbox:
        sandbox.place("linear", "BTCUSDT")
        first = open_page(sandbox.page_url)
        with first.http:
            assert len(first.start()["orders"]) == 1
    with sandbox:
        second = open_page(sandbox.page_url)
        with second.http:
            assert len(second.start()["orders"]) == 1


class TestWithoutSwaggerUI:
    @pytest.fixture
    def sandbox_without(self, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
        monkeypatch.setattr(server, "find_swagger_ui", lambda: None)
        monkeypatch.setattr("bybit_ext.explorer.assets.find_swagger_ui", lambda: None)
        return Sandbox()

    @pytest.mark.parametrize("path", ["/", "/openapi.json", "/explorer/start"])
    def test_the_sandbox_knows_no_such_path(self, sandbox_without: Sandbox, path: str) -> None:
        with sandbox_without:
            response = httpx.get(f"{sandbox_without.url}{path}", timeout=LIMIT)
        assert (response.status_code, response.json()["retCode"]) == (404, 10017)

    def test_the_url_says_what_to_install(self, sandbox_without: Sandbox) -> None:
        with pytest.raises(ModuleNotFoundError, match=r"bybit-v5\[explore\]"):
            _ = sandbox_without.page_url
