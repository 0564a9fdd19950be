"""What both clients do, as flows."""

from attrs import evolve
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import Category, Order
from bybit_v5.types import UNSET

from .accepted import CancelAccepted, CancelOrderRequest, read_acknowledgement
from .calling import call_flow
from .confirming import Confirmation
from .errors import InvalidInput
from .evidence import Evidence
from .flow import Deadline, Flow, Inbox
from .opening import Opened, Transport
from .operations import Answer, Arguments, Operation, write_request
from .order_stream import StreamSettings
from .outcome import CancelOutcome
from .server_time import measure_flow
from .settings import check_seconds

# Of the time for a confirmed cancel: a cancel that brings no answer must leave some to read the order back in, and a
# lost answer some for a second send.
_SHARE_OF_CANCEL = 0.6
_SHARE_OF_SEND = 0.3


class Flows(Opened[Transport]):
    """An opened client that knows what to do; its subclasses drive it."""

    def _call_flow(
        self,
        operation: Operation[Arguments, Answer],
        deadline: float | None,
        timeout: float | None,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Flow[tuple[Answer, Evidence]]:
        request = write_request(operation, self._open_pool(), *args, **kwargs)
        return call_flow(
            operation,
            self._client,
            request,
            clock=self._clock,
            deadline=Deadline.after(self._deadline if deadline is None else check_seconds("deadline", deadline)),
            timeout=self._timeout if timeout is None else check_seconds("timeout", timeout),
        )

    def _cancel_flow(
        self, order: CancelOrderRequest, deadline: float | None, timeout: float | None
    ) -> Flow[CancelAccepted]:
        answer, evidence = yield from self._call_flow(cancel_order, deadline, timeout, body=order)
        return read_acknowledgement(order, answer, evidence)

    def _confirm_flow(
        self, order: CancelOrderRequest, inbox: Inbox | None, deadline: float | None, timeout: float | None
    ) -> Flow[CancelOutcome]:
        seconds = self._deadline if deadline is None else check_seconds("deadline", deadline)
        one_send = self._timeout if timeout is None else check_seconds("timeout", timeout)
        whole = Deadline.after(seconds)
        write_request(cancel_order, self._open_pool(), body=order)  # what cannot be sent is told before any wait

        def read_back(accepted: CancelAccepted | None) -> Flow[list[Order]]:
            order_id = order.order_id or (accepted and accepted.order_id) or UNSET
            page, _ = yield from self._call_flow(
                get_orders,
                max(whole.remaining, 0.001),
                timeout,
                category=order.category,
                symbol=order.symbol,
                order_id=order_id,
                order_link_id=UNSET if order_id else order.order_link_id or UNSET,
            )
            return [evolve(one, category=order.category) for one in page.result.list_]

        cancel = self._cancel_flow(order, seconds * _SHARE_OF_CANCEL, min(one_send, seconds * _SHARE_OF_SEND))
        return Confirmation(order, cancel, read_back, inbox, whole, self._clock).flow()

    def _sync_clock_flow(self) -> Flow[int]:
        return measure_flow(self._clock, self._call_flow(get_server_time, None, None))

    def _require_stream(self, category: Category | None) -> StreamSettings:
        settings = self._stream_settings(category)
        if settings is None:
            raise InvalidInput(
                "No stream to connect to: this host has none that is documented (stream_url= names one), or the extra "
                "is missing (pip install 'bybit-v5[stream]')."
            )
        return settings
