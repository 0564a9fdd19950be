"""Events handed to who waits for them: an order to the calls about it, and to those who want all."""

import queue
import threading
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from typing import Any, TypeVar

from attrs import define, frozen
from bybit_v5.models import Order

from bybit_ext.errors import BybitError, Forbidden, UpdatesDropped

from .events import StreamEvent, StreamState

MAX_WAITING = 10_000
"""Updates that a subscription holds until they are read."""


@frozen
class OrderKey:
    """Which orders a subscription is for: the one with this id, or those with this link id, or else all."""

    order_id: str | None = None
    order_link_id: str | None = None


@define
class _Gap:
    """Stands in a subscription where updates were dropped."""

    dropped: int


Held = StreamEvent | _Gap
"""What a subscription holds."""


class Subscription(ABC):
    """Holds events until they are read: so many updates, then it counts those that it drops."""

    def __init__(self, key: OrderKey) -> None:
        self.key = key
        self.broadcaster: Broadcaster | None = None
        self._gap: _Gap | None = None
        self._lock = threading.Lock()

    @abstractmethod
    def put(self, event: StreamEvent) -> None:
        """Take an event; this never waits."""

    @abstractmethod
    def get(self, seconds: float | None = None) -> Any:
        """Return the next event, None if none came in so many seconds (None: for ever). Blocks, or is a coroutine."""

    def close(self) -> None:
        """Receive nothing any more. Closing twice is safe."""
        if self.broadcaster:
            self.broadcaster.remove(self)
            self.broadcaster = None

    def fit(self, event: StreamEvent, waiting: int) -> Held | None:
        """Return what to hold of an event: itself, the gap that begins with it, or nothing inside a gap."""
        if not isinstance(event, Order):
            return event
        with self._lock:
            if self._gap is not None:
                self._gap.dropped += 1
                return None
            if waiting < MAX_WAITING:
                return event
            self._gap = _Gap(1)
            return self._gap

    def take(self, held: Held) -> StreamEvent:
        """Return what is told of something held."""
        if not isinstance(held, _Gap):
            return held
        with self._lock:
            self._gap = None
        message = f"Updates were read too slowly; {held.dropped} of them were dropped."
        return UpdatesDropped(message, dropped=held.dropped)


class ThreadSubscription(Subscription):
    """Holds events until a thread reads them."""

    def __init__(self, key: OrderKey) -> None:
        super().__init__(key)
        self._events: queue.SimpleQueue[Held] = queue.SimpleQueue()

    def put(self, event: StreamEvent) -> None:
        """Take an event; this never waits."""
        held = self.fit(event, self._events.qsize())
        if held is not None:
            self._events.put(held)

    def get(self, seconds: float | None = None) -> StreamEvent | None:
        """Return the next event, None if none came in so many seconds (None waits for ever)."""
        try:
            return self.take(self._events.get(timeout=seconds))
        except queue.Empty:
            return None


Kind = TypeVar("Kind", bound=Subscription)


class Broadcaster:
    """Hands the events of one stream to its subscriptions. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may subscribe while it interrupts who does
        self._removed: deque[Subscription] = deque()
        self._subscriptions: defaultdict[OrderKey, list[Subscription]] = defaultdict(list)
        self._state: StreamEvent | None = None

    def add(self, subscription: Kind) -> Kind:
        """Hand events to a subscription from now on; the first says the stream's state, once it has one."""
        with self._lock:
            self._drop_removed()
            subscription.broadcaster = self
            self._subscriptions[subscription.key].append(subscription)
            if self._state is not None:
                subscription.put(self._state)
        return subscription

    def remove(self, subscription: Subscription) -> None:
        """Hand nothing to a subscription any more.

        A garbage collection can call this in a thread that holds any lock. So it takes none: whoever hands out the next
        event, or subscribes, does what is left.
        """
        self._removed.append(subscription)

    def _drop_removed(self) -> None:
        while self._removed:
            removed = self._removed.popleft()
            others = [one for one in self._subscriptions.get(removed.key, ()) if one is not removed]
            if others:
                self._subscriptions[removed.key] = others
            else:
                self._subscriptions.pop(removed.key, None)

    def publish(self, event: StreamEvent) -> None:
        """Hand an event on: an order to those who wait for it, anything else to all."""
        with self._lock:
            self._drop_removed()
            if isinstance(event, Order):
                keys = {OrderKey(), OrderKey(order_id=event.order_id), OrderKey(order_link_id=event.order_link_id)}
                receivers = [one for key in keys for one in self._subscriptions.get(key, ())]
            else:
                self._state = event
                receivers = [one for several in self._subscriptions.values() for one in several]
            for receiver in receivers:
                receiver.put(event)

    @property
    def has_subscriptions(self) -> bool:
        """Whether anybody waits for events."""
        with self._lock:
            self._drop_removed()
            return bool(self._subscriptions)

    @property
    def is_subscribed(self) -> bool:
        """Whether orders are reported at the moment."""
        return self._state is StreamState.SUBSCRIBED

    @property
    def can_be_replaced(self) -> bool:
        """Whether the stream has ended, and another one may fare better. A blocked IP address must not try again."""
        return isinstance(self._state, BybitError) and not isinstance(self._state, Forbidden)
