"""`bybit cancel` of several orders: what it shows of each, and which exit status that makes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from bybit_v5.models import CancelSpotByOrderId, Order
from typer.testing import Result

from bybit_ext import Bybit
from bybit_ext.cli import app as cli
from bybit_ext.cli import cancellation
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_response, drop_response
from tests.conftest import wait_until

from .conftest import LINEAR, RUNNER, SPOT

Command = Callable[..., Result]


@pytest.fixture
def cancel(exchange: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `bybit cancel` at an exchange of the test's own."""
    monkeypatch.setenv("BYBIT_API_KEY", exchange.api_key)
    monkeypatch.setenv("BYBIT_API_SECRET", exchange.api_secret)

    def cancel(*arguments: str) -> Result:
        hosts = ["--base-url", exchange.url, "--stream-url", exchange.stream_url]
        return RUNNER.invoke(cli.app, ["cancel", "--yes", *hosts, *arguments])

    return cancel


def by_id(orders: list[Order]) -> list[str]:
    return [argument for order in orders for argument in ("--order-id", order.order_id)]


class TestSeveral:
    def test_the_host_and_the_orders_are_named_first(self, exchange: Sandbox, cancel: Command) -> None:
        result = cancel(*LINEAR, "--order-link-id", "b", "--order-id", "a", "--order-link-id", "c")
        first = result.stderr.splitlines()[0]
        assert first == f"On {exchange.url.removeprefix('http://')}: cancel a, b, c (linear, BTCUSDT)."

    def test_each_is_one_line_in_their_order(self, exchange: Sandbox, cancel: Command) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
        result = cancel(*LINEAR, *by_id(orders))
        assert result.exit_code == 0
        assert [line.split()[8].strip(".") for line in result.stdout.splitlines()] == [one.order_id for one in orders]
        assert {exchange.order(order.order_id).order_status for order in orders} == {"Cancelled"}

    def test_each_is_one_object_in_their_order(self, exchange: Sandbox, cancel: Command) -> None:
        first, second = (exchange.place("linear", "BTCUSDT", order_link_id=name) for name in ("a", "b"))
        ids = ("--order-id", "unknown", "--order-id", first.order_id, "--order-link-id", "b")
        answers = [json.loads(line) for line in cancel(*LINEAR, *ids, "--json").stdout.splitlines()]
        assert [answer["result"] for answer in answers] == ["refused", "accepted", "accepted"]
        assert [answer["order_id"] for answer in answers] == ["unknown", first.order_id, second.order_id]
        assert [answer["order_link_id"] for answer in answers][2] == "b"

    @pytest.mark.parametrize("confirm", [[], ["--confirm"]], ids=str)
    def test_one_that_is_refused_does_not_keep_the_others(
        self, exchange: Sandbox, cancel: Command, confirm: list[str]
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        result = cancel(*LINEAR, "--order-id", "unknown", *by_id([order]), *confirm)
        assert result.exit_code == 1
        assert "\nOrderNotFound  unknown: " in result.stderr
        assert order.order_id in result.stdout
        wait_until(lambda: exchange.order(order.order_id).order_status == "Cancelled")

    def test_confirmed_each_tells_its_end(self, exchange: Sandbox, cancel: Command) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(2)]
        exchange.fill(orders[1].order_id)
        result = cancel(*LINEAR, *by_id(orders), "--confirm")
        assert result.exit_code == 4
        assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
            f"Cancelled  {orders[0].order_id}",
            f"Filled  {orders[1].order_id}",
        ]

    def test_the_worst_of_them_counts(self, exchange: Sandbox, cancel: Command) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
        exchange.fill(orders[0].order_id)
        exchange.faults.on(orders[1].order_id, [drop_response(carry_out=False)] * 100)
        result = cancel(*LINEAR, *by_id(orders), "--order-id", "unknown", "--confirm", "--deadline", "2", "--json")
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert answers[0]["result"] == "not cancelled"
        assert answers[1]["result"] == "outcome unknown"
        assert result.exit_code == 3

    def test_none_of_them_is_sent_if_one_cannot_be(self, exchange: Sandbox, cancel: Command) -> None:
        order = exchange.place("linear", "BTCUSDT")
        result = cancel(*LINEAR, *by_id([order]), "--order-id", "")
        assert result.exit_code == 2
        assert exchange.order(order.order_id).order_status == "New"


