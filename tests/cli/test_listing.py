"""`bybit orders`: all pages of the open orders, and how they are shown."""

import io
import itertools
import json
import re
from typing import Any

import pytest
from bybit_v5.models import Category, GetOrdersResponse, Order
from rich.console import Console
from typer.testing import Result

from bybit_ext import Bybit, InvalidInput, OutcomeUnknown
from bybit_ext.cli import app as cli
from bybit_ext.cli import render
from bybit_ext.cli.listing import open_orders
from bybit_ext.cli.requests import Scope
from bybit_ext.sandbox import Sandbox
from tests.conftest import options_of

from .conftest import LINEAR, RUNNER


@pytest.fixture
def listed(exchange: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `bybit orders`."""
    monkeypatch.setenv("BYBIT_API_KEY", exchange.api_key)
    monkeypatch.setenv("BYBIT_API_SECRET", exchange.api_secret)

    def listed(*arguments: str) -> Result:
        return RUNNER.invoke(cli.app, ["orders", "--base-url", exchange.url, *arguments])

    return listed


class Pages:
    """A client that answers with these pages, each with the cursor of the next one."""

    def __init__(self, *pages: tuple[list[Order], str]) -> None:
        self.pages = list(pages)
        self.asked: list[Any] = []

    def call(self, _: object, **asked: Any) -> GetOrdersResponse:
        self.asked.append(asked["cursor"])
        orders, cursor = self.pages.pop(0)
        page = {"list": [order.to_dict() for order in orders], "nextPageCursor": cursor}
        return GetOrdersResponse.from_dict({"retCode": 0, "retMsg": "OK", "result": page})


def read(pages: Any) -> list[str]:
    return [order.order_id for order in open_orders(pages, "spot", Scope())]


class TestPages:
    def test_all_are_read(self, exchange: Sandbox) -> None:
        placed = [exchange.place("linear", "BTCUSDT").order_id for _ in range(101)]
        with Bybit(**options_of(exchange, stream=False)) as bybit:
            found = open_orders(bybit, "linear", Scope("BTCUSDT"))
        assert [order.order_id for order in found] == placed[::-1]

    def test_a_full_last_page_ends_them(self, exchange: Sandbox) -> None:
        for _ in range(50):
            exchange.place("spot", "BTCUSDT")
        with Bybit(**options_of(exchange, stream=False)) as bybit:
            assert len(open_orders(bybit, "spot", Scope())) == 50

    def test_an_order_that_moves_to_the_next_page_is_listed_once(self, exchange: Sandbox) -> None:
        orders = [exchange.place("spot", "BTCUSDT") for _ in range(51)]
        assert read(Pages((orders[:50], "1"), (orders[49:], ""))) == [order.order_id for order in orders]

    def test_an_empty_page_is_not_the_last_one_if_it_names_another(self, exchange: Sandbox) -> None:
        order = exchange.place("spot", "BTCUSDT")
        assert read(Pages(([], "1"), ([order], "2"))) == [order.order_id]

    def test_an_empty_page_that_names_itself_is_the_last_one(self) -> None:
        assert read(Pages(([], "1"), ([], "1"))) == []

    def test_full_pages_that_name_each_other_are_not_taken_for_all_orders(self, exchange: Sandbox) -> None:
        orders = [exchange.place("spot", "BTCUSDT") for _ in range(50)]
        with pytest.raises(OutcomeUnknown, match="same page"):
            read(Pages(*itertools.repeat((orders, "1"), 3)))


class TestScope:
    @pytest.fixture
    def placed(self, exchange: Sandbox) -> dict[str, str]:
        symbols: list[tuple[Category, str]] = [
            ("linear", "BTCUSDT"),
            ("linear", "BTCPERP"),
            ("linear", "ETHUSDT"),
            ("inverse", "BTCUSD"),
            ("inverse", "ETHUSD"),
            ("option", "BTC-29JUL22-25000-C"),
            ("spot", "XRPUSDT"),
        ]
        orders = [exchange.place(category, symbol) for category, symbol in symbols]
        exchange.end(exchange.place("linear", "BTCUSDT").order_id, "Cancelled")
        return {order.order_id: order.symbol for order in orders}

    @pytest.mark.parametrize(
        ("arguments", "symbols"),
        [
            (["linear", "--symbol", "BTCUSDT"], ["BTCUSDT"]),
            (["linear", "--base-coin", "BTC"], ["BTCPERP", "BTCUSDT"]),
            (["linear", "--settle-coin", "USDT"], ["BTCUSDT", "ETHUSDT"]),
            (["inverse"], ["BTCUSD", "ETHUSD"]),
            (["inverse", "--settle-coin", "ETH"], ["ETHUSD"]),
            (["option", "--base-coin", "BTC"], ["BTC-29JUL22-25000-C"]),
            (["spot"], ["XRPUSDT"]),
            (["spot", "--symbol", "BTCUSDT"], list[str]()),
        ],
        ids=str,
    )
    def test_only_open_orders_of_it_are_listed(
        self, listed: Any, placed: dict[str, str], arguments: list[str], symbols: list[str]
    ) -> None:
        result = listed("--category", *arguments, "--json")
        assert result.exit_code == 0
        orders = [json.loads(line) for line in result.stdout.splitlines()]
        assert sorted(order["symbol"] for order in orders) == symbols
        assert {order["category"] for order in orders} <= {arguments[0]}
        assert {order["orderId"] for order in orders} <= placed.keys()

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["linear"], "--symbol, --base-coin, --settle-coin"),
            (["linear", "--symbol", "BTCUSDT", "--base-coin", "BTC"], "one of them"),
            (["option", "--base-coin", "BTC", "--settle-coin", "USDC"], "one of them"),
            (["spot", "--base-coin", "XRP"], "--base-coin"),
            (["spot", "--settle-coin", "USDT"], "--settle-coin"),
            (["spot", "--symbol", ""], "symbol: must not be empty"),
            (["futures"], "--category"),
            ([], "--category"),
        ],
        ids=str,
    )
    def test_one_that_the_exchange_does_not_have_is_wrong_usage(
        self, listed: Any, arguments: list[str], named: str
    ) -> None:
        result = listed(*(["--category", *arguments] if arguments else []))
        assert result.exit_code == 2
        assert named in result.stderr

    def test_nothing_is_sent_for_one_that_the_exchange_does_not_have(self) -> None:
        pages = Pages()
        client: Any = pages
        with pytest.raises(InvalidInput):
            open_orders(client, "linear", Scope())
        assert pages.asked == []


class TestOutput:
    def test_each_order_is_one_line_where_there_is_no_terminal(self, listed: Any, exchange: Sandbox) -> None:
        orders = [
            exchange.place("spot", "BTCUSDT", order_link_id="[my]", qty="2"),
            exchange.place("spot", "BTCUSDT", side="Sell", order_type="Market"),
        ]
        exchange.fill(orders[0].order_id, "0.5")
        assert listed("--category", "spot").stdout.splitlines() == [
            f"New                      spot BTCUSDT {orders[1].order_id}, Sell Market, 0 of 1",
            f"PartiallyFilled          spot BTCUSDT {orders[0].order_id} [my], Buy Limit at 100, 0.5 of 2",
        ]

    def test_an_order_that_waits_for_its_trigger_says_for_which(self, listed: Any, exchange: Sandbox) -> None:
        exchange.place("spot", "BTCUSDT", order_filter="StopOrder", trigger_price="90")
        assert ", Buy Limit at 100 with trigger 90, " in listed("--category", "spot").stdout

    def test_no_order_is_no_line(self, listed: Any) -> None:
        result = listed(*LINEAR)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")

    @pytest.fixture
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
        shown = io.StringIO()
        screen = Console(file=shown, force_terminal=True, color_system=None, width=170, emoji=False)
        monkeypatch.setattr(render, "out", screen)
        return shown

    def test_a_terminal_gets_a_table(self, listed: Any, exchange: Sandbox, terminal: io.StringIO) -> None:
        order = exchange.place("linear", "BTCUSDT", order_link_id="[my]:key:")
        listed(*LINEAR)
        title, *lines = terminal.getvalue().splitlines()
        assert title.rstrip() == f"Open orders on {exchange.url.removeprefix('http://')}: 1"
        row = next(index for index, line in enumerate(lines) if order.order_id in line)
        cells = re.split("  +", lines[row].strip())
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", cells.pop(0))
        assert cells == ["New", "BTCUSDT Buy Limit at 100, 0 of 1", order.order_id]
        assert lines[row + 1].strip() == "[my]:key:"

    def test_json_at_a_terminal_is_json(self, listed: Any, exchange: Sandbox, terminal: io.StringIO) -> None:
        order = exchange.place("linear", "BTCUSDT")
        assert json.loads(listed(*LINEAR, "--json").stdout)["orderId"] == order.order_id
        assert terminal.getvalue() == ""

    @pytest.mark.parametrize("width", [1, 20])
    def test_a_terminal_without_room_for_a_table_gets_a_line_for_each(
        self, exchange: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
    ) -> None:
        screen = Console(force_terminal=True, color_system=None, width=width)
        monkeypatch.setattr(render, "out", screen)
        order = exchange.place("linear", "BTCUSDT")
        render.show_orders([order], "api.bybit.com", as_json=False)
        assert order.order_id in capsys.readouterr().out

    @pytest.mark.parametrize("width", [80, 120])
    def test_an_ordinary_terminal_shows_each_id_in_one_piece(
        self,
        exchange: Sandbox,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        width: int,
    ) -> None:
        monkeypatch.setattr(render, "out", Console(force_terminal=True, color_system=None, width=width))
        order = exchange.place("linear", "BTCUSDT", order_link_id="l" * 36, price="25000.5")
        render.show_orders([order], "api.bybit.com", as_json=False)
        assert {order.order_id, order.order_link_id} <= set(capsys.readouterr().out.split())

    def test_a_narrow_terminal_shows_all_of_an_id(
        self, exchange: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(render, "out", Console(force_terminal=True, color_system=None, width=60))
        order = exchange.place("linear", "BTCUSDT")
        render.show_orders([order], "api.bybit.com", as_json=False)
        assert order.order_id in "".join(line[44:].strip() for line in capsys.readouterr().out.splitlines())

    @pytest.mark.parametrize("created", ["soon", "", "9" * 30])
    def test_a_time_that_is_none_is_shown_as_it_came(
        self, exchange: Sandbox, terminal: io.StringIO, created: str
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        order.created_time = created
        render.show_orders([order], "api.bybit.com", as_json=False)
        assert created in terminal.getvalue()

    @pytest.mark.parametrize("more", [[], ["--json"]])
    def test_a_refusal_is_1(self, listed: Any, monkeypatch: pytest.MonkeyPatch, more: list[str]) -> None:
        monkeypatch.setenv("BYBIT_API_SECRET", "another")
        result = listed(*LINEAR, *more)
        assert result.exit_code == 1
        if more:
            failure = json.loads(result.stdout)
            assert (failure["result"], failure["error"]) == ("refused", "AuthenticationFailed")
            assert (failure["order_id"], failure["order_link_id"]) == (None, None)
        else:
            assert result.stderr.startswith("AuthenticationFailed  The exchange refused.")

    def test_ctrl_c_is_130(self, listed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Bybit, "call", interrupt)
        result = listed(*LINEAR)
        assert result.exit_code == 130
        assert "Not all open orders are shown" in result.stderr
