"""The page in a browser: Chromium without a screen, driven by playwright."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from attrs import define, field
from playwright.sync_api import Browser, Dialog, Locator, Page, expect, sync_playwright

from bybit_ext.cli.serve import Refill
from bybit_ext.explorer import RecordingBybit, Target, serve
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_response, drop_response, respond_with_status
from tests.conftest import API_KEY, API_SECRET, options_of, wait_until
from tools.picture.chromium import ARGUMENTS, MISSING, find_chromium

LIMIT = 60.0  # seconds that anything may take on a busy machine
SIZES = {"desk": (1280, 860), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None and not os.environ.get("CI"):
        pytest.skip(MISSING)
    assert program, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=ARGUMENTS, headless=True, timeout=LIMIT * 1000
        )
        yield browser
        browser.close()


@define
class Visitor:
    """Somebody at the page.

    Attributes:
        page: the tab.
        complaints: what the browser's console had to complain about.
    """

    page: Page
    complaints: list[str] = field(factory=list[str])

    @property
    def reports(self) -> Locator:
        return self.page.locator(".report")

    @property
    def operation(self) -> Locator:
        """The operation that is open when the page is: to cancel an order."""
        return self.page.locator("#operations-trade-cancelOrder")

    @property
    def body(self) -> Locator:
        return self.operation.locator("textarea")

    def choose(self, example: str) -> None:
        self.operation.locator(".opblock-section-request-body .examples-select-element").select_option(example)

    def execute(self, operation: Locator | None = None) -> None:
        (operation or self.operation).get_by_role("button", name="Execute").click()

    def open_operation(self, name: str) -> Locator:
        operation = self.page.locator(f"#operations-trade-{name}")
        operation.locator(".opblock-summary-control").click()
        return operation


@pytest.fixture
def visitor(exchange: Sandbox, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Somebody at the page of this test's exchange, at a desk or on the phone."""
    Refill(exchange, delay=0.2).start()
    with visit(browser, exchange.page_url, getattr(request, "param", "desk")) as visitor:
        yield visitor


on_both = pytest.mark.parametrize("visitor", SIZES, indirect=True)


@contextmanager
def visit(browser: Browser, url: str, size: str = "desk") -> Generator[Visitor, None, None]:
    """Open a page. The browser must have nothing to complain about at the end."""
    width, height = SIZES[size]
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        context.set_default_timeout(LIMIT * 1000)
        visitor = Visitor(context.new_page())
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on(
            "console",
            lambda message: visitor.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        visitor.page.goto(url)
        yield visitor
        assert visitor.complaints == []


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=LIMIT * 1000)


def test_the_page_is_filled_in_with_orders_that_rest(exchange: Sandbox, visitor: Visitor) -> None:
    expect(visitor.body).to_have_value(re.compile('"orderId"'))
    assert any(order.order_id in visitor.body.input_value() for order in exchange.open_orders())
    expect(visitor.page.locator("#exchange")).to_have_text("sandbox")
    expect(visitor.page.locator("#orders li")).to_have_count(4)


def test_the_token_leaves_the_address_and_outlives_a_reload(visitor: Visitor) -> None:
    expect(visitor.body).to_be_visible()
    assert "token" not in visitor.page.url
    visitor.page.reload()
    expect(visitor.body).to_have_value(re.compile('"orderId"'))


@on_both
def test_what_is_filled_in_can_be_sent_and_its_end_is_seen(exchange: Sandbox, visitor: Visitor) -> None:
    expect(visitor.page.locator("#stream")).to_have_class(re.compile("open"))
    wait_until(lambda: exchange.subscriptions, LIMIT)
    visitor.execute()
    report = visitor.reports.first
    expect(report.locator(".head")).to_contain_text("Cancelled")
    expect(report.locator(".head code")).to_have_text("CancelOutcome")
    expect(report.locator(".updates .final")).to_contain_text("Cancelled")
    expect(report).to_contain_text("X-BAPI-SIGN: ***")
    expect(report).to_contain_text("***5000{")
    expect(visitor.operation.locator(".live-responses-table")).to_contain_text("retCode")
    text = visitor.page.content()
    assert exchange.api_key not in text
    assert exchange.api_secret not in text
    expect(report).to_be_in_viewport()


@on_both
def test_a_refusal_is_seen_with_its_advice(visitor: Visitor) -> None:
    visitor.choose("refused")
    visitor.execute()
    report = visitor.reports.first
    expect(report.locator(".head")).to_contain_text("Refused")
    expect(report.locator(".head code")).to_have_text("OrderNotFound")
    expect(report.locator(".advice")).to_contain_text("Query it before placing it again")


