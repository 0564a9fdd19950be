"""Cancels of many orders that are confirmed together: each asks for its own, and they leave in common requests."""

from collections.abc import Callable

from attrs import define, field

from bybit_ext.calls.flow import Flow, NextEvent
from bybit_ext.errors import BybitError
from bybit_ext.results import CancelAccepted

from .batch import BatchItem, SendBatch
from .order_calls import OrderCalls
from .requests import CancelOrderRequest
from .together import Inbox

_LONG = 3600.0  # seconds; what sends the cancels answers each of them by the deadline


@define
class CancelQueue:
    """Collects cancels that are asked for at the same moment, and sends them together.

    Those that are asked for later do not wait for them: an order may have to be asked about again and again.

    Attributes:
        send: sends some cancels.
        run: lets what sends them run beside the flows that ask.
    """

    send: SendBatch
    run: Callable[[Flow[None]], None]
    _asked: list[BatchItem] = field(factory=list[BatchItem], init=False)
    _inboxes: dict[BatchItem, Inbox] = field(factory=dict[BatchItem, Inbox], init=False)

    def ask(self, item: BatchItem) -> Inbox:
        """Return where the item will arrive once it has its answer."""
        if not self._asked:
            self.run(self._send_what_was_asked_for())  # after those that are awake now: they may ask too
        self._asked.append(item)
        self._inboxes[item] = Inbox()
        return self._inboxes[item]

    def _send_what_was_asked_for(self) -> Flow[None]:
        asked, self._asked = self._asked, []
        yield from self.send(asked, self._answer)

    def _answer(self, item: BatchItem) -> None:
        self._inboxes.pop(item).put(item)


@define
class JointOrderCalls(OrderCalls):
    """The calls about one order, whose cancels leave together with those of others.

    Attributes:
        asked_for: the cancel as it was asked for.
        queue: where cancels are asked for.
    """

    asked_for: CancelOrderRequest = field(kw_only=True)
    queue: CancelQueue = field(kw_only=True)

    @classmethod
    def of(cls, calls: OrderCalls, asked_for: CancelOrderRequest, queue: CancelQueue) -> "JointOrderCalls":
        """Return the calls about an order, but with the cancels of others."""
        return cls(
            calls.caller,
            calls.time,
            calls.base_path,
            calls.request,
            calls.identity,
            calls.limits,
            asked_for=asked_for,
            queue=queue,
        )

    def cancel(self, order_id: str | None = None) -> Flow[CancelAccepted]:
        """Ask to cancel the order, by this id or as it was asked for."""
        request = self.asked_for if order_id is None else self.identity.name.cancel_by_id(order_id)
        item = BatchItem(request, self.state)
        yield NextEvent(self.queue.ask(item), _LONG)
        self.note_time(item.evidence, self.state)
        if isinstance(item.answer, BybitError):
            raise item.answer
        if item.answer is None:
            raise ValueError("an item without an answer was handed on")
        return item.answer
