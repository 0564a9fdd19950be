"""The two lists of orders over HTTP: what they show, filter, page, forget and refuse."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from bybit_v5.models import Order

from bybit_ext.sandbox import Exchange, Sandbox
from bybit_ext.sandbox.queries import OrderQuery
from tests.sandbox.conftest import VirtualTime
from tests.sandbox.wire import Wire, ids_of, now_ms, orders_of, statuses_of, wait_until

LINEAR: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT"}
LISTS = ("realtime", "history")
DAY = 86_400_000


@pytest.fixture
def orders(exchange: Sandbox) -> dict[str, Order]:
    """One order of each status."""
    orders = {name: exchange.place("linear", "BTCUSDT") for name in ("New", "PartiallyFilled", "Filled")}
    exchange.fill(orders["PartiallyFilled"].order_id, "0.5")
    exchange.fill(orders["Filled"].order_id)
    for status in ("Cancelled", "Rejected"):
        orders[status] = exchange.place("linear", "BTCUSDT")
        exchange.end(orders[status].order_id, status)
    return orders


@pytest.fixture
def past(exchange: Sandbox) -> "Past":
    return Past(exchange)


class Past:
    """Places orders as if it had been done long ago."""

    def __init__(self, exchange: Sandbox) -> None:
        self._exchange = exchange
        self._clock = exchange.clock

    def place(self, days: float, end: str = "Filled", **options: Any) -> str:
        """Return the id of an order that was placed, and ended, so many days ago."""
        self._exchange.clock = lambda: self._clock() - round(days * DAY)
        try:
            order = self._exchange.place("linear", "BTCUSDT", **options)
            if end == "Filled":
                self._exchange.fill(order.order_id)
            elif end:
                self._exchange.end(order.order_id, end)
        finally:
            self._exchange.clock = self._clock
        return order.order_id


class TestRealtime:
    @pytest.mark.parametrize(
        ("open_only", "statuses"),
        [
            ({}, ["PartiallyFilled", "New"]),
            ({"openOnly": 0}, ["PartiallyFilled", "New"]),
            ({"openOnly": 1}, ["Rejected", "Cancelled", "Filled"]),
            ({"openOnly": 2}, ["Rejected", "Cancelled", "Filled"]),
        ],
    )
    def test_open_only_chooses_open_or_closed_orders(
        self, wire: Wire, orders: dict[str, Order], open_only: dict[str, int], statuses: list[str]
    ) -> None:
        assert len(orders) == 5
        assert statuses_of(wire.realtime(**LINEAR, **open_only)) == statuses

    @pytest.mark.parametrize("open_only", [0, 1, 2])
    def test_open_only_is_ignored_beside_an_id(self, exchange: Sandbox, wire: Wire, open_only: int) -> None:
        closed = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        exchange.fill(closed.order_id)
        order = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        by_link_id = wire.realtime(**LINEAR, openOnly=open_only, orderLinkId="mine")
        assert ids_of(by_link_id) == [order.order_id, closed.order_id]
        for one in (order, closed):
            assert ids_of(wire.realtime(**LINEAR, openOnly=open_only, orderId=one.order_id)) == [one.order_id]

    def test_ids_go_before_the_symbol(self, exchange: Sandbox, wire: Wire) -> None:
        mine = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        other = exchange.place("linear", "ETHUSDT", order_link_id="other")
        for query in (
            {"symbol": "ETHUSDT", "orderId": mine.order_id},
            {"symbol": "ETHUSDT", "orderLinkId": "mine"},
            {"symbol": "ETHUSDT", "orderId": mine.order_id, "orderLinkId": "other"},
            {"symbol": "BTCUSDT", "baseCoin": "ETH"},
            {"symbol": "BTCUSDT", "settleCoin": "USDC"},
        ):
            assert ids_of(wire.realtime(category="linear", **query)) == [mine.order_id]
        assert ids_of(wire.realtime(category="linear", baseCoin="ETH", settleCoin="USDC")) == [other.order_id]

    def test_unknown_order_is_an_empty_page(self, wire: Wire) -> None:
        answer = wire.realtime(**LINEAR, orderId="unknown")
        assert answer["result"] == {"category": "linear", "nextPageCursor": "", "list": []}

    def test_parameters_of_the_history_are_ignored(self, exchange: Sandbox, wire: Wire) -> None:
        order = exchange.place("linear", "BTCUSDT")
        answer = wire.realtime(**LINEAR, orderStatus="Filled", startTime="x", endTime=1)
        assert ids_of(answer) == [order.order_id]

    def test_order_of_another_category_is_not_shown(self, exchange: Sandbox, wire: Wire) -> None:
        order = exchange.place("inverse", "BTCUSD", order_link_id="mine")
        assert ids_of(wire.realtime(**LINEAR, orderId=order.order_id)) == []
        assert ids_of(wire.realtime(**LINEAR, orderLinkId="mine")) == []

    def test_only_500_closed_orders_of_a_category_are_kept_but_all_open_ones(self) -> None:
        exchange = Exchange()
        first, *_, last = [exchange.place("linear", "BTCUSDT") for _ in range(501)]
        other = exchange.place("inverse", "BTCUSD")
        exchange.fill(other.order_id)
        exchange.fill(last.order_id)
        for order in exchange.query(OrderQuery("linear", "BTCUSDT")):
            exchange.fill(order.order_id)
        assert len(exchange.query(OrderQuery("linear", "BTCUSDT", open_only=1))) == 500
        # The one that closed first is forgotten, not the one that was placed first.
        assert [len(exchange.query(OrderQuery("linear", order_id=one.order_id))) for one in (first, last)] == [1, 0]
        assert len(exchange.query(OrderQuery("inverse", order_id=other.order_id))) == 1


class TestHistory:
    def test_only_closed_orders_are_shown(self, wire: Wire, orders: dict[str, Order]) -> None:
        assert statuses_of(wire.history(**LINEAR)) == ["Rejected", "Cancelled", "Filled"]
        assert statuses_of(wire.history(**LINEAR, orderId=orders["New"].order_id)) == []
        assert statuses_of(wire.history(**LINEAR, orderId=orders["Filled"].order_id)) == ["Filled"]

    @pytest.mark.parametrize(
        ("status", "count"), [("Filled", 1), ("Cancelled", 1), ("New", 0), ("Deactivated", 0), ("Unheard", 0)]
    )
    def test_status_chooses_orders(self, wire: Wire, orders: dict[str, Order], status: str, count: int) -> None:
        assert len(orders) == 5
        assert statuses_of(wire.history(**LINEAR, orderStatus=status)) == [status] * count

    def test_status_counts_beside_an_id_too(self, wire: Wire, orders: dict[str, Order]) -> None:
        answer = wire.history(**LINEAR, orderStatus="Cancelled", orderId=orders["Filled"].order_id)
        assert ids_of(answer) == []

    def test_link_id_used_again_shows_all_closed_orders_newest_first(self, exchange: Sandbox, wire: Wire) -> None:
        orders: list[Order] = []
        for _ in range(3):
            orders.append(exchange.place("linear", "BTCUSDT", order_link_id="mine"))
            exchange.fill(orders[-1].order_id)
        exchange.place("linear", "BTCUSDT", order_link_id="mine")
        answer = wire.history(**LINEAR, orderLinkId="mine")
        assert ids_of(answer) == [order.order_id for order in reversed(orders)]

    def test_filled_orders_of_seven_days_are_shown(self, wire: Wire, past: Past) -> None:
        shown, _ = past.place(6.9), past.place(7.1)
        assert ids_of(wire.history(**LINEAR)) == [shown]

    def test_id_finds_older_orders_too(self, wire: Wire, past: Past) -> None:
        order_id = past.place(100, order_link_id="mine")
        assert ids_of(wire.history(**LINEAR, orderId=order_id)) == [order_id]
        assert ids_of(wire.history(**LINEAR, orderLinkId="mine")) == [order_id]

    @pytest.mark.parametrize("status", ["Cancelled", "Rejected", "Deactivated"])
    def test_unfilled_orders_are_kept_for_a_day(self, wire: Wire, past: Past, status: str) -> None:
        shown, gone = past.place(0.9, status), past.place(1.1, status)
        assert ids_of(wire.history(**LINEAR)) == [shown]
        assert ids_of(wire.history(**LINEAR, orderId=gone)) == []

    def test_cancelled_order_with_a_fill_is_kept_longer(self, exchange: Sandbox, wire: Wire, past: Past) -> None:
        order_id = past.place(2, "")
        exchange.fill(order_id, "0.5")
        exchange.end(order_id, "Cancelled")
        assert ids_of(wire.history(**LINEAR)) == [order_id]

    def test_orders_are_kept_for_two_years(self, wire: Wire, past: Past) -> None:
        shown, gone = past.place(729), past.place(731)
        assert [ids_of(wire.history(**LINEAR, orderId=one)) for one in (shown, gone)] == [[shown], []]

    @pytest.mark.parametrize(
        ("start", "end", "shown"),
        [
            (20, 15, [18, 16]),
            (20, None, [18, 16, 14]),
            (None, 15, [18, 16]),
            (None, 4.5, [10, 8, 6]),
            (3, 3.5, []),  # nothing is both after and before
        ],
    )
    def test_time_range_is_about_the_creation(
        self, wire: Wire, past: Past, start: float | None, end: float | None, shown: list[int]
    ) -> None:
        placed = {past.place(days): days for days in range(18, 4, -2)}
        now = now_ms()
        given = {"startTime": start, "endTime": end}
        query = {name: now - round(days * DAY) for name, days in given.items() if days is not None}
        answer = wire.history(**LINEAR, **query)
        assert [placed[order_id] for order_id in ids_of(answer)] == sorted(shown)

    @pytest.mark.parametrize(("length", "ret_code"), [(7 * DAY, 0), (7 * DAY + 1, 10001)])
    def test_time_range_of_more_than_seven_days_is_refused(self, wire: Wire, length: int, ret_code: int) -> None:
        answer = wire.history(**LINEAR, startTime=1000, endTime=1000 + length)
        assert answer["retCode"] == ret_code
        assert ret_code == 0 or "cannot exceed 7 days" in answer["retMsg"]


@pytest.mark.parametrize("which", LISTS)
class TestBoth:
    def read(self, wire: Wire, which: str, **query: Any) -> dict[str, Any]:
        return wire.get(f"/v5/order/{which}", {**({"openOnly": 1} if which == "realtime" else {}), **query})

    def place(self, exchange: Sandbox, *arguments: Any, **options: Any) -> str:
        order = exchange.place(*arguments, **options)
        exchange.fill(order.order_id)
        return order.order_id

    def test_linear_needs_a_symbol_or_a_coin(self, wire: Wire, which: str) -> None:
        answer = self.read(wire, which, category="linear", orderId="1")
        assert answer["retCode"] == 10001
        assert "symbol or settleCoin or baseCoin" in answer["retMsg"]

    @pytest.mark.parametrize("category", ["inverse", "spot", "option"])
    def test_other_categories_need_none(self, exchange: Sandbox, wire: Wire, which: str, category: Any) -> None:
        order_ids = [self.place(exchange, category, symbol) for symbol in ("BTC-1-C", "ETH-1-C")]
        assert ids_of(self.read(wire, which, category=category)) == order_ids[::-1]

    @pytest.mark.parametrize(
        ("category", "query", "symbols"),
        [
            ("linear", {"settleCoin": "USDT"}, ["BTCUSDT", "ETHUSDT-26DEC25"]),
            ("linear", {"settleCoin": "USDC"}, ["BTCPERP", "BTC-24MAR23"]),
            ("linear", {"baseCoin": "BTC"}, ["BTCUSDT", "BTCPERP", "BTC-24MAR23"]),
            ("linear", {"baseCoin": "ETH", "settleCoin": "USDC"}, ["ETHUSDT-26DEC25"]),
            ("inverse", {"baseCoin": "BTC"}, ["BTCUSD", "BTCUSDH23"]),
            ("inverse", {"settleCoin": "ETH"}, ["ETHUSD"]),
            ("option", {"settleCoin": "USDT"}, ["BTC-13FEB25-89000-P-USDT"]),
            ("option", {"settleCoin": "USDC"}, ["ETH-28FEB25-2800-C"]),
            ("option", {"baseCoin": "ETH"}, ["ETH-28FEB25-2800-C"]),
            ("spot", {"baseCoin": "BTC", "settleCoin": "USDT"}, ["BTCUSDT", "ETHBTC"]),  # spot has no such parameters
        ],
    )
    def test_coins_choose_symbols(
        self, exchange: Sandbox, wire: Wire, which: str, category: Any, query: dict[str, str], symbols: list[str]
    ) -> None:
        traded = {
            "linear": ["BTCUSDT", "ETHUSDT-26DEC25", "BTCPERP", "BTC-24MAR23"],
            "inverse": ["BTCUSD", "BTCUSDH23", "ETHUSD"],
            "option": ["BTC-13FEB25-89000-P-USDT", "ETH-28FEB25-2800-C"],
            "spot": ["BTCUSDT", "ETHBTC"],
        }
        for symbol in traded[category]:
            self.place(exchange, category, symbol)
        answer = self.read(wire, which, category=category, **query)
        assert [order["symbol"] for order in orders_of(answer)] == symbols[::-1]

    def test_filter_chooses_kinds_and_without_one_all_are_shown(
        self, exchange: Sandbox, wire: Wire, which: str
    ) -> None:
        kinds: tuple[Any, ...] = ("Order", "StopOrder", "tpslOrder")
        placed = {kind: self.place(exchange, "spot", "BTCUSDT", order_filter=kind) for kind in kinds}
        assert ids_of(self.read(wire, which, category="spot")) == list(placed.values())[::-1]
        for kind in (*kinds, "OcoOrder", "BidirectionalTpslOrder"):
            found = ids_of(self.read(wire, which, category="spot", orderFilter=kind))
            assert found == [order_id for placed_as, order_id in placed.items() if placed_as == kind]

    def test_filter_counts_beside_an_id_too(self, exchange: Sandbox, wire: Wire, which: str) -> None:
        order_id = self.place(exchange, "spot", "BTCUSDT", order_filter="StopOrder")
        assert ids_of(self.read(wire, which, category="spot", orderId=order_id, orderFilter="Order")) == []

    @pytest.mark.parametrize(("limit", "sizes"), [({}, [20, 20, 13]), ({"limit": 50}, [50, 3]), ({"limit": 53}, [])])
    def test_pages_have_the_size_that_is_asked_for(
        self, exchange: Sandbox, wire: Wire, which: str, limit: dict[str, int], sizes: list[int]
    ) -> None:
        placed = [self.place(exchange, "linear", "BTCUSDT") for _ in range(53)]
        if not sizes:
            assert self.read(wire, which, **LINEAR, **limit)["retCode"] == 10001
            return
        pages = list(self.pages(wire, which, **LINEAR, **limit))
        assert [len(page) for page in pages] == sizes
        assert list(itertools.chain(*pages)) == placed[::-1]

    def pages(self, wire: Wire, which: str, **query: Any) -> Iterator[list[str]]:
        while True:
            answer = self.read(wire, which, **query)
            yield ids_of(answer)
            query["cursor"] = answer["result"]["nextPageCursor"]
            if not query["cursor"]:
                return

    def test_page_that_is_just_full_is_the_last(self, exchange: Sandbox, wire: Wire, which: str) -> None:
        for _ in range(2):
            self.place(exchange, "linear", "BTCUSDT")
        assert [len(page) for page in self.pages(wire, which, **LINEAR, limit=1)] == [1, 1]

    def test_new_orders_do_not_shift_the_pages(self, exchange: Sandbox, wire: Wire, which: str) -> None:
        placed = [self.place(exchange, "linear", "BTCUSDT") for _ in range(4)]
        read: list[str] = []
        for page in self.pages(wire, which, **LINEAR, limit=1):
            read += page
            self.place(exchange, "linear", "BTCUSDT")
        assert read == placed[::-1]

    def test_cursor_is_taken_as_it_came_and_escaped_once_more(self, exchange: Sandbox, wire: Wire, which: str) -> None:
        first, _ = [self.place(exchange, "linear", "BTCUSDT") for _ in range(2)]
        cursor = self.read(wire, which, **LINEAR, limit=1)["result"]["nextPageCursor"]
        assert cursor.startswith("page_args%3D")
        escaped = self.read(wire, which, **LINEAR, cursor=cursor)
        bare = self.read(wire, which, **LINEAR, cursor=cursor.replace("%3D", "=").replace("%26", "&"))
        assert ids_of(escaped) == ids_of(bare) == [first]

    @pytest.mark.parametrize("cursor", ["unknown", "page_args%3Dunknown%26", "%", "%ff", "page_args=&", "\0"])
    def test_cursor_that_no_page_gave_is_refused(self, wire: Wire, which: str, cursor: str) -> None:
        answer = self.read(wire, which, **LINEAR, cursor=cursor)
        assert answer["retCode"] == 10001
        assert "cursor" in answer["retMsg"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"limit": 0},
            {"limit": 51},
            {"limit": "many"},
            {"symbol": "btcusdt"},
            {"orderId": ""},
            {"orderLinkId": ""},
            {"orderFilter": "order"},
            {"baseCoin": "btc"},
            {"cursor": ""},
            {"category": "futures"},
        ],
    )
    def test_query_is_held_to_the_document(self, wire: Wire, which: str, wrong: dict[str, Any]) -> None:
        answer = self.read(wire, which, **{**LINEAR, **wrong})
        (name,) = wrong
        assert (answer["retCode"], name in answer["retMsg"]) == (10001, True)

    def test_page_names_its_category_and_its_orders_do_not(self, exchange: Sandbox, wire: Wire, which: str) -> None:
        self.place(exchange, "inverse", "BTCUSD")
        page = self.read(wire, which, category="inverse")["result"]
        assert (page["category"], page["nextPageCursor"]) == ("inverse", "")
        assert ["category" in order for order in page["list"]] == [False]

    def test_orders_are_sorted_by_creation(self, exchange: Sandbox, wire: Wire, which: str, past: Past) -> None:
        newest = self.place(exchange, "linear", "BTCUSDT")
        older, oldest = past.place(0.5), past.place(0.6)
        assert ids_of(self.read(wire, which, **LINEAR)) == [newest, older, oldest]


class TestLag:
    def test_list_shows_orders_as_they_were(self, exchange: Sandbox, wire: Wire, virtual_time: VirtualTime) -> None:
        exchange.faults.lists.realtime_lag = 2.0
        exchange.faults.lists.history_lag = 5.0
        order = exchange.place("linear", "BTCUSDT")
        name = {**LINEAR, "orderId": order.order_id}
        seen: list[tuple[list[str], list[str]]] = []

        def look_after(seconds: float) -> None:
            virtual_time.pass_by(seconds)
            seen.append((statuses_of(wire.realtime(**name)), statuses_of(wire.history(**name))))

        look_after(1.9)
        look_after(0.2)
        exchange.fill(order.order_id, "0.5")
        look_after(1.9)
        look_after(0.2)
        exchange.fill(order.order_id)
        look_after(1.9)
        look_after(0.2)
        look_after(2.8)
        look_after(0.2)
        assert seen == [
            ([], []),
            (["New"], []),
            (["New"], []),
            (["PartiallyFilled"], []),
            (["PartiallyFilled"], []),
            (["Filled"], []),
            (["Filled"], []),
            (["Filled"], ["Filled"]),
        ]

    def test_old_state_has_its_own_fields(self, exchange: Sandbox, wire: Wire, virtual_time: VirtualTime) -> None:
        order = exchange.place("linear", "BTCUSDT", qty="2")
        exchange.fill(order.order_id, "0.5")
        virtual_time.pass_by(1)
        exchange.fill(order.order_id)
        exchange.faults.lists.realtime_lag = 1.0
        (seen,) = orders_of(wire.realtime(**LINEAR, orderId=order.order_id))
        assert (seen["cumExecQty"], seen["leavesQty"], seen["cumFeeDetail"]) == ("0.5", "1.5", {"USDT": "0.027500"})

    def test_lagging_list_of_open_orders_shows_a_closed_one(
        self, exchange: Sandbox, wire: Wire, virtual_time: VirtualTime
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        virtual_time.pass_by(1)
        exchange.fill(order.order_id)
        exchange.faults.lists.realtime_lag = 0.5
        assert ids_of(wire.realtime(**LINEAR)) == [order.order_id]
        assert ids_of(wire.realtime(**LINEAR, openOnly=1)) == []

    def test_lag_ends_by_itself_in_real_time(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.lists.realtime_lag = 0.1
        order = exchange.place("linear", "BTCUSDT")
        wait_until(lambda: ids_of(wire.realtime(**LINEAR)) == [order.order_id])

    def test_lag_is_switched_off_with_the_faults(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = 60.0
        order = exchange.place("linear", "BTCUSDT")
        exchange.fill(order.order_id)
        assert [ids_of(wire.realtime(**LINEAR, openOnly=1)), ids_of(wire.history(**LINEAR))] == [[], []]
        exchange.faults.clear()
        assert [ids_of(wire.realtime(**LINEAR, openOnly=1)), ids_of(wire.history(**LINEAR))] == [[order.order_id]] * 2


class TestRestart:
    def test_closed_orders_are_in_the_history_only(self, exchange: Sandbox, wire: Wire) -> None:
        closed = exchange.place("linear", "BTCUSDT")
        exchange.fill(closed.order_id)
        order = exchange.place("linear", "BTCUSDT")
        exchange.restart()
        name = {**LINEAR, "orderId": closed.order_id}
        assert [ids_of(wire.realtime(**name)), ids_of(wire.history(**name))] == [[], [closed.order_id]]
        assert ids_of(wire.realtime(**LINEAR, openOnly=1)) == []
        assert ids_of(wire.realtime(**LINEAR)) == [order.order_id]

    def test_orders_that_close_later_are_kept_again(self, exchange: Sandbox, wire: Wire) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
        exchange.fill(orders[0].order_id)
        exchange.restart()
        exchange.fill(orders[1].order_id)
        assert ids_of(wire.realtime(**LINEAR, openOnly=1)) == [orders[1].order_id]
        exchange.restart()
        exchange.fill(orders[2].order_id)
        assert ids_of(wire.realtime(**LINEAR, openOnly=1)) == [orders[2].order_id]

    def test_lagging_list_does_not_bring_a_lost_order_back(
        self, exchange: Sandbox, wire: Wire, virtual_time: VirtualTime
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        virtual_time.pass_by(1)
        exchange.fill(order.order_id)
        exchange.restart()
        exchange.faults.lists.realtime_lag = 0.5
        assert ids_of(wire.realtime(**LINEAR, orderId=order.order_id)) == []

    def test_cancel_still_says_that_a_lost_order_is_closed(self, exchange: Sandbox, wire: Wire) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.fill(order.order_id)
        exchange.restart()
        assert wire.cancel(order)["retCode"] == 110008
