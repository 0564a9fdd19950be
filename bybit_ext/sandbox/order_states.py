"""An order and what changes it: placing, fills, and its end. Which fields it carries, by category and by who shows it.

An order is stored with all fields that its category has; `shown` leaves out what a list or the stream does not show:

                                                   stream   realtime list   history
    category, brokerOrderPrice, closedPnl,
    feeCurrency                                    yes      no              no
    extraFees                                      no       no              yes
    slippageTolerance, slippageToleranceType,
    rpiTakerAccess, rpiMatchedQty                  yes      no              yes
    createType of options                          no       yes             yes
    lastPriceOnCreated of spot                     yes      no              no
    basePrice (spot only)                          no       yes             yes

Spot has no createType, tpslMode and parentOrderLinkId, and it alone has ocoTriggerBy. The fee of what was executed is
in cumFeeDetail on linear and spot, in cumExecFee on all.

Sources: https://bybit-exchange.github.io/docs/v5/order/open-order, https://bybit-exchange.github.io/docs/v5/order/order-list,
https://bybit-exchange.github.io/docs/v5/websocket/private/order
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any, Literal

from attrs import evolve, field, frozen
from bybit_v5.models import Category, FeeDetail, KnownOrderType, KnownSide, Order, OrderFilter
from bybit_v5.types import UNSET

from bybit_ext.calls.validation import validate_type

from .instruments import coins_of

MarketUnit = Literal["baseCoin", "quoteCoin"]
View = Literal["stream", "realtime", "history"]
"""Who shows an order."""

OPEN = ("New", "PartiallyFilled", "Untriggered", "Triggered")
"""The statuses of an order that can still be filled or cancelled. `Triggered` passes on to `New`."""
CLOSED = ("Cancelled", "PartiallyFilledCanceled", "Deactivated", "Filled", "Rejected")
"""The statuses that never change again."""

_LOT = Decimal("0.000001")  # smallest part of a base coin that can be executed
_INVERSE_PLACES = Decimal("0.00000001")  # base coin has eight decimals
_MAX_DIGITS = 64  # no price and no quantity has more, before or after the point
# The caller's own context may round, or raise.
_EXACT = Context(prec=8 * _MAX_DIGITS, traps=[])
_FEE_RATES = {
    "linear": Decimal("0.00055"),
    "inverse": Decimal("0.00055"),
    "option": Decimal("0.0003"),
    "spot": Decimal("0.001"),
}
_IDENTITY = ("category", "symbol", "orderId", "orderLinkId", "createdTime", "updatedTime")
_SIZES = ("qty", "price", "marketUnit", "avgPrice", "cumExecQty", "cumExecValue", "leavesQty", "leavesValue")
_FEES = ("cumExecFee", "cumFeeDetail", "feeCurrency")
_STATE = ("orderStatus", "side", "orderType", "cancelType", "rejectReason")
_KNOWN_TO_EXCHANGE = frozenset((*_IDENTITY, *_SIZES, *_FEES, *_STATE))
_STREAM_ONLY = ("category", "broker_order_price", "closed_pnl", "fee_currency")
_HIDDEN: dict[View, tuple[str, ...]] = {
    "stream": ("base_price", "extra_fees"),
    "realtime": (
        *_STREAM_ONLY,
        "extra_fees",
        "slippage_tolerance",
        "slippage_tolerance_type",
        "rpi_taker_access",
        "rpi_matched_qty",
    ),
    "history": _STREAM_ONLY,
}
_HIDDEN_BY_CATEGORY: dict[tuple[str, View], tuple[str, ...]] = {
    ("option", "stream"): ("create_type",),
    ("spot", "realtime"): ("last_price_on_created",),
    ("spot", "history"): ("last_price_on_created",),
}


@frozen(kw_only=True)
class Placement:
    """What an order is placed with.

    Attributes:
        category: product type.
        symbol: symbol.
        order_link_id: the caller's own id; empty for none.
        order_filter: kind of the order; other than `Order` on spot only.
        side: `Buy` or `Sell`.
        order_type: `Limit` or `Market`.
        qty: quantity: in contracts on inverse; in quote coin if `is_sized_in_quote_coin`; in base coin otherwise.
        price: price of the order, and of its executions; of a market order the latter only.
        market_unit: unit of `qty` of a spot market order; None for the exchange's default.
        fields: more fields, or other values of those that `place` has no argument for, by their names on the wire.
    """

    category: Category
    symbol: str
    order_link_id: str = ""
    order_filter: OrderFilter = "Order"
    side: KnownSide = "Buy"
    order_type: KnownOrderType = "Limit"
    qty: str = "1"
    price: str = "100"
    market_unit: MarketUnit | None = None
    fields: Mapping[str, Any] = field(factory=dict[str, Any])

    @property
    def is_sized_in_quote_coin(self) -> bool:
        """Whether `qty` is an amount of quote coin: of spot market orders that say so, or buy and say nothing."""
        if self.category != "spot" or self.order_type != "Market":
            return False
        return self.market_unit == "quoteCoin" or (self.side == "Buy" and self.market_unit is None)

    def validate(self) -> str | None:
        """Return what is wrong with it, None if nothing is."""
        return next(filter(None, self._problems()), None)

    def _problems(self) -> Iterator[str | None]:
        hints = {
            "category": Category,
            "symbol": str,
            "order_link_id": str,
            "order_filter": OrderFilter,
            "side": KnownSide,
            "order_type": KnownOrderType,
            "market_unit": MarketUnit | None,
        }
        yield from (validate_type(getattr(self, name), hint, name) for name, hint in hints.items())
        if self.order_filter != "Order" and self.category != "spot":
            yield "order_filter: exists on spot only"
        if self.market_unit and (self.category, self.order_type) != ("spot", "Market"):
            yield "market_unit: exists for spot market orders only"
        for name in sorted(_KNOWN_TO_EXCHANGE & self.fields.keys()):
            yield f"fields: {name} is the exchange's to say; to have it reported wrongly, use faults.misreport"
        qty, price = read_number(self.qty), read_number(self.price)
        if qty is None or price is None:
            yield f"qty and price: must be decimal numbers above 0, not {self.qty!r:.40} and {self.price!r:.40}"
        elif self.is_sized_in_quote_coin and not _lots(qty, price):
            yield f"qty: {self.qty} of quote coin buys less than {_LOT:f} at a price of {self.price}"

    def to_order(self, order_id: str, now: int) -> Order:
        """Return the order, open, with all fields that its category has.

        Args:
            order_id: the exchange's id.
            now: time at the exchange, in ms.

        Raises:
            ValueError: `fields` has a value that the document forbids.
        """
        order = Order(
            category=self.category,
            symbol=self.symbol,
            order_id=order_id,
            order_link_id=self.order_link_id,
            side=self.side,
            order_type=self.order_type,
            order_status="New" if self.order_filter == "Order" else "Untriggered",
            cancel_type="UNKNOWN",
            reject_reason="EC_NoError",
            price=self.price if self._has_price else "0",
            qty=self.qty,
            cum_exec_qty="0",
            cum_exec_value="0",
            leaves_qty=self.qty,
            avg_price="",
            created_time=str(now),
            updated_time=str(now),
            time_in_force="GTC" if self.order_type == "Limit" else "IOC",
            position_idx=0,
            reduce_only=False,
            close_on_trigger=False,
            slippage_tolerance_type="UNKNOWN",
            slippage_tolerance="0",
            stop_order_type={"Order": "", "tpslOrder": "tpslOrder", "StopOrder": "Stop"}[self.order_filter],
            trigger_price="" if self.order_filter == "Order" else self.price,
            trigger_direction=0,
            trigger_by="",
            take_profit="",
            stop_loss="",
            tp_limit_price="",
            sl_limit_price="",
            tp_trigger_by="",
            sl_trigger_by="",
            smp_type="None",
            smp_group=0,
            smp_order_id="",
            block_trade_id="",
            order_iv="",
            rpi_taker_access=False,
            rpi_matched_qty="0",
            last_price_on_created=self.price,
            extra_fees="",
            broker_order_price="",
            fee_currency="",
            closed_pnl="0",
            cum_exec_fee="0",
            **self._fields_of_category(),
        )
        order.leaves_value = _text(_value_left(order, read_number(self.price) or Decimal(0)))
        order = Order.from_dict({**order.to_dict(), **self.fields})
        problem = validate_type(order, Order, "fields")
        if problem:
            raise ValueError(problem)
        return order

    @property
    def _has_price(self) -> bool:
        """Whether the order has a price: a spot market order has none, others are protected by one."""
        return (self.category, self.order_type) != ("spot", "Market")

    def _fields_of_category(self) -> dict[str, Any]:
        if self.category == "spot":
            unit = "quoteCoin" if self.is_sized_in_quote_coin else "baseCoin"
            return {
                "is_leverage": "0",
                "market_unit": unit if self.order_type == "Market" else "",
                "oco_trigger_by": "OcoTriggerByUnknown",
                "place_type": "",
                "cum_fee_detail": FeeDetail(),
                "base_price": self.price,
            }
        return {
            "is_leverage": "",
            "market_unit": "",
            "place_type": "price" if self.category == "option" else "",
            "create_type": "CreateByUser",
            "tpsl_mode": "",
            "parent_order_link_id": "",
            "cum_fee_detail": FeeDetail() if self.category == "linear" else UNSET,
        }


def shown(order: Order, view: View) -> Order:
    """Return a copy of an order as a list or the stream shows it."""
    hidden = (*_HIDDEN[view], *_HIDDEN_BY_CATEGORY.get((str(order.category), view), ()))
    return changed(order, **dict.fromkeys(hidden, UNSET))


def changed(order: Order, **fields: Any) -> Order:
    """Return a copy of an order with other values of some fields. Those that the document does not name stay."""
    copy = evolve(order, **fields)
    copy.additional_properties = dict(order.additional_properties)
    return copy


def filled(order: Order, qty: str | None, price: Decimal, now: int) -> Order:
    """Return an order after an execution.

    Args:
        order: the order.
        qty: how much is executed, in base coin, on inverse in contracts; None for all that is left.
        price: at which price.
        now: time at the exchange, in ms.

    Raises:
        ValueError: `qty` is not a number above 0, or more than what is left.
    """
    left = _qty_left(order, price)
    amount = left if qty is None else read_number(qty)
    if amount is None:
        raise ValueError(f"qty: must be a decimal number above 0, not {qty!r:.40}")
    if amount > left:
        raise ValueError(f"qty: order {order.order_id} has only {_text(left)} left, not {qty}")
    executed = _EXACT.add(Decimal(order.cum_exec_qty), amount)
    order = changed(
        order,
        cum_exec_qty=_text(executed),
        cum_exec_value=_text(_value(order, executed, price)),
        avg_price=_text(price),
        updated_time=str(now),
    )
    is_whole = not _qty_left(order, price)
    return changed(
        order,
        order_status="Filled" if is_whole else "PartiallyFilled",
        leaves_qty=_leaves_qty(order, is_whole=is_whole),
        leaves_value="0" if is_whole else _text(_value_left(order, price)),
        **_fees(order, executed, price),
    )


def ended(order: Order, status: str, cancel_type: str, reject_reason: str, now: int) -> Order:
    """Return an order after its end.

    Args:
        order: the order.
        status: how it ended.
        cancel_type: who cancelled it.
        reject_reason: why it ended.
        now: time at the exchange, in ms.
    """
    return changed(
        order,
        order_status=status,
        cancel_type=cancel_type,
        reject_reason=reject_reason,
        leaves_qty="0",
        leaves_value="0",
        updated_time=str(now),
    )


def cancelled_status(order: Order) -> str:
    """Return the status of an open order after a cancel."""
    if order.order_status == "Untriggered":
        return "Deactivated"
    if order.category == "spot" and order.order_status == "PartiallyFilled":
        return "PartiallyFilledCanceled"
    return "Cancelled"


def read_number(text: object) -> Decimal | None:
    """Return a decimal number above 0, None for anything else."""
    try:
        number = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except DecimalException:
        return None
    if not number.is_finite() or number <= 0:
        return None
    is_sane = abs(number.adjusted()) < _MAX_DIGITS and len(number.as_tuple().digits) <= _MAX_DIGITS
    return number if is_sane else None


def _text(number: Decimal) -> str:
    return format(number, "f")


def _is_sized_in_quote_coin(order: Order) -> bool:
    return order.market_unit == "quoteCoin"


def _lots(amount: Decimal, price: Decimal) -> Decimal:
    """Return how much base coin an amount of quote coin buys, in whole lots."""
    return _EXACT.divide(amount, price).quantize(_LOT, ROUND_DOWN, _EXACT)


def _qty_left(order: Order, price: Decimal) -> Decimal:
    """Return what can still be executed, in base coin, on inverse in contracts."""
    if _is_sized_in_quote_coin(order):
        return _lots(_EXACT.subtract(Decimal(order.qty), Decimal(str(order.cum_exec_value))), price)
    return _EXACT.subtract(Decimal(order.qty), Decimal(order.cum_exec_qty))


def _leaves_qty(order: Order, *, is_whole: bool) -> str:
    """Return what is left of `qty`, in its own unit. Of an amount of quote coin, less than a lot counts as nothing."""
    if not _is_sized_in_quote_coin(order):
        return _text(_EXACT.subtract(Decimal(order.qty), Decimal(order.cum_exec_qty)))
    return "0" if is_whole else _text(_EXACT.subtract(Decimal(order.qty), Decimal(str(order.cum_exec_value))))


def _value(order: Order, qty: Decimal, price: Decimal) -> Decimal:
    """Return the value of a quantity: in quote coin, on inverse in base coin."""
    if order.category == "inverse":
        return _EXACT.divide(qty, price).quantize(_INVERSE_PLACES, ROUND_HALF_EVEN, _EXACT)
    return _EXACT.multiply(qty, price)


def _value_left(order: Order, price: Decimal) -> Decimal:
    if _is_sized_in_quote_coin(order):
        return _EXACT.subtract(Decimal(order.qty), Decimal(str(order.cum_exec_value)))
    return _value(order, _qty_left(order, price), price)


def _fees(order: Order, executed: Decimal, price: Decimal) -> dict[str, Any]:
    """Return the fields that say what all executions cost. A spot buy pays in what it bought, all else in value."""
    coins = coins_of(str(order.category), order.symbol)
    is_spot = order.category == "spot"
    is_spot_buy = is_spot and order.side == "Buy"
    charged = executed if is_spot_buy else _value(order, executed, price)
    fee = _text(_EXACT.multiply(charged, _FEE_RATES[str(order.category)]))
    spot_coin = coins.base if is_spot_buy else coins.quote
    return {
        "cum_exec_fee": fee,
        "fee_currency": spot_coin if is_spot else "",
        "cum_fee_detail": FeeDetail.from_dict({spot_coin if is_spot else coins.settle: fee})
        if order.category in ("spot", "linear")
        else UNSET,
    }
