"""What each operation does: from its id and its arguments to its outcome, with faults and rate limits. No HTTP here.

The arguments have the form that the document wants; what no schema can say is checked here. Then the state decides
(`models`), and a fault may spoil the outcome (`outcomes`). What a fault does to the response as a whole, like losing
it, is left to whoever sends that.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote, unquote

from attrs import evolve, field, frozen
from bybit_v5.models import Order

from bybit_ext.document import document

from .exceptions import (
    COIN_MISSING,
    NOT_IMITATED,
    RANGE_TOO_LONG,
    TOO_MANY_VISITS,
    Refusal,
    unknown_cursor,
)
from .faults import Fault, Requests
from .models import CarryOut, Exchange
from .outcomes import Outcome, spoil
from .placements import Placement
from .queries import OrderQuery
from .rate_limits import RateLimits
from .records import OrderName

_CURSOR = re.compile(r"page_args=([^&]+)&")
_PAGE = 20  # orders of a page whose request names no limit
_GOES_RIGHT = Fault()
# What `Placement` has arguments for, and what it does not take from a request: a market order is always IOC.
_NOT_CARRIED = ("category", "symbol", "orderLinkId", "side", "orderType", "qty", "price", "marketUnit", "triggerPrice")

Arguments = dict[str, Any]


@frozen
class Answer:
    """What comes of a request.

    Attributes:
        outcome: what it is answered.
        limits: the headers that tell of its rate limit.
        fault: what is still to go wrong with the response; what it says of the outcome is done.
    """

    outcome: Outcome
    limits: Mapping[str, str] = field(factory=dict[str, str])
    fault: Fault = _GOES_RIGHT


@frozen
class _Request:
    """A request that its rate limit lets through.

    Attributes:
        arguments: what it says, by the names of the document.
        allowed: how many orders of a batch its rate limit lets through.
    """

    arguments: Arguments
    allowed: int

    @property
    def category(self) -> str:
        return str(self.arguments["category"])


class Operations:
    """Carries out requests. Acknowledges them first, and does what they ask for in the running loop.

    Args:
        exchange: the state.
        delay: seconds between the acknowledgement of a request and what it asks for.
        enforce_rate_limits: whether requests over the documented rate limits are refused.
    """

    def __init__(self, exchange: Exchange, *, delay: float, enforce_rate_limits: bool) -> None:
        self._exchange = exchange
        self._delay = delay
        self._limits = RateLimits(enforce=enforce_rate_limits)
        self._handlers: dict[str, Callable[[_Request], tuple[Outcome, Fault]]] = {
            "createOrder": self._create_order,
            "cancelOrder": self._cancel_order,
            "cancelBatch": self._cancel_batch,
            "cancelAll": self._cancel_all,
            "getOrders": self._get_orders,
            "getOrderHistory": self._get_order_history,
            "getServerTime": self._get_server_time,
        }

    def call(self, operation_id: str, arguments: Arguments, account: str) -> Answer:
        """Carry out a request.

        Args:
            operation_id: the document's name for what is asked for.
            arguments: what the request says, by the names of the document, in the form that this wants.
            account: whose request it is: its API key, empty if it has none.
        """
        orders = len(arguments["request"]) if operation_id == "cancelBatch" else 1
        category, now = str(arguments.get("category", "")), self._exchange.clock()
        quota = self._limits.count(operation_id, category, account, now, orders)
        if not quota.allowed and operation_id != "cancelBatch":
            return Answer(Outcome.refuse(TOO_MANY_VISITS), quota.headers)
        handle = self._handlers.get(operation_id)
        if handle is None:
            return Answer(Outcome.refuse(NOT_IMITATED), quota.headers)
        outcome, fault = handle(_Request(arguments, quota.allowed))
        return Answer(outcome, quota.headers, fault)

    # ---- orders

    def _create_order(self, request: _Request) -> tuple[Outcome, Fault]:
        placement = _read_placement(request.arguments)
        fault = self._exchange.faults.take("creates", placement.order_link_id) or _GOES_RIGHT

        def place() -> Outcome:
            found = self._exchange.request_place(placement)
            return self._acknowledge(found)

        outcome = place() if fault.carry_out else Outcome()
        return spoil(outcome, fault), fault

    def _cancel_order(self, request: _Request) -> tuple[Outcome, Fault]:
        name = _read_order_name(request.category, request.arguments)
        fault = self._take_for_cancel("cancels", name)
        return self._cancel(name, fault), fault

    def _cancel_batch(self, request: _Request) -> tuple[Outcome, Fault]:
        items: list[Arguments] = request.arguments["request"]
        fault = self._exchange.faults.take("batches") or _GOES_RIGHT
        if not fault.carry_out:
            return spoil(Outcome(), fault), fault
        names = [_read_order_name(request.category, item) for item in items]
        faults = [self._take_for_order_of_batch(name) for name in names[: request.allowed]]
        outcomes = [
            self._cancel(name, evolve(one, fill_first=one.fill_first or fault.fill_first))
            for name, one in zip(names, faults, strict=False)
        ]
        outcomes += [Outcome.refuse(TOO_MANY_VISITS)] * (len(items) - len(outcomes))
        self._fill_after(fault, names)
        whole = Outcome(
            result={"list": [_shown_in_batch(name, one) for name, one in zip(names, outcomes, strict=True)]},
            ext_info={"list": [{"code": one.ret_code, "msg": one.ret_msg} for one in outcomes]},
        )
        spoiling = [one for one in (fault, *faults) if one.spoils_response]
        # Not a delay alone, if another one says that an order's cancel is not carried out, and that nobody hears so.
        worst = next((one for one in spoiling if one.hides_outcome), spoiling[0] if spoiling else fault)
        return spoil(whole, fault), evolve(worst, ret_code=fault.ret_code)

    def _cancel_all(self, request: _Request) -> tuple[Outcome, Fault]:
        query = _read_cancel_all(request.arguments)
        fault = self._exchange.faults.take("cancel_alls") or _GOES_RIGHT
        if fault.fill_first:
            for order in self._exchange.find_open(query):
                self._exchange.lose_race(order.order_id)
        if not fault.carry_out:
            return spoil(Outcome(), fault), fault
        orders, carry_out = self._exchange.request_cancel_all(query)
        self._do_later(carry_out)
        self._fill_all(fault, {order.order_id for order in orders})
        return spoil(Outcome(result={"list": [_ids(order) for order in orders], "success": "1"}), fault), fault

    def _cancel(self, name: OrderName, fault: Fault) -> Outcome:
        """Return the outcome of a cancel of one order, with what a fault does to it."""
        order = self._exchange.find(name)
        if fault.fill_first and order:
            self._exchange.lose_race(order.order_id)
        outcome = self._acknowledge(self._exchange.request_cancel(name)) if fault.carry_out else Outcome()
        self._fill_after(fault, [name])
        return spoil(outcome, fault)

    def _acknowledge(self, found: tuple[Order, CarryOut] | Refusal) -> Outcome:
        """Return the outcome of a request about one order, and do later what it asks for."""
        if isinstance(found, Refusal):
            return Outcome.refuse(found)
        order, carry_out = found
        self._do_later(carry_out)
        return Outcome(result=_ids(order))

    def _do_later(self, carry_out: CarryOut) -> None:
        asyncio.get_running_loop().call_later(self._delay, carry_out)

    # ---- faults of cancels

    def _take_for_cancel(self, requests: Requests, name: OrderName) -> Fault:
        order = self._exchange.find(name)
        return self._exchange.faults.take(requests, order.order_id if order else None) or _GOES_RIGHT

    def _take_for_order_of_batch(self, name: OrderName) -> Fault:
        order = self._exchange.find(name)
        return self._exchange.faults.take_for_order_of_batch(order.order_id if order else None) or _GOES_RIGHT

    def _fill_after(self, fault: Fault, names: Sequence[OrderName]) -> None:
        """Fill, after the acknowledgement of a cancel, those orders that a fault wants filled."""
        if fault.lose_race_after or fault.fill_others:
            found = (self._exchange.find(name) for name in names)
            self._fill_all(fault, {order.order_id for order in found if order})

    def _fill_all(self, fault: Fault, named: set[str]) -> None:
        for order in self._exchange.open_orders():
            is_to_be_filled = fault.lose_race_after if order.order_id in named else fault.fill_others
            if is_to_be_filled:
                self._exchange.lose_race(order.order_id)

    # ---- lists

    def _get_orders(self, request: _Request) -> tuple[Outcome, Fault]:
        return self._read_page(request, "realtime", self._exchange.query)

    def _get_order_history(self, request: _Request) -> tuple[Outcome, Fault]:
        return self._read_page(request, "history", self._exchange.query_history)

    def _read_page(
        self, request: _Request, of: Literal["realtime", "history"], read: Callable[[OrderQuery], list[Order]]
    ) -> tuple[Outcome, Fault]:
        fault = self._exchange.faults.take_for_read(of) or _GOES_RIGHT
        query = evolve(_read_query(request.arguments), seconds_ago=fault.lag)
        outcome = self._page(query, request.arguments, read) if fault.carry_out else Outcome()
        return spoil(outcome, fault), fault

    def _page(self, query: OrderQuery, arguments: Arguments, read: Callable[[OrderQuery], list[Order]]) -> Outcome:
        if query.lacks_symbol:
            return Outcome.refuse(COIN_MISSING)
        if query.has_too_long_range:
            return Outcome.refuse(RANGE_TOO_LONG)
        if "cursor" in arguments:
            after = _read_cursor(arguments["cursor"])
            if after is None or not self._exchange.knows(after):
                return Outcome.refuse(unknown_cursor(arguments["cursor"]))
            query = evolve(query, after=after)
        size = arguments.get("limit", _PAGE)
        orders = read(evolve(query, limit=size + 1))
        page, has_more = orders[:size], len(orders) > size
        return Outcome(
            result={
                "category": query.category,
                "nextPageCursor": _write_cursor(page[-1].order_id) if has_more else "",
                "list": [self._exchange.faults.report(order.order_id, order.to_dict()) for order in page],
            }
        )

    def _get_server_time(self, _: _Request) -> tuple[Outcome, Fault]:
        now = self._exchange.clock()
        return Outcome(result={"timeSecond": str(now // 1000), "timeNano": str(now * 1_000_000)}), _GOES_RIGHT


# ---- from arguments to what they mean


def _read_placement(arguments: Arguments) -> Placement:
    carried = document()["components"]["schemas"]["Order"]["properties"].keys() - _NOT_CARRIED
    fields = {name: value for name, value in arguments.items() if name in carried and value is not None}
    if "isLeverage" in fields:
        fields["isLeverage"] = str(fields["isLeverage"])  # a number in the request, a string in the order
    is_limit = arguments["orderType"] == "Limit"
    if not is_limit:
        fields.pop("timeInForce", None)  # a market order is always IOC
    given = {
        "order_link_id": arguments.get("orderLinkId"),
        "order_filter": arguments.get("orderFilter"),
        "price": arguments.get("price") if is_limit else None,
        "market_unit": arguments.get("marketUnit"),
        "trigger_price": arguments.get("triggerPrice"),
    }
    return Placement(
        category=arguments["category"],
        symbol=arguments["symbol"],
        side=arguments["side"],
        order_type=arguments["orderType"],
        qty=arguments["qty"],
        fields=fields,
        **{name: value for name, value in given.items() if value is not None},
    )


def _read_order_name(category: str, arguments: Arguments) -> OrderName:
    return OrderName(
        category=category,
        symbol=arguments["symbol"],
        order_id=arguments.get("orderId"),
        order_link_id=arguments.get("orderLinkId"),
        order_filter=arguments.get("orderFilter"),
    )


def _read_cancel_all(arguments: Arguments) -> OrderQuery:
    """Return which orders are to be cancelled. On spot, what names no kind means `Order`.

    `OpenOrder` and `stopOrderType` tell ordinary and conditional orders from those that are attached to orders and
    positions. There are none of these here.
    """
    order_filter = arguments.get("orderFilter")
    if order_filter == "OpenOrder" or (order_filter is None and arguments["category"] == "spot"):
        order_filter = "Order"
    return OrderQuery(
        category=arguments["category"],
        symbol=arguments.get("symbol"),
        base_coin=arguments.get("baseCoin"),
        settle_coin=arguments.get("settleCoin"),
        order_filter=order_filter,
    )


def _read_query(arguments: Arguments) -> OrderQuery:
    return OrderQuery(
        category=arguments["category"],
        symbol=arguments.get("symbol"),
        base_coin=arguments.get("baseCoin"),
        settle_coin=arguments.get("settleCoin"),
        order_id=arguments.get("orderId"),
        order_link_id=arguments.get("orderLinkId"),
        order_filter=arguments.get("orderFilter"),
        open_only=arguments.get("openOnly", 0),
        order_status=arguments.get("orderStatus"),
        start_time=arguments.get("startTime"),
        end_time=arguments.get("endTime"),
    )


# ---- from what happened to what is answered


def _ids(order: Order) -> dict[str, str]:
    return {"orderId": order.order_id, "orderLinkId": order.order_link_id}


def _shown_in_batch(name: OrderName, outcome: Outcome) -> dict[str, str]:
    """Return how a batch names one of its orders: by both ids if it is taken, otherwise as the request did."""
    given = {"orderId": name.order_id or "", "orderLinkId": name.order_link_id or ""}
    return {"category": name.category, "symbol": name.symbol, **given, **outcome.result}


def _write_cursor(order_id: str) -> str:
    """Return the cursor of the page that begins after an order. Like the exchange's, it is escaped already."""
    return quote(f"page_args={order_id}&", safe="")


def _read_cursor(cursor: str) -> str | None:
    """Return the order id of a cursor, None if it is not one. Clients send it as it came, or escape it once more."""
    found = _CURSOR.fullmatch(unquote(cursor))
    return found[1] if found else None
