"""What one call does at which time, told to the millisecond: the flow by itself, in a time of its own."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from attrs import define, field
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order
from bybit_v5.models import CancelByOrderId

from bybit_ext import (
    Bybit,
    BybitError,
    ClockError,
    Forbidden,
    InvalidInput,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from bybit_ext.calls.flow import Deadline, Flow, Pause, run
from tests.conftest import API_KEY, API_SECRET

ORDER = CancelByOrderId("linear", "BTCUSDT", "1")
LOST = httpx.ReadError("lost")
GONE = httpx.ConnectError("gone")


def answer(ret_code: int, **body: Any) -> httpx.Response:
    return httpx.Response(200, json={"retCode": ret_code, **body})


@define
class World:
    """Time, and what each send brings; the last one stays."""

    bybit: Bybit
    now: float = 0.0
    answers: list[httpx.Response | Exception] = field(factory=list[httpx.Response | Exception])
    takes: float = 0.0  # seconds that each send takes
    sent_at: list[float] = field(factory=list[float])
    seconds: list[float] = field(factory=list[float])  # that each send was given

    def meet(self, need: Any) -> httpx.Response | Exception | None:
        if isinstance(need, Pause):
            self.now += need.seconds
            return None
        assert len(self.sent_at) < 50
        self.sent_at.append(round(self.now, 3))
        self.seconds.append(round(need.seconds, 3))
        self.now += self.takes
        got = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(got, httpx.Response):
            got.request = need.request
        return got

    def cancel(self, deadline: float = 2.0) -> Any:
        return run(self.bybit._cancel_flow(ORDER, deadline, None), self.meet)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    def no_jitter(_: float, longest: float) -> float:
        return longest

    with Bybit(API_KEY, API_SECRET, clock=lambda: 1_000_000) as bybit:
        world = World(bybit)
        monkeypatch.setattr("time.monotonic", lambda: world.now)
        monkeypatch.setattr("random.uniform", no_jitter)
        yield world


@pytest.mark.parametrize(("brings", "kind"), [(LOST, OutcomeUnknown), (GONE, NotSent), (answer(10006), RateLimited)])
def test_it_is_sent_again_less_and_less_often(world: World, brings: Any, kind: type[BybitError]) -> None:
    world.answers = [brings]
    with pytest.raises(kind) as caught:
        world.cancel()
    assert world.sent_at == [0.0, 0.1, 0.3, 0.7, 1.5]
    assert world.seconds == [2.0, 1.9, 1.7, 1.3, 0.5]
    assert caught.value.sends == (0 if kind is NotSent else 5)


def test_a_send_has_no_more_than_its_timeout(world: World) -> None:
    world.answers = [LOST, answer(0)]
    assert world.cancel(deadline=8.0).sends == 2
    assert world.seconds == [5.0, 5.0]


@pytest.mark.parametrize("name", ["deadline", "timeout"])
def test_seconds_that_are_none_are_named(world: World, name: str) -> None:
    wrong: dict[str, Any] = {"deadline": None, "timeout": None, name: 0}
    with pytest.raises(InvalidInput, match=f"^{name}: must be a positive number of seconds"):
        world.bybit._cancel_flow(ORDER, **wrong)


def test_nothing_is_sent_that_could_not_be_answered_in_time(world: World) -> None:
    world.answers = [LOST]
    for deadline, sends in ((0.109, 1), (0.111, 2)):
        world.now, world.sent_at = 0.0, []
        with pytest.raises(OutcomeUnknown):
            world.cancel(deadline)
        assert len(world.sent_at) == sends


@pytest.mark.parametrize(("code", "kind"), [(110001, OrderNotFound), (110010, OrderClosed)])
def test_after_a_doubt_an_order_that_is_gone_may_be_our_doing(world: World, code: int, kind: type[Refused]) -> None:
    world.answers = [LOST, answer(code)]
    with pytest.raises(kind, match="An earlier send of this call brought no clear answer") as caught:
        world.cancel()
    assert (caught.value.sends, caught.value.earlier_send_may_have_cancelled) == (2, True)


def test_without_a_doubt_it_is_not(world: World) -> None:
    world.answers = [answer(10006), GONE, answer(110001)]
    with pytest.raises(OrderNotFound) as caught:
        world.cancel()
    assert (caught.value.sends, caught.value.earlier_send_may_have_cancelled) == (2, False)


def test_after_a_doubt_another_refusal_is_unknown_too(world: World) -> None:
    world.answers = [LOST, answer(10008)]
    with pytest.raises(OutcomeUnknown, match="What came last: Forbidden") as caught:
        world.cancel()
    assert isinstance(caught.value.__cause__, Forbidden)
    assert (caught.value.ret_code, caught.value.sends) == (10008, 2)


def test_after_two_doubts_the_last_one_is_told(world: World) -> None:
    world.answers = [LOST, httpx.Response(502, text="bad gateway")]
    with pytest.raises(OutcomeUnknown, match=r"^The exchange failed: 'bad gateway'"):
        world.cancel()


@pytest.mark.parametrize(("brings", "kind"), [(answer(10006), RateLimited), (answer(10002, time=5), ClockError)])
def test_what_was_refused_is_told_if_nothing_else_gets_through(
    world: World, brings: Any, kind: type[BybitError]
) -> None:
    world.answers = [brings, GONE]
    with pytest.raises(kind) as caught:
        world.cancel()
    assert caught.value.sends == 1


def test_the_clock_is_corrected_once_and_at_once(world: World) -> None:
    world.takes = 0.2
    world.answers = [answer(10002, time=5_000_000)]
    with pytest.raises(ClockError):
        world.cancel()
    assert world.sent_at == [0.0, 0.2]
    assert world.bybit._clock() == 5_000_100


def test_an_acceptance_that_cannot_be_read_is_one_for_a_cancel_but_not_for_a_reading(world: World) -> None:
    world.answers = [answer(0, result=5)]
    with pytest.raises(OutcomeUnknown):
        world.cancel()
    assert world.sent_at == [0.0]
    reading: Flow[Any] = world.bybit._call_flow(get_server_time)
    with pytest.raises(OutcomeUnknown):
        run(reading, world.meet)
    assert len(world.sent_at) > 2


@pytest.mark.parametrize(("status", "again"), [(302, 0), (400, 0), (404, 0), (499, 0), (408, 1), (429, 1), (500, 1)])
def test_a_status_that_would_come_again_is_not_asked_for_twice(world: World, status: int, again: int) -> None:
    world.answers = [httpx.Response(status), answer(0)]
    if again:
        assert world.cancel().sends == 2
    else:
        with pytest.raises(OutcomeUnknown):
            world.cancel()
    assert len(world.sent_at) == 1 + again


def test_a_doubt_ends_a_confirmed_cancel_in_time_to_read_back(world: World) -> None:
    request = world.bybit._open_pool().build_request("POST", "/v5/order/cancel", json=ORDER.to_dict())
    for answers, sent_at in (([LOST], [0.0, 0.1, 0.3]), ([answer(10006)], [0.0, 0.1, 0.3, 0.7, 1.5])):
        world.now, world.sent_at, world.answers = 0.0, [], list(answers)
        flow = world.bybit._send_flow(cancel_order, request, Deadline(2.0), 5.0, Deadline(0.6))
        with pytest.raises((OutcomeUnknown, RateLimited)):
            run(flow, world.meet)
        assert world.sent_at == sent_at


def test_a_confirmed_cancel_leaves_two_fifths_of_its_time_for_reading_back(world: World) -> None:
    flow: Any = world.bybit._confirm_flow(ORDER, None, 20.0, None)
    send = next(flow)
    assert send.seconds == 4.0
    world.now = 11.95
    read: Any = flow.send(LOST)
    assert read.request.method == "GET"
    assert read.seconds == 1.0


def test_a_confirmed_cancel_is_sent_again_before(world: World) -> None:
    flow: Any = world.bybit._confirm_flow(ORDER, None, 20.0, None)
    next(flow)
    world.now = 11.85
    pause: Any = flow.send(LOST)
    assert isinstance(pause, Pause)
