"""Flows in a time of their own: what a call does at which moment, to the millisecond, without waiting for it."""

import json
from typing import Any

import pytest
from attrs import define, field

from bybit_ext.calls.flow import CallTime, Flow, Send, Sleep, run
from bybit_ext.engines.interface import Lost, Reply
from bybit_ext.errors import NotSent

LOST = Lost("ReadError: lost")
GONE = NotSent("The exchange was not reached (ConnectError: gone).")


def reply(ret_code: int = 0, *, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Reply:
    """Make a reply as an engine returns it."""
    return Reply(status, headers or {}, json.dumps({"retCode": ret_code, **body}).encode())


def page(status: int, text: str = "") -> Reply:
    """Make a reply that is not JSON."""
    return Reply(status, {}, text.encode())


@define
class World:
    """Time, and what each send brings; the last one stays."""

    now: float = 0.0
    replies: list[Any] = field(factory=list[Any])
    takes: float = 0.0  # seconds that each send takes
    sends: list[Send] = field(factory=list[Send])
    sent_at: list[float] = field(factory=list[float])

    @property
    def seconds(self) -> list[float]:
        """How long each send may take."""
        return [round(send.seconds, 3) for send in self.sends]

    def perform(self, effect: Any) -> Any:
        if isinstance(effect, Sleep):
            self.now += effect.seconds
            return None
        assert isinstance(effect, Send)
        assert len(self.sends) < 50
        effect.sign()
        self.sends.append(effect)
        self.sent_at.append(round(self.now, 3))
        self.now += self.takes
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def time(self) -> CallTime:
        return CallTime(lambda: self.now)

    def run(self, flow: Flow[Any], time: CallTime) -> Any:
        return run(flow, self.perform, time)


@pytest.fixture
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every back-off last as long as it may. This replaces a name of our own module, nobody else's function."""

    def longest(_: float, most: float) -> float:
        return most

    monkeypatch.setattr("bybit_ext.calls.flow.uniform", longest)
