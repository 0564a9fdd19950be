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

from ..models.known_side import KnownSide, check_known_side
from ..models.smp_type import SmpType, check_smp_type
from ..models.time_in_force import TimeInForce, check_time_in_force
from ..types import UNSET, Unset

T = TypeVar("T", bound="OptionLimitOrder")


@_attrs_define
class OptionLimitOrder:
    """Place an option order at a price."""

    category: Literal["option"]
    """ Product type of an option order. """
    symbol: str
    """ Symbol name, uppercase only. """
    side: KnownSide
    """ Direction of an order, of those known so far. """
    qty: str
    """ Quantity, in base coin; in contracts on inverse, in quote coin where `marketUnit` says so. """
    price: str
    """ Price of the order. """
    order_link_id: str
    """ The caller's own id of the new order. Documented as always unique; it can be used again once its order has
    ended. """
    order_type: Literal["Limit"] = "Limit"
    """ An order with a price. """
    order_iv: str | Unset = UNSET
    """ Implied volatility; it goes before the price. """
    time_in_force: TimeInForce | Unset = UNSET
    """ How long the order may rest; the exchange assumes `GTC`, and always takes `IOC` for a market order. """
    reduce_only: bool | Unset = UNSET
    """ Whether the order may only reduce a position. """
    mmp: bool | Unset = UNSET
    """ Whether market-maker protection counts for the order. """
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

        order_iv = self.order_iv

        time_in_force: str | Unset = UNSET
        if not isinstance(self.time_in_force, Unset):
            time_in_force = self.time_in_force

        reduce_only = self.reduce_only

        mmp = self.mmp

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
                "orderLinkId": order_link_id,
            }
        )
        if order_iv is not UNSET:
            field_dict["orderIv"] = order_iv
        if time_in_force is not UNSET:
            field_dict["timeInForce"] = time_in_force
        if reduce_only is not UNSET:
            field_dict["reduceOnly"] = reduce_only
        if mmp is not UNSET:
            field_dict["mmp"] = mmp
        if smp_type is not UNSET:
            field_dict["smpType"] = smp_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = cast(Literal["option"], d.pop("category"))
        if category != "option":
            raise ValueError(f"category must match const 'option', got '{category}'")

        symbol = d.pop("symbol")

        side = check_known_side(d.pop("side"))

        order_type = cast(Literal["Limit"], d.pop("orderType"))
        if order_type != "Limit":
            raise ValueError(f"orderType must match const 'Limit', got '{order_type}'")

        qty = d.pop("qty")

        price = d.pop("price")

        order_link_id = d.pop("orderLinkId")

        order_iv = d.pop("orderIv", UNSET)

        _time_in_force = d.pop("timeInForce", UNSET)
        time_in_force: TimeInForce | Unset
        if isinstance(_time_in_force, Unset):
            time_in_force = UNSET
        else:
            time_in_force = check_time_in_force(_time_in_force)

        reduce_only = d.pop("reduceOnly", UNSET)

        mmp = d.pop("mmp", UNSET)

        _smp_type = d.pop("smpType", UNSET)
        smp_type: SmpType | Unset
        if isinstance(_smp_type, Unset):
            smp_type = UNSET
        else:
            smp_type = check_smp_type(_smp_type)

        option_limit_order = cls(
            category=category,
            symbol=symbol,
            side=side,
            order_type=order_type,
            qty=qty,
            price=price,
            order_link_id=order_link_id,
            order_iv=order_iv,
            time_in_force=time_in_force,
            reduce_only=reduce_only,
            mmp=mmp,
            smp_type=smp_type,
        )

        option_limit_order.additional_properties = d
        return option_limit_order

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
