"""Events handed to who waits for them, without a stream."""

import asyncio
import time
from typing import Any

import pytest

from bybit_ext import Forbidden, NotSent, UpdatesDropped
from bybit_ext.stream import broadcast
from bybit_ext.stream.broadcast import Broadcaster, OrderKey, ThreadSubscription
from bybit_ext.stream.events import StreamState
from bybit_ext.stream.subscription_async import AsyncSubscription
from tests.orders.events import order

SUBSCRIBED, DISCONNECTED = StreamState.SUBSCRIBED, StreamState.DISCONNECTED


class TestState:
    @pytest.mark.parametrize(
        ("event", "is_subscribed", "can_be_replaced"),
        [
            (None, False, False),
            (SUBSCRIBED, True, False),
            (DISCONNECTED, False, False),
            (NotSent("It was closed."), False, True),
            (Forbidden("Go away."), False, False),
        ],
    )
    def test_it_is_that_of_the_last_event(self, event: Any, *, is_subscribed: bool, can_be_replaced: bool) -> None:
        broadcaster = Broadcaster()
        if event is not None:
            broadcaster.publish(event)
        assert (broadcaster.is_subscribed, broadcaster.can_be_replaced) == (is_subscribed, can_be_replaced)

    def test_an_order_is_no_state(self) -> None:
        broadcaster = Broadcaster()
        broadcaster.publish(SUBSCRIBED)
        broadcaster.publish(order("New"))
        assert broadcaster.is_subscribed
        assert broadcaster.add(ThreadSubscription(OrderKey())).get(0) is SUBSCRIBED

    def test_who_comes_before_there_is_one_is_told_none(self) -> None:
        assert Broadcaster().add(ThreadSubscription(OrderKey())).get(0) is None


class TestWhoSubscribes:
    def test_there_is_somebody_until_the_last_one_has_closed(self) -> None:
        broadcaster = Broadcaster()
        assert not broadcaster.has_subscriptions
        first, second, other = (broadcaster.add(ThreadSubscription(OrderKey(one))) for one in ("1", "1", "2"))
        for one in (first, other, second):
            assert broadcaster.has_subscriptions
            one.close()
        assert not broadcaster.has_subscriptions
        assert not broadcaster._subscriptions  # nothing is kept for orders of the past

    def test_one_that_closes_takes_no_other_of_the_same_order_along(self) -> None:
        broadcaster = Broadcaster()
        stays, goes, stays_too = (broadcaster.add(ThreadSubscription(OrderKey("1"))) for _ in range(3))
        goes.close()
        broadcaster.publish(order("New", orderId="1"))
        assert [one.get(0) is not None for one in (stays, goes, stays_too)] == [True, False, True]

    def test_one_that_closes_while_nothing_happens_makes_room_for_the_next(self) -> None:
        broadcaster = Broadcaster()
        goes = broadcaster.add(ThreadSubscription(OrderKey("1")))
        goes.close()
        stays = broadcaster.add(ThreadSubscription(OrderKey("2")))
        assert list(broadcaster._subscriptions) == [stays.key]
        broadcaster.publish(SUBSCRIBED)
        assert (goes.get(0), stays.get(0)) == (None, SUBSCRIBED)

    def test_an_order_is_handed_once_to_who_waits_for_it(self) -> None:
        broadcaster = Broadcaster()
        everything = broadcaster.add(ThreadSubscription(OrderKey()))
        broadcaster.publish(order("New", orderId="1", orderLinkId="1"))
        assert everything.get(0) is not None
        assert everything.get(0) is None


class TestBound:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(broadcast, "MAX_WAITING", 2)

    def test_states_are_never_dropped_and_updates_again_only_after_a_gap_was_read(self) -> None:
        subscription = ThreadSubscription(OrderKey())

        def put(*statuses: str) -> None:
            for status in statuses:
                subscription.put(order(status))

        def read(count: int) -> list[Any]:
            events = [subscription.get(0) for _ in range(count)]
            return [
                event.dropped if isinstance(event, UpdatesDropped) else getattr(event, "order_status", event)
                for event in events
            ]

        put("a", "b", "c", "d")
        subscription.put(DISCONNECTED)
        assert read(1) == ["a"]
        put("e")  # it is missing as well, since what is missing before has not been told yet
        assert read(2) == ["b", 3]
        put("f")
        assert read(3) == [DISCONNECTED, "f", None]
        put("g", "h", "i")
        assert read(3) == ["g", "h", 1]

    def test_what_was_dropped_is_told(self) -> None:
        subscription = ThreadSubscription(OrderKey())
        for _ in range(4):
            subscription.put(order("New"))
        error = [subscription.get(0) for _ in range(3)][-1]
        assert isinstance(error, UpdatesDropped)
        assert error.args == ("Updates were read too slowly; 2 of them were dropped.",)


class TestCoroutines:
    def test_they_read_what_is_there_at_once_and_wait_no_longer_than_they_want(self) -> None:
        async def run() -> list[Any]:
            subscription = AsyncSubscription(OrderKey())
            subscription.put(SUBSCRIBED)
            subscription.put(DISCONNECTED)
            read: list[Any] = [await subscription.get(0), await subscription.get()]
            started = time.monotonic()
            read += [await subscription.get(0), await subscription.get(-1), await subscription.get(0.05)]
            assert 0.04 <= time.monotonic() - started < 5
            return read

        assert asyncio.run(run()) == [SUBSCRIBED, DISCONNECTED, None, None, None]

    def test_they_wait_for_what_comes(self) -> None:
        async def run() -> list[Any]:
            subscription = AsyncSubscription(OrderKey())
            asyncio.get_running_loop().call_later(0.01, subscription.put, SUBSCRIBED)
            asyncio.get_running_loop().call_later(0.02, subscription.put, DISCONNECTED)
            return [await subscription.get(9.0), await asyncio.wait_for(subscription.get(), 9.0)]

        assert asyncio.run(run()) == [SUBSCRIBED, DISCONNECTED]

    def test_no_time_is_no_time_for_others(self) -> None:
        """Who looks at what is there does not wait for the event loop."""

        async def run() -> list[str]:
            seen: list[str] = []
            asyncio.get_running_loop().call_soon(seen.append, "another")
            await AsyncSubscription(OrderKey()).get(0)
            return [*seen]

        assert asyncio.run(run()) == []
