"""One call as a flow: send, judge the answer, correct the clock, wait, re-send, give up in time.

A request is sent again only where that is safe and useful:

    refused for its timestamp (10002)     once, with the clock corrected by the answer
    refused for the rate limit            when the limit resets
    nothing left this machine             after a back-off
    no clear answer                       after a back-off, if the operation does the same when it is sent twice
    anything else                         never
"""

import time
from http import HTTPStatus
from typing import Any

import httpx
from attrs import define, evolve
from bybit_v5 import Client

from .answers import judge
from .auth import ServerClock
from .errors import (
    BybitError,
    ClockError,
    InvalidInput,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from .evidence import Evidence
from .flow import Deadline, Flow, Pause, Send, back_off
from .operations import Answer, Operation
from .spec import idempotent_operations, is_among

_LONGEST_RESET = 60.0  # seconds; the limits are per second, so a header that says more is no guide
# An HTTP status that the next send would bring again: a redirect, a wrong path, a missing key.
_POINTLESS = frozenset(range(300, 500)) - {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_SHORTEST_SEND = 0.01  # seconds; with less than this left, sending could only bring another doubt


def call_flow(  # noqa: PLR0913 - one for each thing that a call needs
    operation: Operation[Any, Answer],
    client: Client,
    request: httpx.Request,
    *,
    clock: ServerClock,
    deadline: Deadline,
    timeout: float,
    doubt_until: Deadline | None = None,
) -> Flow[tuple[Answer, Evidence]]:
    """Return the accepted answer and its evidence, or raise what is known at the end.

    Args:
        operation: reads the answer.
        client: the generated client.
        request: sent as it is, and signed afresh by the client's hook each time.
        clock: corrected by an answer that refuses the timestamp.
        deadline: by when the call must end.
        timeout: seconds that one send may take.
        doubt_until: by when the call must end if a send brought no clear answer, so that there is time to look what
            became of it; the deadline if it is not given.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: the request may have been carried out.
        NotSent: nothing left this machine.
    """
    is_idempotent = is_among(idempotent_operations(), request)
    tries = _Tries(clock, is_read=request.method == "GET", is_idempotent=is_idempotent)
    while True:
        sent_at = time.monotonic()
        got = yield Send(request, min(timeout, deadline.remaining))
        tries.round_trip = time.monotonic() - sent_at
        try:
            return tries.judge(operation, client, request, got)
        except BybitError as caught:
            error = caught
        wait = tries.wait_after(error)
        end = doubt_until if doubt_until and tries.doubtful else deadline
        if wait + _SHORTEST_SEND > end.remaining:
            raise tries.verdict(error)
        if wait:
            yield Pause(wait)


@define
class _Tries:
    """What the sends of one call have brought so far."""

    clock: ServerClock
    is_read: bool
    is_idempotent: bool
    round_trip: float = 0.0  # seconds that the last send took
    sends: int = 0
    failures: int = 0
    clock_corrected: bool = False
    doubtful: OutcomeUnknown | None = None
    refused: Refused | None = None

    def judge(
        self, operation: Operation[Any, Answer], client: Client, request: httpx.Request, got: httpx.Response | Exception
    ) -> tuple[Answer, Evidence]:
        try:
            answer, evidence = judge(operation, client, request, got)
        except BybitError as error:
            self.sends += error.evidence.sends
            error.evidence = evolve(error.evidence, sends=self.sends)
            raise
        return answer, evolve(evidence, sends=self.sends + evidence.sends)

    def wait_after(self, error: BybitError) -> float:
        """Return how many seconds to wait before the next send, or raise if there must be none."""
        self.failures += 1
        if isinstance(error, OutcomeUnknown):
            self.doubtful = error
            # A cancel's acceptance that cannot be read is one all the same: sent again, it would meet a closed order.
            is_accepted = error.ret_code == 0 and not self.is_read
            if self.is_idempotent and error.status_code not in _POINTLESS and not is_accepted:
                return self._wait_for_reset(error)
        elif isinstance(error, RateLimited):
            self.refused = error
            return self._wait_for_reset(error)
        elif isinstance(error, ClockError) and not self.clock_corrected and error.evidence.server_time is not None:
            self.refused = error
            self.clock_corrected = True
            self.clock.correct(error.evidence.server_time + round(self.round_trip * 500))
            return 0.0
        elif isinstance(error, NotSent) and not isinstance(error, InvalidInput):
            return back_off(self.failures)
        raise self.verdict(error)

    def verdict(self, error: BybitError) -> BybitError:
        """Return what is known of the whole call when its last send brought this error."""
        if self.doubtful is None:
            # Not the last failure to connect, if something did leave this machine before it.
            return self.refused if self.refused and isinstance(error, NotSent) else error
        if isinstance(error, OrderNotFound | OrderClosed):
            error.earlier_send_may_have_cancelled = True
            return error
        if isinstance(error, OutcomeUnknown):
            return error
        last = f"An earlier send of this call brought no clear answer. What came last: {type(error).__name__}."
        unknown = OutcomeUnknown(last, error.evidence)
        unknown.__cause__ = error
        return unknown

    def _wait_for_reset(self, error: BybitError) -> float:
        """Wait until the header says that the limit resets; back off where it says nothing, or nothing sane."""
        rate_limit, now = error.rate_limit, self.clock()
        wait = back_off(self.failures)
        if rate_limit and rate_limit.reset_at is not None:
            # Both times are the exchange's, if it told them; its clock may differ from ours.
            left = (rate_limit.reset_at - (error.evidence.server_time or now)) / 1000
            wait = left + wait / 10 if 0 < left <= _LONGEST_RESET else wait
        error.retry_at = now + round(wait * 1000)
        return wait
