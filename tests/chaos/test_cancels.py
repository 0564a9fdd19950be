"""Orders are cancelled one by one."""

from collections.abc import Iterator

import pytest

from bybit_ext.sandbox import Sandbox
from tests.chaos.calls import BOTH_CLIENTS, Call, CallAll
from tests.chaos.cancels import Told, check_all, draw_story, hopeful, request_for, staged
from tests.chaos.world import (
    CANCEL_DELAY,
    IS_LONG,
    STORIES_AT_ONCE,
    WORLDS,
    check_few_are_unknown,
    draw_world,
    rng_of,
)

ROUNDS = 25 if IS_LONG else 3


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
        world, stories = draw_world(rng), [draw_story(rng) for _ in range(STORIES_AT_ONCE)]
        with staged(exchange, world, stories) as stage:
            pairs = zip(stories, stage.orders, strict=True)
            calls = [Call(method_of(confirm=story.confirm), request_for(story, order)) for story, order in pairs]
            made = call_all(world.client_options(exchange), calls)
            told = [stage.told(index, one, one.result) for index, one in enumerate(made)]
            check_all(exchange, told)
        everything += told
    check_few_are_unknown(hopeful(everything))


def method_of(*, confirm: bool) -> str:
    return "cancel_and_confirm" if confirm else "cancel_order"
