"""The seam to HTTP: what every engine takes, returns, raises and promises.

What each promises, sync and async alike (tests/engines holds every engine to it):

1. It ends within `seconds` as a whole: name lookup, connecting to any number of addresses, TLS, writing, reading.
2. It reads at most `MAX_REPLY_SIZE` bytes, counted after decompression, and does not block an event loop for longer.
3. It raises `NotSent` only when surely nothing left this machine, `Lost` when something may have, and nothing else.
4. `fresh=True` opens a new connection: after a lost answer, the pooled ones may be dead too.
5. One request, one answer: a connection with bytes left beyond its answer is closed, never used for the next call.
6. No redirects, no cookies, no re-sends of its own.
7. It survives a fork (the child opens its own connections), many threads, and closing while calls are in flight.
8. It asks for the signature once the connection stands, so that waiting cannot make a timestamp stale.
"""

from collections.abc import Callable, Mapping
from traceback import clear_frames
from types import TracebackType
from typing import Protocol

from attrs import field, frozen

from bybit_ext.errors import InvalidInput, NotSent

Headers = tuple[tuple[str, str], ...]
"""Names and values, as they are sent."""
Sign = Callable[[], Headers]
"""Returns the headers that sign a request. Called just before it leaves; if more than once, the last headers count."""

MAX_REPLY_SIZE = 2**20
"""Bytes of an answer that are read, its head included."""
CLOSED = "This client is closed; open another one."


@frozen
class Request:
    """What is sent. Its repr shows no headers: the generated functions put their signature there.

    Attributes:
        method: GET or POST.
        target: path and raw query string.
        headers: all but those that the engine adds (Host, Content-Length and the like) and those of the signature.
        body: the exact bytes; empty if there is none.
    """

    method: str
    target: str
    headers: Headers = field(default=(), repr=False)
    body: bytes = b""

    @property
    def name(self) -> str:
        """Method and path, without the query."""
        return f"{self.method} {self.target.partition('?')[0]}"


@frozen
class Reply:
    """What came back. Its repr shows only the status: the exchange echoes keys.

    Attributes:
        status: the HTTP status.
        headers: by their names in lower case.
        body: the bytes of the body, decompressed.
        is_answer: whether it answers the request. Else it refuses what has to come before, such as a log-in, and the
            request has not left this machine.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_answer: bool = field(default=True, repr=False)


class Lost(Exception):
    """The request may have left this machine, and no complete answer came back. Its message says why."""


class ErrorsCleared:
    """A context that takes out of an error what could show a signature, or what came back.

    That is the local variables of the frames that it went through, and, of errors of ours, a library's own error.
    """

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        clear_frames(frames)
        if isinstance(error, NotSent | Lost):
            error.__context__ = None


class Engine(Protocol):
    """Sends requests, blocking."""

    def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply.

        Args:
            request: what is sent.
            sign: returns the headers that sign it.
            seconds: how long that may take as a whole.
            fresh: whether to open a new connection for it.

        Raises:
            NotSent: nothing left this machine.
            Lost: something may have.
        """
        ...

    def close(self) -> None:
        """Close the connections. Calls in flight end as they would have, later ones are refused. Twice is safe."""
        ...


class AsyncEngine(Protocol):
    """Sends requests, as coroutines of asyncio."""

    async def send(self, request: Request, sign: Sign, *, seconds: float, fresh: bool = False) -> Reply:
        """Send a request and return the reply: as `Engine.send`."""
        ...

    async def drop_idle(self) -> None:
        """Close the connections of this event loop that no call uses. Calls may follow."""
        ...

    async def close(self) -> None:
        """Close the connections: as `Engine.close`."""
        ...

    def abandon(self) -> None:
        """Close the connections without waiting for it, from any thread: nobody uses the engine any more."""
        ...


def refuse_closed() -> InvalidInput:
    """Return what is raised for a call on a closed client."""
    return InvalidInput(CLOSED)
