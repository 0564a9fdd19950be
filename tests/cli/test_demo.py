"""`bybit demo` tells what really happened, and what a plain client was really answered."""

import re

import pytest
from bybit_v5.models import Order

from bybit_ext.cli import app as cli
from bybit_ext.cli import demo
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import drop_response, respond_with

from .conftest import RUNNER


def test_it_tells_three_races_and_folds_the_rest() -> None:
    result = RUNNER.invoke(cli.app, ["demo"])
    assert result.exit_code == 0
    told = re.sub(r" *[●o][─-]*[●o] \d+ ms *|\n {40,}", " ", result.stdout)
    ended = [re.findall(rf"  {who} (.*)", told) for who in ("a plain client says", "what happened", "bybit-v5 says")]
    assert ended[0] == [
        "retCode 0: OK",
        "retCode 110001: order not exists or too late to cancel",
        "RemoteProtocolError: Server disconnected without sending a response.",
    ]
    assert ended[1] == ended[2] == ["Filled, 1 of 1 executed"] * 2 + ["Cancelled, 0 of 1 executed"]
    assert told.endswith("\n10 more scenarios: all as they happened\n\ntry: bybit explore\n")


def test_it_is_plain_where_there_is_no_terminal() -> None:
    lines = RUNNER.invoke(cli.app, ["demo"]).stdout.splitlines()
    assert lines == [line.rstrip() for line in lines]
    assert max(len(line) for line in lines) <= 80
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(), "retCode 0: OK"),
        (respond_with(10016), "retCode 10016: a fault of the sandbox"),
        (drop_response(carry_out=False), "RemoteProtocolError: Server disconnected without sending a response."),
    ],
    ids=str,
)
def test_a_plain_client_says_what_the_exchange_answered(exchange: Sandbox, fault: Fault, words: str) -> None:
    assert demo.Watched(exchange, fault).ask_plainly().words == words


def test_what_is_told_otherwise_is_shown_and_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def told_otherwise(_: Order) -> str:
        return "Rejected"

    monkeypatch.setattr(demo, "words_of_order", told_otherwise)
    result = RUNNER.invoke(cli.app, ["demo"])
    assert result.exit_code == 3
    assert "Not as it happened  by order id: told Cancelled, 0 of 1 executed, was Rejected.\n" in result.stdout
    assert "10 more scenarios: 9 not as they happened" in result.stdout


def test_a_race_that_is_told_otherwise_is_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.Watched, "ask_and_confirm", demo.Watched.ask_plainly)
    assert RUNNER.invoke(cli.app, ["demo"]).exit_code == 3
