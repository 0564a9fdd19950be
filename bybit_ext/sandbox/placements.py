"""What an order is placed with, and the order that comes of it: all fields that its category has.

Spot has no createType, tpslMode and parentOrderLinkId, and it alone has ocoTriggerBy.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen
from bybit_v5.models import Category, FeeDetail, KnownOrderType, KnownSide, Order, OrderFilter
from bybit_v5.types import UNSET

from bybit_ext.calls.validation import validate_type

from .exceptions import VALUE_TOO_LOW, Refusal, price_out_of_range, qty_too_small, symbol_invalid
from .instruments import has_form
from .order_states import LOT, lots, read_number, text_of, value_left

MarketUnit = Literal["baseCoin", "quoteCoin"]

_IDENTITY = ("category", "symbol", "orderId", "orderLinkId", "createdTime", "updatedTime")
_SIZES = ("qty", "price", "marketUnit", "avgPrice", "cumExecQty", "cumExecValue", "leavesQty", "leavesValue")
_FEES = ("cumExecFee", "cumFeeDetail", "feeCurrency")
_STATE = ("orderStatus", "side", "orderType", "cancelType", "rejectReason", "triggerPrice", "stopOrderType")
_KNOWN_TO_EXCHANGE = frozenset((*_IDENTITY, *_SIZES, *_FEES, *_STATE))
_STOP_ORDER_TYPES: dict[OrderFilter, str] = {"Order": "", "tpslOrder": "tpslOrder", "StopOrder": "Stop"}


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
        trigger_price: price that triggers the order. None for an order without a trigger; for one of a kind that has a
            trigger, it is `price`.
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
    trigger_price: str | None = None
    fields: Mapping[str, Any] = field(factory=dict[str, Any])

    @property
    def kind(self) -> OrderFilter:
        """The filter by which the lists show it: a trigger makes a conditional order of one of linear or inverse."""
        return "Order" if self.order_filter == "Order" and self.trigger_price is None else self._kind_with_trigger

    @property
    def _kind_with_trigger(self) -> OrderFilter:
        return self.order_filter if self.category == "spot" else "StopOrder"

    @property
    def is_sized_in_quote_coin(self) -> bool:
        """Whether `qty` is an amount of quote coin: of spot market orders that say so, or buy and say nothing."""
        if self.category != "spot" or self.order_type != "Market":
            return False
        return self.market_unit == "quoteCoin" or (self.side == "Buy" and self.market_unit is None)

    @property
    def _lacks_filter(self) -> bool:
        return self.category == "spot" and self.order_filter == "Order"

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
        if self.trigger_price is not None and (self.category == "option" or self._lacks_filter):
            yield "trigger_price: exists on linear and inverse, and beside an order_filter on spot"
        if self.trigger_price is not None and read_number(self.trigger_price) is None:
            yield f"trigger_price: must be a decimal number above 0, not {self.trigger_price!r:.40}"
        if self.market_unit and (self.category, self.order_type) != ("spot", "Market"):
            yield "market_unit: exists for spot market orders only"
        for name in sorted(_KNOWN_TO_EXCHANGE & self.fields.keys()):
            yield f"fields: {name} is the exchange's to say; to have it reported wrongly, use faults.misreport"
        qty, price = read_number(self.qty), read_number(self.price)
        if qty is None or price is None:
            yield f"qty and price: must be decimal numbers above 0, not {self.qty!r:.40} and {self.price!r:.40}"
        elif self.is_sized_in_quote_coin and not lots(qty, price):
            yield f"qty: {self.qty} of quote coin buys less than {LOT:f} at a price of {self.price}"

    def refuse(self) -> Refusal | None:
        """Return why the exchange refuses it, None if it does not. The document has been held against it before."""
        if not has_form(self.category, self.symbol):
            return symbol_invalid(self.category, self.symbol)
        qty, price = read_number(self.qty), read_number(self.price)
        if qty is None:
            return qty_too_small(self.category)
        if price is None or (self.trigger_price is not None and read_number(self.trigger_price) is None):
            return price_out_of_range(self.category)
        is_worthless = self.is_sized_in_quote_coin and not lots(qty, price)
        return VALUE_TOO_LOW if is_worthless else None

    def to_order(self, order_id: str, now: int, last_price: str | None = None) -> Order:
        """Return the order, open, with all fields that its category has.

        Args:
            order_id: the exchange's id.
            now: time at the exchange, in ms.
            last_price: last price of the symbol; None for the price of the order, as if that were it.

        Raises:
            ValueError: `fields` has a value that the document forbids.
        """
        last_price = last_price or self.price
        order = Order(
            category=self.category,
            symbol=self.symbol,
            order_id=order_id,
            order_link_id=self.order_link_id,
            side=self.side,
            order_type=self.order_type,
            order_status="New" if self.kind == "Order" else "Untriggered",
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
            stop_order_type=_STOP_ORDER_TYPES[self.kind],
            trigger_price="" if self.kind == "Order" else self.trigger_price or self.price,
            trigger_direction=0,
            trigger_by="" if self.category == "spot" or self.kind == "Order" else "LastPrice",
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
            last_price_on_created=last_price,
            extra_fees="",
            broker_order_price="",
            fee_currency="",
            closed_pnl="0",
            cum_exec_fee="0",
            **self._fields_of_category(last_price),
        )
        order.leaves_value = text_of(value_left(order, read_number(self.price) or Decimal(0)))
        order = Order.from_dict({**order.to_dict(), **self.fields})
        problem = validate_type(order, Order, "fields")
        if problem:
            raise ValueError(problem)
        return order

    @property
    def _has_price(self) -> bool:
        """Whether the order has a price: a spot market order has none, others are protected by one."""
        return (self.category, self.order_type) != ("spot", "Market")

    def _fields_of_category(self, last_price: str) -> dict[str, Any]:
        if self.category == "spot":
            unit = "quoteCoin" if self.is_sized_in_quote_coin else "baseCoin"
            return {
                "is_leverage": "0",
                "market_unit": unit if self.order_type == "Market" else "",
                "oco_trigger_by": "OcoTriggerByUnknown",
                "place_type": "",
                "cum_fee_detail": FeeDetail(),
                "base_price": last_price,
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
