"""One way to send by every engine, blocking or not."""

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, cast

from bybit_ext.engines.as_transport import UnusableEngine
from bybit_ext.engines.hosts import parse_base_url
from bybit_ext.engines.interface import AsyncEngine, Engine, Headers, Lost, Reply, Request, Sign
from bybit_ext.engines.proxies import parse_proxy
from bybit_ext.engines.selection import ChosenEngine, open_async_engine, open_engine
from bybit_ext.engines.settings import EngineSettings
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.tls import TlsSettings
from bybit_ext.errors import NotSent

from .servers import RawServer

Sent = Reply | NotSent | Lost

KEY, SIGNATURE = "kEy-4d7f0c1b9a", "s1gNature-e83b5a20"
SECRETS: Headers = (("X-BAPI-API-KEY", KEY), ("X-BAPI-SIGN", SIGNATURE))
CANCEL = Request("POST", "/v5/order/cancel", (("Content-Type", "application/json"),), b'{"symbol":"BTCUSDT"}')
READ = Request("GET", "/v5/order/realtime?category=linear&symbol=BTCUSDT")


def sign() -> Headers:
    return SECRETS


def settings_for(
    url: str,
    *,
    tls: TlsSettings | None = None,
    proxy: str | None = None,
    max_connections: int = 100,
    keepalive: float = 90.0,
) -> EngineSettings:
    route = Route(parse_base_url(url), parse_proxy(proxy) if proxy else None)
    return EngineSettings(route, tls or TlsSettings(), max_connections, keepalive)


_THREADS = 3  # the caller's, the engine's and the server's


class Stalls:
    """Measures how long this machine makes a thread wait beyond what it asks for: a busy one is no engine's fault.

    Attributes:
        total: seconds, for all the threads that a call goes through one after another.
    """

    def __enter__(self) -> Self:
        self.total = 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)
        self._thread.start()
        return self

    def _measure(self) -> None:
        while not self._is_over.is_set():
            start = time.monotonic()
            time.sleep(0.005)
            self.total += _THREADS * (time.monotonic() - start - 0.005)

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()


class Sender(ABC):
    """Sends by one engine, and checks that no call takes longer than it may."""

    engine: Any

    @abstractmethod
    def _send(self, request: Request, sign: Sign, seconds: float, *, fresh: bool) -> Reply: ...

    @abstractmethod
    def _send_many(self, request: Request, sign: Sign, seconds: Sequence[float]) -> list[Sent]: ...

    @abstractmethod
    def close(self) -> None: ...

    def drop(self) -> Any:
        """Let go of the engine, which has been closed, and return it."""
        engine, self.engine = self.engine, UnusableEngine()
        return engine

    @abstractmethod
    def shut_down(self) -> None:
        """Close the engine and what it runs in."""

    def send(self, request: Request = CANCEL, *, sign: Sign = sign, seconds: float = 5.0, fresh: bool = False) -> Reply:
        """Send a request and return the reply."""
        with Stalls() as stalls:
            start = time.monotonic()
            try:
                return self._send(request, sign, seconds, fresh=fresh)
            finally:
                took = time.monotonic() - start
                assert took <= seconds * 1.1 + 0.15 + stalls.total, f"{took:.3f} s of {seconds} s"

    def attempt(
        self, request: Request = CANCEL, *, sign: Sign = sign, seconds: float = 5.0, fresh: bool = False
    ) -> Sent:
        """Send a request; return the reply, or the error."""
        try:
            return self.send(request, sign=sign, seconds=seconds, fresh=fresh)
        except (NotSent, Lost) as error:
            return error

    def attempt_to_reach(self, server: RawServer, request: Request = CANCEL, *, seconds: float) -> Sent:
        """Send a request that a server gets, though it has little time; return the reply, or the error.

        A machine that is too busy to send in time proves nothing, as long as nothing was sent: there is more time then.
        """
        before = len(server.requests)
        for limit in (seconds, seconds * 4, seconds * 16):
            sent = self.attempt(request, seconds=limit)
            if not isinstance(sent, NotSent):
                break
            assert len(server.requests) == before
        return sent

    def send_many(
        self, count: int, request: Request = CANCEL, *, sign: Sign = sign, seconds: float | Sequence[float] = 5.0
    ) -> list[Sent]:
        """Send a request so many times at once, the first ones first; return the replies and the errors."""
        each = seconds if isinstance(seconds, Sequence) else [seconds] * count
        with Stalls() as stalls:
            start = time.monotonic()
            sent = self._send_many(request, sign, each)
            assert time.monotonic() - start <= max(each) * 1.1 + 0.5 + stalls.total
            return sent


class SyncSender(Sender):
    engine: Engine

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def _send(self, request: Request, sign: Sign, seconds: float, *, fresh: bool) -> Reply:
        return self.engine.send(request, sign, seconds=seconds, fresh=fresh)

    def _send_many(self, request: Request, sign: Sign, seconds: Sequence[float]) -> list[Sent]:
        def send(limit: float) -> Sent:
            try:
                return self.engine.send(request, sign, seconds=limit)
            except (NotSent, Lost) as error:
                return error

        with ThreadPoolExecutor(len(seconds)) as pool:
            return list(pool.map(send, seconds))

    def close(self) -> None:
        self.engine.close()

    shut_down = close


class AsyncSender(Sender):
    engine: AsyncEngine

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._runner = asyncio.Runner()
        self._is_shut_down = False

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(coroutine)

    def _send(self, request: Request, sign: Sign, seconds: float, *, fresh: bool) -> Reply:
        reply: Reply = self.run(self.engine.send(request, sign, seconds=seconds, fresh=fresh))
        return reply

    def _send_many(self, request: Request, sign: Sign, seconds: Sequence[float]) -> list[Sent]:
        async def send(limit: float) -> Sent:
            try:
                return await self.engine.send(request, sign, seconds=limit)
            except (NotSent, Lost) as error:
                return error

        async def send_all() -> list[Sent]:
            return await asyncio.gather(*map(send, seconds))

        sent: list[Sent] = self.run(send_all())
        return sent

    def close(self) -> None:
        self.run(self.engine.close())

    def shut_down(self) -> None:
        if not self._is_shut_down:
            self._is_shut_down = True
            if not isinstance(self.engine, UnusableEngine):
                self.close()
            self._runner.close()


def open_sender(kind: str, settings: EngineSettings) -> Sender:
    """Return what sends by an engine: `h11-sync`, `h11-async`, `curl-sync` or `curl-async`."""
    name, mode = kind.split("-")
    engine = cast("ChosenEngine", name)
    if mode == "sync":
        return SyncSender(open_engine(engine, settings))
    return AsyncSender(open_async_engine(engine, settings))


def in_thread(run: Any) -> "threading.Thread":
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, while the event loop runs."""
    while not condition():  # noqa: ASYNC110 - it is another thread that makes it so
        await asyncio.sleep(0.01)
