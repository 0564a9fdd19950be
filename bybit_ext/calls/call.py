"""One call as a flow: sign, send, process the response, correct the clock, wait, send again, give up in time."""

from collections.abc import Callable
from typing import TypeVar

from attrs import define, evolve, field, frozen

from bybit_ext.auth.clock import ServerClock
from bybit_ext.auth.credentials import Credentials
from bybit_ext.auth.signing import Signature, payload_of
from bybit_ext.engines.interface import Headers, Lost
from bybit_ext.errors import BybitError, ClockError, InvalidInput, NotSent, OutcomeUnknown, RateLimited
from bybit_ext.results import Evidence

from .flow import CallTime, Deadline, Flow, Send, Sent, Sleep
from .hooks import Hook, tell_send
from .operations import BuiltRequest
from .responses import RawReply
from .retry import RetryState, Rule, wait_before_next

MIN_SEND_TIME = 0.01
"""Seconds; with less than this left, sending could only bring another unknown outcome."""

Parsed = TypeVar("Parsed")
Process = Callable[[RawReply], tuple[Parsed, Evidence]]
"""Turns a reply into what the call returns and its evidence, or raises the matching error."""


@frozen
class Caller:
    """Who calls: what the calls of one client share.

    Attributes:
        credentials: the API key and what signs for it.
        clock: returns the exchange's time.
        recv_window: how long a signature stays good, in ms.
        headers: the caller's own, sent with every request.
        host: the exchange's host, for messages.
        secrets: what must not be shown of an answer, beside signatures: the API key, and those of a proxy.
        on_send: is told what each send brought.
    """

    credentials: Credentials
    clock: ServerClock
    recv_window: int
    headers: Headers
    host: str
    secrets: tuple[str, ...] = field(repr=False)
    on_send: Hook


@frozen
class GivenLimits:
    """How long a call may take, and how often it may be sent, as its caller says it; None for what the client says.

    Attributes:
        deadline: seconds that all of it may take.
        timeout: seconds that one send may take.
        max_sends: how often it may be tried to send the request.
    """

    deadline: float | None = None
    timeout: float | None = None
    max_sends: int | None = None


@frozen
class Limits:
    """How long a call may take.

    Attributes:
        deadline: by when it must end.
        timeout: seconds that one send may take.
        resend_deadline: by when it must end once a send got no clear answer, so that there is time to look what
            became of it; None for the deadline.
        max_sends: how often it may be tried to send the request; None for as often as the time allows.
    """

    deadline: Deadline
    timeout: float
    resend_deadline: Deadline | None = None
    max_sends: int | None = None

    def allow(self, wait: float, state: RetryState) -> bool:
        """Return whether there may be another send after so many seconds."""
        if self.max_sends is not None and state.failures >= self.max_sends:
            return False
        end = self.resend_deadline if self.resend_deadline and state.unknown_outcome else self.deadline
        return wait + MIN_SEND_TIME <= end.remaining


def call_flow(  # noqa: PLR0913 - one for each thing that a call needs
    built: BuiltRequest,
    process: Process[Parsed],
    *,
    caller: Caller,
    time: CallTime,
    limits: Limits,
    policy: list[Rule],
    state: RetryState | None = None,
) -> Flow[tuple[Parsed, Evidence]]:
    """Return what the call brought and its evidence, or raise what is known at the end.

    Args:
        built: the request; signed afresh for every send.
        process: turns the reply into what is returned.
        caller: who calls.
        time: the time of the call.
        limits: how long it may take.
        policy: when it is sent again.
        state: what earlier sends of the same call have brought; None if there were none.

    Raises:
        Refused: the exchange answered no.
        OutcomeUnknown: the request may have been carried out.
        NotSent: nothing left this machine.
    """
    state = state or RetryState()
    request = evolve(built.request, headers=built.request.headers + caller.headers)
    while True:
        attempt = _Attempt(built, caller, time, state)
        seconds = min(limits.timeout, limits.deadline.remaining)
        began = time.now
        sent: Sent = yield Send(request, attempt.sign, seconds, fresh=state.lost_an_answer)
        elapsed = time.now - began
        try:
            parsed, evidence = attempt.process(sent, process)
        except BybitError as caught:
            error = caught
        else:
            tell_send(caller.on_send, request, state.failures + 1, evidence, elapsed=elapsed, pause=None)
            return parsed, evidence
        finally:
            del sent
        state.record(error)
        attempt.correct_clock(error)
        wait = wait_before_next(policy, error, state)
        if wait is not None and isinstance(error, RateLimited):
            error.retry_at = attempt.time_in(wait)
        if wait is not None and not limits.allow(wait, state):
            wait = None
        tell_send(caller.on_send, request, state.failures, error, elapsed=elapsed, pause=wait)
        if caller.on_send.function:
            time.refresh()
        if wait is None:
            raise state.final_error(error)
        if wait:
            yield Sleep(wait)


@define
class _Attempt:
    """One send of a request, with the signature that was made for it."""

    _built: BuiltRequest
    _caller: Caller
    _time: CallTime
    _state: RetryState
    _signature: Signature | None = None

    def sign(self) -> Headers:
        """Return the headers that sign the request now."""
        self._state.signed_at = self._time.clock()
        if not self._built.is_signed:
            return ()
        request = self._built.request
        self._signature = Signature(
            self._caller.credentials,
            timestamp=self._caller.clock(),
            recv_window=self._caller.recv_window,
            payload=payload_of(request.method, request.target.partition("?")[2].encode(), request.body),
        )
        self._state.secrets.append(self._signature.signature)
        return self._signature.headers

    def process(self, sent: Sent, process: Process[Parsed]) -> tuple[Parsed, Evidence]:
        state = self._state
        if isinstance(sent, NotSent):
            raise type(sent)(sent.args[0], Evidence(sends=state.sends))
        state.sends += 1 if isinstance(sent, Lost) else sent.is_answer
        timestamp = self._signature.timestamp if self._signature else None
        if isinstance(sent, Lost):
            state.lost_an_answer = True
            message = f"The request was sent, but no answer came back ({self._caller.host}: {sent})."
            raise OutcomeUnknown(message, Evidence(timestamp=timestamp, sends=state.sends))
        secrets = (*self._caller.secrets, *state.secrets)
        return process(RawReply(sent, secrets, timestamp, state.sends))

    def correct_clock(self, error: BybitError) -> None:
        """Take over the exchange's time from the first answer that refused a timestamp."""
        state = self._state
        told = error.evidence.server_time
        if not isinstance(error, ClockError) or state.corrected_by or told is None:
            return
        half_round_trip = (self._time.now - state.signed_at) / 2
        local = self._local_time()
        if local is not None and self._caller.clock.correct(told + round(half_round_trip * 1000) - local):
            state.corrected_by = error

    def time_in(self, seconds: float) -> int | None:
        """Return the exchange's time so many seconds from now, UTC in ms."""
        local = self._local_time()
        return None if local is None else local + self._caller.clock.offset + round(seconds * 1000)

    def _local_time(self) -> int | None:
        try:
            return self._caller.clock.local()
        except InvalidInput:  # the caller's own clock; what the exchange answered goes first
            return None
