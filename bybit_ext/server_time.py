"""Measuring the exchange's clock."""

from bybit_v5.models import GetServerTimeAnswer

from .auth import ServerClock
from .errors import OutcomeUnknown
from .evidence import Evidence
from .flow import Flow, Send


def measure_flow(clock: ServerClock, call: Flow[tuple[GetServerTimeAnswer, Evidence]]) -> Flow[int]:
    """Ask the time, take it for that of the middle of the round trip, correct the clock, and return its offset in ms.

    Raises:
        BybitError: the time could not be read.
    """
    sent_at = clock.local()
    received = None
    while True:
        try:
            need = call.send(received)
        except StopIteration as stop:
            answer, evidence = stop.value
            break
        if isinstance(need, Send):
            sent_at = clock.local()
        received = yield need
    if not answer.result.time_nano.isdecimal():
        raise OutcomeUnknown("The exchange told a time that is no number.", evidence)
    clock.offset = int(answer.result.time_nano) // 1_000_000 - (sent_at + clock.local()) // 2
    return clock.offset
