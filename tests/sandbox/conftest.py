"""What the tests of the sandbox share."""

from collections.abc import Iterator

import pytest

from bybit_ext.sandbox import Sandbox, models
from tests.sandbox.wire import StreamClient, Wire


class VirtualTime:
    """The time by which the lists of orders lag."""

    def __init__(self) -> None:
        self.now = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def virtual_time(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    time = VirtualTime()
    monkeypatch.setattr(models, "monotonic", lambda: time.now)
    return time


@pytest.fixture
def wire(exchange: Sandbox) -> Iterator[Wire]:
    with Wire(exchange) as wire:
        yield wire


@pytest.fixture
def stream(exchange: Sandbox) -> Iterator[StreamClient]:
    with StreamClient(exchange) as stream:
        yield stream.open()
