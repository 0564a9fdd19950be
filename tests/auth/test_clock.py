"""The exchange's time, as far as it is known."""

import time
from typing import Any

import pytest

from bybit_ext import InvalidInput
from bybit_ext.auth.clock import ServerClock, system_clock

DAY = 86_400_000  # ms
YEAR_5138 = 10**14  # ms


def test_this_machine_s_clock_tells_utc_in_ms() -> None:
    before = time.time()
    assert before * 1000 - 1 <= system_clock() <= time.time() * 1000


def test_until_it_is_corrected_it_is_this_machine_s() -> None:
    clock = ServerClock(lambda: 5000)
    assert (clock(), clock.local(), clock.offset) == (5000, 5000, 0)


@pytest.mark.parametrize("offset", [-DAY, -1, 0, 1, DAY])
def test_a_correction_of_at_most_a_day_is_trusted(offset: int) -> None:
    clock = ServerClock(lambda: 5000)
    assert clock.correct(offset) is True
    assert (clock(), clock.local(), clock.offset) == (5000 + offset, 5000, offset)


@pytest.mark.parametrize("offset", [-DAY - 1, DAY + 1])
def test_a_correction_of_more_than_a_day_changes_nothing(offset: int) -> None:
    clock = ServerClock(lambda: 5000)
    clock.correct(7)
    assert clock.correct(offset) is False
    assert clock() == 5007


@pytest.mark.parametrize("now", [-YEAR_5138, 0, YEAR_5138])
def test_any_whole_ms_up_to_the_year_5138_will_do(now: int) -> None:
    assert ServerClock(lambda: now)() == now


@pytest.mark.parametrize(
    ("now", "shown"), [(1.5, "1.5"), ("5", "'5'"), (None, "None"), (True, "True"), (YEAR_5138 + 1, str(YEAR_5138 + 1))]
)
def test_what_is_no_time_in_ms_is_shown(now: Any, shown: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ServerClock(lambda: now)()
    assert caught.value.args == (f"clock: must return whole ms as int, not {shown}.",)


def test_a_clock_that_raises_is_named_with_its_reason() -> None:
    problem = OSError("a reason")

    def fail() -> int:
        raise problem

    with pytest.raises(InvalidInput) as caught:
        ServerClock(fail).local()
    assert caught.value.args == ("clock: raised OSError.",)
    assert caught.value.__cause__ is problem
