"""The thread that an engine's connections live in, when it has ended, or is blocked."""

import threading
import time

import pytest

from bybit_ext.errors import InvalidInput, NotSent
from bybit_ext.trade.engine_sync import LoopThread
from tests.engines.servers import LIMIT, wait_until

from .conftest import OpenServer
from .exchange import echo, serving, settings_for


@pytest.fixture
def thread(open_server: OpenServer) -> LoopThread:
    return LoopThread(settings_for(open_server(serving(echo))))


def is_running() -> bool:
    return any(one.name == "bybit trade" for one in threading.enumerate())


def test_one_that_has_ended_takes_nothing_and_says_so(thread: LoopThread) -> None:
    assert thread.post(int)
    thread.stop()
    wait_until(lambda: not is_running())
    assert not thread.post(int)
    with pytest.raises(InvalidInput, match="closed"):
        thread.connect(object(), time.monotonic() + LIMIT, fresh=False)


def test_one_that_is_blocked_keeps_no_call_beyond_its_time(thread: LoopThread) -> None:
    is_over = threading.Event()
    thread.post(is_over.wait, LIMIT)
    try:
        start = time.monotonic()
        with pytest.raises(NotSent, match="no connection stood in time"):
            thread.connect(object(), start + 0.1, fresh=False)
        assert time.monotonic() - start < LIMIT / 2
    finally:
        is_over.set()
        thread.stop()
