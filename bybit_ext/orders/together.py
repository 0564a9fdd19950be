"""Many flows as one: each goes on while the others wait, over one subscription to the stream.

Requests are sent one after the other, as a flow must. What is shared is the waiting: events and the time are handed to
whoever waits for them.
"""

import heapq
import sys
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from attrs import define, field
from bybit_v5.models import Order

from bybit_ext.auth.redaction import clear_locals
from bybit_ext.calls.flow import CallTime, Effect, Flow, NextEvent, Send, Sleep, Subscription
from bybit_ext.calls.hooks import SILENT, Hook
from bybit_ext.errors import BybitError, UpdatesDropped
from bybit_ext.stream.broadcast import OrderKey
from bybit_ext.stream.events import StreamState

Result = TypeVar("Result")


class Inbox:
    """Holds events for one of the flows. Only `Together` waits for it."""

    def __init__(self) -> None:
        self._events: deque[Any] = deque()
        self._waiter: _Task | None = None
        self._ready: deque[tuple[_Task, Any]] | None = None

    def put(self, event: Any) -> None:
        """Take an event, and wake the flow that waits for it."""
        if self._waiter is not None and self._ready is not None:
            waiter, self._waiter = self._waiter, None
            waiter.turn += 1
            self._ready.append((waiter, event))
            return
        self._events.append(event)

    def get(self, seconds: float | None = None) -> Any:  # noqa: ARG002 - a subscription has it
        """Return the next event without waiting; None if there is none."""
        return self._events.popleft() if self._events else None

    def close(self) -> None:
        """Hold nothing any more."""
        self._events.clear()

    def wake(self, task: "_Task", ready: "deque[tuple[_Task, Any]]") -> None:
        """Hand the next event to a task."""
        self._waiter, self._ready = task, ready

    def forget(self) -> None:
        """Hand the next event to nobody: its task has waited long enough."""
        self._waiter = None


@define(eq=False)
class _Task:
    """One of the flows.

    Attributes:
        flow: the flow.
        place: of its result; None if it has none.
        inbox: what it waits for; None if it merely waits.
        turn: how often it was woken.
    """

    flow: Flow[Any]
    place: int | None
    inbox: Inbox | None = None
    turn: int = 0


_Woken = tuple[_Task, Any]
_Waiting = tuple[float, int, int, _Task]


@define
class Together(Generic[Result]):
    """Runs flows together.

    Attributes:
        time: the time of the call.
        subscription: where the events of the stream arrive; None if there is no stream.
        on_result: is told what each flow brought, as it is known.
    """

    time: CallTime
    subscription: Subscription | None
    on_result: Hook = SILENT
    _inboxes: defaultdict[OrderKey, list[Inbox]] = field(factory=lambda: defaultdict(list), init=False)
    _tasks: list[_Task] = field(factory=list[_Task], init=False)
    _ready: deque[_Woken] = field(factory=deque[_Woken], init=False)
    _waiting: list[_Waiting] = field(factory=list[_Waiting], init=False)
    _waits: int = field(default=0, init=False)
    _outer: BaseException | None = field(default=None, init=False)  # what the caller is handling, and not ours
    _results: dict[int, Result | BybitError] = field(factory=dict[int, Any], init=False)

    def inbox_for(self, key: OrderKey) -> Inbox | None:
        """Return where the events about one order will arrive; None if there is no stream."""
        if self.subscription is None:
            return None
        inbox = Inbox()
        self._inboxes[key].append(inbox)
        return inbox

    def run(self, flows: Sequence[Flow[Result]]) -> Flow[list[Result | BybitError]]:
        """Return what each of some flows returned or raised, in their order."""
        self._outer = sys.exception()
        for place, flow in enumerate(flows):
            self._start(flow, place)
        try:
            while len(self._results) < len(flows):
                self._wake_due()
                if self._ready:
                    yield from self._resume(*self._ready.popleft())
                else:
                    yield from self._hear(self._waiting[0][0] - self.time.now)
        finally:
            for task in self._tasks:
                task.flow.close()
            if self.subscription:
                self.subscription.close()
        return [self._results[place] for place in range(len(flows))]

    def add(self, flow: Flow[None]) -> None:
        """Let a flow run beside the others, at most until the last of them ends. What it raises, `run` raises."""
        self._start(flow, None)

    def _start(self, flow: Flow[Any], place: int | None) -> None:
        task = _Task(flow, place)
        self._tasks.append(task)
        self._ready.append((task, None))

    def _resume(self, task: _Task, received: Any) -> Flow[None]:
        try:
            effect: Effect = task.flow.send(received)
        except StopIteration as stop:
            self._end(task, stop.value)
        except BybitError as error:
            if task.place is None:
                raise  # nobody else would hear of it, and others may wait for this one
            clear_locals(error, self._outer)  # it will be returned, and not raised through what clears them
            self._end(task, error)
        else:
            if isinstance(effect, Send):
                answer = yield effect
                self._ready.append((task, answer))
                yield from self._hear(0.0)
            elif isinstance(effect, NextEvent) and isinstance(effect.subscription, Inbox):
                self._let_wait(task, effect.seconds, effect.subscription)
            elif isinstance(effect, Sleep):
                self._let_wait(task, effect.seconds, None)
            else:
                raise TypeError(f"no flow among several can {effect}")

    def _end(self, task: _Task, result: Any) -> None:
        if task.place is not None:
            self._results[task.place] = result
            self.on_result.tell(task.place, result)

    def _let_wait(self, task: _Task, seconds: float, inbox: Inbox | None) -> None:
        event = inbox.get() if inbox else None
        if event is not None:
            self._ready.append((task, event))
            return
        task.inbox = inbox
        if inbox:
            inbox.wake(task, self._ready)
        self._waits += 1
        heapq.heappush(self._waiting, (self.time.now + seconds, self._waits, task.turn, task))

    def _wake_due(self) -> None:
        """Wake the flows whose time has come, also while others keep sending."""
        while self._waiting:
            until, _, turn, task = self._waiting[0]
            if turn == task.turn and until > self.time.now:
                return
            heapq.heappop(self._waiting)
            if turn == task.turn:
                task.turn += 1
                if task.inbox:
                    task.inbox.forget()
                self._ready.append((task, None))

    def _hear(self, seconds: float) -> Flow[None]:
        """Hand on the next event, and those that have arrived already."""
        if self.subscription is None:
            if seconds > 0:
                yield Sleep(seconds)
            return
        event = yield NextEvent(self.subscription, seconds)
        while event is not None:
            self._hand_on(event)
            event = (yield NextEvent(self.subscription, 0.0)) if self.subscription else None

    def _hand_on(self, event: Any) -> None:
        if isinstance(event, Order):
            keys = {OrderKey(order_id=event.order_id), OrderKey(order_link_id=event.order_link_id)}
            receivers = [inbox for key in keys for inbox in self._inboxes.get(key, ())]
        else:
            receivers = [inbox for several in self._inboxes.values() for inbox in several]
        # Where updates were dropped, all that may have been missed is to be read.
        events = [StreamState.DISCONNECTED, StreamState.SUBSCRIBED] if isinstance(event, UpdatesDropped) else [event]
        for inbox in receivers:
            for one in events:
                inbox.put(one)
        if isinstance(event, BybitError) and not isinstance(event, UpdatesDropped) and self.subscription:
            self.subscription.close()  # it was the stream's last event
            self.subscription = None
