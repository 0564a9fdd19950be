"""The exchange's clock, measured by one call."""

from typing import Any

import pytest

from bybit_ext import Bybit, OutcomeUnknown
from tests.conftest import API_KEY, API_SECRET
from tests.virtual_time import GONE, World, no_jitter, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

DAY = 86_400_000  # ms


def measure(world: World, now: int = 1000) -> tuple[int, int]:
    """Return the offset that is returned, and the one that is signed with from then on."""
    with Bybit(API_KEY, API_SECRET, clock=lambda: now + round(world.now * 1000)) as bybit:
        time = world.time()
        try:
            offset: int = world.run(bybit._sync_clock_flow(time), time)
        finally:
            kept = bybit._caller.clock.offset
        return offset, kept


def answer(nano: str) -> Any:
    return reply(result={"timeSecond": "5", "timeNano": nano})


def test_the_time_is_that_of_the_middle_of_the_round_trip_that_brought_it() -> None:
    world = World(now=100.0, takes=4.0, replies=[GONE, answer("500000000000")])
    assert measure(world) == (500_000 + 2_000 - (1000 + 108_100),) * 2


def test_parts_of_a_millisecond_are_left_out() -> None:
    assert measure(World(replies=[answer("5000999999")]), now=0) == (5000, 5000)


@pytest.mark.parametrize("nano", ["", "soon", "-5", "5.0", "٣", "9" * 5000])
def test_a_time_that_is_not_a_number_changes_nothing(nano: str) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        measure(World(replies=[answer(nano)]))
    assert caught.value.args == ("The exchange reported a time that is not a number.",)
    assert (caught.value.ret_code, caught.value.sends) == (0, 1)


@pytest.mark.parametrize(("away", "is_taken"), [(DAY, True), (DAY + 1, False)])
def test_a_time_of_more_than_a_day_away_changes_nothing(away: int, *, is_taken: bool) -> None:
    world = World(replies=[answer(str(away * 1_000_000))])
    if is_taken:
        assert measure(world, now=0) == (away, away)
        return
    with pytest.raises(OutcomeUnknown, match="more than a day away") as caught:
        measure(world, now=0)
    assert (caught.value.ret_code, caught.value.sends) == (0, 1)
