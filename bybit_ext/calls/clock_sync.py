"""Measure the exchange's clock."""

from bybit_v5.models import GetServerTimeResponse

from bybit_ext.auth.clock import ServerClock
from bybit_ext.errors import OutcomeUnknown
from bybit_ext.results import Evidence

from .flow import CallTime, Flow
from .retry import RetryState


def clock_sync_flow(
    clock: ServerClock, time: CallTime, state: RetryState, call: Flow[tuple[GetServerTimeResponse, Evidence]]
) -> Flow[int]:
    """Ask the time, take it for that of the middle of the round trip, correct the clock, and return its offset in ms.

    Args:
        clock: what is corrected.
        time: the time of the call.
        state: where the call notes when it was sent.
        call: asks for the time.

    Raises:
        BybitError: the time could not be read, or is more than a day away.
    """
    response, evidence = yield from call
    told = response.result.time_nano
    if not (told.isascii() and told.isdigit() and len(told) < 30):  # noqa: PLR2004 - digits; int() refuses absurd lengths
        raise OutcomeUnknown("The exchange reported a time that is not a number.", evidence)
    half_round_trip = round((time.now - state.signed_at) * 500)
    offset = int(told) // 1_000_000 + half_round_trip - clock.local()
    if not clock.correct(offset):
        raise OutcomeUnknown("The exchange reported a time that is more than a day away from this machine's.", evidence)
    return offset
