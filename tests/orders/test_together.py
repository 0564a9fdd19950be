"""Flows that run together, in a time of their own: who is woken by what, and when."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

import pytest
from attrs import define, field

from bybit_ext import BybitError, NotSent, OrderNotFound, UpdatesDropped
from bybit_ext.calls.flow import CallTime, Flow, NextEvent, Send, Sleep, run
from bybit_ext.engines.interface import Request
from bybit_ext.orders import together as together_module
from bybit_ext.orders.together import Inbox, Together
from bybit_ext.stream.broadcast import OrderKey
from bybit_ext.stream.events import StreamState
from tests.orders.events import order

MAX_STEPS = 20_000


class Stream:
    """Stands for the subscription that all flows share."""

    closed = 0

    def get(self, seconds: float | None) -> Any:
        raise AssertionError(f"only the driver waits, not for {seconds} s")

    def close(self) -> None:
        self.closed += 1


@define
class World:
    """Time, and what the stream brings at which moment."""

    events: list[tuple[float, Any]] = field(factory=list[tuple[float, Any]])
    stream: Stream | None = field(factory=Stream)
    takes: float = 0.0  # seconds that each send takes
    now: float = 0.0
    steps: int = 0
    sent: list[str] = field(factory=list[str])
    log: list[Any] = field(factory=list[Any])
    time: CallTime = field(init=False)
    together: Together[Any] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.time = CallTime(lambda: self.now)
        self.together = Together(self.time, self.stream)

    def perform(self, effect: Any) -> Any:
        self.steps += 1
        assert self.steps < MAX_STEPS, "it never ends"
        if isinstance(effect, Send):
            self.sent.append(effect.request.target)
            self.now += self.takes
            return f"reply to {effect.request.target}"
        if isinstance(effect, Sleep):
            self.now += effect.seconds
            return None
        assert isinstance(effect, NextEvent)
        assert effect.subscription is self.stream
        assert self.stream
        assert not self.stream.closed
        if self.events and self.events[0][0] <= self.now + effect.seconds:
            at, event = self.events.pop(0)
            self.now = max(self.now, at)
            return event
        self.now += effect.seconds
        return None

    def run(self, *flows: Flow[Any], beside: Flow[None] | None = None) -> list[Any]:
        if beside:
            self.together.add(beside)
        return run(self.together.run(flows), self.perform, self.time)

    def inbox(self, order_id: str | None = None, order_link_id: str | None = None) -> Inbox:
        inbox = self.together.inbox_for(OrderKey(order_id, order_link_id))
        assert inbox
        return inbox

    # ---- flows

    def wait(self, order_id: str, seconds: float = 100.0, times: int = 1) -> Flow[list[Any]]:
        """Return what an order's inbox brings, and when."""
        return self.wait_for(self.inbox(order_id), seconds, times)

    def wait_for(self, inbox: Inbox, seconds: float = 100.0, times: int = 1) -> Flow[list[Any]]:
        found: list[Any] = []
        for _ in range(times):
            event = yield NextEvent(inbox, seconds)
            found.append((round(self.time.now, 3), shown(event)))
        return found

    def sleep(self, seconds: float, result: Any = None) -> Flow[Any]:
        yield Sleep(seconds)
        return (round(self.time.now, 3), result)

    def send(self, target: str, times: int = 1) -> Flow[list[str]]:
        replies: list[str] = []
        while len(replies) < times:
            replies.append((yield send(target)))
        return replies


def send(target: str) -> Send:
    return Send(Request("GET", target), lambda: (), 1.0)


def shown(event: Any) -> Any:
    """Name an event: an order by its status."""
    return getattr(event, "order_status", event)


def fail(error: BaseException) -> Flow[Any]:
    yield Sleep(0.5)
    raise error


class Closed:
    """Flows that note that they were closed."""

    def __init__(self) -> None:
        self.count = 0

    def flow(self, effect: Any) -> Flow[Any]:
        try:
            yield effect
        finally:
            self.count += 1


