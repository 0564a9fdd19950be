"""`bybit demo`: cancels that race, really run against an embedded exchange."""

import asyncio
import textwrap
import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

import httpx
from attrs import frozen
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Category,
    Order,
    OrderFilter,
)
from rich.console import Console

from bybit_ext.async_client import AsyncBybit
from bybit_ext.auth.clock import system_clock
from bybit_ext.auth.credentials import load_credentials
from bybit_ext.auth.signing import BybitAuth
from bybit_ext.client import Bybit
from bybit_ext.errors import BybitError, OrderNotFound
from bybit_ext.orders.requests import CancelOrderRequest
from bybit_ext.results import CancelOutcome
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import drop_response, fill_first, respond_with_page
from bybit_ext.sandbox.order_states import CLOSED

from .console import plain, print_safely
from .timeline import Moment, Race

AnyClient = TypeVar("AnyClient", Bybit, AsyncBybit)

_MAX_WAIT = 10.0  # seconds for an order to end

_STORY = (
    "The answer to a cancel is not how the order ends: three races, run just now on an exchange inside this "
    "command, without a key or a network."
)


@frozen
class _RaceSetup:
    title: str
    fault: Fault


_RACES = (
    _RaceSetup("The exchange says OK, and a fill wins", Fault(lose_race_after=True)),
    _RaceSetup("A fill wins, and the exchange says that the order does not exist", fill_first(110001)),
    _RaceSetup("The cancel works, and the answer is lost", drop_response()),
)


@frozen
class _Scenario:
    """A cancel that is checked, and not drawn.

    Attributes:
        title: what is special about it.
        category: product type.
        symbol: symbol of the order.
        by_link_id: whether it is named by the caller's own id.
        order_filter: kind of the spot order; None to leave it unsaid.
        filled: how much of the order is filled before.
        faults: what goes wrong with the requests.
        clock_ahead: ms by which the caller's clock is ahead.
        exists: whether there is such an order.
    """

    title: str
    category: Category = "linear"
    symbol: str = "BTCUSDT"
    by_link_id: bool = False
    order_filter: OrderFilter | None = None
    filled: str | None = None
    faults: Sequence[Fault] = ()
    clock_ahead: int = 0
    exists: bool = True

    def request(self, order_id: str, link_id: str) -> CancelOrderRequest:
        """Return the request to cancel its order."""
        if self.order_filter is None:
            if self.by_link_id:
                return CancelByOrderLinkId(self.category, self.symbol, link_id)
            return CancelByOrderId(self.category, self.symbol, order_id)
        if self.by_link_id:
            return CancelSpotByOrderLinkId("spot", self.symbol, link_id, self.order_filter)
        return CancelSpotByOrderId("spot", self.symbol, order_id, self.order_filter)


_SCENARIOS = (
    _Scenario("by order id"),
    _Scenario("by the caller's own id", "inverse", "BTCUSD", by_link_id=True),
    _Scenario("an option", "option", "BTC-29JUL22-25000-C"),
    _Scenario("a spot order", "spot", "XRPUSDT", order_filter="Order"),
    _Scenario("a spot take-profit order", "spot", "XRPUSDT", order_filter="tpslOrder"),
    _Scenario("a spot stop order by the caller's own id", "spot", "XRPUSDT", by_link_id=True, order_filter="StopOrder"),
    _Scenario("an order that is filled in part", filled="0.4"),
    _Scenario("a gateway's page in place of an answer", faults=(respond_with_page(502),)),
    _Scenario("a clock that is ahead", clock_ahead=3000),
    _Scenario("an order that never was", exists=False),
)


def run(console: Console) -> bool:
    """Show three races and how many more scenarios were checked.

    Returns:
        Whether all were told as they happened.
    """
    with Sandbox() as sandbox:
        print_safely(console, f"[bold]{textwrap.fill(_STORY, console.width)}[/]\n")
        are_true = [_show_race(console, sandbox, setup) for setup in _RACES]
        problems = asyncio.run(_check_scenarios(sandbox))
    for problem in problems:
        print_safely(console, f"[red]Not as it happened[/]  {plain(problem)}")
    summary = f"{len(problems)} not as they happened" if problems else "all as they happened"
    print_safely(console, f"{len(_SCENARIOS)} more scenarios: {summary}\n")
    print_safely(console, "try: [bold]bybit explore[/]")
    return all(are_true) and not problems


def _show_race(console: Console, sandbox: Sandbox, setup: _RaceSetup) -> bool:
    """Run a race twice, by a plain client and by this one, and draw it; return whether the latter said what happened.

    Each of the two has an order of its own, to which the same happens. That of this client is drawn.
    """
    first, second = Watched(sandbox, setup.fault), Watched(sandbox, setup.fault)
    race = Race(setup.title, plain=first.ask_plainly(), ours=second.ask_and_confirm(), happened=second.end())
    print_safely(console, race, fold=True)
    print_safely(console, "")
    return race.ours.words == race.happened.words == first.end().words


