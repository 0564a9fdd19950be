"""`Bybit`: the operations, with judgement, for threads. It drives the flows by blocking."""

import threading
import time
from collections.abc import Generator
from types import TracebackType
from typing import Any, Self

import httpx
from bybit_v5.models import Category, Order

from .accepted import CancelAccepted, CancelOrderRequest
from .errors import BybitError, InvalidInput
from .flow import Need, Pause, Receive, run
from .flows import Flows
from .hubs import ThreadHub, ThreadInbox
from .operations import CLOSED, Answer, Arguments, Operation
from .outcome import CancelOutcome
from .sending import prepare_send


class Bybit(Flows[httpx.BaseTransport]):
    """Bybit, over one connection pool and one stream. A context manager; safe to use from many threads."""

    _order_hubs: set[ThreadHub]
    _transports = httpx.BaseTransport
    _hub: ThreadHub | None = None
    _hub_lock = threading.Lock()

    def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation and judge what comes back: `bybit.call(get_server_time)`.

        Args:
            operation: a generated module, like `bybit_v5.api.market.get_server_time`.
            *args: none; the generated functions take keywords.
            **kwargs: the operation's arguments.

        Returns:
            The operation's accepted answer.

        Raises:
            BybitError: see `bybit_ext.errors`.
        """
        return run(self._call_flow(operation, *args, **kwargs), self._meet)[0]

    def cancel_order(
        self, order: CancelOrderRequest, *, deadline: float | None = None, timeout: float | None = None
    ) -> CancelAccepted:
        """Ask the exchange to cancel one order, and again where that is safe and useful.

        Args:
            order: one of the four request models of `bybit_v5.models`.
            deadline: seconds that the call may take, with all its sends and pauses; the client's if it is not given.
            timeout: seconds that one send may take; the client's if it is not given.

        Returns:
            The acknowledgement. It does not say that the order is cancelled.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass tells why.
            OutcomeUnknown: the request may have been carried out.

        Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
        """
        return run(self._cancel_flow(order, deadline, timeout), self._meet)

    def cancel_and_confirm(
        self, order: CancelOrderRequest, *, deadline: float | None = None, timeout: float | None = None
    ) -> CancelOutcome:
        """Cancel one order and wait until it is known how it ended.

        Args:
            order: one of the four request models of `bybit_v5.models`.
            deadline: seconds that the call may take as a whole; the client's if it is not given.
            timeout: seconds that one send may take; the client's if it is not given.

        Returns:
            How the order ended: cancelled, filled or rejected. The private stream tells, else the order is read back.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no, and the order is not among those that can be read back.
            OutcomeUnknown: nobody told by the deadline how the order ended; `last_order` is how it was last seen.

        Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
        """
        inbox = self._subscribe()
        try:
            return run(self._confirm_flow(order, inbox, deadline, timeout), self._meet)
        finally:
            if self._hub and inbox:
                self._hub.unsubscribe(inbox)

    def orders(self, category: Category | None = None) -> Generator[Order, None, None]:
        """Iterate over order updates as they come, for ever. What is missed while disconnected is not made up for.

        Args:
            category: whose orders; all if it is not given.

        Raises:
            InvalidInput: there is no stream to connect to.
            Refused: the exchange refused the log-in or the subscription.

        Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
        """
        hub = ThreadHub(self._require_stream(category))
        self._order_hubs.add(hub)
        inbox = hub.subscribe(ThreadInbox())
        try:
            while True:
                event = inbox.get()
                if isinstance(event, InvalidInput):  # the client was closed
                    return
                if isinstance(event, BybitError):
                    raise event
                if isinstance(event, Order):
                    yield event
        finally:
            self._order_hubs.discard(hub)
            hub.close()

    def sync_clock(self) -> int:
        """Measure the exchange's clock and sign by it from now on.

        Returns:
            How far the exchange's clock is ahead of this machine's, in ms.

        Raises:
            BybitError: the time could not be read.

        Source: https://bybit-exchange.github.io/docs/v5/market/time
        """
        return run(self._sync_clock_flow(), self._meet)

    def _meet(self, need: Need) -> Any:
        if isinstance(need, Receive):
            return need.inbox.get(need.seconds)
        if isinstance(need, Pause):
            time.sleep(need.seconds)
            return None
        prepare_send(need.request, need.seconds, asynchronous=False)
        http = self._open_pool()
        if http.is_closed:
            return InvalidInput(CLOSED)
        try:
            return http.send(need.request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the flow must weigh it against earlier sends
            return error

    def _subscribe(self) -> ThreadInbox | None:
        settings = self._stream_settings()
        if settings is None:
            return None
        with self._hub_lock:
            if self._hub is None or self._hub.can_be_replaced:
                self._hub = ThreadHub(settings)
            return self._hub.subscribe(ThreadInbox())

    def _open_pool(self) -> httpx.Client:
        return self._client.get_httpx_client()

    def close(self) -> None:
        """Close the connections. Closing twice is safe."""
        for hub in [*self._order_hubs, *([self._hub] if self._hub else [])]:
            hub.close()
        self._open_pool().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