def test_what_is_wrong_is_seen_not_to_be_sent(visitor: Visitor) -> None:
    visitor.choose("notSent")
    visitor.execute()
    report = visitor.reports.first
    expect(report.locator(".head")).to_contain_text("Not sent")
    expect(report).to_contain_text("orderId: is missing")
    expect(report.locator(".advice")).to_contain_text("Nothing was sent.")
    expect(report.locator(".send")).to_have_count(0)
    expect(visitor.operation.locator(".live-responses-table")).to_contain_text("Not sent")


def test_an_edited_body_is_what_is_sent(exchange: Sandbox, visitor: Visitor) -> None:
    visitor.body.fill('{"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "my-order-2"}')
    visitor.execute()
    report = visitor.reports.first
    expect(report.locator(".head")).to_contain_text("Cancelled")
    expect(report.locator(".python")).to_contain_text("CancelByOrderLinkId")
    (ended,) = [one for one in exchange.orders() if one.order_status == "Cancelled"]
    assert ended.order_link_id == "my-order-2"


def test_an_order_of_the_list_is_put_into_the_body(exchange: Sandbox, visitor: Visitor) -> None:
    (order,) = [one for one in exchange.open_orders() if one.order_link_id == "my-stop-1"]
    visitor.page.locator(f'#orders li[data-order="{order.order_id}"] button').click()
    expect(visitor.body).to_have_value(re.compile(f'"orderId": "{order.order_id}"'))
    expect(visitor.body).to_have_value(re.compile('"orderFilter": "StopOrder"'))
    visitor.execute()
    expect(visitor.reports.first.locator(".head")).to_contain_text("Deactivated")


def test_the_list_of_orders_follows_the_stream(exchange: Sandbox, visitor: Visitor) -> None:
    expect(visitor.page.locator("#orders li")).to_have_count(4)
    wait_until(lambda: exchange.subscriptions, LIMIT)
    order = exchange.place("linear", "ETHUSDT")
    item = visitor.page.locator(f'#orders li[data-order="{order.order_id}"]')
    expect(item).to_contain_text("ETHUSDT")
    exchange.fill(order.order_id)
    expect(item).to_have_count(0)


def test_a_new_order_is_placed_and_its_stream_is_seen(exchange: Sandbox, visitor: Visitor) -> None:
    wait_until(lambda: exchange.subscriptions, LIMIT)
    visitor.execute(visitor.open_operation("createOrder"))
    report = visitor.reports.first
    expect(report.locator(".head")).to_contain_text("Accepted")
    expect(report.locator(".updates")).to_contain_text("New")
    (order,) = [one for one in exchange.open_orders() if one.order_link_id.startswith("try-")]
    exchange.fill(order.order_id)
    expect(report.locator(".updates .final")).to_contain_text("Filled")


def test_the_stream_of_a_new_order_is_seen_though_its_outcome_is_unknown(exchange: Sandbox, browser: Browser) -> None:
    exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = LIMIT
    exchange.faults.on_next([drop_response()] * 20, of="creates")
    options: dict[str, Any] = options_of(exchange, deadline=2.0)
    with serve(Target("testnet", lambda: RecordingBybit(**options))) as url, visit(browser, url) as visitor:
        wait_until(lambda: exchange.subscriptions, LIMIT)
        operation = visitor.open_operation("createOrder")
        operation.locator("textarea").fill(
            '{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1","price":"100"}'
        )
        visitor.execute(operation)
        report = visitor.reports.first
        expect(report.locator(".head")).to_contain_text("Outcome unknown")
        expect(report.locator(".updates")).to_contain_text("New")
        (order,) = exchange.open_orders()
        exchange.fill(order.order_id)
        expect(report.locator(".updates .final")).to_contain_text("Filled")
        exchange.place("linear", "BTCUSDT", order_link_id=order.order_link_id)
        expect(visitor.page.locator("#orders li b")).to_have_count(1)  # the page has heard of it
        expect(report.locator(".updates li")).to_have_count(2)


def test_what_an_earlier_send_may_have_cancelled_is_seen(exchange: Sandbox, visitor: Visitor) -> None:
    expect(visitor.body).to_have_value(re.compile('"orderId"'))
    exchange.faults.stream.silent = True
    exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = LIMIT
    exchange.faults.on_next([drop_response()], of="cancels")
    visitor.execute()
    report = visitor.reports.first
    expect(report.locator(".head code")).to_have_text("OrderClosed")
    expect(report.locator(".head")).to_contain_text("Outcome unknown")
    expect(report.locator(".body").first).to_contain_text("may be what cancelled the order")