class Watched:
    """An order whose end is watched at the exchange itself, beside what any client says."""

    def __init__(self, sandbox: Sandbox, fault: Fault) -> None:
        self._sandbox = sandbox
        self._order = sandbox.place("linear", "BTCUSDT")
        sandbox.faults.on(self._order.order_id, [fault])
        self._started = 0.0
        self._end: tuple[Order, float] | None = None
        self._has_ended = threading.Event()
        sandbox.listen(self._hear)

    def _hear(self, order: Order) -> None:
        if order.order_id == self._order.order_id and order.order_status in CLOSED and not self._end:
            self._end = order, time.monotonic()
            self._has_ended.set()

    def ask_plainly(self) -> Moment:
        """Cancel it as one does without this package: sign the request, send it once, read the answer."""
        auth = BybitAuth(load_credentials(self._sandbox.api_key, self._sandbox.api_secret))
        body = CancelByOrderId("linear", "BTCUSDT", self._order.order_id).to_dict()
        with httpx.Client(base_url=self._sandbox.url, auth=auth, trust_env=False) as client:
            self._started = time.monotonic()
            try:
                answer = client.post("/v5/order/cancel", json=body).json()
            except httpx.HTTPError as error:
                return self._now(f"{type(error).__name__}: {error}")
            return self._now(f"retCode {answer['retCode']}: {answer['retMsg']}")

    def ask_and_confirm(self) -> Moment:
        """Cancel it by this package."""
        with _open(Bybit, self._sandbox) as bybit:
            self._started = time.monotonic()
            try:
                outcome = bybit.cancel_and_confirm(CancelByOrderId("linear", "BTCUSDT", self._order.order_id))
            except BybitError as error:
                return self._now(f"{type(error).__name__}: {error}")
            return self._now(_words_of_outcome(outcome))

    def _now(self, words: str) -> Moment:
        return Moment(words, time.monotonic() - self._started)

    def end(self) -> Moment:
        """Return how it ended, or what it is now if it does not end."""
        self._has_ended.wait(_MAX_WAIT)
        order, seconds = self._end or (self._sandbox.order(self._order.order_id), time.monotonic())
        return Moment(words_of_order(order), seconds - self._started)


async def _check_scenarios(sandbox: Sandbox) -> list[str]:
    """Play all scenarios at the same time; return what was told of some otherwise than it happened."""
    problems = await asyncio.gather(*(_check(sandbox, number, one) for number, one in enumerate(_SCENARIOS)))
    return [problem for problem in problems if problem]


async def _check(sandbox: Sandbox, number: int, scenario: _Scenario) -> str | None:
    order_id, link_id = "no-such-order", f"my-order-{number}"
    if scenario.exists:
        order = sandbox.place(
            scenario.category, scenario.symbol, order_link_id=link_id, order_filter=scenario.order_filter or "Order"
        )
        order_id = order.order_id
        if scenario.filled:
            sandbox.fill(order_id, scenario.filled)
        sandbox.faults.on(order_id, scenario.faults)
    async with _open(AsyncBybit, sandbox, clock_ahead=scenario.clock_ahead) as bybit:
        try:
            told = _words_of_outcome(await bybit.cancel_and_confirm(scenario.request(order_id, link_id)))
        except OrderNotFound:
            told = "no such order"
        except BybitError as error:
            told = f"{type(error).__name__}: {error}"
    happened = words_of_order(sandbox.order(order_id)) if scenario.exists else "no such order"
    return None if told == happened else f"{scenario.title}: told {told}, was {happened}."


def _open(client: type[AnyClient], sandbox: Sandbox, *, clock_ahead: int = 0) -> AnyClient:
    return client(
        sandbox.api_key,
        sandbox.api_secret,
        base_url=sandbox.url,
        stream_url=sandbox.stream_url,
        clock=lambda: system_clock() + clock_ahead,
        absent_after=0.5,  # seconds; the lists here do not lag
        trust_env=False,
    )


def _words_of_outcome(outcome: CancelOutcome) -> str:
    return _words(outcome.status, outcome.filled_qty, outcome.filled_qty + outcome.remaining_qty)


def words_of_order(order: Order) -> str:
    """Return what became of an order, by the exchange's own record of it."""
    return _words(order.order_status, Decimal(order.cum_exec_qty or 0), Decimal(order.qty))


def _words(status: str, filled: Decimal, total: Decimal) -> str:
    return f"{status}, {filled.normalize():f} of {total.normalize():f} executed"