class TestWaiting:
    def test_results_stand_in_the_order_of_the_flows_whichever_ends_first(self) -> None:
        world = World()
        assert world.run(world.sleep(3, "a"), world.sleep(1, "b"), world.sleep(2, "c")) == [
            (3, "a"),
            (1, "b"),
            (2, "c"),
        ]
        assert world.now == 3

    def test_nothing_to_run_is_an_empty_list(self) -> None:
        world = World()
        assert world.run(beside=world.sleep(5)) == []
        assert world.steps == 0

    def test_an_event_wakes_only_the_flow_that_waits_for_its_order(self) -> None:
        world = World([(1.0, order("New", orderId="b", orderLinkId=""))])
        waiting = [world.wait("a", 5), world.wait("b", 5), world.wait_for(world.inbox(order_link_id="mine"), 5)]
        assert world.run(*waiting) == [[(5, None)], [(1, "New")], [(5, None)]]

    def test_an_event_is_for_its_link_id_too(self) -> None:
        world = World([(1.0, order("New", orderId="b", orderLinkId="mine"))])
        waiting = [world.wait_for(world.inbox(order_link_id="mine")), world.wait("b")]
        assert world.run(*waiting) == [[(1, "New")], [(1, "New")]]

    def test_two_flows_about_one_order_hear_of_it_both(self) -> None:
        world = World([(1.0, order("New", orderId="a"))])
        assert world.run(world.wait("a"), world.wait("a")) == [[(1, "New")], [(1, "New")]]

    def test_events_of_an_order_arrive_in_their_order_and_each_once(self) -> None:
        world = World([(1.0, order("New", orderId="a")), (1.0, order("Filled", orderId="a"))])
        assert world.run(world.wait("a", 2, times=3)) == [[(1, "New"), (1, "Filled"), (3, None)]]

    def test_what_arrives_while_a_flow_does_not_wait_is_kept_for_it(self) -> None:
        world = World([(1.0, order("Filled", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            yield Sleep(4)
            return (yield from world.wait_for(inbox))

        assert world.run(flow(), world.sleep(2)) == [[(4, "Filled")], (2, None)]

    def test_a_time_out_is_kept_to_the_moment(self) -> None:
        world = World()
        assert world.run(world.wait("a", 1.5), world.wait("b", 0.25, times=2)) == [
            [(1.5, None)],
            [(0.25, None), (0.5, None)],
        ]

    def test_an_event_after_the_time_out_is_there_for_the_next_wait(self) -> None:
        world = World([(2.0, order("Filled", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            first = yield NextEvent(inbox, 1)
            yield Sleep(3)
            return first, (yield from world.wait_for(inbox))

        assert world.run(flow(), world.sleep(2.5)) == [(None, [(4, "Filled")]), (2.5, None)]

    def test_the_time_of_a_wait_that_an_event_ended_does_not_end_the_next_one(self) -> None:
        world = World([(1.0, order("New", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            first = yield NextEvent(inbox, 2)
            yield Sleep(0.5)
            return shown(first), (yield from world.wait_for(inbox, 10))

        assert world.run(flow()) == [("New", [(11.5, None)])]

    def test_nor_does_it_end_a_later_one(self) -> None:
        world = World([(1.0, order("New", orderId="a")), (2.0, order("Filled", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            yield NextEvent(inbox, 10)
            yield NextEvent(inbox, 10)
            return (yield from world.wait_for(inbox, 20))

        assert world.run(flow(), world.sleep(9)) == [[(22, None)], (9, None)]

    def test_nor_after_one_that_brought_nothing(self) -> None:
        world = World([(1.0, order("New", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            yield NextEvent(inbox, 10)
            yield NextEvent(inbox, 0.5)
            return (yield from world.wait_for(inbox, 20))

        assert world.run(flow(), world.sleep(9)) == [[(21.5, None)], (9, None)]

    def test_nor_do_those_that_time_and_events_ended_in_turn(self) -> None:
        world = World([(1.0, order("New", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            yield NextEvent(inbox, 0.5)
            yield NextEvent(inbox, 10)
            yield NextEvent(inbox, 0.5)
            return (yield from world.wait_for(inbox, 20))

        assert world.run(flow(), world.sleep(9)) == [[(21.5, None)], (9, None)]

    def test_an_event_does_not_cut_a_sleep_short(self) -> None:
        world = World([(1.0, order("New", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            yield NextEvent(inbox, 0.5)
            return (yield from world.sleep(3))

        assert world.run(flow()) == [(3.5, None)]

    def test_no_time_to_wait_is_a_look_at_what_is_there(self) -> None:
        world = World([(0.0, order("New", orderId="a"))])
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            before = yield NextEvent(inbox, 0.0)
            yield Sleep(0.0)
            yield Sleep(0.1)
            return before, shown((yield NextEvent(inbox, 0.0))), (yield NextEvent(inbox, 0.0))

        assert world.run(flow()) == [(None, "New", None)]
        assert world.now == 0.1

    def test_an_inbox_that_was_closed_holds_nothing(self) -> None:
        inbox = Inbox()
        inbox.put("an event")
        inbox.close()
        assert inbox.get() is None

    def test_what_no_flow_can_do_among_others_is_an_error(self) -> None:
        world = World()

        def flow() -> Flow[Any]:
            yield NextEvent(Stream(), 1.0)

        with pytest.raises(TypeError, match="no flow among several can NextEvent"):
            world.run(flow())


class TestSending:
    def test_each_flow_receives_the_reply_to_its_own_request(self) -> None:
        world = World(takes=0.1)
        assert world.run(world.send("/a", 2), world.send("/b", 2)) == [["reply to /a"] * 2, ["reply to /b"] * 2]
        assert world.sent == ["/a", "/b", "/a", "/b"]

    def test_what_arrives_during_a_send_is_heard_after_it(self) -> None:
        world = World([(0.2, order("Filled", orderId="a"))], takes=1.0)
        assert world.run(world.wait("a"), world.send("/b")) == [[(1, "Filled")], ["reply to /b"]]

    def test_all_that_arrives_during_a_send_is_there_at_once(self) -> None:
        world = World([(0.5, order("New", orderId="a")), (0.5, order("Filled", orderId="a"))], takes=1.0)
        inbox = world.inbox("a")

        def flow() -> Flow[Any]:
            first = yield NextEvent(inbox, 9)
            return shown(first), shown((yield NextEvent(inbox, 0.0)))

        assert world.run(flow(), world.send("x"))[0] == ("New", "Filled")

    def test_without_a_stream_nothing_is_waited_for_after_a_send(self) -> None:
        world = World(stream=None)
        world.run(world.send("a", 2), world.send("b"))
        assert world.steps == 3

    def test_a_time_out_during_a_send_is_kept_after_it(self) -> None:
        world = World(takes=1.0)
        assert world.run(world.wait("a", 0.2), world.send("/b", 1)) == [[(1, None)], ["reply to /b"]]

    def test_one_that_sends_without_end_does_not_starve_the_others(self) -> None:
        world = World([(2.0, order("New", orderId="a"))], takes=0.5)

        def flow() -> Flow[Any]:
            while True:
                yield send("/again")

        waited = world.run(world.wait("a", 10), world.wait("b", 3), beside=flow())
        assert waited == [[(2.5, "New")], [(4.0, None)]]  # they began to wait after one send, and wait for one more


class TestErrors:
    def test_an_error_of_one_flow_is_its_result_and_leaves_the_others_alone(self) -> None:
        error = OrderNotFound("no such order")
        world = World([(1.0, order("Filled", orderId="a"))])
        assert world.run(fail(error), world.wait("a"), world.sleep(2)) == [error, [(1, "Filled")], (2, None)]

    def test_an_error_before_the_first_effect_is_a_result_too(self) -> None:
        error = NotSent("too late")

        def flow() -> Flow[Any]:
            yield from ()
            raise error

        world = World()
        assert world.run(flow(), world.sleep(1)) == [error, (1, None)]

    def test_any_other_exception_is_raised_and_closes_all(self) -> None:
        world, others = World(), Closed()
        with pytest.raises(ZeroDivisionError):
            world.run(others.flow(Sleep(9)), fail(ZeroDivisionError()), others.flow(NextEvent(world.inbox("a"), 9)))
        assert (others.count, world.stream and world.stream.closed) == (2, 1)

    def test_closing_early_closes_all(self) -> None:
        world, others = World(), Closed()
        world.together.add(others.flow(Sleep(9)))
        flow = world.together.run([others.flow(Sleep(9)), others.flow(NextEvent(world.inbox("a"), 9))])
        assert isinstance(next(flow), NextEvent)
        flow.close()
        assert (others.count, world.stream and world.stream.closed) == (3, 1)


class TestFlowsBeside:
    def test_one_runs_beside_the_flows_and_is_closed_after_the_last_of_them(self) -> None:
        world, others = World(), Closed()
        bell = Inbox()

        def beside() -> Flow[None]:
            yield Sleep(1)
            bell.put("from beside")
            yield from others.flow(Sleep(3600))

        found = world.run(world.wait_for(bell), world.sleep(2), beside=beside())
        assert found == [[(1, "from beside")], (2, None)]
        assert (world.now, others.count) == (2, 1)

    def test_one_may_end_before_the_flows(self) -> None:
        world = World()
        assert world.run(world.sleep(2), beside=world.sleep(1)) == [(2, None)]

    def test_one_that_a_flow_adds_runs_after_those_that_are_awake(self) -> None:
        world, log = World(), list[str]()

        def added() -> Flow[None]:
            yield from ()
            log.append("added")

        def flow(name: str) -> Flow[None]:
            yield Sleep(1)
            world.together.add(added()) if not log else None
            log.append(name)
            yield Sleep(1)

        world.run(flow("a"), flow("b"))
        assert log == ["a", "b", "added"]

    def test_each_goes_on_while_the_others_wait(self) -> None:
        world = World()
        first, second = Inbox(), Inbox()

        def beside(inbox: Inbox, seconds: float) -> Flow[None]:
            yield Sleep(seconds)
            inbox.put("done")

        def flow(inbox: Inbox, seconds: float) -> Flow[Any]:
            world.together.add(beside(inbox, seconds))
            return (yield from world.wait_for(inbox))

        assert world.run(flow(first, 3), flow(second, 1)) == [[(3, "done")], [(1, "done")]]

    def test_its_error_is_raised_since_nobody_else_hears_of_it(self) -> None:
        world, others = World(), Closed()
        with pytest.raises(NotSent, match="not beside"):
            world.run(others.flow(Sleep(3600)), beside=fail(NotSent("not beside")))
        assert (others.count, world.now) == (1, 0.5)


class TestStream:
    @pytest.mark.parametrize("state", [StreamState.SUBSCRIBED, StreamState.DISCONNECTED])
    def test_its_state_reaches_all(self, state: StreamState) -> None:
        world = World([(1.0, state)])
        waiting = [world.wait("a", 2), world.wait_for(world.inbox(order_link_id="b"), 2)]
        assert world.run(*waiting) == [[(1, state)]] * 2

    def test_after_dropped_updates_all_read_what_they_may_have_missed(self) -> None:
        world = World([(1.0, UpdatesDropped("too slow", dropped=3)), (2.0, order("New", orderId="a"))])
        gap = [(1, StreamState.DISCONNECTED), (1, StreamState.SUBSCRIBED)]
        assert world.run(world.wait("a", 3, times=3), world.wait("b", 3, times=2)) == [[*gap, (2, "New")], gap]
        assert world.stream
        assert world.stream.closed == 1  # at the end only

    def test_its_end_reaches_all_and_they_go_on_without_it(self) -> None:
        error = BybitError("the stream is over")
        world = World([(1.0, error)])
        found = world.run(world.wait("a", 5, times=2), world.wait("b", 3, times=2), world.send("/c"))
        assert found == [[(1, error), (6, None)], [(1, error), (4, None)], ["reply to /c"]]
        assert world.stream
        assert world.stream.closed == 1

    def test_its_end_during_a_send_is_no_end_of_the_flows(self) -> None:
        error = BybitError("the stream is over")
        world = World([(0.5, error)], takes=1.0)
        assert world.run(world.send("/a", 2), world.wait("b", 5)) == [["reply to /a"] * 2, [(2, error)]]

    def test_it_is_closed_at_the_end(self) -> None:
        world = World()
        world.run(world.sleep(1))
        assert world.stream
        assert world.stream.closed == 1

    def test_without_one_there_are_no_inboxes_and_time_passes_all_the_same(self) -> None:
        world = World(stream=None)
        assert world.together.inbox_for(OrderKey("a")) is None
        assert world.run(world.sleep(1), world.send("/a"), world.wait_for(Inbox(), 2)) == [
            (1, None),
            ["reply to /a"],
            [(2, None)],
        ]

    def test_who_waits_for_ever_is_not_asked_for_again_and_again(self) -> None:
        world = World([(1000.0, order("Filled", orderId="a"))])
        assert world.run(world.wait("a", 3600.0)) == [[(1000, "Filled")]]
        assert world.steps <= 3


class TestCost:
    @staticmethod
    def lines(count: int) -> int:
        """Return how many lines of `together` run for so many flows: each waits twice, sends, and hears its event."""
        events: list[tuple[float, Any]] = [(0.0, StreamState.SUBSCRIBED)]
        events += [(1 + number / count, order("Filled", orderId=str(number))) for number in range(count)]
        world = World(events)

        def flow(inbox: Inbox, number: int) -> Flow[Any]:
            yield NextEvent(inbox, 5)
            yield send(f"/{number}")
            return shown((yield NextEvent(inbox, 5 + number / count)))

        flows = [flow(world.inbox(str(number)), number) for number in range(count)]
        with Lines(together_module.__file__) as counted:
            assert world.run(*flows) == ["Filled"] * count
        return counted.lines

    def test_a_thousand_flows_cost_a_thousand_times_one(self) -> None:
        assert self.lines(1000) < 12 * self.lines(100)


class Lines:
    """Counts the lines of a file that run, in this thread."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.lines = 0

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _enter(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        del event
        return self._count if frame.f_code.co_filename == self._file else None

    def _count(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        del frame
        self.lines += event == "line"
        return self._count
