"""Everything that can go wrong, as one tree.

    BybitError
    ├── NotSent                  nothing left this machine
    │   └── InvalidInput         an argument or a variable cannot be used; also a ValueError
    ├── Refused                  the exchange answered no
    │   ├── InvalidRequest       a field is wrong
    │   ├── AuthenticationFailed key, signature, permission or bound IP address
    │   ├── ClockError           this machine's clock is outside the exchange's window
    │   ├── RateLimited          too many requests
    │   ├── Forbidden            the IP address, the country or the account is blocked
    │   ├── OrderNotFound        no such order among the open ones
    │   ├── OrderClosed          the order had ended before
    │   └── NotCancellable       the order cannot be cancelled now
    ├── OutcomeUnknown           the request may have been carried out
    └── UpdatesDropped           order updates came faster than they were read

`Refused` itself stands for a retCode that is not in the table below. Every error carries what is known of the answer.
The codes and what they mean: https://bybit-exchange.github.io/docs/v5/error
"""

from typing import TYPE_CHECKING, Any, ClassVar

from .results import Evidence, RateLimit, RedactedReply, as_json

if TYPE_CHECKING:
    from bybit_v5.models import Order

    from .results import CancelAccepted


_LONGEST = 40  # characters of a value that a message shows
_MOST_BITS = 1024  # of a whole number that is written out: Python refuses far longer ones


