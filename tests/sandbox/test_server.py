"""The sandbox as a server: its port, its thread, its speed, and its end."""

import logging
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from bybit_v5.models import Order

from bybit_ext import loopback
from bybit_ext.sandbox import Sandbox
from tests.sandbox.wire import StreamClient, Wire, wait_for_end

# What a test may have frozen is not asked for the time here.
real_time = time.clock_gettime


def elapsed_since(start: float) -> float:
    return real_time(time.CLOCK_MONOTONIC) - start


def port_of(sandbox: Sandbox) -> int:
    return int(sandbox.url.rpartition(":")[2])


def test_sandbox_listens_on_the_port_it_is_given() -> None:
    with Sandbox() as first:
        port = port_of(first)
    with Sandbox(port) as second:
        assert second.url == first.url
        assert httpx.get(f"{second.url}/v5/market/time").json()["retCode"] == 0


def test_taken_port_is_an_error_and_leaves_no_socket_open() -> None:
    with Sandbox() as first, pytest.raises(OSError, match="in use"), Sandbox(port_of(first)):
        pass


def test_sandbox_is_gone_after_its_context() -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v5/market/time")


def test_sandbox_can_be_opened_again_with_its_orders() -> None:
    with Sandbox() as sandbox:
        order = sandbox.place("linear", "BTCUSDT")
    sandbox.drop_streams()
    with sandbox, Wire(sandbox) as wire, StreamClient(sandbox) as stream:
        stream.open()
        assert wire.cancel(order)["retCode"] == 0
        assert [one["orderStatus"] for one in stream.next_orders(1)] == ["Cancelled"]


def test_thread_has_a_name_and_does_not_keep_a_program_from_ending() -> None:
    before = {*threading.enumerate()}
    with Sandbox():
        (thread,) = {*threading.enumerate()} - before
        assert (thread.name, thread.daemon) == ("sandbox", True)


def test_log_handlers_of_the_user_stay(tmp_path: Path) -> None:
    log = logging.getLogger("a user's")
    handler = logging.FileHandler(tmp_path / "log", mode="w")
    log.addHandler(handler)
    with Sandbox():
        pass
    log.warning("after")
    log.removeHandler(handler)
    handler.close()
    assert (tmp_path / "log").read_text() == "after\n"


def test_connections_do_not_wait_for_acknowledgements() -> None:
    # Without TCP_NODELAY a response takes 40 ms: its head is sent, and its body once the client has acknowledged that.
    with Sandbox() as sandbox, Wire(sandbox), httpx.Client(base_url=sandbox.url) as client:
        client.get("/v5/market/time")
        (connection,) = sandbox._server._server.server_state.connections
        served = connection.transport.get_extra_info("socket")
        assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class TestEnd:
    def test_half_a_request_does_not_hold_the_end_up(self) -> None:
        with Sandbox() as sandbox:
            connection = socket.create_connection(("127.0.0.1", port_of(sandbox)))
            connection.sendall(b"POST /v5/order/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12")
            httpx.get(f"{sandbox.url}/v5/market/time")  # the half has been read by then
            started = time.monotonic()
        connection.close()
        assert time.monotonic() - started < 5

    def test_open_stream_does_not_hold_the_end_up(self) -> None:
        with ExitStack() as client:
            with Sandbox() as sandbox:
                client.enter_context(StreamClient(sandbox)).open()
                started = time.monotonic()
            assert time.monotonic() - started < 5

    def test_blocked_server_is_left_behind(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(loopback, "_MAX_CLOSING", 0.2)
        is_blocked, go_on = threading.Event(), threading.Event()

        def block(_: Order) -> None:
            is_blocked.set()
            go_on.wait(10)

        with Sandbox(cancel_delay=0.0) as sandbox, Wire(sandbox) as wire:
            order = sandbox.place("linear", "BTCUSDT")
            sandbox.listen(block)
            wire.cancel(order)
            assert is_blocked.wait(5)
            started = time.monotonic()
        assert time.monotonic() - started < 5
        assert "did not end in time" in caplog.text
        go_on.set()
        sandbox._server._thread.join(5)
        assert not sandbox._server._thread.is_alive()


@pytest.mark.parametrize("moment", ["before it is opened", "while it is open"])
def test_frozen_clocks_do_not_stop_the_sandbox(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    def freeze() -> None:
        for name in ("time", "monotonic", "perf_counter"):
            monkeypatch.setattr(time, name, lambda: 1_700_000_000.0)
        for name in ("time_ns", "monotonic_ns", "perf_counter_ns"):
            monkeypatch.setattr(time, name, lambda: 1_700_000_000_000_000_000)

    if moment == "before it is opened":
        freeze()
    with Sandbox(cancel_delay=0.1) as sandbox, Wire(sandbox) as wire, StreamClient(sandbox) as stream:
        freeze()
        order = sandbox.place("linear", "BTCUSDT")
        stream.open()
        assert wire.cancel(order)["retCode"] == 0
        assert wait_for_end(sandbox, order).order_status == "Cancelled"
        assert [one["orderStatus"] for one in stream.next_orders(1)] == ["Cancelled"]
        started = real_time(time.CLOCK_MONOTONIC)
    assert elapsed_since(started) < 5
