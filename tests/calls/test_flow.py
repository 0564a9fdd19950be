"""How a flow is driven, in threads and by coroutines, and what time it sees."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bybit_ext.calls.flow import CallTime, Deadline, Effect, Flow, Sleep, run, run_async

Run = Callable[[Flow[Any], Callable[[Effect], Any], CallTime], Any]


def awaiting(flow: Flow[Any], perform: Callable[[Effect], Any], time: CallTime) -> Any:
    async def perform_async(effect: Effect) -> Any:
        return perform(effect)

    return asyncio.run(run_async(flow, perform_async, time))


both = pytest.mark.parametrize("drive", [run, awaiting], ids=["run", "run_async"])


class Clock:
    """Time that passes only when an effect is performed."""

    now = 10.0

    def __call__(self) -> float:
        return self.now

    def perform(self, effect: Any) -> str:
        self.now += effect.seconds
        return f"after {effect.seconds}"


@both
def test_a_flow_receives_what_its_effects_bring_and_the_time(drive: Run) -> None:
    clock = Clock()
    time = CallTime(clock)

    def flow() -> Flow[list[Any]]:
        seen: list[Any] = [time.now]
        for seconds in (1.0, 2.0):
            received = yield Sleep(seconds)
            seen += [received, time.now]
        return seen

    clock.now = 20.0  # between the beginning of the call and that of its flow
    assert drive(flow(), clock.perform, time) == [20.0, "after 1.0", 21.0, "after 2.0", 23.0]


@both
def test_what_an_effect_raises_ends_the_flow_there_and_then(drive: Run) -> None:
    ended: list[str] = []

    def flow() -> Flow[None]:
        try:
            yield Sleep(1.0)
        finally:
            ended.append("flow")

    def fail(_: Effect) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        drive(flow(), fail, CallTime(Clock()))
    assert ended == ["flow"]
    assert caught.value  # it is held while this is asked, and with it the frames: no garbage collection ended the flow


@both
def test_what_a_flow_raises_is_raised(drive: Run) -> None:
    def flow() -> Flow[None]:
        yield Sleep(1.0)
        raise ValueError("its own")

    with pytest.raises(ValueError, match=r"^its own$"):
        drive(flow(), Clock().perform, CallTime(Clock()))


def test_the_time_of_a_call_is_that_of_its_beginning_until_a_flow_is_resumed() -> None:
    clock = Clock()
    time = CallTime(clock)
    clock.now = 99.0
    assert time.now == 10.0


def test_what_remains_until_a_deadline_is_never_less_than_nothing() -> None:
    time = CallTime(Clock())
    deadline = Deadline.after(time, 3.0)
    assert (deadline.end, deadline.remaining) == (13.0, 3.0)
    for now, remaining in ((12.5, 0.5), (13.0, 0.0), (99.0, 0.0)):
        time.now = now
        assert deadline.remaining == remaining