def show(value: object) -> str:
    """Return a value as a message shows it: cut, if it is long, and of what is not a plain value only its type.

    Args:
        value: what a caller gave.
    """
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return "a number with hundreds of digits"
    text = repr(value) if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class BybitError(Exception):
    """The root of all errors of this package.

    Attributes:
        evidence: all that is known of the exchange's last answer; its fields can be read from the error itself.
        retry_at: when calling again can help, UTC in ms; None if that is not a matter of time.
    """

    advice: ClassVar[str] = ""
    _own_fields: ClassVar[tuple[str, ...]] = ()
    retry_at: int | None = None

    def __init__(self, message: str, evidence: Evidence = Evidence()) -> None:  # noqa: B008 - it is frozen
        super().__init__(message)
        self.evidence = evidence

    def __str__(self) -> str:
        return " ".join(filter(None, (self.facts, self.advice)))

    @property
    def facts(self) -> str:
        """The text of the error without its advice: what happened, and what the answer said."""
        return " ".join(filter(None, (super().__str__(), self.evidence.summary)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @property
    def ret_code(self) -> int | None:
        """The exchange's code; None if it gave none."""
        return self.evidence.ret_code

    @property
    def ret_msg(self) -> str | None:
        """The exchange's message, with keys and signatures redacted; None if it gave none."""
        return self.evidence.ret_msg

    @property
    def status_code(self) -> int | None:
        """The HTTP status; None if there was no answer."""
        return self.evidence.status_code

    @property
    def trace_id(self) -> str | None:
        """What Bybit's support asks for; None if the answer had none."""
        return self.evidence.trace_id

    @property
    def rate_limit(self) -> RateLimit | None:
        """How much of the rate limit was left; None if the answer did not say."""
        return self.evidence.rate_limit

    @property
    def sends(self) -> int:
        """How many times the request left this machine, as far as can be known."""
        return self.evidence.sends

    @property
    def reply(self) -> RedactedReply | None:
        """The answer itself, with keys and signatures redacted; None if none came.

        Of a call that sent several times it is the one that decided, from which code and message were read.
        """
        return self.evidence.reply

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain JSON, for a log: `json.dumps` takes it.

        Its class is `error`, its text `message`; beside them stand the fields of `evidence`, `retry_at` and what the
        class itself adds. `reply`, which is long, is left out: it has a `to_dict()` of its own.
        """
        about = {"error": type(self).__name__, "message": str(self), **self.evidence.to_dict()}
        own = {name: as_json(getattr(self, name)) for name in self._own_fields}
        return {**about, "retry_at": self.retry_at, **own}


class NotSent(BybitError):
    """Nothing left this machine: no order was touched."""

    advice = "Nothing was sent, so calling again is safe."


class InvalidInput(NotSent, ValueError):
    """An argument or an environment variable cannot be used; the message names it."""

    advice = "Nothing was sent. Correct the argument or the variable."


class Refused(BybitError):
    """The exchange answered no.

    Attributes:
        earlier_send_may_have_cancelled: whether an earlier send of the same call got no clear answer: then that one
            may be why the order was not found, or was closed.
    """

    advice = "The exchange did not take the request; look the retCode up before calling again."
    _own_fields = ("earlier_send_may_have_cancelled",)

    def __init__(
        self,
        message: str,
        evidence: Evidence = Evidence(),  # noqa: B008 - it is frozen
        *,
        earlier_send_may_have_cancelled: bool = False,
    ) -> None:
        super().__init__(message, evidence)
        self.earlier_send_may_have_cancelled = earlier_send_may_have_cancelled

    @property
    def facts(self) -> str:
        """The text of the error without its advice: what happened, and what the answer said."""
        text = super().facts
        if self.earlier_send_may_have_cancelled:
            text += " An earlier send of this call got no clear answer, and may be what cancelled the order."
        return text


class InvalidRequest(Refused):
    """A field of the request is wrong."""

    advice = "Correct the request; sending the same one again cannot help."


class AuthenticationFailed(Refused):
    """The key, the signature, a permission or the bound IP address is wrong."""

    advice = (
        "Check that key and secret belong together and to this environment, that the key may trade, and that it is not "
        "bound to another IP address."
    )


class ClockError(Refused):
    """The timestamp was outside the window in which the exchange takes it.

    `evidence.timestamp` is the time that was signed, `evidence.server_time` the time at the exchange, both UTC in ms.
    """

    advice = "Set this machine's clock (a clock that is a second ahead is refused whatever recv_window is)."


class RateLimited(Refused):
    """Too many requests in a second, until the deadline."""

    advice = "Wait until retry_at, then call again."


class Forbidden(Refused):
    """The exchange turns this IP address, country or account away."""

    advice = (
        "Too many requests from one IP address are blocked for at least ten minutes: stop sending and wait. A place or "
        "an account that the exchange does not serve stays blocked: see region= and the exchange's site."
    )


class OrderNotFound(Refused):
    """No such order among those that can be cancelled."""

    advice = (
        "This does not say that the order never existed: it may have been filled or cancelled, and a list may lag. "
        "Query it before placing it again; a spot order with a trigger needs its orderFilter."
    )


class OrderClosed(Refused):
    """The order had ended before: filled, cancelled or rejected."""

    advice = "Query the order to see how it ended, and how much of it was executed."


class NotCancellable(Refused):
    """The order cannot be cancelled now."""

    advice = "Query the order; a pending change may have to end first."


class OutcomeUnknown(BybitError):
    """The request may have been carried out, or may yet be.

    Attributes:
        last_order: the order as it was last seen; None if it was not seen.
        accepted: the acknowledgement; None if none came.
        order_link_id: the link id that an order may have been placed with; None if no order was to be placed.
    """

    advice = "The request may or may not have taken effect. Check the current state before acting on it."
    _own_fields = ("last_order", "accepted", "order_link_id")

    def __init__(
        self,
        message: str,
        evidence: Evidence = Evidence(),  # noqa: B008 - it is frozen
        *,
        last_order: "Order | None" = None,
        accepted: "CancelAccepted | None" = None,
        order_link_id: str | None = None,
    ) -> None:
        super().__init__(message, evidence)
        self.last_order = last_order
        self.accepted = accepted
        self.order_link_id = order_link_id


class UpdatesDropped(BybitError):
    """Order updates came faster than they were read, and the newest were dropped.

    Attributes:
        dropped: how many updates were dropped.
    """

    advice = "Iterate again to hear what comes from now on, and query the orders for what was missed."
    _own_fields = ("dropped",)

    def __init__(self, message: str, *, dropped: int = 0) -> None:
        super().__init__(message)
        self.dropped = dropped


# The only place where a retCode gets its meaning.
_RET_CODES: dict[type[Refused] | type[OutcomeUnknown], tuple[int, ...]] = {
    InvalidRequest: (10001, 10017, 10404, 110072, 170105, 170121, 170130, 170141, 170201),
    ClockError: (10002, -1),
    AuthenticationFailed: (10003, 10004, 10005, 10007, 10010, 33004, -2015),
    Forbidden: (10008, 10009, 10020, 10024, 10027, 10028, 10029, 10032, 110097, 110100, 110132, 170209, 170227),
    RateLimited: (10006, 10018, 10403, 10429, 20003, 170222, 30035),
    OrderNotFound: (110001, 110019, 110032, 170143, 170213),
    OrderClosed: (110008, 110010, 170139, 170142, 170190),
    NotCancellable: (
        *(40004, 110035, 110063, 110066, 110074, 110079, 110095, 110115),
        *(170144, 170145, 170150, 170191, 170212),
    ),
    # 20006: a request with this reqId was taken before. No id is used twice here, so that was this very request.
    OutcomeUnknown: (10000, 10014, 10016, 10019, 20006, 429, 170001, 170007, 170032, 170146, 170147, 170234),
}
ERROR_CLASSES = {code: error_class for error_class, codes in _RET_CODES.items() for code in codes}
"""The class of error of each known retCode."""
# The exchange asks to try again: the order is being worked on.
BUSY = frozenset({110079, 170144, 170191, 170212})
# An open order has the new one's link id: perhaps it is the very one, if something on the way doubled the request.
LINK_ID_TAKEN = frozenset({110072, 170141})


def error_class_for(ret_code: int) -> type[Refused] | type[OutcomeUnknown]:
    """Return the class of error that a retCode other than 0 stands for; an unknown one is a plain `Refused`.

    Args:
        ret_code: the exchange's code.

    Source: https://bybit-exchange.github.io/docs/v5/error
    """
    return ERROR_CLASSES.get(ret_code, Refused)
