"""The calls of many stories at once, by either client."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

from attrs import frozen

from bybit_ext import AsyncBybit, Bybit, BybitError
from bybit_ext.auth.clock import system_clock

times_of_call: ContextVar[list[int]] = ContextVar("times_of_call")


@frozen
class Call:
    """A call of a client: a method and its argument."""

    method: str
    argument: Any


@frozen
class Made:
    """What a call has brought.

    Attributes:
        times: when the call began, and then when the SDK looked at its clock, UTC in ms: at last when it last signed.
        result: what was returned or raised.
        ended_at: when, UTC in ms.
    """

    times: list[int]
    result: Any
    ended_at: int


CallAll = Callable[[dict[str, Any], Sequence[Call]], list[Made]]
"""Makes calls at once, by a client of its own; takes that client's options."""


def note_times() -> list[int]:
    """Return a list with the time, for the times at which the SDK looks at its clock from now on."""
    times = [system_clock()]
    times_of_call.set(times)
    return times


def note_time() -> int:
    now = system_clock()
    times_of_call.get([]).append(now)
    return now


def call_in_threads(options: dict[str, Any], calls: Sequence[Call]) -> list[Made]:
    with Bybit(**options) as bybit, ThreadPoolExecutor(len(calls)) as pool:

        def make(call: Call) -> Made:
            times = note_times()
            try:
                result = getattr(bybit, call.method)(call.argument)
            except BybitError as error:
                result = error
            return Made(times, result, system_clock())

        return list(pool.map(make, calls))


def call_in_coroutines(options: dict[str, Any], calls: Sequence[Call]) -> list[Made]:
    async def make(bybit: AsyncBybit, call: Call) -> Made:
        times = note_times()
        try:
            result = await getattr(bybit, call.method)(call.argument)
        except BybitError as error:
            result = error
        return Made(times, result, system_clock())

    async def run() -> list[Made]:
        async with AsyncBybit(**options) as bybit:
            return await asyncio.gather(*(make(bybit, call) for call in calls))

    return asyncio.run(run())


BOTH_CLIENTS: list[CallAll] = [call_in_threads, call_in_coroutines]
