"""Places for calls, whatever signals do."""

import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from bybit_ext.engines.interface import Reply
from bybit_ext.engines.places import Places

from .conftest import OpenServer
from .senders import open_sender, settings_for
from .servers import answering, wait_until


def test_there_are_so_many() -> None:
    places = Places(2)
    assert [places.take(0), places.take(0), places.take(0)] == [True, True, False]
    places.give_back()
    assert places.take(0)


def test_who_waits_gets_one_that_is_given_back() -> None:
    places = Places(1)
    places.take(0)
    taken: list[bool] = []
    thread = threading.Thread(target=lambda: taken.append(places.take(5)))
    thread.start()
    time.sleep(0.05)
    assert taken == []
    places.give_back()
    wait_until(lambda: taken == [True])


def test_waiting_ends_in_time_and_leaves_no_claim() -> None:
    places = Places(1)
    places.take(0)
    start = time.monotonic()
    assert not places.take(0.1)
    assert 0.09 < time.monotonic() - start < 1.0
    places.give_back()
    assert places.take(0)


def test_no_place_is_lost_or_made_by_many_threads() -> None:
    places = Places(3)

    def use() -> None:
        for _ in range(300):
            if places.take(0.0005):
                places.give_back()

    threads = [threading.Thread(target=use) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [places.take(0) for _ in range(4)] == [True, True, True, False]


@pytest.fixture
def alarms() -> Iterator[Any]:
    """Let a handler run every other ms."""
    before = signal.getsignal(signal.SIGALRM)

    def start(handler: Any) -> None:
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)

    yield start
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_signal_handler_may_take_a_place(alarms: Any) -> None:
    places = Places(2)
    handled: list[int] = []

    def handle(_: int, __: FrameType | None) -> None:
        assert places.take(0)
        places.give_back()
        handled.append(1)

    alarms(handle)
    end = time.monotonic() + 5
    while len(handled) < 100 and time.monotonic() < end:
        assert places.take(0)
        places.give_back()
    assert len(handled) >= 100


def test_an_interrupted_wait_leaves_no_claim(alarms: Any) -> None:
    class AlarmError(Exception):
        pass

    places = Places(1)
    places.take(0)

    def handle(_: int, __: FrameType | None) -> None:
        raise AlarmError

    alarms(handle)
    with pytest.raises(AlarmError):
        places.take(5)
    signal.setitimer(signal.ITIMER_REAL, 0)
    places.give_back()
    assert places.take(0)


@pytest.mark.parametrize("engine", ["h11-sync", "httptools-sync"])
def test_a_signal_handler_may_use_the_client_that_it_interrupts(
    alarms: Any, open_server: OpenServer, engine: Any
) -> None:
    sending = open_sender(engine, settings_for(open_server(answering()).url))
    handled: list[Reply] = []

    def handle(_: int, __: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        handled.append(sending.send())
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)

    alarms(handle)
    end = time.monotonic() + 20
    while len(handled) < 50 and time.monotonic() < end:
        assert sending.send().status == 200
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert len(handled) >= 50
    sending.shut_down()
