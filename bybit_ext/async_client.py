"""`AsyncBybit`: the operations for asyncio. It drives the flows by awaiting."""

import asyncio
import weakref
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from bybit_v5.models import Category, Order

from ._base_client import BaseClient, no_stream
from ._hints import explain_arguments
from .auth.redaction import LocalsCleared
from .calls.call import GivenLimits
from .calls.flow import CallTime, Effect, Flow, NextEvent, Send, run_async
from .calls.hooks import log_total
from .calls.operations import Answer, Arguments, Operation
from .calls.retry import RetryState
from .engines.as_transport import UnusableEngine
from .engines.interface import AsyncEngine, Engine, Lost
from .engines.transport import AsyncTransportEngine
from .errors import BybitError, InvalidInput, NotSent
from .orders.outcomes import CancelAllOutcome
from .orders.requests import CancelAllRequest, CancelOrderRequest, PlaceOrderRequest
from .results import CancelAccepted, CancelAllAccepted, CancelOutcome, OrderAccepted
from .stream.broadcast import OrderKey
from .stream.events import StreamState
from .stream.runners import TaskStream
from .stream.subscription_async import AsyncSubscription
from .trade.selection import open_async_trade_engine, open_trade_engine

Result = TypeVar("Result")


class AsyncBybit(BaseClient[httpx.AsyncBaseTransport]):
    """Bybit, over one set of connections and one stream, as coroutines of asyncio. An asynchronous context manager.

    It belongs to the event loop in which it is used first. trio is not supported.

    >>> async with AsyncBybit(environment="testnet") as bybit:  # key and secret from the environment
    ...     order = CancelByOrderLinkId("linear", "BTCUSDT", "my-order-1")
    ...     outcome = await bybit.cancel_and_confirm(order)

    A category that comes as plain text, from a config file say, is made one by `parse_category`, or for the models of
    futures by `parse_futures_category`.

    Args:
        api_key: the API key, else BYBIT_API_KEY.
        api_secret: its secret (or, as PEM, its RSA private key), else BYBIT_API_SECRET, else the content of the file
            that BYBIT_API_SECRET_FILE names.
        passphrase: of an encrypted RSA key, else BYBIT_API_SECRET_PASSPHRASE.
        environment: where the key belongs: `mainnet`, `testnet` or `demo`.
        region: a regional exchange, such as `eu`; None for the global one.
        base_url: another host, in place of environment and region.
        stream_url: the private stream's URL; None for the one that is documented for environment and region.
        trade_url: the trade WebSocket's URL, which the engine `websocket` uses; None for the one that is documented for
            environment and region.
        allow_insecure: whether `http://` and `ws://` may reach other machines than this one.
        recv_window: how long a signature stays good, in ms.
        deadline: seconds that one call may take, with all its sends and pauses.
        timeout: seconds that one send may take.
        max_sends: how often one call may try to send its request; None for as often as is safe and the deadline allows.
        absent_after: seconds for which both lists of orders must lack an order before it is reported as not found.
        on_send: called with a `SendEvent` after each send of a call, for metrics; None for nothing. It must be quick,
            for the call goes on after it. An `Exception` that it raises changes nothing. The generated functions
            and the stream do not call it.
        clock: returns this machine's UTC time, in ms.
        headers: sent with every request (brokers add `Referer`); None for none.
        proxy: a proxy's URL; None for what HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say.
        verify: an SSLContext; False to verify nothing; None to verify by `ca_file`.
        ca_file: a PEM file of the authorities to trust; None for SSL_CERT_FILE or SSL_CERT_DIR, else those of certifi.
        client_cert: a PEM file with certificate and key, or (certificate, key), or (certificate, key, passphrase).
        trust_env: whether the environment's proxies and certificates count.
        max_connections: how many connections may be open at once; a call that finds none free waits.
        engine: what reads HTTP: `h11`, `httptools` (extra `fast`), or `auto` for `httptools` where it is installed;
            None for `h11`. `websocket` (extra `stream`) sends orders and cancels over the trade WebSocket, without the
            caller's headers but `Referer`, and everything else as `auto` does; demo trading has none.
        transport: a transport of httpx that sends in its place, for tests and special networks.

    Raises:
        InvalidInput: one of these cannot be used; the message names it.

    Source: https://bybit-exchange.github.io/docs/v5/intro
    """

    _transports = httpx.AsyncBaseTransport
    _engine: AsyncEngine
    _stream: TaskStream | None
    _loop: asyncio.AbstractEventLoop | None = None
    _inherited_loop: asyncio.AbstractEventLoop | None = None

    async def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation, such as `await bybit.call(get_server_time)`, and process its response.

        Args:
            operation: a generated module, like `bybit_v5.api.market.get_server_time`.
            *args: none; the generated functions take keywords.
            **kwargs: the operation's arguments.

        Returns:
            The operation's accepted answer.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass says why.
            OutcomeUnknown: the request may have been carried out.

        Source: https://bybit-exchange.github.io/docs/v5/intro
        """
        return (await self._run("call", lambda time: self._call_flow(time, RetryState(), operation, *args, **kwargs)))[
            0
        ]

    @explain_arguments
    async def cancel_order(
        self,
        order: CancelOrderRequest,
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
    ) -> CancelAccepted:
        """Ask the exchange to cancel one order, and again where that is safe.

        Args:
            order: one of the four request models of `bybit_v5.models`.
            deadline: seconds that the call may take, with all its sends and pauses; None for the client's.
            timeout: seconds that one send may take; None for the client's.
            max_sends: how often it may be tried to send the request, 1 for once; None for the client's.

        Returns:
            The acknowledgement. It does not say that the order is cancelled.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass says why.
            OutcomeUnknown: the request may have been carried out.

        Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run("cancel_order", lambda time: self._cancel_flow(time, order, given))

    @explain_arguments
    async def cancel_and_confirm(
        self,
        order: CancelOrderRequest,
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
    ) -> CancelOutcome:
        """Cancel one order and wait until it is known how it ended.

        Args:
            order: one of the four request models of `bybit_v5.models`.
            deadline: seconds that the call may take as a whole; None for the client's.
            timeout: seconds that one send may take; None for the client's.
            max_sends: how often it may be tried to send the request, 1 for once; None for the client's.

        Returns:
            How the order ended: cancelled, filled or rejected, as the private stream or a query reports it.
            Quantities are Decimal, with their unit.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no, and neither the stream nor a query reports the order's end.
                `OrderNotFound` means that the open orders and the history lacked it for `absent_after` seconds.
            OutcomeUnknown: nothing reported by the deadline how the order ended; `last_order` is how it was last seen.

        Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run("cancel_and_confirm", lambda time: self._confirm_flow(time, order, given))

    @explain_arguments
    async def cancel_batch(
        self,
        orders: Iterable[CancelOrderRequest],
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
        on_result: Callable[[int, CancelAccepted | BybitError], None] | None = None,
    ) -> list[CancelAccepted | BybitError]:
        """Ask the exchange to cancel any number of orders, by as few requests as it allows.

        Args:
            orders: request models as `cancel_order` takes them, of any categories and symbols.
            deadline: seconds that the call may take, with all its sends and pauses; None for the client's.
            timeout: seconds that one send may take; None for the client's.
            max_sends: how often it may be tried to send the cancel of an order, 1 for once; None for the client's.
            on_result: called with the place of an order and its result as soon as that is known, to show progress; None
                for nothing. It must be quick. An `Exception` that it raises changes nothing.

        Returns:
            For each order, in the same order, its acknowledgement, or the error that says what is known of it:
            `NotSent`, a `Refused`, or `OutcomeUnknown`. None is raised. After an unknown outcome only what names
            its order by the exchange's id is sent again.

        Raises:
            InvalidInput: an order is not what the document says; nothing was sent.

        Source: https://bybit-exchange.github.io/docs/v5/order/batch-cancel
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run(
            "cancel_batch",
            lambda time: self._cancel_batch_flow(time, orders, given, on_result=on_result),
        )

    @explain_arguments
    async def cancel_batch_and_confirm(
        self,
        orders: Iterable[CancelOrderRequest],
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
        on_result: Callable[[int, CancelOutcome | BybitError], None] | None = None,
    ) -> list[CancelOutcome | BybitError]:
        """Cancel any number of orders and wait until it is known how each of them ended, over the one stream.

        Args:
            orders: request models as `cancel_order` takes them, of any categories and symbols.
            deadline: seconds that the call may take as a whole; None for the client's.
            timeout: seconds that one send may take; None for the client's.
            max_sends: how often it may be tried to send the cancel of an order, 1 for once; None for the client's.
            on_result: called with the place of an order and its result as soon as that is known, to show progress; None
                for nothing. It must be quick. An `Exception` that it raises changes nothing.

        Returns:
            For each order, in the same order, how it ended, or the error that `cancel_and_confirm` would raise. None of
            them is raised.

        Raises:
            InvalidInput: an order is not what the document says; nothing was sent.

        Source: https://bybit-exchange.github.io/docs/v5/order/batch-cancel
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run(
            "cancel_batch_and_confirm",
            lambda time: self._confirm_batch_flow(time, orders, given, on_result=on_result),
        )

    @explain_arguments
    async def cancel_all(
        self,
        request: CancelAllRequest,
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
    ) -> CancelAllAccepted:
        """Ask the exchange to cancel all orders of a kind; of futures until it names fewer than 500.

        Args:
            request: one of the five models of `bybit_v5.models` whose names begin with `CancelAll`.
            deadline: seconds that the call may take, with all its sends and pauses; None for the client's.
            timeout: seconds that one send may take; None for the client's.
            max_sends: how often it may be tried to send the request, 1 for once; None for the client's.

        Returns:
            The acknowledgement, with the orders that the exchange named. It does not say that they are cancelled.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass says why.
            OutcomeUnknown: the request may have been carried out. It is not sent again, since by then it would mean
                newer orders too.

        Source: https://bybit-exchange.github.io/docs/v5/order/cancel-all
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run("cancel_all", lambda time: self._cancel_all_flow(time, request, given))

    @explain_arguments
    async def cancel_all_and_confirm(
        self,
        request: CancelAllRequest,
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
        on_result: Callable[[Order, CancelOutcome | BybitError], None] | None = None,
    ) -> CancelAllOutcome:
        """Cancel all orders of a kind and wait until it is known how each ended that was open when the call began.

        The open orders are read before, so it takes a moment longer than `cancel_all` until the first cancel leaves.
        Those that the exchange does not name in its answer are cancelled by their ids.

        Args:
            request: one of the five models of `bybit_v5.models` whose names begin with `CancelAll`.
            deadline: seconds that the call may take as a whole; None for the client's.
            timeout: seconds that one send may take; None for the client's.
            max_sends: how often it may be tried to send the request, 1 for once; None for the client's. What that
                leaves open is cancelled by ids all the same.
            on_result: called with an order that was open before and its result as soon as that is known, to show
                progress; None for nothing. It must be quick. An `Exception` that it raises changes nothing.

        Returns:
            What was open before, how each of these ended, and what is still open.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass says why.
            OutcomeUnknown: the request may have been carried out, and the open orders could not be read.

        Source: https://bybit-exchange.github.io/docs/v5/order/cancel-all
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run(
            "cancel_all_and_confirm",
            lambda time: self._confirm_all_flow(time, request, given, on_result=on_result),
        )

    @explain_arguments
    async def place_order(
        self,
        order: PlaceOrderRequest,
        *,
        deadline: float | None = None,
        timeout: float | None = None,
        max_sends: int | None = None,
    ) -> OrderAccepted:
        """Place an order, and never a second one: after a doubtful send it is looked up by its link id.

        Args:
            order: one of the eight order models of `bybit_v5.models`. Without a link id it gets one. Give one, never
                used before, if the call may be interrupted: nothing else would name its order then.
            deadline: seconds that the call may take, with all its sends and look-ups; None for the client's.
            timeout: seconds that one send may take, at most half the deadline; None for the client's.
            max_sends: how often it may be tried to send the order, 1 for once; None for the client's.

        Returns:
            The acknowledgement. It does not say that the order rests or is filled: it can still be rejected.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no, or rejected the order; the subclass says why.
            OutcomeUnknown: the order may have been placed, and may yet show up; `order_link_id` names it.

        Source: https://bybit-exchange.github.io/docs/v5/order/create-order
        """
        given = GivenLimits(deadline, timeout, max_sends)
        return await self._run("place_order", lambda time: self._place_flow(time, order, given))

    async def orders(self, category: Category | None = None) -> AsyncGenerator[Order, None]:
        """Iterate over order updates as they come, for ever. What is missed while disconnected is not made up for.

        Args:
            category: product type; None for all.

        Raises:
            InvalidInput: there is no stream to connect to.
            Refused: the exchange refused the log-in or the subscription.
            UpdatesDropped: more than 10,000 updates waited to be read; how many were dropped.

        Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
        """
        async with aclosing(self._order_events()) as events:
            async for event in events:
                if isinstance(event, Order) and category in (None, event.category):
                    yield event

    async def _order_events(self) -> AsyncGenerator[Order | StreamState, None]:
        """Iterate over order updates, and over what the stream says of itself: whether it stands. As `orders`."""
        self._stay_in_loop()
        subscription = self._listen_for(OrderKey())
        if subscription is None:
            raise no_stream()
        try:
            while True:
                event = await subscription.get()
                if isinstance(event, InvalidInput):  # the client was closed
                    return
                if isinstance(event, BybitError):
                    raise event
                if event is not None:
                    yield event
        finally:
            subscription.close()

    async def sync_clock(self) -> int:
        """Measure the exchange's clock and sign by it from now on.

        Returns:
            How far the exchange's clock is ahead of this machine's, in ms.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no.
            OutcomeUnknown: the time could not be read, or is more than a day away from this machine's.

        Source: https://bybit-exchange.github.io/docs/v5/market/time
        """
        return await self._run("sync_clock", self._sync_clock_flow)

    async def close(self) -> None:
        """Close the connections and the stream. A send in flight ends as it would have.

        A call that has not ended then says what is known by now: a confirmed cancel is `OutcomeUnknown`. Closing twice
        is safe.
        """
        self._is_closed = True
        if self._loop not in (None, asyncio.get_running_loop()):
            if self._stream:
                self._stream.stop()
            self._engine.abandon()  # another loop's, which has ended, or ends them when it runs
            return
        stream, self._stream = self._stream, None
        try:
            if stream:
                await stream.close()
        finally:  # also if it is cancelled meanwhile
            await self._engine.close()

    async def _run(self, name: str, make_flow: Callable[[CallTime], Flow[Result]]) -> Result:
        self._stay_in_loop()
        with LocalsCleared():
            time = CallTime(monotonic)
            try:
                return await run_async(make_flow(time), self._perform, time)
            finally:
                log_total(name, time)

    async def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Send):
            try:
                return await self._engine.send(effect.request, effect.sign, seconds=effect.seconds, fresh=effect.fresh)
            except (NotSent, Lost) as error:
                return error
        if isinstance(effect, NextEvent):
            return await effect.subscription.get(effect.seconds)
        await asyncio.sleep(effect.seconds)
        return None

    def _stay_in_loop(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise InvalidInput("AsyncBybit needs a running event loop of asyncio; trio is not supported.") from None
        if self._loop not in (None, loop):
            raise InvalidInput("This client belongs to another event loop; open one in each.")
        if loop is self._inherited_loop:
            raise InvalidInput("This event loop was inherited by a fork; run a new one in the child.")
        self._loop = loop

    def _listen_for(self, key: OrderKey) -> AsyncSubscription | None:
        settings = self._stream_settings()
        if settings is None:
            return None
        if self._stream is None or self._stream.can_be_replaced:
            self._stream = TaskStream(settings)
            weakref.finalize(self, self._stream.stop)
        return self._stream.add(AsyncSubscription(key))

    def forget(self) -> None:
        """Serve a forked child: it has none of its parent's threads and tasks, and must not use its connections."""
        self._inherited_loop, self._loop = self._loop, None
        super().forget()

    def _reset(self) -> None:
        self._stream = None
        transport = self._transport
        self._engine = (
            AsyncTransportEngine(self._settings.route, transport)
            if transport
            else open_async_trade_engine(self._engine_name, self._settings, self._trade)
        )
        weakref.finalize(self, self._engine.abandon)

    def _open_engines(self) -> tuple[Engine, AsyncEngine]:
        if self._transport:
            return UnusableEngine(), self._engine
        other = open_trade_engine(self._engine_name, self._settings, self._trade)
        weakref.finalize(self, other.close)
        return other, self._engine

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