class TestFilter:
    """A batch has no filter: several spot orders with one are cancelled one after the other."""

    @pytest.fixture
    def orders(self, exchange: Sandbox) -> list[Order]:
        return [exchange.place("spot", "BTCUSDT", order_filter="StopOrder") for _ in range(3)]

    def test_each_is_cancelled(self, exchange: Sandbox, cancel: Command, orders: list[Order]) -> None:
        result = cancel(*SPOT, *by_id(orders), "--order-filter", "StopOrder", "--confirm", "--json")
        assert result.exit_code == 0
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert [answer["order"]["orderId"] for answer in answers] == [order.order_id for order in orders]
        assert {exchange.order(order.order_id).order_status for order in orders} == {"Deactivated"}

    def test_one_that_takes_all_the_time_leaves_the_others_unsent(
        self, exchange: Sandbox, cancel: Command, orders: list[Order], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cancellation, "monotonic", iter([0.0, 0.0, 60.0, 61.0]).__next__)
        result = cancel(*SPOT, *by_id(orders), "--order-filter", "StopOrder", "--deadline", "60", "--json")
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert [answer["result"] for answer in answers] == ["accepted", "not sent", "not sent"]
        assert [answer["order_id"] for answer in answers] == [order.order_id for order in orders]
        assert result.exit_code == 5
        assert exchange.order(orders[1].order_id).order_status == "Untriggered"

    @pytest.mark.parametrize("more", [[], ["--json"]], ids=str)
    def test_ctrl_c_tells_what_is_known_of_each(
        self, cancel: Command, orders: list[Order], monkeypatch: pytest.MonkeyPatch, more: list[str]
    ) -> None:
        really_cancel = Bybit.cancel_order

        def interrupt(bybit: Bybit, order: CancelSpotByOrderId, **limits: Any) -> Any:
            if order.order_id == orders[1].order_id:
                raise KeyboardInterrupt
            return really_cancel(bybit, order, **limits)

        monkeypatch.setattr(Bybit, "cancel_order", interrupt)
        result = cancel(*SPOT, *by_id(orders), "--order-filter", "StopOrder", *more)
        assert result.exit_code == 130
        ids = [order.order_id for order in orders]
        if more:
            answers = [json.loads(line) for line in result.stdout.splitlines()]
            assert [answer["result"] for answer in answers] == ["accepted", "outcome unknown", "not sent"]
            assert [answer["order_id"] for answer in answers] == ids
        else:
            assert ids[0] in result.stdout
            _, unknown, not_sent = result.stderr.splitlines()
            assert unknown.startswith(f"Interrupted  The cancel of {ids[1]} was interrupted.")
            assert not_sent == f"Interrupted  The cancel of {ids[2]} was not sent."


class TestInterruption:
    def test_ctrl_c_tells_of_each_that_its_outcome_is_unknown(self, exchange: Sandbox) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(2)]
        for order in orders:
            exchange.faults.on(order.order_id, [delay_response(30)])
        keys = {"BYBIT_API_KEY": exchange.api_key, "BYBIT_API_SECRET": exchange.api_secret}
        options = ["--base-url", exchange.url, "--deadline", "60", "--confirm", "--yes", "--json"]
        with subprocess.Popen(
            [sys.executable, "-m", "bybit_ext", "cancel", *LINEAR, *by_id(orders), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **keys},
        ) as process:
            wait_until(lambda: exchange.order(orders[0].order_id).order_status == "Cancelled")
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=60)
        assert process.returncode == 130
        answers = [json.loads(line) for line in output.splitlines()]
        assert [answer["order_id"] for answer in answers] == [order.order_id for order in orders]
        assert answers[0]["result"] == "outcome unknown"
        assert "Traceback" not in errors
