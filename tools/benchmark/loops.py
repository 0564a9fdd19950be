"""Cancel by an open client, one order after another or many at once, and measure what that costs."""

import asyncio
import resource
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import NamedTuple

from tools.benchmark.clients import AsyncCancel, Cancel, Client
from tools.benchmark.target import Target

Latencies = list[float]


class Cost(NamedTuple):
    """What a batch of cancels cost.

    Attributes:
        cpu: seconds that the process computed, in all its threads: its own and those of the system for it.
        wall: seconds that it took.
        latencies: seconds from each call to its return.
    """

    cpu: float
    wall: float
    latencies: Latencies


class WrongOrder(Exception):
    """The acknowledgement is that of another order."""


class ThreadedClient:
    """A blocking client. With one in flight it is used in this thread, else in as many threads as calls in flight.

    Args:
        client: the client.
        target: what it is pointed at.
        stack: closes what is opened.
    """

    def __init__(self, client: Client, target: Target, stack: ExitStack) -> None:
        self._client = client
        self._target = target
        self._stack = stack
        self._opened: list[Cancel] = []
        self._pools: dict[int, ThreadPoolExecutor] = {}

    def run(self, order_ids: Sequence[str], in_flight: int) -> Cost:
        """Cancel orders, so many at once."""
        sessions = self._sessions(in_flight)
        if in_flight == 1:
            return _measure(lambda: [_cancel_all(sessions[0], order_ids)])
        pool = self._pool(in_flight)
        shares = _split(order_ids, in_flight)
        return _measure(lambda: list(pool.map(_cancel_all, sessions, shares)))

    def _sessions(self, count: int) -> list[Cancel]:
        needed = count if self._client.per_thread else 1
        while len(self._opened) < needed:
            self._opened.append(self._stack.enter_context(self._client.load()(self._target)))
        return self._opened[:count] if self._client.per_thread else self._opened * count

    def _pool(self, threads: int) -> ThreadPoolExecutor:
        if threads not in self._pools:
            self._pools[threads] = self._stack.enter_context(ThreadPoolExecutor(threads))
        return self._pools[threads]


@contextmanager
def open_threaded(client: Client, target: Target) -> Generator[ThreadedClient]:
    """Open a blocking client, and close it at the end."""
    with ExitStack() as stack:
        yield ThreadedClient(client, target, stack)


class TaskClient:
    """A client for coroutines: as many tasks as calls in flight.

    Args:
        cancel: cancels by the open client.
    """

    def __init__(self, cancel: AsyncCancel) -> None:
        self._cancel = cancel

    async def run(self, order_ids: Sequence[str], in_flight: int) -> Cost:
        """Cancel orders, so many at once."""
        before = _Before()
        if in_flight == 1:
            latencies = [await _cancel_all_async(self._cancel, order_ids)]
        else:
            shares = _split(order_ids, in_flight)
            latencies = await asyncio.gather(*(_cancel_all_async(self._cancel, share) for share in shares))
        return before.cost(latencies)


@asynccontextmanager
async def open_tasks(client: Client, target: Target) -> AsyncGenerator[TaskClient]:
    """Open a client for coroutines, and close it at the end."""
    async with client.load()(target) as cancel:
        yield TaskClient(cancel)


class _Before:
    """The clocks before a batch."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), cpu_seconds()

    def cost(self, latencies: Sequence[Latencies]) -> Cost:
        cpu = cpu_seconds() - self._cpu
        return Cost(cpu, time.perf_counter() - self._wall, [one for share in latencies for one in share])


def _measure(run: Callable[[], Sequence[Latencies]]) -> Cost:
    before = _Before()
    return before.cost(run())


def cpu_seconds() -> float:
    """Return for how long this process has computed, in user mode and in the system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _split(order_ids: Sequence[str], parts: int) -> list[Sequence[str]]:
    return [order_ids[number::parts] for number in range(parts)]


def _cancel_all(cancel: Cancel, order_ids: Sequence[str]) -> Latencies:
    latencies: Latencies = []
    for order_id in order_ids:
        started = time.perf_counter()
        cancelled = cancel(order_id)
        latencies.append(time.perf_counter() - started)
        _check(cancelled, order_id)
    return latencies


async def _cancel_all_async(cancel: AsyncCancel, order_ids: Sequence[str]) -> Latencies:
    latencies: Latencies = []
    for order_id in order_ids:
        started = time.perf_counter()
        cancelled = await cancel(order_id)
        latencies.append(time.perf_counter() - started)
        _check(cancelled, order_id)
    return latencies


def _check(cancelled: str | None, order_id: str) -> None:
    if cancelled != order_id:
        raise WrongOrder(f"{order_id} was to be cancelled, {cancelled} is acknowledged")
