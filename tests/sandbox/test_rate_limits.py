"""The documented rate limits: what is counted together, what is refused, and when there is more."""

from collections.abc import Iterator
from typing import Any

import pytest

from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.rate_limits import RateLimits
from tests.sandbox.wire import Wire, codes_of

NOW = 1_700_000_000_000
TOO_MANY = (10006, "Too many visits!")


@pytest.fixture
def limited() -> Iterator[Sandbox]:
    """An exchange that enforces the limits, whose clock stands still."""
    with Sandbox(cancel_delay=0.0, enforce_rate_limits=True, clock=lambda: NOW) as sandbox:
        yield sandbox


class TestCount:
    @pytest.mark.parametrize(
        ("operation_id", "futures", "option", "spot"),
        [
            ("createOrder", 10, 10, 20),
            ("cancelOrder", 10, 10, 20),
            ("cancelBatch", 10, 10, 20),
            ("cancelAll", 10, 1, 20),
            ("getOrders", 50, 50, 50),
            ("getOrderHistory", 50, 50, 50),
        ],
    )
    def test_each_operation_has_the_documented_limits(
        self, operation_id: str, futures: int, option: int, spot: int
    ) -> None:
        limits = RateLimits(enforce=True)
        found = [
            limits.count(operation_id, category, "me", NOW).limit
            for category in ("linear", "inverse", "option", "spot")
        ]
        assert found == [futures, futures, option, spot]

    def test_linear_and_inverse_are_counted_together_and_apart_from_the_others(self) -> None:
        limits = RateLimits(enforce=True)
        left = [
            limits.count("cancelOrder", category, "me", NOW).left
            for category in ("linear", "inverse", "option", "spot", "linear")
        ]
        assert left == [9, 8, 9, 19, 7]

    def test_second_is_a_rolling_one(self) -> None:
        limits = RateLimits(enforce=True)
        for moment in (NOW, *[NOW + 600] * 9):
            assert limits.count("cancelOrder", "linear", "me", moment).allowed == 1
        refused = limits.count("cancelOrder", "linear", "me", NOW + 999)
        assert (refused.allowed, refused.left, refused.reset) == (0, 0, NOW + 1000)
        again = limits.count("cancelOrder", "linear", "me", NOW + 1000)
        assert (again.allowed, again.left, again.reset) == (1, 0, NOW + 1000)
        assert limits.count("cancelOrder", "linear", "me", NOW + 1000).reset == NOW + 1600

    def test_what_is_refused_does_not_count(self) -> None:
        limits = RateLimits(enforce=True)
        for _ in range(30):
            limits.count("cancelOrder", "linear", "me", NOW)
        assert limits.count("cancelOrder", "linear", "me", NOW + 1000).left == 9

    @pytest.mark.parametrize(("category", "allowed", "left"), [("linear", 8, 2), ("option", 8, 9), ("spot", 8, 12)])
    def test_batch_counts_its_orders_but_on_option(self, category: str, allowed: int, left: int) -> None:
        quota = RateLimits(enforce=True).count("cancelBatch", category, "me", NOW, 8)
        assert (quota.allowed, quota.left) == (allowed, left)

    def test_part_of_a_batch_is_allowed(self) -> None:
        limits = RateLimits(enforce=True)
        allowed = [limits.count("cancelBatch", "linear", "me", NOW, 8).allowed for _ in range(3)]
        assert allowed == [8, 2, 0]

    def test_clock_that_is_set_back_does_not_stop_everybody(self) -> None:
        limits = RateLimits(enforce=True)
        for _ in range(10):
            limits.count("cancelOrder", "linear", "me", NOW)
        assert limits.count("cancelOrder", "linear", "me", NOW - 60_000).allowed == 1


class TestRefusals:
    def test_request_over_the_limit_is_refused_and_not_carried_out(self, limited: Sandbox) -> None:
        orders = [limited.place("linear", "BTCUSDT") for _ in range(11)]
        with Wire(limited) as wire:
            answers = [wire.send(wire.cancel_request(order)) for order in orders]
            assert [answer.json()["retCode"] for answer in answers] == [0] * 10 + [10006]
            assert (answers[-1].json()["retCode"], answers[-1].json()["retMsg"]) == TOO_MANY
            limits = [answers[-1].headers[f"X-Bapi-Limit{name}"] for name in ("", "-Status", "-Reset-Timestamp")]
            assert limits == ["10", "0", str(NOW + 1000)]
            assert limited.order(orders[-1].order_id).order_status == "New"
            limited.clock = lambda: NOW + 1000
            assert wire.cancel(orders[-1])["retCode"] == 0

    def test_orders_of_a_batch_over_the_limit_have_the_code(self, limited: Sandbox) -> None:
        orders = [limited.place("linear", "BTCUSDT") for _ in range(12)]
        with Wire(limited) as wire:
            answer = wire.cancel_batch(orders)
            assert codes_of(answer) == [0] * 10 + [10006] * 2
            assert [one["orderId"] for one in answer["result"]["list"]] == [order.order_id for order in orders]
            assert (answer["retExtInfo"]["list"][-1]) == {"code": 10006, "msg": "Too many visits!"}
            wire.get("/v5/market/time")  # they have been carried out by then
        assert [order.order_id for order in limited.open_orders()] == [order.order_id for order in orders[10:]]

    def test_faults_wait_for_a_request_within_the_limit(self, limited: Sandbox) -> None:
        from bybit_ext.sandbox.faults import respond_with

        with Wire(limited) as wire:
            unknown: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT", "orderId": "unknown"}
            for _ in range(10):
                wire.cancel(**unknown)
            limited.faults.on_next([respond_with(10016)])
            assert wire.cancel(**unknown)["retCode"] == 10006
            limited.clock = lambda: NOW + 1000
            assert wire.cancel(**unknown)["retCode"] == 10016

    def test_public_requests_are_not_refused(self, limited: Sandbox) -> None:
        with Wire(limited) as wire:
            assert {wire.get("/v5/market/time")["retCode"] for _ in range(60)} == {0}

    def test_nothing_is_refused_unless_it_is_wanted(self, exchange: Sandbox, wire: Wire) -> None:
        exchange.clock = lambda: NOW
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(30)]
        assert {wire.cancel(order)["retCode"] for order in orders[:15]} == {0}
        assert codes_of(wire.cancel_batch(orders[15:])) == [0] * 15
