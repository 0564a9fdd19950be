"""Blocking work for coroutines, in threads that nothing waits for: not the event loop, not the end of the process."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar, cast

Result = TypeVar("Result")


async def run_in_thread(work: Callable[[], Result], *, discard: Callable[[Result], object]) -> Result:
    """Run blocking work in a daemon thread and return its result.

    Args:
        work: what to do.
        discard: what to do with a result that comes when nobody waits for it any more.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def finish(result: Result | None, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            _discard(result, discard)
        elif error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("Result", result))

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
            problem = error
        try:
            loop.call_soon_threadsafe(finish, result, problem)
        except RuntimeError:  # the loop is closed
            _discard(result, discard)

    threading.Thread(target=run, name="bybit connection", daemon=True).start()
    try:
        return await future
    except asyncio.CancelledError:
        if future.done() and not future.cancelled() and future.exception() is None:
            discard(future.result())  # the cancellation came between the result and this coroutine
        raise


def _discard(result: Result | None, discard: Callable[[Result], object]) -> None:
    if result is not None:
        discard(result)
