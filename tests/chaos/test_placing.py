"""Orders are placed: never two by one call, and none is said to be placed that is not."""

import random
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Literal, get_args

import pytest
from attrs import frozen
from bybit_v5.models import Category, FuturesLimitOrder, FuturesMarketOrder, Order, SpotLimitOrder
from bybit_v5.types import UNSET

from bybit_ext import NotSent, OrderAccepted, OutcomeUnknown, PlaceOrderRequest, Refused
from bybit_ext.sandbox import Sandbox
from tests.chaos.calls import BOTH_CLIENTS, Call, CallAll, Made
from tests.chaos.ledger import Ledger, is_open, ledger_of
from tests.chaos.stagehand import Stagehand, stagehand
from tests.chaos.world import (
    CANCEL_DELAY,
    FAULTS,
    IS_LONG,
    STORIES_AT_ONCE,
    WORLDS,
    check_few_are_unknown,
    draw_world,
    rng_of,
)
from tests.conftest import wait_until

ROUNDS = 10 if IS_LONG else 2
OTHER_QTY = "7"  # of orders that others place
OLD_ENOUGH = 0.15  # seconds; what is younger when a call begins, clocks cannot tell from what it places

LinkId = Literal["made up", "given", "used before", "used before by one alike", "taken", "taken by one alike"]
Kind = Literal["rests", "crosses", "crosses, PostOnly", "IOC", "market", "spot"]
End = Literal["nothing", "filled", "rejected", "cancelled", "filled, and others use its link id"]


@frozen
class Story:
    """An order to place, and what becomes of it.

    Attributes:
        link_id: where its link id comes from, and who else has it.
        kind: what it is.
        end: what becomes of it as soon as it is there.
        after: seconds after which that happens.
    """

    link_id: LinkId
    kind: Kind
    end: End
    after: float


def draw_story(rng: random.Random) -> Story:
    return Story(
        link_id=rng.choice(get_args(LinkId)[:4] * 2 + get_args(LinkId)),
        kind=rng.choice(get_args(Kind)),
        end=rng.choice(get_args(End)),
        after=rng.choice([0.0, 0.0, 0.02, 0.2]),
    )


@frozen
class Scene:
    """A story on an exchange. Its symbol is its own, so what is done to it is known."""

    story: Story
    symbol: str
    order: PlaceOrderRequest
    others: list[Order]


_numbers = count()


def set_scene(exchange: Sandbox, story: Story) -> Scene:
    symbol = f"P{next(_numbers)}USDT"
    link_id = f"link-{symbol}"
    category: Category = "spot" if story.kind == "spot" else "linear"
    others: list[Order] = []
    if story.link_id not in ("made up", "given"):
        qty = "1" if "alike" in story.link_id else OTHER_QTY
        others.append(exchange.place(category, symbol, order_link_id=link_id, qty=qty, price="50"))
        if "used before" in story.link_id:
            exchange.fill(others[0].order_id)
    if "crosses" in story.kind or story.kind == "market":
        exchange.set_price(symbol, "90")
    return Scene(story, symbol, order_of(story, symbol, None if story.link_id == "made up" else link_id), others)


def order_of(story: Story, symbol: str, link_id: str | None) -> PlaceOrderRequest:
    named = link_id or UNSET
    if story.kind == "market":
        return FuturesMarketOrder("linear", symbol, "Buy", qty="1", order_link_id=named)
    if story.kind == "spot":
        return SpotLimitOrder("spot", symbol, "Buy", qty="1", price="100", order_link_id=named)
    order = FuturesLimitOrder("linear", symbol, "Buy", qty="1", price="100", order_link_id=named)
    if story.kind == "crosses, PostOnly":
        order.time_in_force = "PostOnly"
    elif story.kind == "IOC":
        order.time_in_force = "IOC"
    return order


