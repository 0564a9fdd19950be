"""What is known of one send from the events that httpcore tells, in a time of its own."""

import asyncio
from typing import Any

import httpx
import pytest

from bybit_ext.sending import prepare_send, surely_not_sent

CONNECT = httpx.Request("CONNECT", "https://api.bybit.com")


@pytest.fixture
def request_() -> httpx.Request:
    return httpx.Request("POST", "https://api.bybit.com/v5/order/cancel")


def see(request: httpx.Request, event: str, about: httpx.Request | None = None) -> None:
    # httpcore's requests have their method as bytes.
    method = about and type("Request", (), {"method": about.method.encode()})
    request.extensions["trace"](event, {"request": method})


def test_a_send_that_nothing_was_heard_of_may_have_left(request_: httpx.Request) -> None:
    assert not surely_not_sent(request_)
    prepare_send(request_, 2.0, asynchronous=False)
    assert not surely_not_sent(request_)


def test_a_send_that_only_connected_has_not_left(request_: httpx.Request) -> None:
    prepare_send(request_, 2.0, asynchronous=False)
    see(request_, "connection.connect_tcp.started")
    assert surely_not_sent(request_)


def test_a_tunnel_that_is_asked_for_is_no_send(request_: httpx.Request) -> None:
    prepare_send(request_, 2.0, asynchronous=False)
    see(request_, "http11.send_request_headers.started", CONNECT)
    assert surely_not_sent(request_)


@pytest.mark.parametrize("protocol", ["http11", "http2"])
def test_a_send_whose_headers_go_out_may_have_left(request_: httpx.Request, protocol: str) -> None:
    prepare_send(request_, 2.0, asynchronous=False)
    see(request_, f"{protocol}.send_request_headers.started", request_)
    see(request_, "http11.receive_response_headers.started", request_)
    assert not surely_not_sent(request_)


def test_each_send_is_watched_anew(request_: httpx.Request) -> None:
    prepare_send(request_, 2.0, asynchronous=False)
    see(request_, "http11.send_request_headers.started", request_)
    prepare_send(request_, 2.0, asynchronous=False)
    see(request_, "connection.connect_tcp.started")
    assert surely_not_sent(request_)


def test_a_coroutine_hears_the_same(request_: httpx.Request) -> None:
    prepare_send(request_, 2.0, asynchronous=True)
    asyncio.run(request_.extensions["trace"]("connection.connect_tcp.started", {}))
    assert surely_not_sent(request_)


def test_a_phase_has_what_those_before_it_left_of_the_time(
    request_: httpx.Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    prepare_send(request_, 2.0, asynchronous=False)
    timeouts: dict[str, Any] = request_.extensions["timeout"]
    assert timeouts == dict.fromkeys(("connect", "read", "write", "pool"), 2.0)
    for at, left in ((100.5, 1.5), (102.5, 0.001)):
        now[0] = at
        see(request_, "connection.connect_tcp.started")
        assert timeouts == dict.fromkeys(("connect", "read", "write", "pool"), left)
