# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.is_leverage import IsLeverage, check_is_leverage
from ..models.known_order_type import KnownOrderType, check_known_order_type
from ..models.known_side import KnownSide, check_known_side
from ..models.smp_type import SmpType, check_smp_type
from ..models.time_in_force import TimeInForce, check_time_in_force
from ..types import UNSET, Unset

T = TypeVar("T", bound="SpotLimitOrder")


@_attrs_define
class SpotLimitOrder:
    """Place a spot order at a price."""

    category: Literal["spot"]
    """ Product type of a spot order, the only one that has kinds. """
    symbol: str
    """ Symbol name, uppercase only. """
    side: KnownSide
    """ Direction of an order, of those known so far. """
    qty: str
    """ Quantity, in base coin; in contracts on inverse, in quote coin where `marketUnit` says so. """
    price: str
    """ Price of the order. """
    order_type: Literal["Limit"] = "Limit"
    """ An order with a price. """
    order_link_id: str | Unset = UNSET
    """ The caller's own id of the new order. Documented as always unique; it can be used again once its order has
    ended. """
    time_in_force: TimeInForce | Unset = UNSET
    """ How long the order may rest; the exchange assumes `GTC`, and always takes `IOC` for a market order. """
    is_leverage: IsLeverage | Unset = UNSET
    """ Whether a spot order borrows, 1 or 0. """
    order_filter: Literal["Order"] | Unset = UNSET
    """ Kind of a spot order without a trigger; what the exchange assumes when it is absent. """
    take_profit: str | Unset = UNSET
    """ Take-profit price. """
    stop_loss: str | Unset = UNSET
    """ Stop-loss price. """
    tp_order_type: KnownOrderType | Unset = UNSET
    """ Type of an order, of those known so far. """
    sl_order_type: KnownOrderType | Unset = UNSET
    """ Type of an order, of those known so far. """
    tp_limit_price: str | Unset = UNSET
    """ Limit price once the take profit is triggered. """
    sl_limit_price: str | Unset = UNSET
    """ Limit price once the stop loss is triggered. """
    smp_type: SmpType | Unset = UNSET
    """ What self-match prevention does. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        symbol = self.symbol

        side: str = self.side

        order_type = self.order_type

        qty = self.qty

        price = self.price

        order_link_id = self.order_link_id

        time_in_force: str | Unset = UNSET
        if not isinstance(self.time_in_force, Unset):
            time_in_force = self.time_in_force

        is_leverage: int | Unset = UNSET
        if not isinstance(self.is_leverage, Unset):
            is_leverage = self.is_leverage

        order_filter = self.order_filter

        take_profit = self.take_profit

        stop_loss = self.stop_loss

        tp_order_type: str | Unset = UNSET
        if not isinstance(self.tp_order_type, Unset):
            tp_order_type = self.tp_order_type

        sl_order_type: str | Unset = UNSET
        if not isinstance(self.sl_order_type, Unset):
            sl_order_type = self.sl_order_type

        tp_limit_price = self.tp_limit_price

        sl_limit_price = self.sl_limit_price

        smp_type: str | Unset = UNSET
        if not isinstance(self.smp_type, Unset):
            smp_type = self.smp_type

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "category": category,
                "symbol": symbol,
                "side": side,
                "orderType": order_type,
                "qty": qty,
                "price": price,
            }
        )
        if order_link_id is not UNSET:
            field_dict["orderLinkId"] = order_link_id
        if time_in_force is not UNSET:
            field_dict["timeInForce"] = time_in_force
        if is_leverage is not UNSET:
            field_dict["isLeverage"] = is_leverage
        if order_filter is not UNSET:
            field_dict["orderFilter"] = order_filter
        if take_profit is not UNSET:
            field_dict["takeProfit"] = take_profit
        if stop_loss is not UNSET:
            field_dict["stopLoss"] = stop_loss
        if tp_order_type is not UNSET:
            field_dict["tpOrderType"] = tp_order_type
        if sl_order_type is not UNSET:
            field_dict["slOrderType"] = sl_order_type
        if tp_limit_price is not UNSET:
            field_dict["tpLimitPrice"] = tp_limit_price
        if sl_limit_price is not UNSET:
            field_dict["slLimitPrice"] = sl_limit_price
        if smp_type is not UNSET:
            field_dict["smpType"] = smp_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = cast(Literal["spot"], d.pop("category"))
        if category != "spot":
            raise ValueError(f"category must match const 'spot', got '{category}'")

        symbol = d.pop("symbol")

        side = check_known_side(d.pop("side"))

        order_type = cast(Literal["Limit"], d.pop("orderType"))
        if order_type != "Limit":
            raise ValueError(f"orderType must match const 'Limit', got '{order_type}'")

        qty = d.pop("qty")

        price = d.pop("price")

        order_link_id = d.pop("orderLinkId", UNSET)

        _time_in_force = d.pop("timeInForce", UNSET)
        time_in_force: TimeInForce | Unset
        if isinstance(_time_in_force, Unset):
            time_in_force = UNSET
        else:
            time_in_force = check_time_in_force(_time_in_force)

        _is_leverage = d.pop("isLeverage", UNSET)
        is_leverage: IsLeverage | Unset
        if isinstance(_is_leverage, Unset):
            is_leverage = UNSET
        else:
            is_leverage = check_is_leverage(_is_leverage)

        order_filter = cast(Literal["Order"] | Unset, d.pop("orderFilter", UNSET))
        if order_filter != "Order" and not isinstance(order_filter, Unset):
            raise ValueError(f"orderFilter must match const 'Order', got '{order_filter}'")

        take_profit = d.pop("takeProfit", UNSET)

        stop_loss = d.pop("stopLoss", UNSET)

        _tp_order_type = d.pop("tpOrderType", UNSET)
        tp_order_type: KnownOrderType | Unset
        if isinstance(_tp_order_type, Unset):
            tp_order_type = UNSET
        else:
            tp_order_type = check_known_order_type(_tp_order_type)

        _sl_order_type = d.pop("slOrderType", UNSET)
        sl_order_type: KnownOrderType | Unset
        if isinstance(_sl_order_type, Unset):
            sl_order_type = UNSET
        else:
            sl_order_type = check_known_order_type(_sl_order_type)

        tp_limit_price = d.pop("tpLimitPrice", UNSET)

        sl_limit_price = d.pop("slLimitPrice", UNSET)

        _smp_type = d.pop("smpType", UNSET)
        smp_type: SmpType | Unset
        if isinstance(_smp_type, Unset):
            smp_type = UNSET
        else:
            smp_type = check_smp_type(_smp_type)

        spot_limit_order = cls(
            category=category,
            symbol=symbol,
            side=side,
            order_type=order_type,
            qty=qty,
            price=price,
            order_link_id=order_link_id,
            time_in_force=time_in_force,
            is_leverage=is_leverage,
            order_filter=order_filter,
            take_profit=take_profit,
            stop_loss=stop_loss,
            tp_order_type=tp_order_type,
            sl_order_type=sl_order_type,
            tp_limit_price=tp_limit_price,
            sl_limit_price=sl_limit_price,
            smp_type=smp_type,
        )

        spot_limit_order.additional_properties = d
        return spot_limit_order

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
