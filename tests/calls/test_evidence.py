"""What is kept of a reply. Nothing in it can make that fail."""

from typing import Any

import pytest

from bybit_ext import RateLimit
from bybit_ext.calls.evidence import cut_message, read_evidence
from bybit_ext.engines.interface import Reply
from bybit_ext.results import Evidence


def read(content: Any = None, headers: dict[str, str] | None = None, secrets: tuple[str, ...] = ()) -> Evidence:
    return read_evidence(Reply(200, headers or {}, b""), content, secrets=secrets, timestamp=None, sends=1)


def test_all_that_a_reply_says_is_kept() -> None:
    headers = {"traceid": "trace", "x-bapi-limit": "10", "x-bapi-limit-status": "9"}
    reply = Reply(503, {**headers, "x-bapi-limit-reset-timestamp": "8"}, b"")
    content = {"retCode": 10006, "retMsg": "Too many visits!", "time": 7}
    assert read_evidence(reply, content, secrets=(), timestamp=6, sends=5) == Evidence(
        ret_code=10006,
        ret_msg="Too many visits!",
        status_code=503,
        trace_id="trace",
        rate_limit=RateLimit(limit=10, remaining=9, reset_at=8),
        server_time=7,
        timestamp=6,
        sends=5,
    )


@pytest.mark.parametrize("content", [None, [], "x", 5, {}, {"retCode": "0", "retMsg": 5, "time": "7"}])
def test_what_is_not_there_is_none(content: Any) -> None:
    assert read(content) == Evidence(status_code=200, sends=1)
    assert read(content, {"traceid": ""}) == Evidence(status_code=200, sends=1)


@pytest.mark.parametrize(("length", "end"), [(500, ""), (501, "…")])
def test_of_a_long_message_the_first_500_characters_are_kept(length: int, end: str) -> None:
    assert read({"retMsg": "x" * length}).ret_msg == "x" * 500 + end
    assert cut_message("x" * length) == "x" * 500 + end
    assert cut_message(5) is None


def test_a_secret_in_a_message_or_a_trace_id_is_redacted() -> None:
    evidence = read({"retMsg": "key abc"}, {"traceid": "of ABC"}, secrets=("abc",))
    assert (evidence.ret_msg, evidence.trace_id) == ("key ***", "of ***")


def test_a_secret_where_a_message_is_cut_is_redacted_before() -> None:
    message = read({"retMsg": "x" * 498 + "secret"}, secrets=("secret",)).ret_msg
    assert message == "x" * 498 + "**…"


@pytest.mark.parametrize(
    ("content", "headers", "time"),
    [
        ({"retMsg": "server_timestamp[4]", "time": 3}, {"timenow": "2"}, 4),
        ({"retMsg": "server_timestamp[٤]", "time": 3}, {"timenow": "2"}, 3),
        ({"retMsg": f"server_timestamp[{10**14}]", "time": 3}, {}, 3),
        ({"retMsg": f"server_timestamp[{'1' * 19}]"}, {"timenow": "2"}, 2),
        ({"time": 3.0}, {"timenow": "2"}, 3),
        ({"time": 0}, {"timenow": "2"}, 2),
        ({"time": -1}, {}, None),
        ({"time": 10**14 - 1}, {}, 10**14 - 1),
        ({"time": 10**14}, {}, None),
        ({"time": 1}, {}, 1),
        ({}, {"timenow": "0"}, None),
    ],
)
def test_the_first_sane_time_counts(content: Any, headers: dict[str, str], time: int | None) -> None:
    assert read(content, headers).server_time == time


@pytest.mark.parametrize("wrong", ["", "many", "-1", "1.0", " 1", "٣", "9" * 19])
def test_a_header_that_is_no_number_is_left_out(wrong: str) -> None:
    assert read(headers={"x-bapi-limit": wrong}).rate_limit is None
    assert read(headers={"x-bapi-limit": wrong, "x-bapi-limit-status": "3"}).rate_limit == RateLimit(remaining=3)


@pytest.mark.parametrize(
    ("header", "limit"),
    [
        ("x-bapi-limit", RateLimit(limit=5)),
        ("x-bapi-limit-status", RateLimit(remaining=5)),
        ("x-bapi-limit-reset-timestamp", RateLimit(reset_at=5)),
    ],
)
def test_each_header_of_the_rate_limit_is_enough(header: str, limit: RateLimit) -> None:
    assert read(headers={header: "5"}).rate_limit == limit


def test_a_number_may_have_18_digits() -> None:
    assert read(headers={"x-bapi-limit": "9" * 18}).rate_limit == RateLimit(limit=10**18 - 1)
