"""Orders are cancelled in batches. Things go wrong with a whole batch, and with single orders of it."""

import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import pytest
from attrs import evolve, frozen

from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import respond_with_foreign_ids, shorten_list
from tests.chaos.calls import BOTH_CLIENTS, Call, CallAll, Made
from tests.chaos.cancels import Stage, Story, Told, check_all, draw_story, hopeful, request_for, staged
from tests.chaos.world import (
    CANCEL_DELAY,
    DEADLINE_OF_MANY,
    FAULTS,
    IS_LONG,
    WORLDS,
    check_few_are_unknown,
    draw_world,
    rng_of,
)

BATCHES_AT_ONCE = 8
ROUNDS = 48 if IS_LONG else 2  # 3000 batches
SIZES = [1, 2, 3, 5, 8, 25]  # the longest does not fit into one request
# An honest exchange can be garbled so that it shows: by ids that nobody asked for, and lists that are too short.
FAULTS_OF_BATCHES: list[Fault] = [*FAULTS.values(), respond_with_foreign_ids(), shorten_list(), shorten_list(2, 1)]


@frozen
class Batch:
    """The stories of the orders of one batch, and whether the call waits for their ends."""

    stories: list[Story]
    confirm: bool


def draw_batch(rng: random.Random) -> Batch:
    confirm = rng.random() < 0.7
    return Batch([evolve(draw_story(rng), confirm=confirm) for _ in range(rng.choice(SIZES))], confirm)


def call_for(stage: Stage, batch: Batch, first: int) -> Call:
    orders = stage.orders[first : first + len(batch.stories)]
    requests = [request_for(story, order) for story, order in zip(batch.stories, orders, strict=True)]
    return Call("cancel_batch_and_confirm" if batch.confirm else "cancel_batch", requests)


def told_of(stage: Stage, batch: Batch, first: int, made: Made) -> list[Told]:
    """Return what was told of each order of a batch."""
    results: list[Any] = made.result
    assert len(results) == len(batch.stories)
    return [stage.told(number, made, result) for number, result in enumerate(results, first)]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=CANCEL_DELAY) as sandbox:
        yield sandbox


@pytest.mark.parametrize("call_all", BOTH_CLIENTS)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_no_result_is_untrue_and_few_are_unknown(exchange: Sandbox, number: int, call_all: CallAll) -> None:
    rng = rng_of(number)
    everything: list[Told] = []
    for _ in range(WORLDS):
        world, batches = draw_world(rng), [draw_batch(rng) for _ in range(BATCHES_AT_ONCE)]
        firsts = list(accumulate([len(batch.stories) for batch in batches], initial=0))
        with staged(exchange, world, [story for batch in batches for story in batch.stories]) as stage:
            exchange.faults.at_random(FAULTS_OF_BATCHES, rate=0.3, seed=rng.randrange(1000), of="batches")
            calls = [call_for(stage, batch, first) for batch, first in zip(batches, firsts, strict=False)]
            made = call_all(world.client_options(exchange, deadline=DEADLINE_OF_MANY), calls)
            parts = zip(batches, firsts, made, strict=False)
            told = [one for batch, first, part in parts for one in told_of(stage, batch, first, part)]
            check_all(exchange, told)
        everything += told
    # By a link id, a cancel alone is not sent again: there an unknown outcome is the honest one.
    check_few_are_unknown(hopeful([one for one in everything if one.story.confirm]))
