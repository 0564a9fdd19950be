"""A client that notes what it sends, for whoever wants to see it: the very bytes, and the text that was signed."""

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

from attrs import evolve, frozen
from bybit_v5.models import Order

from bybit_ext.async_client import AsyncBybit
from bybit_ext.auth.redaction import redact
from bybit_ext.auth.signing import payload_of
from bybit_ext.calls.flow import Effect, Send, Sent
from bybit_ext.engines.as_transport import redact_body
from bybit_ext.engines.http1_h11 import H11Protocol
from bybit_ext.engines.interface import Headers, Reply, Request
from bybit_ext.engines.outgoing import RequestHead
from bybit_ext.errors import NotSent
from bybit_ext.stream.events import StreamState


@frozen
class RecordedSend:
    """One send of a request. Keys and signatures are redacted in all of it.

    Attributes:
        method: GET or POST.
        path: what was asked for, without the query.
        request: the bytes that were sent, as text; None if nothing was.
        signed: the text that was signed; None if the request is not one that is signed.
        status: the HTTP status of the answer; None if none came.
        answer: the body of the answer, as text; None if none came.
        problem: why no answer came; None if one did.
        seconds: how long it took.
    """

    method: str
    path: str
    request: str | None
    signed: str | None
    status: int | None
    answer: str | None
    problem: str | None
    seconds: float


_sends: ContextVar[list[RecordedSend] | None] = ContextVar("sends", default=None)


@contextmanager
def recorded_sends() -> Generator[list[RecordedSend], None, None]:
    """Return the list that fills with what `RecordingBybit` sends within the context."""
    sends: list[RecordedSend] = []
    before = _sends.set(sends)
    try:
        yield sends
    finally:
        _sends.reset(before)


def last_send(sends: Sequence[RecordedSend], method: str, path: str) -> RecordedSend | None:
    """Return the last send of a request, whether it was answered or not; None if there was none.

    The client may have chosen another path, as for a batch whose orders are cancelled one by one: then it is the last
    send of the same method.
    """
    of_method = [one for one in sends if one.method == method]
    as_asked = [one for one in of_method if one.path == path]
    return next(reversed(as_asked or of_method), None)


class RecordingBybit(AsyncBybit):
    """An `AsyncBybit` that notes what it sends by its engine `h11`, where `recorded_sends` asks for it."""

    @property
    def host(self) -> str:
        """The host that requests are sent to, with its port where that is not the usual one."""
        return self._settings.route.address.authority

    @property
    def base_url(self) -> str:
        """The URL that stands before the document's paths."""
        return self._base_url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown, beside signatures."""
        return self._caller.secrets

    def order_events(self) -> AsyncGenerator[Order | StreamState, None]:
        """Iterate over order updates as `orders` does, and over what the stream says of itself: whether it stands.

        Raises:
            InvalidInput: there is no stream to connect to.
            Refused: the exchange refused the log-in or the subscription.
            UpdatesDropped: more than 10,000 updates waited to be read; how many were dropped.
        """
        return self._order_events()

    async def _perform(self, effect: Effect) -> Any:
        sends = _sends.get()
        if sends is None or not isinstance(effect, Send):
            return await super()._perform(effect)
        signature: Headers | None = None

        def sign() -> Headers:
            nonlocal signature
            signature = effect.sign()
            return signature

        started = monotonic()
        sent: Sent = await super()._perform(evolve(effect, sign=sign))
        sends.append(self._record(effect.request, signature, sent, monotonic() - started))
        return sent

    def _record(self, request: Request, signature: Headers | None, sent: Sent, seconds: float) -> RecordedSend:
        headers = dict(signature or ())
        secrets = [*self.secrets, *([headers["X-BAPI-SIGN"]] if headers else [])]
        path, _, query = request.target.partition("?")
        data = None
        if signature is not None and not isinstance(sent, NotSent):
            data = H11Protocol(RequestHead(self._settings.route)).write(request, signature)
        signed = None
        if headers:
            stamp = [headers[f"X-BAPI-{name}"] for name in ("TIMESTAMP", "API-KEY", "RECV-WINDOW")]
            signed = "".join(stamp) + payload_of(request.method, query.encode(), request.body).decode()
        answer = sent if isinstance(sent, Reply) else None
        return RecordedSend(
            method=request.method,
            path=path.removeprefix(self._settings.route.address.path),
            request=None if data is None else redact(data.decode(), *secrets),
            signed=None if signed is None else redact(signed, *secrets),
            status=answer.status if answer else None,
            answer=redact_body(answer.body, secrets).decode(errors="replace") if answer else None,
            problem=None if isinstance(sent, Reply) else redact(str(sent), *secrets),
            seconds=seconds,
        )
