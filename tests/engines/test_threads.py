"""Blocking work for coroutines: its result is never lost, even if nobody waits for it any more."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from bybit_ext.engines.threads import run_in_thread

from .servers import wait_until


def test_a_result_is_returned() -> None:
    discarded: list[str] = []
    assert asyncio.run(run_in_thread(lambda: "done", discard=discarded.append)) == "done"
    assert discarded == []


def test_an_error_is_raised() -> None:
    def work() -> str:
        raise KeyError("what")

    with pytest.raises(KeyError, match="what"):
        asyncio.run(run_in_thread(work, discard=lambda _: None))


def _cancel(work: Callable[[], str], cancel: Callable[["asyncio.Task[str]"], object]) -> list[str]:
    """Run work in a thread, cancel the task that waits for it, and return what was discarded."""
    discarded: list[str] = []

    async def run() -> None:
        task = asyncio.create_task(run_in_thread(work, discard=discarded.append))
        await asyncio.sleep(0)
        cancel(task)
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)

    asyncio.run(run())
    return discarded


def test_a_result_after_a_cancellation_is_discarded() -> None:
    is_cancelled = threading.Event()

    def work() -> str:
        is_cancelled.wait(5)
        return "late"

    def cancel(task: "asyncio.Task[str]") -> None:
        task.cancel()
        asyncio.get_running_loop().call_later(0.01, is_cancelled.set)

    assert _cancel(work, cancel) == ["late"]


def test_a_result_that_comes_with_a_cancellation_is_discarded() -> None:
    """The result is there, but the coroutine that waits for it is cancelled before it runs again."""
    is_done = threading.Event()

    def work() -> str:
        is_done.set()
        return "just in time"

    def cancel(task: "asyncio.Task[str]") -> None:
        is_done.wait(5)
        time.sleep(0.05)  # the result waits in the queue of the loop, before what is put there now
        asyncio.get_running_loop().call_soon(task.cancel)

    assert _cancel(work, cancel) == ["just in time"]


@pytest.mark.parametrize("is_late", [True, False], ids=["after it", "with it"])
def test_an_error_does_not_hide_a_cancellation(*, is_late: bool) -> None:
    go_on, threads = threading.Event(), list[threading.Thread]()

    def work() -> str:
        threads.append(threading.current_thread())
        go_on.wait(5)
        raise KeyError("what")

    def cancel(task: "asyncio.Task[str]") -> None:
        if is_late:
            task.cancel()
            asyncio.get_running_loop().call_later(0.01, go_on.set)
        else:
            go_on.set()
            wait_until(lambda: len(threads) == 1)
            threads[0].join(5)  # the error waits in the queue of the loop, before what is put there now
            asyncio.get_running_loop().call_soon(task.cancel)

    assert _cancel(work, cancel) == []


def test_a_result_after_the_end_of_the_loop_is_discarded() -> None:
    discarded: list[str] = []
    is_over = threading.Event()

    def work() -> str:
        is_over.wait(5)
        return "too late"

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run_in_thread(work, discard=discarded.append), 0.01)

    asyncio.run(run())
    is_over.set()
    wait_until(lambda: discarded == ["too late"])


def test_a_result_that_comes_while_the_loop_is_closed_is_discarded() -> None:
    """The loop still takes what it is told, but does not run any more."""
    discarded: list[str] = []
    is_over = threading.Event()
    threads: list[threading.Thread] = []

    def work() -> str:
        threads.append(threading.current_thread())
        is_over.wait(5)
        return "too late"

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run_in_thread(work, discard=discarded.append), 0.01)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(run())
    is_over.set()
    wait_until(lambda: len(threads) == 1)
    threads[0].join(5)
    loop.close()
    assert discarded == ["too late"]