@frozen
class Others:
    """Let happen to each new order what its story says."""

    exchange: Sandbox
    hand: Stagehand
    scenes: dict[str, Scene]

    def hear(self, order: Order) -> None:
        """Called by the exchange, while it is locked."""
        scene = self.scenes.get(order.symbol)
        if scene and order.order_status == "New" and order.qty != OTHER_QTY:
            self.hand.do(scene.story.after, partial(self._end, order, scene.story.end))

    def _end(self, order: Order, end: End) -> None:
        exchange = self.exchange
        if end == "nothing" or not is_open(exchange.order(order.order_id)):
            return
        with suppress(ValueError):  # it has ended meanwhile
            if end in ("rejected", "cancelled"):
                exchange.end(order.order_id, end.capitalize())
                return
            exchange.fill(order.order_id)
        if end != "filled":
            category: Any = order.category
            exchange.place(category, order.symbol, order_link_id=order.order_link_id, qty=OTHER_QTY, price="50")


def placed_by_call(ledger: Ledger, scene: Scene) -> list[Order]:
    known = {order.order_id for order in scene.others}
    orders = ledger.of_symbol(scene.symbol)
    return [order for order in orders if order.order_id not in known and order.qty != OTHER_QTY]


def check(ledger: Ledger, scene: Scene, made: Made) -> None:
    """Hold a result to what the exchange knows."""
    placed, result = placed_by_call(ledger, scene), made.result
    words = f"{scene.story}: {[(one.order_id, one.order_status) for one in placed]}; told as {result!r}: {result}"
    assert len(placed) <= 1, words
    link_ids = {order.order_link_id for order in placed}
    if scene.order.order_link_id:
        link_ids.add(str(scene.order.order_link_id))
    assert len(link_ids) <= 1, words
    if isinstance(result, OrderAccepted):
        assert [result.order_id] == [order.order_id for order in placed], words
        assert {result.order_link_id} == link_ids, words
        assert result.order is None or result.order.order_id == result.order_id, words
        assert result.order is None or result.order.order_status in ledger.statuses(result.order_id), words
    elif isinstance(result, OutcomeUnknown):
        assert result.order_link_id, words
        assert {result.order_link_id} >= link_ids, words
        last_order = result.last_order
        assert last_order is None or ledger.order(last_order.order_id).order_link_id == result.order_link_id, words
    else:
        assert isinstance(result, Refused | NotSent), words
        assert not placed or "Rejected" in ledger.statuses(placed[0].order_id), words


@pytest.fixture
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=CANCEL_DELAY) as sandbox:
        yield sandbox


@pytest.mark.parametrize("call_all", BOTH_CLIENTS)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_no_order_is_placed_twice_and_no_result_is_untrue(exchange: Sandbox, number: int, call_all: CallAll) -> None:
    rng = rng_of(number)
    told: list[tuple[Scene, Made]] = []
    with ledger_of(exchange) as ledger:
        for _ in range(WORLDS):
            world = draw_world(rng)
            exchange.faults.clear()
            scenes = [set_scene(exchange, draw_story(rng)) for _ in range(STORIES_AT_ONCE)]
            newest = max(ledger.opened_at(order.order_id) for scene in scenes for order in scene.others)
            wait_until(lambda newest=newest: exchange.clock() > newest + OLD_ENOUGH * 1000)  # type: ignore[misc]
            world.disturb(exchange)
            exchange.faults.at_random([*FAULTS.values()], rate=0.5, seed=rng.randrange(1000), of="creates")
            with stagehand() as hand:
                others = Others(exchange, hand, {scene.symbol: scene for scene in scenes})
                stop = exchange.listen(others.hear)
                world.begin(exchange, hand)
                calls = [Call("place_order", scene.order) for scene in scenes]
                made = call_all(world.client_options(exchange), calls)
                stop()
            told += zip(scenes, made, strict=True)
        for scene, one in told:
            check(ledger, scene, one)
        # Of an order that is nowhere, nobody can know that it does not come yet.
        there = [(scene, one.result) for scene, one in told if placed_by_call(ledger, scene)]
    check_few_are_unknown([(scene.story, result) for scene, result in there])
    accepted = [result for _, result in there if isinstance(result, OrderAccepted)]
    assert any(result.order for result in accepted)
    assert any(result.order is None for result in accepted)
