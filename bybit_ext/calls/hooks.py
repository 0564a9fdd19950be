"""What a call tells while it runs: to the caller's hooks, and to the logger `bybit_ext`.

INFO has a line for each send that ended, DEBUG how long each send and each call took. Neither has a key, a signature,
a query or a body.
"""

import inspect
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import define, field

from bybit_ext.engines.interface import Request
from bybit_ext.errors import BybitError, InvalidInput
from bybit_ext.results import Evidence, SendEvent

from .flow import CallTime

_log = logging.getLogger("bybit_ext")
# Calling them runs nothing yet.
_RUN_LATER = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)


@define
class Hook:
    """A function of the caller's that is told something. An `Exception` from it changes nothing; the first is logged.

    Attributes:
        name: of the argument that it was given as.
        function: what is called; None for nothing.
    """

    name: str
    function: Callable[..., object] | None
    _has_failed: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        given: Any = self.function
        if given is not None and (not callable(given) or any(runs_later(given) for runs_later in _RUN_LATER)):
            raise InvalidInput(f"{self.name}: must be a plain function, which is called, and not awaited or iterated.")

    def tell(self, *args: object) -> None:
        """Call the function, if there is one."""
        if self.function is None:
            return
        try:
            returned = self.function(*args)
        except Exception as error:  # noqa: BLE001 - whatever it is, what the call has to say goes first
            self._note(f"raised {type(error).__name__}")
        else:
            if inspect.iscoroutine(returned):
                returned.close()
                self._note("returned a coroutine, which nothing awaits")

    def _note(self, problem: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            _say(logging.WARNING, "%s %s; this is said once", self.name, problem)


SILENT = Hook("nothing", None)
"""Tells nobody."""


def tell_send(  # noqa: PLR0913 - one for each thing that is told
    hook: Hook, request: Request, send: int, outcome: Evidence | BybitError, *, elapsed: float, pause: float | None
) -> None:
    """Tell the hook and the log what one send brought.

    Args:
        hook: the caller's `on_send`.
        request: what was sent.
        send: which send of its call it was, from 1.
        outcome: the evidence of an accepted answer, or the error that it stands for.
        elapsed: seconds that it took.
        pause: seconds until it is sent again; None if it is not.
    """
    is_logged = _log.isEnabledFor(logging.INFO)
    if hook.function is None and not is_logged:
        return
    error = outcome if isinstance(outcome, BybitError) else None
    evidence = outcome.evidence if isinstance(outcome, BybitError) else outcome
    event = SendEvent(
        operation=request.name,
        send=send,
        result=type(error).__name__ if error else "accepted",
        message=error.args[0] if error else None,
        status_code=evidence.status_code,
        ret_code=evidence.ret_code,
        trace_id=evidence.trace_id,
        rate_limit=evidence.rate_limit,
        elapsed=elapsed,
        pause=pause,
    )
    if is_logged:
        _log_send(event)
    hook.tell(event)


def log_total(call: str, time: CallTime) -> None:
    """Log how long a call took."""
    if _log.isEnabledFor(logging.DEBUG):
        _say(logging.DEBUG, "%s took %.1f ms", call, (time.clock() - time.began) * 1000)


def _log_send(event: SendEvent) -> None:
    again = "" if event.pause is None else f"; next send in {event.pause:.2f} s"
    _say(logging.INFO, "%s: send %d: %s%s", event.operation, event.send, _what_happened(event), again)
    _say(logging.DEBUG, "%s: send %d took %.1f ms", event.operation, event.send, event.elapsed * 1000)


def _what_happened(event: SendEvent) -> str:
    facts = {"retCode": event.ret_code, "HTTP": event.status_code, "trace id": event.trace_id}
    known = [f"{name} {fact}" for name, fact in facts.items() if fact is not None]
    if event.message and not event.ret_code:  # a retCode says more than "refused"
        known.append(event.message)
    return f"{event.result} ({', '.join(known)})" if known else event.result


def _say(level: int, text: str, *args: object) -> None:
    with suppress(Exception):  # a program's own handler or filter may fail
        _log.log(level, text, *args)
