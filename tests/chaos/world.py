"""What the exchange and the network are like while the stories happen."""

import os
import random
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from bybit_ext import EngineName, OutcomeUnknown
from bybit_ext.sandbox import Fault, ListFaults, Sandbox, StreamFaults
from bybit_ext.sandbox.faults import (
    delay_response,
    drop_response,
    fill_first,
    respond_with,
    respond_with_body,
    respond_with_page,
    truncate_response,
)
from tests.chaos.calls import note_time
from tests.chaos.stagehand import Stagehand
from tests.conftest import options_of

CANCEL_DELAY = 0.03  # seconds
# On a busy machine, an answer of this process takes a good part of a second.
TIMEOUT = 0.9  # seconds
DEADLINE = 8.0  # seconds
DEADLINE_OF_MANY = 15.0  # seconds; where the stream is silent, each of up to 60 orders is read for itself
STORIES_AT_ONCE = 50
WORLDS = 4
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
SEED = os.environ.get("PYTEST_XDIST_TESTRUNUID", "") if IS_LONG else ""  # other stories each time, if it is long
ENGINES: list[EngineName] = ["h11", "httptools", "websocket"]

# Everything that an honest exchange can do to a request: it may be silent or garbled, but it does not lie.
FAULTS: dict[str, Fault] = {
    "lost after": drop_response(),
    "lost before": drop_response(carry_out=False),
    "late": delay_response(0.1),
    "later than the time-out": delay_response(TIMEOUT + 0.15),
    "truncated after": truncate_response(),
    "truncated before": truncate_response(carry_out=False),
    "10016 after": respond_with(10016, carry_out=True),
    "10016 before": respond_with(10016),
    "10000": respond_with(10000),
    "429": respond_with_page(429),
    "502": respond_with_page(502, carry_out=True),
    "HTML": respond_with_page(200, carry_out=True),
    "empty": respond_with_body(b""),
    "null": respond_with_body(b"null", carry_out=False),
    "no retCode": respond_with_body(b'{"retMsg": "OK"}'),
    "10006": respond_with(10006),
    "10006 with reset": respond_with(10006, reset_in=0.1),
    "10006 with a reset in the past": respond_with(10006, reset_in=-1),
}
FAULTS_OF_CANCELS: dict[str, Fault] = FAULTS | {
    "filled first": fill_first(),
    "filled first, says 110001": fill_first(110001),
    "filled after": Fault(lose_race_after=True),
}
READ_FAULTS = [respond_with_page(502), respond_with(10006), respond_with_body(b'{"retCode": 0, "result": null}')]
STREAMS = [None, StreamFaults(), StreamFaults(), StreamFaults(silent=True), StreamFaults(out_of_order=True)]


@frozen
class World:
    """What the exchange and the client are like meanwhile."""

    engine: EngineName
    stream: StreamFaults | None
    lists: ListFaults
    read_faults: list[Fault]
    ahead: int
    restart_after: float | None
    drop_streams_after: float | None

    def disturb(self, exchange: Sandbox) -> None:
        """Let lists lag, and queries and events go wrong, from now on."""
        exchange.faults.lists = self.lists
        exchange.faults.stream = self.stream or StreamFaults()
        exchange.faults.on_read(self.read_faults)

    def begin(self, exchange: Sandbox, hand: Stagehand) -> None:
        """Let happen what happens during the calls."""
        for seconds, action in (
            (self.restart_after, exchange.restart),
            (self.drop_streams_after, exchange.drop_streams),
        ):
            if seconds is not None:
                hand.do(seconds, action)

    def client_options(self, exchange: Sandbox, *, deadline: float = DEADLINE) -> dict[str, Any]:
        return options_of(
            exchange,
            stream=self.stream is not None,
            engine=self.engine,
            trade_url=exchange.trade_url,
            max_connections=STORIES_AT_ONCE,
            deadline=deadline,
            timeout=TIMEOUT,
            clock=lambda: note_time() + self.ahead,
        )


def draw_world(rng: random.Random) -> World:
    return World(
        engine=rng.choice(ENGINES),
        stream=rng.choice(STREAMS),
        lists=ListFaults(realtime_lag=rng.choice([0.0, 0.05, 0.3]), history_lag=rng.choice([0.0, 0.1, 0.3])),
        read_faults=[rng.choice(READ_FAULTS) for _ in range(rng.choice([0, 0, 3]))],
        ahead=rng.choice([0, 0, 1500, -7000]),
        restart_after=rng.choice([None, None, 0.1]),
        drop_streams_after=rng.choice([None, None, 0.1]),
    )


def rng_of(number: int) -> random.Random:
    """Return what the stories of a round are drawn from, and print its seed."""
    seed = f"{SEED}-{number}"
    print(f"seed {seed!r}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)


def check_few_are_unknown(results: Sequence[tuple[object, object]]) -> None:
    """Fail if more than one result in ten is unknown. Takes pairs of a story and its result."""
    unknown = [(story, str(result)) for story, result in results if is_unknown(result)]
    print(f"{len(unknown)} of {len(results)} are unknown")  # noqa: T201 - pytest -rA shows it
    assert len(unknown) * 10 < len(results), unknown


def is_unknown(result: object) -> bool:
    return isinstance(result, OutcomeUnknown)
