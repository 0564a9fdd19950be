"""What an engine for coroutines keeps for each event loop: connections belong to one."""

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Pool(Protocol):
    """The connections of one event loop."""

    def drop_idle(self) -> None:
        """Close those that no call uses, in their event loop."""
        ...

    def forget(self) -> None:
        """Close all where their event loop is gone. Nothing is said to the server."""
        ...


Kind = TypeVar("Kind", bound=Pool)


class LoopPools(Generic[Kind]):
    """A pool for each event loop that an engine is used in.

    Args:
        make: makes one, in its event loop.
    """

    def __init__(self, make: Callable[[], Kind]) -> None:
        self._make = make
        self._reset()

    def _reset(self) -> None:
        self._pools: dict[asyncio.AbstractEventLoop, Kind] = {}
        self._lock = threading.Lock()  # guards the dictionary: loops may run in several threads

    def of_running_loop(self) -> Kind:
        """Return the pool of the event loop that runs."""
        loop = asyncio.get_running_loop()
        return self._pools.get(loop) or self._open(loop)

    def _open(self, loop: asyncio.AbstractEventLoop) -> Kind:
        with self._lock:
            for other in [known for known in self._pools if known.is_closed()]:
                self._pools.pop(other).forget()
            pool = self._pools[loop] = self._make()
        return pool

    async def drop_idle(self) -> None:
        """Close the connections of the event loop that runs, where no call uses them."""
        pool = self._pools.get(asyncio.get_running_loop())
        if pool:
            pool.drop_idle()
        await asyncio.sleep(0)  # asyncio closes a socket in the loop's next round

    def abandon(self) -> None:
        """Close the connections of all event loops that no call uses, without waiting for it, from any thread."""
        with self._lock:
            pools = list(self._pools.items())
        for loop, pool in pools:
            try:
                loop.call_soon_threadsafe(pool.drop_idle)
            except RuntimeError:  # the loop is closed
                pool.forget()

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, and start anew."""
        inherited = list(self._pools.values())
        self._reset()
        for pool in inherited:
            pool.forget()
