"""`bybit cancel` of several orders: what it shows of each, and which exit status that makes."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from bybit_v5.models import CancelAllBySymbol, Order, OrderIds
from typer.testing import Result

from bybit_ext import Bybit, CancelAllOutcome, NotSent, OutcomeUnknown
from bybit_ext.cli import app as cli
from bybit_ext.cli import cancellation, render
from bybit_ext.cli.exchange import ChosenExchange
from bybit_ext.cli.exit_status import Exit
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_response, drop_response, fill_first
from bybit_ext.sandbox.order_states import CLOSED
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
        wait_until(lambda: {exchange.order(order.order_id).order_status for order in orders} == {"Cancelled"})

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

    def test_a_filter_is_for_each(self, exchange: Sandbox, cancel: Command) -> None:
        orders = [exchange.place("spot", "BTCUSDT", order_filter="StopOrder") for _ in range(3)]
        result = cancel(*SPOT, *by_id(orders), "--order-filter", "StopOrder", "--confirm", "--json")
        assert result.exit_code == 0
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert [answer["order"]["orderId"] for answer in answers] == [order.order_id for order in orders]
        assert {exchange.order(order.order_id).order_status for order in orders} == {"Deactivated"}

    def test_more_than_a_batch_takes_can_be_given(self, exchange: Sandbox, cancel: Command) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(21)]
        result = cancel(*LINEAR, *by_id(orders), "--json")
        assert [json.loads(line)["order_id"] for line in result.stdout.splitlines()] == [one.order_id for one in orders]

    @pytest.mark.parametrize("confirm", [[], ["--confirm"]], ids=str)
    def test_the_deadline_is_for_all_of_them(
        self, exchange: Sandbox, cancel: Command, monkeypatch: pytest.MonkeyPatch, confirm: list[str]
    ) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(2)]
        opened: list[float] = []
        really_open = ChosenExchange.open

        def open_client(chosen: ChosenExchange, *, deadline: float) -> Bybit:
            opened.append(deadline)
            return really_open(chosen, deadline=deadline)

        monkeypatch.setattr(ChosenExchange, "open", open_client)
        assert cancel(*LINEAR, *by_id(orders), *confirm, "--deadline", "42").exit_code == 0
        assert opened == [42.0]


class TestWhatElseIsKnownOfAll:
    """What a confirmed cancel of all reports beside the ends of the orders that were open before."""

    @pytest.fixture
    def cancel_all(self, cancel: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
        """Run `bybit cancel --all --confirm` where the client reports this outcome."""

        def cancel_all(*arguments: str, **outcome: Any) -> Result:
            known: dict[str, Any] = {"before": [], "results": [], "still_open": [], "placed_meanwhile": [], "named": []}

            def report(*_: object, **__: object) -> CancelAllOutcome:
                return CancelAllOutcome(**known | outcome)

            monkeypatch.setattr(Bybit, "cancel_all_and_confirm", report)
            return cancel("--all", *LINEAR, "--confirm", *arguments)

        return cancel_all

    def test_an_order_without_an_end_that_is_open_is_told_as_open(self, exchange: Sandbox, cancel_all: Command) -> None:
        order = exchange.place("linear", "BTCUSDT", order_link_id="mine")
        outcome: dict[str, Any] = {"before": [order], "results": [NotSent("No time.")], "still_open": [order]}
        result = cancel_all(**outcome)
        assert result.exit_code == 5
        assert re.search(rf"^NotSent  {order.order_id}: No time.*It is still open\.$", result.stderr, re.MULTILINE)
        answer = json.loads(cancel_all("--json", **outcome).stdout)
        assert (answer["result"], answer["order_id"], answer["order_link_id"]) == ("not sent", order.order_id, "mine")
        assert answer["last_order"]["orderStatus"] == "New"

    def test_an_order_without_an_end_that_is_not_open_is_not_told_as_open(
        self, exchange: Sandbox, cancel_all: Command
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        outcome: dict[str, Any] = {"before": [order], "results": [OutcomeUnknown("Lost.")]}
        result = cancel_all(**outcome)
        assert result.exit_code == 3
        assert "still open" not in result.stderr
        assert json.loads(cancel_all("--json", **outcome).stdout)["last_order"] is None

    def test_an_order_that_only_the_answer_names_is_unknown(self, cancel_all: Command) -> None:
        named = [OrderIds("named", "mine")]
        result = cancel_all(named=named)
        assert result.exit_code == 3
        assert "\nOutcomeUnknown  named: " in result.stderr
        assert "no open order" not in result.stdout
        answer = json.loads(cancel_all("--json", named=named).stdout)
        assert (answer["order_id"], answer["order_link_id"]) == ("named", "mine")

    def test_orders_that_were_placed_meanwhile_are_shown_and_no_failure(
        self, exchange: Sandbox, cancel_all: Command
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        outcome: dict[str, Any] = {"still_open": [order], "placed_meanwhile": [order]}
        result = cancel_all(**outcome)
        assert result.exit_code == 0
        shown = f"placed meanwhile  {order.order_id}: BTCUSDT Buy Limit at 100, 0 of 1. It is open."
        assert shown in result.stdout.splitlines()
        answer = json.loads(cancel_all("--json", **outcome).stdout)
        assert (answer["result"], answer["order_id"]) == ("placed meanwhile", order.order_id)
        assert answer["order"]["orderId"] == order.order_id

    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_open_orders_that_could_not_be_read_are_a_note(self, cancel_all: Command, as_json: list[str]) -> None:
        result = cancel_all(*as_json, still_open=None)
        assert result.exit_code == 0
        assert "The open orders could not be read afterwards" in result.stderr
        assert "could not be read" not in cancel_all(*as_json).stderr


class TestInterruption:
    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_what_is_known_is_shown_once_and_not_called_unknown(
        self, exchange: Sandbox, cancel: Command, monkeypatch: pytest.MonkeyPatch, as_json: list[str]
    ) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
        interruptions = [KeyboardInterrupt()]
        really_show = cancellation.show_result

        def interrupt(result: cancellation.Result, label: render.OrderLabel, *, as_json: bool) -> Exit:
            if label.order_id == orders[1].order_id and interruptions:
                raise interruptions.pop()
            return really_show(result, label, as_json=as_json)

        monkeypatch.setattr(cancellation, "show_result", interrupt)
        result = cancel(*LINEAR, *by_id(orders), *as_json)
        assert result.exit_code == 130
        ids = [order.order_id for order in orders]
        assert re.findall("|".join(ids), result.stdout) == ids
        assert "unknown" not in result.stdout + result.stderr

    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_of_a_batch_each_order_is_shown_by_what_is_known_of_it(
        self, exchange: Sandbox, cancel: Command, monkeypatch: pytest.MonkeyPatch, as_json: list[str]
    ) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
        exchange.fill(orders[1].order_id)

        def interrupt(bybit: Bybit, requests: list[Any], *, on_result: Callable[[int, Any], object]) -> None:
            on_result(1, bybit.cancel_and_confirm(requests[1]))
            on_result(2, NotSent("It was not reached."))
            raise KeyboardInterrupt

        monkeypatch.setattr(Bybit, "cancel_batch_and_confirm", interrupt)
        result = cancel(*LINEAR, *by_id(orders), "--confirm", *as_json)
        assert result.exit_code == 130
        if as_json:
            answers = [json.loads(line) for line in result.stdout.splitlines()]
            assert [answer["result"] for answer in answers] == ["outcome unknown", "not cancelled", "not sent"]
            assert answers[0]["order_id"] == orders[0].order_id
        else:
            assert result.stdout.startswith(f"Filled  {orders[1].order_id}: ")
            errors = result.stderr.splitlines()[1:]
            assert errors[0].startswith(f"Interrupted  The cancel of {orders[0].order_id} was interrupted.")
            assert errors[1].startswith(f"NotSent  {orders[2].order_id}: ")
            assert len(errors) == 2

    def test_a_second_ctrl_c_does_not_call_unsent_what_was_sent(
        self, exchange: Sandbox, cancel: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: Any, **__: Any) -> Exit:
            raise KeyboardInterrupt

        monkeypatch.setattr(cancellation, "show_result", interrupt)
        monkeypatch.setattr(cancellation, "show_interruption", interrupt)
        result = cancel(*LINEAR, "--order-id", exchange.place("linear", "BTCUSDT").order_id)
        assert result.exit_code == 130
        assert "What is not shown is unknown." in result.stderr
        assert "Nothing was sent" not in result.stderr

    def test_output_that_nobody_reads_does_not_keep_orders_from_being_cancelled(self, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        keys = {"BYBIT_API_KEY": exchange.api_key, "BYBIT_API_SECRET": exchange.api_secret}
        hosts = ["--base-url", exchange.url, "--stream-url", exchange.stream_url]
        command = [sys.executable, "-m", "bybit_ext", "cancel", "--all", "--confirm", "--yes", *LINEAR, *hosts]
        read, write = os.pipe()
        os.close(read)  # before anything is printed
        try:
            done = subprocess.run(
                command, check=False, stdout=write, stderr=write, env={**os.environ, **keys}, timeout=60
            )
        finally:
            os.close(write)
        assert exchange.order(order.order_id).order_status == "Cancelled"
        assert done.returncode == Exit.ACCEPTED

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


class TestAll:
    @pytest.fixture
    def orders(self, exchange: Sandbox) -> dict[str, Order]:
        return {
            "BTCUSDT": exchange.place("linear", "BTCUSDT", order_link_id="[my]"),
            "BTCPERP": exchange.place("linear", "BTCPERP"),
            "ETHUSDT": exchange.place("linear", "ETHUSDT"),
            "BTCUSD": exchange.place("inverse", "BTCUSD"),
            "BTC-29JUL22-25000-C": exchange.place("option", "BTC-29JUL22-25000-C"),
            "XRPUSDT": exchange.place("spot", "XRPUSDT"),
            "stop": exchange.place("spot", "XRPUSDT", order_filter="StopOrder"),
        }

    @pytest.mark.parametrize(
        ("arguments", "named", "cancelled"),
        [
            (["linear", "--symbol", "BTCUSDT"], "linear, BTCUSDT, of all kinds", ["BTCUSDT"]),
            (["linear", "--base-coin", "BTC"], "linear, base coin BTC, of all kinds", ["BTCUSDT", "BTCPERP"]),
            (["linear", "--settle-coin", "USDT"], "linear, settle coin USDT, of all kinds", ["BTCUSDT", "ETHUSDT"]),
            (["inverse", "--settle-coin", "BTC"], "inverse, settle coin BTC, of all kinds", ["BTCUSD"]),
            (["option"], "option, all symbols, of all kinds", ["BTC-29JUL22-25000-C"]),
            (["spot"], "spot, all symbols, Order", ["XRPUSDT"]),
            (["spot", "--order-filter", "StopOrder"], "spot, all symbols, StopOrder", ["stop"]),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("confirm", [[], ["--confirm"]], ids=str)
    def test_those_that_are_meant_are_named_and_cancelled(
        self,
        exchange: Sandbox,
        cancel: Command,
        orders: dict[str, Order],
        arguments: list[str],
        named: str,
        cancelled: list[str],
        confirm: list[str],
    ) -> None:
        result = cancel("--all", "--category", *arguments, *confirm, "--json")
        assert result.exit_code == 0
        host = exchange.url.removeprefix("http://")
        assert result.stderr == f"On {host}: cancel all open orders ({named}).\n"
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        ids = [answer["order"]["orderId"] if confirm else answer["order_id"] for answer in answers]
        assert sorted(ids) == sorted(orders[name].order_id for name in cancelled)
        assert {answer["result"] for answer in answers} == {"cancelled" if confirm else "accepted"}

        def closed() -> set[str]:
            return {name for name, one in orders.items() if exchange.order(one.order_id).order_status in CLOSED}

        wait_until(lambda: closed() == set(cancelled))

    def test_people_get_a_line_for_each(self, exchange: Sandbox, cancel: Command) -> None:
        order = exchange.place("linear", "BTCUSDT")
        result = cancel("--all", *LINEAR)
        told = f"The exchange took the request to cancel {order.order_id}. How it ends is yet to be seen."
        assert result.stdout == f"accepted  {told}\n"

    @pytest.mark.parametrize("confirm", [[], ["--confirm"]], ids=str)
    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_none_is_accepted_too(self, cancel: Command, confirm: list[str], as_json: list[str]) -> None:
        result = cancel("--all", *LINEAR, *confirm, *as_json)
        assert result.exit_code == 0
        told = "accepted  There was no open order to cancel (linear, BTCUSDT, of all kinds).\n"
        assert result.stdout == ("" if as_json else told)

    @pytest.mark.parametrize("confirm", [[], ["--confirm"]], ids=str)
    def test_of_which_kind_there_was_none_is_said(self, exchange: Sandbox, cancel: Command, confirm: list[str]) -> None:
        exchange.place("spot", "XRPUSDT", order_filter="StopOrder")
        result = cancel("--all", "--category", "spot", *confirm)
        assert result.stdout == "accepted  There was no open order to cancel (spot, all symbols, Order).\n"

    def test_orders_that_are_filled_first_are_4(self, exchange: Sandbox, cancel: Command) -> None:
        orders = [exchange.place("linear", "BTCUSDT") for _ in range(2)]
        exchange.faults.on_next([fill_first()], of="cancel_alls")
        result = cancel("--all", *LINEAR, "--confirm")
        assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
            f"Filled  {order.order_id}" for order in reversed(orders)
        ]
        assert result.exit_code == 4

    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_a_refusal_is_1_and_about_all(
        self, cancel: Command, monkeypatch: pytest.MonkeyPatch, as_json: list[str]
    ) -> None:
        monkeypatch.setenv("BYBIT_API_SECRET", "another")
        result = cancel("--all", *LINEAR, *as_json)
        assert result.exit_code == 1
        assert "AuthenticationFailed" in (json.loads(result.stdout)["error"] if as_json else result.stderr)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["linear"], "one of them must be given on linear"),
            (["linear", "--symbol", ""], "--symbol: must not be empty"),
            (["linear", "--symbol", "BTCUSDT", "--order-id", "1"], "--all"),
            (["linear", "--symbol", "BTCUSDT", "--order-link-id", "1"], "--all"),
            (["linear", "--symbol", "BTCUSDT", "--settle-coin", "USDT"], "--settle-coin"),
            (["linear", "--symbol", "BTCUSDT", "--order-filter", "OcoOrder"], "--order-filter"),
            (["spot", "--settle-coin", "USDT"], "--settle-coin"),
            (["spot", "--order-filter", "OpenOrder"], "--order-filter"),
            (["spot", "--base-coin", "XRP", "--confirm"], "--base-coin"),
            (["option", "--settle-coin", "BTC"], "--settle-coin"),
        ],
        ids=str,
    )
    def test_what_the_category_does_not_have_is_wrong_usage(
        self, exchange: Sandbox, cancel: Command, orders: dict[str, Order], arguments: list[str], named: str
    ) -> None:
        result = cancel("--all", "--category", *arguments)
        assert result.exit_code == 2
        assert named in result.stderr
        assert "On " not in result.stderr
        assert {exchange.order(order.order_id).order_status for order in orders.values()} <= {"New", "Untriggered"}

    @pytest.mark.parametrize("coin", ["--base-coin", "--settle-coin"])
    def test_a_coin_is_for_all_only(self, cancel: Command, coin: str) -> None:
        result = cancel("--category", "linear", coin, "BTC", "--order-id", "1")
        assert result.exit_code == 2
        assert "--all" in result.stderr

    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_ctrl_c_says_that_it_may_have_been_sent(
        self, cancel: Command, monkeypatch: pytest.MonkeyPatch, as_json: list[str]
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Bybit, "cancel_all", interrupt)
        result = cancel("--all", *LINEAR, *as_json)
        assert result.exit_code == 130
        told = json.loads(result.stdout)["message"] if as_json else result.stderr
        assert "The cancel of all open orders was interrupted. It may have been sent" in told

    @pytest.mark.parametrize("as_json", [[], ["--json"]], ids=str)
    def test_ctrl_c_shows_what_is_known_and_that_the_rest_is_not(
        self, exchange: Sandbox, cancel: Command, monkeypatch: pytest.MonkeyPatch, as_json: list[str]
    ) -> None:
        order = exchange.place("linear", "BTCUSDT")
        really_cancel = Bybit.cancel_all_and_confirm

        def interrupt(bybit: Bybit, request: CancelAllBySymbol, **options: Any) -> None:
            really_cancel(bybit, request, **options)
            raise KeyboardInterrupt

        monkeypatch.setattr(Bybit, "cancel_all_and_confirm", interrupt)
        result = cancel("--all", *LINEAR, "--confirm", *as_json)
        assert result.exit_code == 130
        rest = "The cancel of all other open orders was interrupted. It may have been sent"
        if as_json:
            first, second = (json.loads(line) for line in result.stdout.splitlines())
            assert (first["result"], first["order"]["orderId"]) == ("cancelled", order.order_id)
            assert (second["result"], second["order_id"]) == ("outcome unknown", None)
            assert second["message"].startswith(rest)
        else:
            assert result.stdout.startswith(f"Cancelled  {order.order_id}: ")
            assert rest in result.stderr
