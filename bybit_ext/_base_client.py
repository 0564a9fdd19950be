"""What `Bybit` and `AsyncBybit` share: how they are opened, and the flows that they drive."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from ssl import SSLContext
from typing import Generic, Never, TypeVar

import httpx
from bybit_v5 import Client
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order
from bybit_v5.models import Order

from ._checks import check_count, check_headers, check_seconds, check_types, refuse_unexpected
from .auth.clock import Clock, ServerClock, system_clock
from .auth.credentials import load_credentials
from .auth.signing import BybitAuth, check_recv_window
from .calls.call import Caller, GivenLimits, Limits, call_flow
from .calls.clock_sync import clock_sync_flow
from .calls.flow import CallTime, Deadline, Flow
from .calls.flow import Subscription as FlowSubscription
from .calls.hooks import SILENT, Hook
from .calls.operations import Answer, Arguments, Operation, build_request
from .calls.responses import process_response
from .calls.retry import RetryState, policy_for
from .document import document
from .engines.as_transport import EngineTransport
from .engines.forks import forget_in_children
from .engines.hosts import (
    STREAM_HOSTS,
    Address,
    Environment,
    Region,
    parse_base_url,
    parse_stream_url,
    parse_trade_url,
    rest_host,
    trade_host,
)
from .engines.interface import AsyncEngine, Engine, refuse_closed
from .engines.proxies import Proxy, find_proxy, parse_proxy
from .engines.selection import WEBSOCKET, ChosenEngine, EngineName, choose_engine
from .engines.settings import EngineSettings
from .engines.sockets import Route
from .engines.tls import ClientCert, read_tls_settings
from .errors import BybitError, InvalidInput
from .orders.batch import BatchCalls, BatchItem, SendBatch
from .orders.cancel import cancel_flow
from .orders.cancel_all import CancelAllCalls, CancelAllFirst, cancel_all_and_confirm, check_cancel_all
from .orders.confirm import Beginning, Confirmation
from .orders.identity import CallStart, Identity
from .orders.joint_cancel import CancelQueue, JointOrderCalls
from .orders.order_calls import OrderCalls
from .orders.outcomes import CancelAllOutcome
from .orders.place import PlaceCalls, prepare_order
from .orders.requests import CancelAllRequest, CancelOrderRequest, OrderName, PlaceOrderRequest, check_orders
from .orders.together import Together
from .orders.tracker import OrderTracker
from .results import CancelAccepted, CancelAllAccepted, CancelOutcome, Evidence, OrderAccepted, SendEvent
from .stream.broadcast import OrderKey, Subscription
from .stream.settings import StreamSettings
from .trade.settings import TradeSettings

Transport = TypeVar("Transport", httpx.BaseTransport, httpx.AsyncBaseTransport)

# Of the time for a confirmed cancel: one that gets no answer must leave some to read the order in, and a lost answer
# some for a second send.
_SHARE_OF_CANCEL = 0.6
_SHARE_OF_SEND = 0.2
_SHARE_OF_PLACING = 0.5  # for one send of a new order: a lost answer must leave time to look it up
_SHARE_OF_ENDS = 0.9  # of a confirmed cancel of all: the rest is for reading what is still open


class BaseClient(ABC, Generic[Transport]):
    """A client that knows what to do; its subclasses drive it. The arguments are explained there."""

    _transports: type
    _base_url: str = ""

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        passphrase: str | None = None,
        environment: Environment = "mainnet",
        region: Region | None = None,
        base_url: str | None = None,
        stream_url: str | None = None,
        trade_url: str | None = None,
        allow_insecure: bool = False,
        recv_window: int = 5000,
        deadline: float = 10.0,
        timeout: float = 5.0,
        max_sends: int | None = None,
        absent_after: float = 3.0,
        on_send: Callable[[SendEvent], None] | None = None,
        clock: Clock = system_clock,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        verify: SSLContext | bool | None = None,
        ca_file: str | Path | None = None,
        client_cert: ClientCert | None = None,
        trust_env: bool = True,
        max_connections: int = 100,
        engine: EngineName | None = None,
        transport: Transport | None = None,
        **unexpected: Never,
    ) -> None:
        try:
            credentials = load_credentials(api_key, api_secret, passphrase)
            given_proxy = None if proxy is None else parse_proxy(proxy)
        finally:
            # A traceback keeps the local variables of this frame; they must not be keys or passwords.
            names, api_key, api_secret, passphrase, proxy = list(unexpected), None, None, None, None
            unexpected.clear()
        if names:
            raise refuse_unexpected(names)
        check_types(
            environment=(environment, str),
            region=(region, str | None),
            base_url=(base_url, str | None),
            stream_url=(stream_url, str | None),
            trade_url=(trade_url, str | None),
            clock=(clock, Callable),
            headers=(headers, Mapping | None),
            verify=(verify, SSLContext | bool | None),
            ca_file=(ca_file, str | Path | None),
            client_cert=(client_cert, str | tuple | None),
            transport=(transport, self._transports | None),
        )
        self._deadline: float = check_seconds("deadline", deadline)
        self._timeout: float = check_seconds("timeout", timeout)
        self._max_sends: int | None = None if max_sends is None else check_count("max_sends", max_sends)
        self._absent_after: float = check_seconds("absent_after", absent_after)
        rest_url = rest_host(environment, region) if base_url is None else base_url
        address = parse_base_url(rest_url, allow_insecure=allow_insecure)
        self._base_url = f"{address.scheme}://{address.authority}{address.path}"
        stream_url = stream_url or (None if base_url else STREAM_HOSTS.get((environment, region)))
        stream_address = parse_stream_url(stream_url, allow_insecure=allow_insecure) if stream_url else None
        find = find_proxy if trust_env else _no_proxy
        route: Route = Route(address, given_proxy or find(address))
        self._stream_route: Route | None = None
        if stream_address:
            self._stream_route = Route(stream_address, given_proxy or find(stream_address))
        tls = read_tls_settings(verify, ca_file, client_cert, trust_env=trust_env)
        self._settings = EngineSettings(route, tls, check_count("max_connections", max_connections))
        self._engine_name: ChosenEngine = choose_engine(engine)
        trade_address = None
        if engine == WEBSOCKET:
            trade_url = trade_url or _documented_trade_url(environment, region, base_url)
            trade_address = parse_trade_url(trade_url, allow_insecure=allow_insecure)
        self._transport: Transport | None = transport
        self._caller = Caller(
            credentials=credentials,
            clock=ServerClock(clock),
            recv_window=check_recv_window(recv_window),
            headers=check_headers(headers or {}),
            host=address.host,
            secrets=(credentials.api_key, *(route.proxy.secrets if route.proxy else ())),
            on_send=Hook("on_send", on_send),
        )
        self._trade: TradeSettings | None = None
        if trade_address:
            trade_route = Route(trade_address, given_proxy or find(trade_address))
            self._trade = TradeSettings(trade_route, tls, credentials, self._caller.clock, address.path)
        self._is_closed = False
        document()  # now, since a program may run out of files before its first call
        self._client: Client | None = None
        self._lock = threading.RLock()  # a signal handler may use the client that it interrupts
        self._reset()
        forget_in_children(self)

    def forget(self) -> None:
        """Serve a forked child: it has none of its parent's threads and tasks, and must not use its connections."""
        self._lock = threading.RLock()  # a signal handler may use the client that it interrupts
        self._client = None
        self._reset()

    @abstractmethod
    def _reset(self) -> None:
        """Start with a new engine and without a stream."""

    @abstractmethod
    def _open_engines(self) -> tuple[Engine, AsyncEngine]:
        """Return what sends for the generated functions: for blocking ones, and for coroutines."""

    @property
    def client(self) -> Client:
        """The generated client, over this client's connections. Every generated function takes it, and is signed."""
        with self._lock:
            if self._client is None:
                self._client = self._open_generated_client()
            return self._client

    def _open_generated_client(self) -> Client:
        caller = self._caller
        return Client(
            base_url=self._base_url,
            timeout=httpx.Timeout(self._timeout),
            raise_on_unexpected_status=True,
            httpx_args={
                "auth": BybitAuth(caller.credentials, recv_window=caller.recv_window, clock=caller.clock),
                "transport": EngineTransport(*self._open_engines(), caller.headers, caller.secrets),
                "trust_env": False,  # the engine has read what the environment says
            },
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"

    # ---- the stream

    def _stream_settings(self) -> StreamSettings | None:
        """Return how to reach the stream; None if there is none, or its extra is not installed.

        Raises:
            InvalidInput: the client is closed.
        """
        self._check_open()
        if self._stream_route is None or find_spec("websockets") is None:
            return None
        return StreamSettings(self._stream_route, self._settings.tls, self._caller.credentials, self._caller.clock)

    @abstractmethod
    def _listen_for(self, key: OrderKey) -> Subscription | None:
        """Return a subscription to the stream, which is opened if it is not; None if there is none."""

    # ---- flows

    def _call_flow(
        self,
        time: CallTime,
        state: RetryState,
        operation: Operation[Arguments, Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Flow[tuple[Answer, Evidence]]:
        self._check_open()
        built = build_request(operation, self._settings.route.address.path, *args, **kwargs)
        return call_flow(
            built,
            partial(process_response, operation),
            caller=self._caller,
            time=time,
            limits=Limits(Deadline.after(time, self._deadline), self._timeout, max_sends=self._max_sends),
            policy=policy_for(built),
            state=state,
        )

    def _sync_clock_flow(self, time: CallTime) -> Flow[int]:
        state = RetryState()
        return clock_sync_flow(self._caller.clock, time, state, self._call_flow(time, state, get_server_time))

    def _cancel_flow(self, time: CallTime, order: CancelOrderRequest, given: GivenLimits) -> Flow[CancelAccepted]:
        return cancel_flow(self._calls_about(order, time, self._limits(time, given)))

    def _confirm_flow(self, time: CallTime, order: CancelOrderRequest, given: GivenLimits) -> Flow[CancelOutcome]:
        limits = self._limits_of_confirmation(time, given)
        calls, began = self._calls_about(order, time, limits), self._beginning(time)
        name = calls.identity.name
        subscription = self._listen_for(OrderKey(name.order_id, name.order_link_id))
        return self._confirmation(calls, subscription, began).flow()

    def _cancel_batch_flow(
        self,
        time: CallTime,
        orders: Iterable[CancelOrderRequest],
        given: GivenLimits,
        *,
        on_result: Callable[[int, CancelAccepted | BybitError], None] | None = None,
    ) -> Flow[list[CancelAccepted | BybitError]]:
        self._check_open()
        items = [BatchItem(order) for order in check_orders(orders)]
        limits = self._limits(time, given)
        return self._batch_calls(time, limits).answer_each(items, Hook("on_result", on_result))

    def _confirm_batch_flow(
        self,
        time: CallTime,
        orders: Iterable[CancelOrderRequest],
        given: GivenLimits,
        *,
        on_result: Callable[[int, CancelOutcome | BybitError], None] | None = None,
    ) -> Flow[list[CancelOutcome | BybitError]]:
        self._check_open()
        told = Hook("on_result", on_result)
        checked = check_orders(orders)
        limits = self._limits_of_confirmation(time, given)
        began = self._beginning(time)
        calls = [(order, self._calls_about(order, time, limits)) for order in checked]
        send = self._batch_calls(time, limits).cancel
        subscription = self._listen_for(OrderKey()) if checked else None
        return self._confirm_together(time, calls, send, subscription, began, on_result=told)

    def _cancel_all_flow(
        self, time: CallTime, request: CancelAllRequest, given: GivenLimits
    ) -> Flow[CancelAllAccepted]:
        self._check_open()
        limits = self._limits(time, given)
        return self._cancel_all_calls(time, check_cancel_all(request), limits).ask()

    def _confirm_all_flow(
        self,
        time: CallTime,
        request: CancelAllRequest,
        given: GivenLimits,
        *,
        on_result: Callable[[Order, CancelOutcome | BybitError], None] | None = None,
    ) -> Flow[CancelAllOutcome]:
        self._check_open()
        told = Hook("on_result", on_result)
        request = check_cancel_all(request, will_read=True)
        calls = self._cancel_all_calls(time, request, self._limits(time, given, share_of_send=_SHARE_OF_SEND))
        limits = self._limits_of_confirmation(time, given, share=_SHARE_OF_ENDS)
        began = self._beginning(time)
        subscription = self._listen_for(OrderKey())
        first = CancelAllFirst(calls, self._batch_calls(time, limits).cancel)

        def confirm(orders: Sequence[Order]) -> Flow[list[CancelOutcome | BybitError]]:
            requests = [calls.cancel_by_id(order) for order in orders]
            calls_about = [(request, self._calls_about(request, time, limits)) for request in requests]

            def tell(place: int, result: CancelOutcome | BybitError) -> None:
                told.tell(orders[place], result)

            hook = Hook(told.name, tell)
            return self._confirm_together(time, calls_about, first.send, subscription, began, on_result=hook)

        return cancel_all_and_confirm(calls, first, confirm, subscription)

    def _place_flow(self, time: CallTime, order: PlaceOrderRequest, given: GivenLimits) -> Flow[OrderAccepted]:
        self._check_open()
        order, is_made_up = prepare_order(order)
        calls = PlaceCalls(
            self._caller,
            time,
            self._settings.route.address.path,
            self._limits(time, given, share_of_send=_SHARE_OF_PLACING),
            order,
            self._start_of(time),
            is_made_up,
        )
        return calls.flow()

    # ---- what they are made of

    def _confirm_together(  # noqa: PLR0913 - one for each thing that it takes
        self,
        time: CallTime,
        calls: Sequence[tuple[CancelOrderRequest, OrderCalls]],
        send: SendBatch,
        subscription: Subscription | None,
        began: Beginning,
        *,
        on_result: Hook = SILENT,
    ) -> Flow[list[CancelOutcome | BybitError]]:
        together = Together[CancelOutcome](time, subscription, on_result)
        queue = CancelQueue(send, together.add)
        flows: list[Flow[CancelOutcome]] = []
        for order, alone in calls:
            name = alone.identity.name
            joint = JointOrderCalls.of(alone, order, queue)
            inbox = together.inbox_for(OrderKey(name.order_id, name.order_link_id))
            flows.append(self._confirmation(joint, inbox, began).flow())
        return together.run(flows)

    def _confirmation(self, calls: OrderCalls, subscription: FlowSubscription | None, began: Beginning) -> Confirmation:
        limits = calls.limits
        tracker = OrderTracker(
            calls.identity,
            deadline=limits.deadline.end,
            resend_deadline=(limits.resend_deadline or limits.deadline).end,
            absent_after=self._absent_after,
            has_stream=subscription is not None,
        )
        return Confirmation(calls, tracker, subscription, began)

    def _beginning(self, time: CallTime) -> Beginning:
        """Note when a call begins; before anything is opened for it, which takes time."""
        return Beginning(self._caller.clock.local(), time.now)

    def _calls_about(self, order: CancelOrderRequest, time: CallTime, limits: Limits) -> OrderCalls:
        self._check_open()
        base_path = self._settings.route.address.path
        built = build_request(cancel_order, base_path, body=order)
        name = OrderName.of(order)
        start = self._start_of(time, needs_clock=name.order_link_id is not None)
        return OrderCalls(self._caller, time, base_path, built, Identity(name, start), limits)

    def _start_of(self, time: CallTime, *, needs_clock: bool = True) -> CallStart:
        now = self._caller.clock() if needs_clock else 0  # an order id names one order for ever
        return CallStart.from_clock(time.now, now, self._caller.recv_window, self._caller.clock.offset)

    def _batch_calls(self, time: CallTime, limits: Limits) -> BatchCalls:
        return BatchCalls(self._caller, time, self._settings.route.address.path, limits)

    def _cancel_all_calls(self, time: CallTime, request: CancelAllRequest, limits: Limits) -> CancelAllCalls:
        return CancelAllCalls(self._caller, time, self._settings.route.address.path, limits, request)

    def _limits(self, time: CallTime, given: GivenLimits, *, share_of_send: float = 1.0) -> Limits:
        """Return the limits of a call, a single send of which may take a share of the time at most."""
        seconds, timeout = self._seconds(given)
        return Limits(
            Deadline.after(time, seconds), min(timeout, seconds * share_of_send), max_sends=self._most_sends(given)
        )

    def _limits_of_confirmation(self, time: CallTime, given: GivenLimits, *, share: float = 1.0) -> Limits:
        """Return the limits of confirmed cancels, which may take a share of the time of their call."""
        seconds, timeout = self._seconds(given)
        return Limits(
            Deadline.after(time, seconds * share),
            min(timeout, seconds * _SHARE_OF_SEND),
            resend_deadline=Deadline.after(time, seconds * share * _SHARE_OF_CANCEL),
            max_sends=self._most_sends(given),
        )

    def _seconds(self, given: GivenLimits) -> tuple[float, float]:
        """Return the seconds of a call and of one send."""
        return (
            self._deadline if given.deadline is None else check_seconds("deadline", given.deadline),
            self._timeout if given.timeout is None else check_seconds("timeout", given.timeout),
        )

    def _most_sends(self, given: GivenLimits) -> int | None:
        return self._max_sends if given.max_sends is None else check_count("max_sends", given.max_sends)

    def _check_open(self) -> None:
        if self._is_closed:
            raise refuse_closed()


def _documented_trade_url(environment: Environment, region: Region | None, base_url: str | None) -> str:
    if base_url is not None:
        raise InvalidInput("trade_url: is missing; with base_url=, engine='websocket' must be told it.")
    return trade_host(environment, region)


def _no_proxy(_: Address) -> Proxy | None:
    return None


def no_stream() -> InvalidInput:
    """Return the error of a call that needs a stream where there is none."""
    return InvalidInput(
        "There is no stream to connect to: this host has none that is documented (stream_url= names one), or the extra "
        "is missing (pip install 'bybit-v5[stream]')."
    )
