"""Stories of orders that are cancelled, and what is true of them.

A bot places a new order under the same link id as soon as one ends.
"""

import random
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from attrs import define, field, frozen
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId, Order

from bybit_ext import (
    BybitError,
    CancelAccepted,
    CancelOutcome,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
)
from bybit_ext.orders.identity import CLOCK_TOLERANCE
from bybit_ext.sandbox import EventFault, Sandbox
from bybit_ext.sandbox.faults import delay_event, drop_event, drop_response, repeat_event
from bybit_ext.sandbox.queries import OrderQuery
from tests.chaos.calls import Made
from tests.chaos.ledger import OPEN
from tests.chaos.stagehand import Stagehand, stagehand
from tests.chaos.world import FAULTS_OF_CANCELS, World
from tests.conftest import wait_until

# More faults than this in a row would leave no time to learn the truth.
MOST_FAULTS = 3
MOST_REQUOTES = 3
BOT_QTY = "7"
TOLERANCE = CLOCK_TOLERANCE + 50  # ms; the answer that says the exchange's time was under way for a while

EVENT_FAULTS = [EventFault(), EventFault(), drop_event(), delay_event(0.2), repeat_event(3, interval=0.05)]
HOPELESS = [drop_response(carry_out=False)] * 100


@frozen
class Story:
    """What happens to one order.

    Attributes:
        by_link_id: whether the cancel names the link id.
        confirm: whether the call waits for the end.
        partly_filled: whether some of it is filled before the call.
        link_id_used_before: whether an order of that link id has ended before.
        faults: what goes wrong with the cancels; None if none ever gets through.
        event_faults: what goes wrong with the events.
        filled_after: seconds after which the order is filled; None for never.
        reaction: seconds after which the bot places the next order; None for no bot.
    """

    by_link_id: bool
    confirm: bool
    partly_filled: bool
    link_id_used_before: bool
    faults: list[str] | None
    event_faults: list[EventFault]
    filled_after: float | None
    reaction: float | None

    @property
    def ends_before_a_send(self) -> bool:
        """Whether the order may have ended, and the next one be there, when the first cancel by link id arrives."""
        return self.filled_after is not None or any("filled first" in fault for fault in self.faults or ())


def draw_story(rng: random.Random) -> Story:
    faults = [rng.choice(sorted(FAULTS_OF_CANCELS)) for _ in range(rng.choice([0, 0, 1, 1, 2, MOST_FAULTS]))]
    return Story(
        by_link_id=rng.random() < 0.6,
        confirm=rng.random() < 0.7,
        partly_filled=rng.random() < 0.3,
        link_id_used_before=rng.random() < 0.5,
        faults=None if rng.random() < 0.02 else faults,
        event_faults=[rng.choice(EVENT_FAULTS) for _ in range(3)],
        filled_after=rng.choice([None, None, None, 0.0, 0.005, 0.02]),
        reaction=rng.choice([None, 0.0, 0.0, 0.001, 0.03]),
    )


@frozen
class Told:
    """What a call said of an order, and when it looked at its clock."""

    story: Story
    order: Order
    times: list[int]
    result: CancelAccepted | CancelOutcome | BybitError

    @property
    def began_at(self) -> int:
        """When the call began."""
        return self.times[0]

    @property
    def under_way(self) -> int:
        """How long the acknowledgement was under way, in ms.

        The SDK knows the exchange's time when the call began no better than that.
        """
        accepted = self.result.accepted if isinstance(self.result, CancelOutcome) else None
        if accepted is None or accepted.server_time is None:
            return 0
        return accepted.server_time - max(time for time in self.times if time <= accepted.server_time)


@define
class RequotingBot:
    """Places an order under the same link id as soon as one ends, as market makers do."""

    exchange: Sandbox
    hand: Stagehand
    _watched: dict[str, tuple[float, int]] = field(factory=dict[str, tuple[float, int]])  # link id: s, orders left
    _ended: set[str] = field(factory=set[str])  # a lost race is reported twice

    def watch(self, order_link_id: str, reaction: float) -> None:
        self._watched[order_link_id] = (reaction, MOST_REQUOTES)

    def hear(self, order: Order) -> None:
        """Called by the exchange, while it is locked."""
        reaction, left = self._watched.get(order.order_link_id, (0.0, 0))
        if left and order.order_status not in OPEN and order.order_id not in self._ended:
            self._ended.add(order.order_id)
            self._watched[order.order_link_id] = (reaction, left - 1)
            self.hand.do(reaction, lambda: self._place(order.order_link_id))

    def _place(self, order_link_id: str) -> None:
        self.exchange.place("linear", "BTCUSDT", order_link_id=order_link_id, qty=BOT_QTY)


@contextmanager
def requoting(exchange: Sandbox, hand: Stagehand) -> Generator[RequotingBot]:
    bot = RequotingBot(exchange, hand)
    stop = exchange.listen(bot.hear)
    try:
        yield bot
    finally:
        stop()


