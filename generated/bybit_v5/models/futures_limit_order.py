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

from ..models.bbo_level import BboLevel, check_bbo_level
from ..models.bbo_side_type import BboSideType, check_bbo_side_type
from ..models.futures_category import FuturesCategory, check_futures_category
from ..models.known_order_type import KnownOrderType, check_known_order_type
from ..models.known_side import KnownSide, check_known_side
from ..models.position_idx import PositionIdx, check_position_idx
from ..models.smp_type import SmpType, check_smp_type
from ..models.time_in_force import TimeInForce, check_time_in_force
from ..models.tpsl_mode import TpslMode, check_tpsl_mode
from ..models.trigger_by import TriggerBy, check_trigger_by
from ..models.trigger_direction import TriggerDirection, check_trigger_direction
from ..types import UNSET, Unset

T = TypeVar("T", bound="FuturesLimitOrder")


@_attrs_define
class FuturesLimitOrder:
    """Place a futures order at a price."""

    category: FuturesCategory
    """ Product type of a futures order. """
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
    position_idx: PositionIdx | Unset = UNSET
    """ Position that the order belongs to, 0 in one-way mode; 1 for the buy side and 2 for the sell side in hedge
    mode. """
    reduce_only: bool | Unset = UNSET
    """ Whether the order may only reduce a position. """
    close_on_trigger: bool | Unset = UNSET
    """ Whether the order closes a position when it triggers. """
    trigger_price: str | Unset = UNSET
    """ Price that triggers the order. """
    trigger_direction: TriggerDirection | Unset = UNSET
    """ Whether the price has to rise (1) or to fall (2) to the trigger. """
    trigger_by: TriggerBy | Unset = UNSET
    """ Kind of price that triggers. """
    take_profit: str | Unset = UNSET
    """ Take-profit price. """
    stop_loss: str | Unset = UNSET
    """ Stop-loss price. """
    tp_trigger_by: TriggerBy | Unset = UNSET
    """ Kind of price that triggers. """
    sl_trigger_by: TriggerBy | Unset = UNSET
    """ Kind of price that triggers. """
    tpsl_mode: TpslMode | Unset = UNSET
    """ Whether take profit and stop loss are for all of a position. """
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
    bbo_side_type: BboSideType | Unset = UNSET
    """ Takes the price of a level of the order book, of the order's own side or of the other one. """
    bbo_level: BboLevel | Unset = UNSET
    """ Level of the order book, 1 to 5. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category: str = self.category

        symbol = self.symbol

        side: str = self.side

        order_type = self.order_type

        qty = self.qty

        price = self.price

        order_link_id = self.order_link_id

        time_in_force: str | Unset = UNSET
        if not isinstance(self.time_in_force, Unset):
            time_in_force = self.time_in_force

        position_idx: int | Unset = UNSET
        if not isinstance(self.position_idx, Unset):
            position_idx = self.position_idx

        reduce_only = self.reduce_only

        close_on_trigger = self.close_on_trigger

        trigger_price = self.trigger_price

        trigger_direction: int | Unset = UNSET
        if not isinstance(self.trigger_direction, Unset):
            trigger_direction = self.trigger_direction

        trigger_by: str | Unset = UNSET
        if not isinstance(self.trigger_by, Unset):
            trigger_by = self.trigger_by

        take_profit = self.take_profit

        stop_loss = self.stop_loss

        tp_trigger_by: str | Unset = UNSET
        if not isinstance(self.tp_trigger_by, Unset):
            tp_trigger_by = self.tp_trigger_by

        sl_trigger_by: str | Unset = UNSET
        if not isinstance(self.sl_trigger_by, Unset):
            sl_trigger_by = self.sl_trigger_by

        tpsl_mode: str | Unset = UNSET
        if not isinstance(self.tpsl_mode, Unset):
            tpsl_mode = self.tpsl_mode

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

        bbo_side_type: str | Unset = UNSET
        if not isinstance(self.bbo_side_type, Unset):
            bbo_side_type = self.bbo_side_type

        bbo_level: str | Unset = UNSET
        if not isinstance(self.bbo_level, Unset):
            bbo_level = self.bbo_level

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
        if position_idx is not UNSET:
            field_dict["positionIdx"] = position_idx
        if reduce_only is not UNSET:
            field_dict["reduceOnly"] = reduce_only
        if close_on_trigger is not UNSET:
            field_dict["closeOnTrigger"] = close_on_trigger
        if trigger_price is not UNSET:
            field_dict["triggerPrice"] = trigger_price
        if trigger_direction is not UNSET:
            field_dict["triggerDirection"] = trigger_direction
        if trigger_by is not UNSET:
            field_dict["triggerBy"] = trigger_by
        if take_profit is not UNSET:
            field_dict["takeProfit"] = take_profit
        if stop_loss is not UNSET:
            field_dict["stopLoss"] = stop_loss
        if tp_trigger_by is not UNSET:
            field_dict["tpTriggerBy"] = tp_trigger_by
        if sl_trigger_by is not UNSET:
            field_dict["slTriggerBy"] = sl_trigger_by
        if tpsl_mode is not UNSET:
            field_dict["tpslMode"] = tpsl_mode
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
        if bbo_side_type is not UNSET:
            field_dict["bboSideType"] = bbo_side_type
        if bbo_level is not UNSET:
            field_dict["bboLevel"] = bbo_level

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = check_futures_category(d.pop("category"))

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

        _position_idx = d.pop("positionIdx", UNSET)
        position_idx: PositionIdx | Unset
        if isinstance(_position_idx, Unset):
            position_idx = UNSET
        else:
            position_idx = check_position_idx(_position_idx)

        reduce_only = d.pop("reduceOnly", UNSET)

        close_on_trigger = d.pop("closeOnTrigger", UNSET)

        trigger_price = d.pop("triggerPrice", UNSET)

        _trigger_direction = d.pop("triggerDirection", UNSET)
        trigger_direction: TriggerDirection | Unset
        if isinstance(_trigger_direction, Unset):
            trigger_direction = UNSET
        else:
            trigger_direction = check_trigger_direction(_trigger_direction)

        _trigger_by = d.pop("triggerBy", UNSET)
        trigger_by: TriggerBy | Unset
        if isinstance(_trigger_by, Unset):
            trigger_by = UNSET
        else:
            trigger_by = check_trigger_by(_trigger_by)

        take_profit = d.pop("takeProfit", UNSET)

        stop_loss = d.pop("stopLoss", UNSET)

        _tp_trigger_by = d.pop("tpTriggerBy", UNSET)
        tp_trigger_by: TriggerBy | Unset
        if isinstance(_tp_trigger_by, Unset):
            tp_trigger_by = UNSET
        else:
            tp_trigger_by = check_trigger_by(_tp_trigger_by)

        _sl_trigger_by = d.pop("slTriggerBy", UNSET)
        sl_trigger_by: TriggerBy | Unset
        if isinstance(_sl_trigger_by, Unset):
            sl_trigger_by = UNSET
        else:
            sl_trigger_by = check_trigger_by(_sl_trigger_by)

        _tpsl_mode = d.pop("tpslMode", UNSET)
        tpsl_mode: TpslMode | Unset
        if isinstance(_tpsl_mode, Unset):
            tpsl_mode = UNSET
        else:
            tpsl_mode = check_tpsl_mode(_tpsl_mode)

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

        _bbo_side_type = d.pop("bboSideType", UNSET)
        bbo_side_type: BboSideType | Unset
        if isinstance(_bbo_side_type, Unset):
            bbo_side_type = UNSET
        else:
            bbo_side_type = check_bbo_side_type(_bbo_side_type)

        _bbo_level = d.pop("bboLevel", UNSET)
        bbo_level: BboLevel | Unset
        if isinstance(_bbo_level, Unset):
            bbo_level = UNSET
        else:
            bbo_level = check_bbo_level(_bbo_level)

        futures_limit_order = cls(
            category=category,
            symbol=symbol,
            side=side,
            order_type=order_type,
            qty=qty,
            price=price,
            order_link_id=order_link_id,
            time_in_force=time_in_force,
            position_idx=position_idx,
            reduce_only=reduce_only,
            close_on_trigger=close_on_trigger,
            trigger_price=trigger_price,
            trigger_direction=trigger_direction,
            trigger_by=trigger_by,
            take_profit=take_profit,
            stop_loss=stop_loss,
            tp_trigger_by=tp_trigger_by,
            sl_trigger_by=sl_trigger_by,
            tpsl_mode=tpsl_mode,
            tp_order_type=tp_order_type,
            sl_order_type=sl_order_type,
            tp_limit_price=tp_limit_price,
            sl_limit_price=sl_limit_price,
            smp_type=smp_type,
            bbo_side_type=bbo_side_type,
            bbo_level=bbo_level,
        )

        futures_limit_order.additional_properties = d
        return futures_limit_order

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
