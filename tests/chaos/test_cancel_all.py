"""All orders of a kind are cancelled, while others place and fill orders of this kind and of others."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Literal, get_args

import pytest
from attrs import define, field, frozen
from bybit_v5.models import (
    CancelAllByBaseCoin,
    CancelAllBySymbol,
    CancelAllOptions,
    CancelAllSpot,
    Category,
    Order,
    OrderFilter,
)

from bybit_ext import BybitError, CancelAllAccepted, CancelAllRequest, CancelOutcome, NotSent, OutcomeUnknown, Refused
from bybit_ext.orders.outcomes import CancelAllOutcome
from bybit_ext.sandbox import EventFault, Fault, Sandbox
from bybit_ext.sandbox.faults import fill_first, shorten_list
from tests.chaos.calls import BOTH_CLIENTS, Call, CallAll, Made
from tests.chaos.cancels import EVENT_FAULTS, MOST_REQUOTES
from tests.chaos.ledger import Ledger, is_open, ledger_of
from tests.chaos.stagehand import Stagehand, stagehand
from tests.chaos.world import (
    CANCEL_DELAY,
    DEADLINE_OF_MANY,
    FAULTS,
    FAULTS_OF_CANCELS,
    IS_LONG,
    WORLDS,
    World,
    check_few_are_unknown,
    draw_world,
    rng_of,
)
from tests.conftest import wait_until

STORIES_AT_ONCE = 12
ROUNDS = 32 if IS_LONG else 2  # 3000 stories
SIZES = [0, 1, 2, 3, 3, 5, 5, 8, 8, 12, 12, 60]  # the longest does not fit on one page
PAGE = 50
TOLERANCE = 100  # ms between what happens on the exchange, and the moment at which this machine takes note of it
BYSTANDER_QTY = "9"
CANCELLED = ("Cancelled", "PartiallyFilledCanceled", "Deactivated")
FAULTS_OF_CANCEL_ALL: list[Fault] = [*FAULTS.values(), fill_first(), shorten_list(), shorten_list(3)]

Kind = Literal["symbol", "base coin", "spot", "conditional spot", "options"]


@frozen
class Placed:
    """An order that is there before the call: how much of it is filled, and what goes wrong with cancels by its id."""

    partly_filled: bool
    filled_after: float | None
    faults: list[str]
    event_faults: list[EventFault]


@frozen
class Story:
    """What happens to the orders of one kind.

    Attributes:
        kind: by what they are cancelled.
        confirm: whether the call waits for their ends.
        placed: the orders that are there before.
        placed_after: seconds after which others place one each.
        reaction: seconds after which somebody places another one when one ends; None for nobody.
    """

    kind: Kind
    confirm: bool
    placed: list[Placed]
    placed_after: list[float]
    reaction: float | None


def draw_story(rng: random.Random) -> Story:
    return Story(
        kind=rng.choice(get_args(Kind)),
        confirm=rng.random() < 0.8,
        placed=[draw_placed(rng) for _ in range(rng.choice(SIZES))],
        placed_after=[rng.choice([0.0, 0.01, 0.05, 0.2, 0.5]) for _ in range(rng.choice([0, 0, 1, 3]))],
        reaction=rng.choice([None, None, 0.0, 0.03]),
    )


def draw_placed(rng: random.Random) -> Placed:
    return Placed(
        partly_filled=rng.random() < 0.3,
        filled_after=rng.choice([None, None, None, None, 0.0, 0.005, 0.02, 0.1]),
        faults=[rng.choice(sorted(FAULTS_OF_CANCELS)) for _ in range(rng.choice([0, 0, 0, 1, 2]))],
        event_faults=[rng.choice(EVENT_FAULTS) for _ in range(2)],
    )


_numbers = count()


@define
class Scene:
    """A story on an exchange, with a coin of its own."""

    exchange: Sandbox
    hand: Stagehand
    story: Story
    coin: str = field(init=False, factory=lambda: f"C{next(_numbers)}")
    bystanders: list[Order] = field(init=False, factory=list[Order])
    _fills: list[tuple[float, str]] = field(init=False, factory=list[tuple[float, str]])
    _requotes: int = field(init=False, default=0)

    @property
    def category(self) -> Category:
        return {"options": "option", "spot": "spot", "conditional spot": "spot"}.get(self.story.kind, "linear")  # type: ignore[return-value]

    @property
    def symbols(self) -> list[str]:
        if self.story.kind == "options":
            return [f"{self.coin}-28FEB25-2800-C", f"{self.coin}-28FEB25-2800-P"]
        return [f"{self.coin}USDT", f"{self.coin}PERP"] if self.story.kind == "base coin" else [f"{self.coin}USDT"]

    @property
    def request(self) -> CancelAllRequest:
        requests: dict[Kind, CancelAllRequest] = {
            "symbol": CancelAllBySymbol("linear", self.symbols[0]),
            "base coin": CancelAllByBaseCoin("linear", self.coin),
            "spot": CancelAllSpot("spot", symbol=self.symbols[0]),
            "conditional spot": CancelAllSpot("spot", symbol=self.symbols[0], order_filter="StopOrder"),
            "options": CancelAllOptions("option", base_coin=self.coin),
        }
        return requests[self.story.kind]

    @property
    def call(self) -> Call:
        return Call("cancel_all_and_confirm" if self.story.confirm else "cancel_all", self.request)

    def prepare(self) -> None:
        for number, placed in enumerate(self.story.placed):
            order = self.place(number)
            if placed.partly_filled and self.story.kind != "conditional spot":
                self.exchange.fill(order.order_id, "0.5")
            faults = self.exchange.faults
            faults.on(order.order_id, [FAULTS_OF_CANCELS[name] for name in placed.faults])
            faults.on_event(order.order_id, placed.event_faults)
            self._fills += [(placed.filled_after, order.order_id)] if placed.filled_after is not None else []
        others: Category = "spot" if self.category == "linear" else "linear"
        self.bystanders.append(self.exchange.place(others, f"{self.coin}USDT", qty=BYSTANDER_QTY))
        if self.story.kind == "conditional spot":
            self.bystanders.append(self.exchange.place("spot", f"{self.coin}USDT", qty=BYSTANDER_QTY))

    def begin(self) -> None:
        """Let happen what happens during the call."""
        for seconds, order_id in self._fills:
            self.hand.do(seconds, partial(self._fill, order_id))
        for seconds in self.story.placed_after:
            self.hand.do(seconds, self.place)

    def place(self, number: int = 0) -> Order:
        order_filter: OrderFilter = "StopOrder" if self.story.kind == "conditional spot" else "Order"
        symbol = self.symbols[number % len(self.symbols)]
        return self.exchange.place(self.category, symbol, qty="2", order_filter=order_filter)

    def hear(self, order: Order) -> None:
        """Called by the exchange, while it is locked."""
        if self.story.reaction is None or not self.means(order) or is_open(order):
            return
        self._requotes += 1
        if self._requotes <= MOST_REQUOTES:
            self.hand.do(self.story.reaction, self.place)

    def means(self, order: Order) -> bool:
        is_of_kind = order.category == self.category and order.symbol in self.symbols
        return is_of_kind and order.qty != BYSTANDER_QTY

    def orders(self, ledger: Ledger) -> list[Order]:
        return [order for symbol in self.symbols for order in ledger.of_symbol(symbol) if self.means(order)]

    def _fill(self, order_id: str) -> None:
        with suppress(ValueError):  # it has ended
            self.exchange.fill(order_id)


@frozen
class Verdict:
    """Holds the result of one call to what the exchange knows."""

    ledger: Ledger
    world: World
    scene: Scene
    made: Made
    orders: list[Order]

    @property
    def began_at(self) -> int:
        return self.made.times[0]

    @property
    def lag(self) -> float:
        """How old, in ms, may be what the list of open orders shows."""
        return self.world.lists.realtime_lag * 1000 + TOLERANCE

    def check(self) -> None:
        result = self.made.result
        assert all(is_open(self.ledger.order(order.order_id)) for order in self.scene.bystanders), self.words
        before: set[str] = set()
        if isinstance(result, CancelAllOutcome):
            before = {order.order_id for order in result.before}
            self._check_before(before)
            self._check_ends(result)
            self._check_still_open(result)
            self._check_named([one.order_id for one in result.named])
        elif isinstance(result, CancelAllAccepted):
            self._check_named([one.order_id for one in result.orders])
            was_there = [one for one in self.orders if self._opened_at(one) < self.began_at - TOLERANCE]
            assert not [order for order in was_there if is_open(order)], self.words
        elif not isinstance(result, OutcomeUnknown):
            assert isinstance(result, Refused | NotSent), self.words
            assert not self._cancelled, self.words
        self._check_sent_once(before)

    @property
    def words(self) -> str:
        truth = [(one.order_id, one.order_status, self._opened_at(one) - self.began_at) for one in self.orders]
        return f"{self.scene.story}: {self.world}: {truth}; told as {self.made.result!r}: {self.made.result}"

    @property
    def _cancelled(self) -> list[Order]:
        return [order for order in self.orders if order.order_status in CANCELLED]

    def _opened_at(self, order: Order) -> int:
        return self.ledger.opened_at(order.order_id)

    def _check_before(self, before: set[str]) -> None:
        known = {order.order_id for order in self.orders}
        assert before <= known, self.words
        assert all(self.ledger.was_open(one, self.began_at - self.lag, self.made.ended_at) for one in before), (
            self.words
        )
        # What a fill has ended may have been filled before the orders were read.
        not_filled = {order.order_id for order in self.orders if order.order_status != "Filled"}
        was_there = {one for one in known if self.ledger.opened_at(one) < self.began_at - self.lag}
        assert was_there & not_filled <= before, self.words

    def _check_ends(self, result: CancelAllOutcome) -> None:
        for order, end in zip(result.before, result.results, strict=True):
            truth = self.ledger.order(order.order_id)
            words = f"{truth.order_id} ended as {truth.order_status}; told as {end!r}: {end}; {self.words}"
            if isinstance(end, CancelOutcome):
                assert end.order.order_id == truth.order_id, words
                assert end.status == truth.order_status, words
                assert end.cancelled is (truth.order_status in CANCELLED), words
                assert str(end.filled_qty) == truth.cum_exec_qty, words
            elif not isinstance(end, OutcomeUnknown):
                assert isinstance(end, Refused | NotSent), words
                assert truth.order_status not in CANCELLED, words

    def _check_still_open(self, result: CancelAllOutcome) -> None:
        if result.still_open is None:
            return
        told = Counter(order.order_id for order in result.still_open)
        # The last request that was signed is the one that reads them, if they are on one page.
        read_at = self.made.times[-1] if len(self.orders) < PAGE else self.began_at
        since, until = read_at - self.lag, self.made.ended_at + TOLERANCE
        assert all(times == 1 and self.ledger.was_open(one, since, until) for one, times in told.items()), self.words
        were_open = [one.order_id for one in self.orders if self.ledger.was_open_throughout(one.order_id, since, until)]
        assert told.keys() >= set(were_open), self.words
        meanwhile = {order.order_id for order in result.placed_meanwhile}
        assert meanwhile == told.keys() - {order.order_id for order in result.before}, self.words
        assert all(self.ledger.opened_at(one) >= self.began_at - self.lag for one in meanwhile), self.words

    def _check_named(self, named: list[Any]) -> None:
        assert len(named) == len(set(named)), self.words
        assert set(named) <= {order.order_id for order in self.orders}, self.words
        assert all(self.ledger.was_open(one, self.began_at - TOLERANCE, self.made.ended_at) for one in named), (
            self.words
        )

    def _check_sent_once(self, before: set[str]) -> None:
        """Fail if a second request was carried out: it cancels orders placed after the first had cancelled some."""
        if self._cancelled:
            first = min(self.ledger.closed_at(order.order_id) for order in self._cancelled)
            others = [order for order in self._cancelled if order.order_id not in before]
            assert all(self._opened_at(order) <= first for order in others), self.words


def named_by(result: object) -> list[Any]:
    """Return the ids of all orders whose cancels were acknowledged."""
    if isinstance(result, CancelAllAccepted):
        return [one.order_id for one in result.orders]
    return [one.order_id for one in result.named] if isinstance(result, CancelAllOutcome) else []


def results_of(scene: Scene, result: Any) -> list[tuple[object, BybitError | CancelOutcome]]:
    results = result.results if isinstance(result, CancelAllOutcome) else [result]
    return [(scene.story, one) for one in results]


def wait_for_lists(exchange: Sandbox, lag: float) -> None:
    """Let the lists show what is there by now, though they lag."""
    now = exchange.clock()
    wait_until(lambda: exchange.clock() > now + lag * 1000 + 2 * TOLERANCE)


@pytest.fixture
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=CANCEL_DELAY) as sandbox:
        yield sandbox


@pytest.mark.parametrize("call_all", BOTH_CLIENTS)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_no_result_is_untrue_and_few_are_unknown(exchange: Sandbox, number: int, call_all: CallAll) -> None:
    rng = rng_of(number)
    results: list[tuple[object, object]] = []
    for _ in range(WORLDS):
        world, stories = draw_world(rng), [draw_story(rng) for _ in range(STORIES_AT_ONCE)]
        exchange.faults.clear()
        with ledger_of(exchange) as ledger, stagehand() as hand:
            scenes = [Scene(exchange, hand, story) for story in stories]
            stops = [exchange.listen(scene.hear) for scene in scenes]
            for scene in scenes:
                scene.prepare()
            wait_for_lists(exchange, rng.choice([0.0, world.lists.realtime_lag]))
            world.disturb(exchange)
            exchange.faults.at_random(FAULTS_OF_CANCEL_ALL, rate=0.4, seed=rng.randrange(1000), of="cancel_alls")
            world.begin(exchange, hand)
            for scene in scenes:
                scene.begin()
            options = world.client_options(exchange, deadline=DEADLINE_OF_MANY)
            made = call_all(options, [scene.call for scene in scenes])
            named = [order_id for one in made for order_id in named_by(one.result)]
            wait_until(lambda ledger=ledger, named=named: not any(is_open(ledger.order(one)) for one in named))  # type: ignore[misc]
            for stop in stops:
                stop()
            for scene, one in zip(scenes, made, strict=True):
                Verdict(ledger, world, scene, one, scene.orders(ledger)).check()
        for scene, one in zip(scenes, made, strict=True):
            if scene.story.confirm:  # a cancel-all alone is not sent again: there an unknown outcome is the honest one
                results += results_of(scene, one.result)
    check_few_are_unknown(results)
