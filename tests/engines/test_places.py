"""Places for calls, whatever signals do."""

import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bybit_ext.engines.places import Places
from bybit_ext.engines.selection import ChosenEngine, open_engine

from .conftest import OpenServer
from .senders import CANCEL, settings_for, sign
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


Ring = Callable[[float], None]


@pytest.fixture
def alarm() -> Iterator[Callable[[Callable[[], object]], Ring]]:
    """Install what an alarm does; return what sets the alarm, once, in so many seconds (0 for never)."""
    before = signal.getsignal(signal.SIGALRM)

    def ring(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def install(handle: Callable[[], object]) -> Ring:
        signal.signal(signal.SIGALRM, lambda _, __: handle())
        return ring

    yield install
    ring(0)
    signal.signal(signal.SIGALRM, before)


def _use_until(use: Callable[[], bool], handled: list[bool], ring: Ring) -> None:
    """Use something again and again while alarms do the same, 50 times."""
    end = time.monotonic() + 20
    try:
        ring(0.001)
        while len(handled) < 50 and time.monotonic() < end:
            assert use()
    finally:
        ring(0)
    assert len(handled) >= 50
    assert all(handled)


def test_a_signal_handler_may_take_a_place(alarm: Callable[[Callable[[], object]], Ring]) -> None:
    places = Places(2)
    handled: list[bool] = []

    def use() -> bool:
        has_place = places.take(0)
        places.give_back()
        return has_place

    def handle() -> None:
        handled.append(use())
        ring(0.001)  # no sooner, lest handlers interrupt each other

    ring = alarm(handle)
    _use_until(use, handled, ring)


def test_an_interrupted_wait_leaves_no_claim(alarm: Callable[[Callable[[], object]], Ring]) -> None:
    class AlarmError(Exception):
        pass

    def handle() -> None:
        raise AlarmError

    places = Places(1)
    places.take(0)
    ring = alarm(handle)
    ring(0.1)
    with pytest.raises(AlarmError):
        places.take(5)
    places.give_back()
    assert places.take(0)


@pytest.mark.parametrize("name", ["h11", "httptools"])
def test_a_signal_handler_may_use_the_client_that_it_interrupts(
    alarm: Callable[[Callable[[], object]], Ring], open_server: OpenServer, name: ChosenEngine
) -> None:
    engine = open_engine(name, settings_for(open_server(answering()).url))
    handled: list[bool] = []

    def use() -> bool:
        return engine.send(CANCEL, sign, seconds=5.0).status == 200

    def handle() -> None:
        handled.append(use())
        ring(0.001)

    ring = alarm(handle)
    _use_until(use, handled, ring)
    engine.close()
