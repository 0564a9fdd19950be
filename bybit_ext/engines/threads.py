"""Blocking work for coroutines, in threads that nothing waits for: not the event loop, not the end of the process."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def run_in_thread(work: Callable[[], Result], *, discard: Callable[[Result], object]) -> Result:
    """Run blocking work in a daemon thread and return its result.

    Args:
        work: what to do.
        discard: what to do with a result that comes when nobody waits for it any more; it may be called in the thread.
    """
    loop = asyncio.get_running_loop()
    has_ended = asyncio.Event()
    outcome: Future[Result] = Future()  # cancelled once nobody waits: whoever comes second discards the result

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
            with suppress(InvalidStateError):
                outcome.set_exception(error)
        else:
            try:
                outcome.set_result(result)
            except InvalidStateError:
                discard(result)
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(has_ended.set)

    threading.Thread(target=run, name="bybit connection", daemon=True).start()
    try:
        await has_ended.wait()
    except BaseException:
        if not outcome.cancel() and outcome.exception() is None:
            discard(outcome.result())
        raise
    return outcome.result()
