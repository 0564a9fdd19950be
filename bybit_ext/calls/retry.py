"""When a request is sent again, and what is known when it no longer is.

A request is sent again only where that is safe and useful:

    refused for its timestamp (10002)     once, at once, with the clock corrected by the answer
    refused for the rate limit            when the limit resets
    refused because the order is busy     after a back-off, if the request does the same when it is sent twice
    nothing left this machine             after a back-off
    no clear answer                       after a back-off, over a new connection, if the request does the same when
                                          it is sent twice
    anything else                         never

Each row is a rule, and a policy is a list of rules: the first that knows an answer decides.
"""

from collections.abc import Callable
from http import HTTPStatus

from attrs import define, evolve, field

from bybit_ext.errors import (
    BUSY,
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
from bybit_ext.results import Evidence

from .flow import backoff_delay
from .operations import BuiltRequest

_MAX_RESET_WAIT = 60.0  # seconds; the limits are per second, so a header that says more is no guide
# An HTTP status that the next send would bring again: a redirect, a wrong path, a missing key.
NON_RETRYABLE = frozenset(range(300, 500)) - {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


@define
class RetryState:
    """What the sends of one call have brought so far.

    Attributes:
        sends: how many times the request left this machine.
        failures: how many tries have failed, sent or not.
        corrected_by: the refusal of a timestamp that the clock was corrected by; None if there was none.
        unknown_outcome: the last send that got no clear answer; None if all did.
        refused: the last refusal; None if there was none.
        answered: the evidence of the last answer; None if there was none.
        lost_an_answer: whether a connection brought none: then the other idle ones may be dead too.
        signed_at: when the last send was signed, monotonic time in s.
        secrets: the signatures of all sends, which an answer may echo.
    """

    sends: int = 0
    failures: int = 0
    corrected_by: ClockError | None = None
    unknown_outcome: OutcomeUnknown | None = None
    refused: Refused | None = None
    answered: Evidence | None = None
    lost_an_answer: bool = False
    signed_at: float = 0.0
    secrets: list[str] = field(factory=list[str], repr=False)

    def record(self, error: BybitError) -> None:
        """Take note of a try that failed."""
        self.failures += 1
        if error.status_code is not None:
            self.answered = error.evidence
        if isinstance(error, OutcomeUnknown):
            self.unknown_outcome = error
        elif isinstance(error, Refused):
            self.refused = error

    def final_error(self, error: BybitError) -> BybitError:
        """Return what is known of the whole call when its last try brought this error."""
        earlier = self.unknown_outcome
        if earlier is None:
            # Not the last failure to connect, if something did leave this machine before it.
            return self.refused if self.refused and isinstance(error, NotSent) else error
        if isinstance(error, OrderNotFound | OrderClosed):
            return type(error)(error.args[0], error.evidence, earlier_send_may_have_cancelled=True)
        evidence = evolve(self.answered or error.evidence, timestamp=error.evidence.timestamp, sends=self.sends)
        if isinstance(error, OutcomeUnknown):
            return error if error.status_code is not None else OutcomeUnknown(error.args[0], evidence)
        message = f"An earlier send of this call got no clear answer. What came last: {type(error).__name__}."
        unknown = OutcomeUnknown(message, evidence)
        unknown.__cause__ = error
        return unknown


Rule = Callable[[BybitError, RetryState], float | None]
"""Returns how many seconds to wait before the next send; None if this rule does not ask for one."""


def retry_clock(error: BybitError, state: RetryState) -> float | None:
    """Send at once with another timestamp, if the clock was corrected by the refusal of this one."""
    return 0.0 if error is state.corrected_by else None


def retry_rate_limit(error: BybitError, state: RetryState) -> float | None:
    """Send again when the rate limit resets."""
    return _wait_for_reset(error, state) if isinstance(error, RateLimited) else None


def retry_busy(error: BybitError, state: RetryState) -> float | None:
    """Send again after a back-off, if the exchange asks for it."""
    return backoff_delay(state.failures) if error.ret_code in BUSY else None


def retry_not_sent(error: BybitError, state: RetryState) -> float | None:
    """Try again after a back-off, if nothing left this machine and nothing of the input was wrong."""
    if isinstance(error, NotSent) and not isinstance(error, InvalidInput):
        return backoff_delay(state.failures)
    return None


def retry_unknown_read(error: BybitError, state: RetryState) -> float | None:
    """Send again after a back-off, whatever came back: a reading changes nothing."""
    if isinstance(error, OutcomeUnknown) and error.status_code not in NON_RETRYABLE:
        return _wait_for_reset(error, state)
    return None


def retry_unknown(error: BybitError, state: RetryState) -> float | None:
    """Send again after a back-off, but not what was accepted by an answer that cannot be read: it has taken effect."""
    return None if error.ret_code == 0 else retry_unknown_read(error, state)


SAFE: list[Rule] = [retry_clock, retry_rate_limit, retry_not_sent]
"""For what does something else when it is sent twice: sent again only if the last send did nothing. Not where an order
is being worked on: by then, a link id may name another one."""
IDEMPOTENT: list[Rule] = [*SAFE, retry_busy, retry_unknown]
"""For what does the same when it is sent twice."""
READ: list[Rule] = [*SAFE, retry_busy, retry_unknown_read]
"""For what changes nothing."""


def policy_for(built: BuiltRequest) -> list[Rule]:
    """Return the policy of a request, by what the document says of it."""
    if built.is_read:
        return READ
    return IDEMPOTENT if built.is_idempotent else SAFE


def wait_before_next(policy: list[Rule], error: BybitError, state: RetryState) -> float | None:
    """Return how many seconds to wait before the next send; None if there must be none."""
    waits = (rule(error, state) for rule in policy)
    return next((wait for wait in waits if wait is not None), None)


def _wait_for_reset(error: BybitError, state: RetryState) -> float:
    """Wait until the header says that the limit resets; back off where it says nothing, or nothing sane."""
    wait = backoff_delay(state.failures)
    rate_limit, server_time = error.rate_limit, error.evidence.server_time or error.evidence.timestamp
    if rate_limit and rate_limit.reset_at is not None and server_time is not None:
        # Both times are the exchange's: its clock may differ from ours.
        left = (rate_limit.reset_at - server_time) / 1000
        wait = left + wait / 10 if 0 < left <= _MAX_RESET_WAIT else wait
    return wait