@frozen
class Stage:
    """An exchange in a world, with the orders of some stories."""

    exchange: Sandbox
    world: World
    hand: Stagehand
    bot: RequotingBot
    stories: list[Story]
    orders: list[Order] = field(factory=list[Order])

    def prepare(self) -> None:
        self.exchange.faults.clear()
        for number, story in enumerate(self.stories):
            self.orders.append(self._place(story, number))
        self.world.disturb(self.exchange)

    def _place(self, story: Story, number: int) -> Order:
        exchange = self.exchange
        link_id = f"chaos-{number}-{time.monotonic_ns()}"
        if story.link_id_used_before:
            exchange.fill(exchange.place("linear", "BTCUSDT", order_link_id=link_id).order_id)
        order = exchange.place("linear", "BTCUSDT", order_link_id=link_id, qty="2")
        if story.partly_filled:
            exchange.fill(order.order_id, "0.5")
        exchange.faults.on(
            order.order_id, HOPELESS if story.faults is None else [FAULTS_OF_CANCELS[f] for f in story.faults]
        )
        exchange.faults.on_event(order.order_id, story.event_faults)
        if story.reaction is not None:
            self.bot.watch(link_id, story.reaction)
        return order

    def begin(self) -> None:
        """Let happen what happens during the calls."""
        self.world.begin(self.exchange, self.hand)
        for story, order in zip(self.stories, self.orders, strict=True):
            if story.filled_after is not None:
                self.hand.do(story.filled_after, partial(self._fill, order.order_id))

    def _fill(self, order_id: str) -> None:
        with suppress(ValueError):  # it has ended
            self.exchange.fill(order_id)

    def told(self, number: int, made: Made, result: Any) -> Told:
        return Told(self.stories[number], self.orders[number], made.times, result)


def request_for(story: Story, order: Order) -> Any:
    if story.by_link_id:
        return CancelByOrderLinkId("linear", "BTCUSDT", order.order_link_id)
    return CancelByOrderId("linear", "BTCUSDT", order.order_id)


@contextmanager
def staged(exchange: Sandbox, world: World, stories: list[Story]) -> Generator[Stage]:
    """Prepare an exchange for stories, and let happen what happens meanwhile."""
    with stagehand() as hand, requoting(exchange, hand) as bot:
        stage = Stage(exchange, world, hand, bot, stories)
        stage.prepare()
        stage.begin()
        yield stage


def check_all(exchange: Sandbox, told: list[Told]) -> None:
    """Hold results to what the exchange knows, once what it has acknowledged is carried out."""
    wait_until(lambda: all(is_at_rest(exchange, one) for one in told))
    for one in told:
        check(exchange, one)


def hopeful(told: list[Told]) -> list[tuple[object, object]]:
    """Return the stories that could have got through, with their results."""
    return [(one.story, one.result) for one in told if one.story.faults is not None]


def is_at_rest(exchange: Sandbox, told: Told) -> bool:
    """Return whether an acknowledged cancel has been carried out."""
    accepted = getattr(told.result, "accepted", told.result)
    if not isinstance(accepted, CancelAccepted):
        return True
    return accepted.order_id is not None and exchange.order(accepted.order_id).order_status not in OPEN


def check(exchange: Sandbox, told: Told) -> None:
    """Hold a result to what the exchange knows."""
    result, meant = told.result, exchange.order(told.order.order_id)
    assert told.story.ends_before_a_send or not has_cancelled_of_bot(exchange, told), f"{told}: harmed the bot"
    words = f"{told.story}: {meant.order_id} ended as {meant.order_status}; told as {result!r}: {result}"
    if isinstance(result, CancelOutcome):
        truth = exchange.order(result.order.order_id)
        assert is_meant(told, truth, exchange), words
        assert result.accepted is None or result.accepted.order_id == truth.order_id, words
        assert result.status == truth.order_status, words
        assert result.cancelled is (truth.order_status == "Cancelled"), words
        assert str(result.filled_qty) == truth.cum_exec_qty, words
    elif isinstance(result, OrderNotFound | OrderClosed):
        assert meant.order_status not in OPEN, words
        assert not told.story.confirm, words  # its end could be read, and that is an outcome
    elif isinstance(result, RateLimited | NotSent):
        assert meant.order_status != "Cancelled", words
    elif isinstance(result, OutcomeUnknown):
        last_order = result.last_order
        assert last_order is None or is_meant(told, exchange.order(last_order.order_id), exchange), words
    else:
        assert isinstance(result, CancelAccepted), words
        assert told.story.by_link_id or result.order_id == meant.order_id, words


def has_cancelled_of_bot(exchange: Sandbox, told: Told) -> bool:
    """Return whether a cancel reached an order of the bot: no first send does, unless the order ended before it."""
    return any(order.qty == BOT_QTY and order.order_status == "Cancelled" for order in orders_of(exchange, told))


def orders_of(exchange: Sandbox, told: Told) -> list[Order]:
    """Return all orders of the link id."""
    query = OrderQuery("linear", order_link_id=told.order.order_link_id, seconds_ago=0.0)
    order_ids = {order.order_id for order in [*exchange.query(query), *exchange.query_history(query)]}
    return [exchange.order(order_id) for order_id in order_ids]


def is_meant(told: Told, order: Order, exchange: Sandbox) -> bool:
    """Return whether the cancel can mean the order, as far as the exchange's clocks can tell.

    It was there when the call began, and had not ended, or no newer one was there.
    """
    if not told.story.by_link_id:
        return order.order_id == told.order.order_id
    surely_before = told.began_at - TOLERANCE
    was_there = int(order.created_time) <= told.began_at + TOLERANCE + told.under_way
    had_ended = order.order_status not in OPEN and int(order.updated_time) < surely_before
    newer = [one for one in orders_of(exchange, told) if is_newer(one, order)]
    was_replaced = any(int(one.created_time) < surely_before for one in newer)
    return order.order_link_id == told.order.order_link_id and was_there and not (had_ended and was_replaced)


def is_newer(order: Order, other: Order) -> bool:
    age, other_age = ((int(one.created_time), int(one.updated_time)) for one in (order, other))
    return order.order_id != other.order_id and age > other_age
