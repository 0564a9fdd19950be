"""What is told when the task of a stream ends: each once, and of an end that was wanted nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bybit_ext import load_credentials
from bybit_ext.auth.clock import system_clock
from bybit_ext.engines.hosts import parse_stream_url
from bybit_ext.engines.interface import CLOSED
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.tls import TlsSettings
from bybit_ext.stream import runners
from bybit_ext.stream.broadcast import OrderKey
from bybit_ext.stream.runners import TaskStream
from bybit_ext.stream.settings import StreamSettings
from bybit_ext.stream.subscription_async import AsyncSubscription

ROUTE = Route(parse_stream_url("ws://127.0.0.1:1"))
SETTINGS = StreamSettings(ROUTE, TlsSettings(), load_credentials("key", "secret"), system_clock)


async def close(stream: TaskStream) -> None:
    await stream.close()
    await stream.close()


async def stop(stream: TaskStream) -> None:
    stream.stop()


async def cancel(stream: TaskStream) -> None:
    stream._task.cancel()


async def wait(stream: TaskStream) -> None:
    await stream._task


def told(end: Callable[[TaskStream], Awaitable[None]]) -> list[str]:
    """Return what a subscription is told from the beginning of a stream to its end."""

    async def run() -> list[str]:
        stream = TaskStream(SETTINGS)
        subscription = stream.add(AsyncSubscription(OrderKey()))
        await end(stream)
        await asyncio.wait([stream._task], timeout=5.0)
        await asyncio.sleep(0)  # what is to happen at its end happens in the next round
        events: list[Any] = []
        while (event := await subscription.get(0)) is not None:
            events.append(event)
        return [event.args[0] for event in events]

    return asyncio.run(run())


class TestEnd:
    @pytest.fixture(autouse=True)
    def _endless(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def run_stream(*_: object) -> None:
            await asyncio.sleep(60)

        monkeypatch.setattr(runners, "run_stream", run_stream)

    def test_closing_is_told_as_often_as_it_is_done(self) -> None:
        assert told(close) == [CLOSED] * 2

    def test_stopping_is_told_to_nobody(self) -> None:
        assert told(stop) == []

    def test_a_cancellation_by_somebody_else_is_told(self) -> None:
        assert told(cancel) == ["The task of the order stream was cancelled."]


def test_an_end_of_its_own_is_told_by_the_stream_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run_stream(*_: object) -> None:
        pass

    monkeypatch.setattr(runners, "run_stream", run_stream)
    assert told(wait) == []
