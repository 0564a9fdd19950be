"""An exchange in virtual time that cancels, lists and reports orders, and a client that calls it."""

import json
from typing import Any

from attrs import define, field
from bybit_v5.models import Order

from bybit_ext import Bybit, CancelAccepted, CancelOutcome
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.flow import NextEvent
from bybit_ext.engines.interface import Reply
from bybit_ext.stream.broadcast import OrderKey, ThreadSubscription
from tests.conftest import API_KEY, API_SECRET
from tests.orders.events import BEGAN, BY_ID, BY_LINK_ID
from tests.virtual_time import World, reply

CANCEL, OPEN, HISTORY = "/v5/order/cancel", "/v5/order/realtime", "/v5/order/history"
NOT_FOUND, CLOSED = reply(110001), reply(110010)


def orders(*found: Order, **fields: Any) -> Reply:
    """Make the page that a list of orders brings."""
    return reply(result={"list": [one.to_dict() for one in found]}, **fields)


class Client(Bybit):
    """A client whose stream is what the test says, if it says anything."""

    has_stream = False

    def _listen_for(self, key: OrderKey) -> ThreadSubscription | None:
        return ThreadSubscription(key) if self.has_stream else None


@define
class Exchange(World):
    """Time, what each send brings (or what returns that), and a client whose clock shows that time.

    Attributes:
        events: what the stream reports, and when; none if there is no stream.
        options: the client's.
    """

    events: list[tuple[float, Any]] = field(factory=list[tuple[float, Any]])
    options: dict[str, Any] = field(factory=dict[str, Any])

    def cancel(self, request: Any = BY_LINK_ID, deadline: float = 2.0) -> CancelAccepted:
        with self._open() as bybit:
            time = self.time()
            accepted: CancelAccepted = self.run(bybit._cancel_flow(time, request, GivenLimits(deadline)), time)
            return accepted

    def confirm(self, request: Any = BY_ID, deadline: float = 5.0) -> CancelOutcome:
        with self._open() as bybit:
            time = self.time()
            outcome: CancelOutcome = self.run(bybit._confirm_flow(time, request, GivenLimits(deadline)), time)
            return outcome

    def _open(self) -> Client:
        def clock() -> int:
            return BEGAN + round(self.now * 1000)

        client = Client(API_KEY, API_SECRET, base_url="https://api.bybit.com", clock=clock, **self.options)
        client.has_stream = bool(self.events)
        return client

    def perform(self, effect: Any) -> Any:
        if not isinstance(effect, NextEvent):
            brings = super().perform(effect)
            return brings() if callable(brings) else brings
        end = self.now + effect.seconds
        if self.events and self.events[0][0] <= end:
            at, event = self.events.pop(0)
            self.now = max(self.now, at)
            return event
        self.now = end
        return None

    @property
    def paths(self) -> list[str]:
        """Where each send went."""
        return [send.request.target.partition("?")[0] for send in self.sends]

    @property
    def cancels(self) -> list[dict[str, Any]]:
        """The body of each cancel."""
        return [json.loads(send.request.body) for send in self.sends if send.request.body]
