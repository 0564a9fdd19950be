"""What both clients do, as flows."""

from typing import Any

import httpx
from attrs import evolve
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import CancelOrderAnswer, Category, Order
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
_SHARE_OF_SEND = 0.2
_LONGEST_READING = 1.0  # seconds; the stream is not heard meanwhile


class Flows(Opened[Transport]):
    """An opened client that knows what to do; its subclasses drive it."""

    def _call_flow(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Flow[tuple[Answer, Evidence]]:
        request = write_request(operation, self._open_pool(), *args, **kwargs)
        return self._send_flow(operation, request, Deadline.after(self._deadline), self._timeout)

    def _send_flow(
        self,
        operation: Operation[Any, Answer],
        request: httpx.Request,
        deadline: Deadline,
        timeout: float,
        doubt_until: Deadline | None = None,
    ) -> Flow[tuple[Answer, Evidence]]:
        return call_flow(
            operation,
            self._client,
            request,
            clock=self._clock,
            deadline=deadline,
            timeout=timeout,
            doubt_until=doubt_until,
        )

    def _cancel_flow(
        self, order: CancelOrderRequest, deadline: float | None, timeout: float | None
    ) -> Flow[CancelAccepted]:
        seconds, one_send = self._times(deadline, timeout)
        request = write_request(cancel_order, self._open_pool(), body=order)
        call = self._send_flow(cancel_order, request, Deadline.after(seconds), one_send)
        return self._acknowledge_flow(order, call)

    def _acknowledge_flow(
        self, order: CancelOrderRequest, call: Flow[tuple[CancelOrderAnswer, Evidence]]
    ) -> Flow[CancelAccepted]:
        answer, evidence = yield from call
        return read_acknowledgement(order, answer, evidence)

    def _confirm_flow(
        self, order: CancelOrderRequest, inbox: Inbox | None, deadline: float | None, timeout: float | None
    ) -> Flow[CancelOutcome]:
        seconds, one_send = self._times(deadline, timeout)
        whole = Deadline.after(seconds)
        request = write_request(cancel_order, self._open_pool(), body=order)
        cancel = self._send_flow(
            cancel_order,
            request,
            whole,
            min(one_send, seconds * _SHARE_OF_SEND),
            doubt_until=Deadline.after(seconds * _SHARE_OF_CANCEL),
        )

        def read_back(accepted: CancelAccepted | None) -> Flow[list[Order]]:
            order_id = order.order_id or (accepted and accepted.order_id) or UNSET
            query = write_request(
                get_orders,
                self._open_pool(),
                category=order.category,
                symbol=order.symbol,
                order_id=order_id,
                order_link_id=UNSET if order_id else order.order_link_id or UNSET,
            )
            page, _ = yield from self._send_flow(get_orders, query, whole, min(one_send, _LONGEST_READING))
            return [evolve(one, category=order.category) for one in page.result.list_]

        acknowledge = self._acknowledge_flow(order, cancel)
        return Confirmation(order, acknowledge, read_back, inbox, whole, self._clock).flow()

    def _times(self, deadline: float | None, timeout: float | None) -> tuple[float, float]:
        return (
            self._deadline if deadline is None else check_seconds("deadline", deadline),
            self._timeout if timeout is None else check_seconds("timeout", timeout),
        )

    def _sync_clock_flow(self) -> Flow[int]:
        return measure_flow(self._clock, self._call_flow(get_server_time))

    def _require_stream(self, category: Category | None) -> StreamSettings:
        settings = self._stream_settings(category)
        if settings is None:
            raise InvalidInput(
                "No stream to connect to: this host has none that is documented (stream_url= names one), or the extra "
                "is missing (pip install 'bybit-v5[stream]')."
            )
        return settings