def test_a_query_is_sent_with_its_parameters(visitor: Visitor) -> None:
    visitor.execute(visitor.open_operation("getOrders"))
    report = visitor.reports.first
    expect(report.locator(".head")).to_contain_text("Accepted")
    expect(report).to_contain_text("GET /v5/order/realtime?category=linear&symbol=BTCUSDT HTTP/1.1")


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_without_a_body_leaves_the_verdict(exchange: Sandbox, visitor: Visitor, status: int) -> None:
    (order,) = [one for one in exchange.open_orders() if one.order_link_id == "my-order-2"]
    exchange.faults.on(order.order_id, [respond_with_status(status, b"", carry_out=True)])
    visitor.body.fill(f'{{"category": "linear", "symbol": "BTCUSDT", "orderId": "{order.order_id}"}}')
    visitor.execute()
    report = visitor.reports.first
    expect(report.locator(".head code")).to_have_text(re.compile("CancelOutcome|OutcomeUnknown"))
    expect(visitor.operation.locator(".live-responses-table")).to_contain_text(str(status))
    expect(report.locator(".head code")).to_have_text(re.compile("CancelOutcome|OutcomeUnknown"))


def test_a_request_that_the_end_of_the_server_cuts_has_an_unknown_outcome(exchange: Sandbox, browser: Browser) -> None:
    order = exchange.place("linear", "BTCUSDT")
    exchange.faults.on(order.order_id, [delay_response(LIMIT)])
    keys = (exchange.api_key, exchange.api_secret)
    target = Target("testnet", lambda: RecordingBybit(*keys, base_url=exchange.url, timeout=LIMIT, trust_env=False))
    with ExitStack() as stack:
        with serve(target) as url:
            visitor = stack.enter_context(visit(browser, url))
            visitor.execute()
            wait_until(lambda: exchange.open_orders() == [], LIMIT)
        report = visitor.reports.first
        expect(report.locator(".head")).to_contain_text("Outcome unknown")
        expect(report).to_contain_text("may have been carried out")
        expect(visitor.page.locator("#stream")).not_to_have_class(re.compile("open"))
        visitor.complaints.clear()  # that the server is gone


def test_a_new_token_in_the_old_tab_is_taken(exchange: Sandbox, browser: Browser) -> None:
    with visit(browser, f"{exchange.url}/#token=old") as visitor:
        expect(visitor.page.locator("#notice")).to_contain_text("token is missing or wrong")
        visitor.complaints.clear()  # that it was refused
        visitor.page.goto(exchange.page_url)
        expect(visitor.page.locator("#exchange")).to_have_text("sandbox")


def test_the_list_is_read_again_after_a_gap(exchange: Sandbox, visitor: Visitor) -> None:
    expect(visitor.page.locator("#stream")).to_have_class(re.compile("open"))
    exchange.faults.stream.silent = True
    order = exchange.place("linear", "ETHUSDT")
    exchange.drop_streams()
    expect(visitor.page.locator(f'#orders li[data-order="{order.order_id}"]')).to_contain_text("ETHUSDT")


def test_a_list_that_could_not_be_read_is_not_called_empty(exchange: Sandbox, browser: Browser) -> None:
    target = Target("testnet", lambda: RecordingBybit(API_KEY, API_SECRET, base_url=exchange.url, trust_env=False))
    with serve(target) as url, visit(browser, url) as visitor:
        expect(visitor.page.locator("#orders")).to_contain_text("The open orders of spot could not be read.")
        expect(visitor.page.locator("#orders")).not_to_contain_text("There is none")
        expect(visitor.page.locator("#stream")).not_to_have_class(re.compile("open"))


def test_an_empty_list_says_what_it_would_list(exchange: Sandbox, browser: Browser) -> None:
    exchange.place("inverse", "BTCUSD")  # of which the page reads no list
    with visit(browser, exchange.page_url) as visitor:
        expect(visitor.page.locator("#orders")).to_contain_text("There is none of USDT futures, USDC futures, spot.")


@pytest.mark.parametrize("answer", ["no", "yes"])
def test_on_mainnet_it_asks_before_it_sends(exchange: Sandbox, browser: Browser, answer: str) -> None:
    order = exchange.place("linear", "BTCUSDT")
    keys = (exchange.api_key, exchange.api_secret)
    target = Target("mainnet", lambda: RecordingBybit(*keys, base_url=exchange.url, trust_env=False))
    questions: list[str] = []

    def reply(dialog: Dialog) -> None:
        questions.append(dialog.message)
        if answer == "yes":
            dialog.accept()
        else:
            dialog.dismiss()

    with serve(target) as url, visit(browser, url) as visitor:
        visitor.page.on("dialog", reply)
        visitor.execute()
        if answer == "yes":
            expect(visitor.reports.first.locator(".head")).to_contain_text("Cancelled")
        else:
            expect(visitor.operation).to_contain_text("you said no")
            expect(visitor.reports).to_have_count(0)
    assert "real money" in questions[0]
    assert (order.order_id in {one.order_id for one in exchange.open_orders()}) is (answer == "no")


def test_without_the_token_the_page_says_what_to_do(exchange: Sandbox, browser: Browser) -> None:
    with visit(browser, exchange.url) as visitor:
        expect(visitor.page.locator("#notice")).to_contain_text("open the URL that the command printed")
        expect(visitor.page.locator("#operations")).to_be_empty()
