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
from ..models.known_side import KnownSide, check_known_side
from ..models.market_unit import MarketUnit, check_market_unit
from ..models.smp_type import SmpType, check_smp_type
from ..models.time_in_force import TimeInForce, check_time_in_force
from ..models.trigger_filter import TriggerFilter, check_trigger_filter
from ..types import UNSET, Unset

T = TypeVar("T", bound="SpotTriggerMarketOrder")


@_attrs_define
class SpotTriggerMarketOrder:
    """Place a spot order without a price, once a trigger price is reached."""

    category: Literal["spot"]
    """ Product type of a spot order, the only one that has kinds. """
    symbol: str
    """ Symbol name, uppercase only. """
    side: KnownSide
    """ Direction of an order, of those known so far. """
    qty: str
    """ Quantity, in base coin; in contracts on inverse, in quote coin where `marketUnit` says so. """
    order_filter: TriggerFilter
    """ Kind of a spot order with a trigger: a take-profit or stop-loss order, which holds its assets at once, or a
    conditional order, which does when it is triggered. """
    trigger_price: str
    """ Price that triggers the order. """
    order_type: Literal["Market"] = "Market"
    """ An order without a price. """
    market_unit: MarketUnit | Unset = UNSET
    """ Unit of `qty` of a spot market order. """
    order_link_id: str | Unset = UNSET
    """ The caller's own id of the new order. Documented as always unique; it can be used again once its order has
    ended. """
    time_in_force: TimeInForce | Unset = UNSET
    """ How long the order may rest; the exchange assumes `GTC`, and always takes `IOC` for a market order. """
    is_leverage: IsLeverage | Unset = UNSET
    """ Whether a spot order borrows, 1 or 0. """
    smp_type: SmpType | Unset = UNSET
    """ What self-match prevention does. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        symbol = self.symbol

        side: str = self.side

        order_type = self.order_type

        qty = self.qty

        order_filter: str = self.order_filter

        trigger_price = self.trigger_price

        market_unit: str | Unset = UNSET
        if not isinstance(self.market_unit, Unset):
            market_unit = self.market_unit

        order_link_id = self.order_link_id

        time_in_force: str | Unset = UNSET
        if not isinstance(self.time_in_force, Unset):
            time_in_force = self.time_in_force

        is_leverage: int | Unset = UNSET
        if not isinstance(self.is_leverage, Unset):
            is_leverage = self.is_leverage

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
                "orderFilter": order_filter,
                "triggerPrice": trigger_price,
            }
        )
        if market_unit is not UNSET:
            field_dict["marketUnit"] = market_unit
        if order_link_id is not UNSET:
            field_dict["orderLinkId"] = order_link_id
        if time_in_force is not UNSET:
            field_dict["timeInForce"] = time_in_force
        if is_leverage is not UNSET:
            field_dict["isLeverage"] = is_leverage
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

        order_type = cast(Literal["Market"], d.pop("orderType"))
        if order_type != "Market":
            raise ValueError(f"orderType must match const 'Market', got '{order_type}'")

        qty = d.pop("qty")

        order_filter = check_trigger_filter(d.pop("orderFilter"))

        trigger_price = d.pop("triggerPrice")

        _market_unit = d.pop("marketUnit", UNSET)
        market_unit: MarketUnit | Unset
        if isinstance(_market_unit, Unset):
            market_unit = UNSET
        else:
            market_unit = check_market_unit(_market_unit)

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

        _smp_type = d.pop("smpType", UNSET)
        smp_type: SmpType | Unset
        if isinstance(_smp_type, Unset):
            smp_type = UNSET
        else:
            smp_type = check_smp_type(_smp_type)

        spot_trigger_market_order = cls(
            category=category,
            symbol=symbol,
            side=side,
            order_type=order_type,
            qty=qty,
            order_filter=order_filter,
            trigger_price=trigger_price,
            market_unit=market_unit,
            order_link_id=order_link_id,
            time_in_force=time_in_force,
            is_leverage=is_leverage,
            smp_type=smp_type,
        )

        spot_trigger_market_order.additional_properties = d
        return spot_trigger_market_order

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
