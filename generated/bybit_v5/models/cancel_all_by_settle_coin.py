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

from ..models.futures_category import FuturesCategory, check_futures_category
from ..models.futures_order_filter import FuturesOrderFilter, check_futures_order_filter
from ..types import UNSET, Unset

T = TypeVar("T", bound="CancelAllBySettleCoin")


@_attrs_define
class CancelAllBySettleCoin:
    """Cancel all futures orders of a settle coin."""

    category: FuturesCategory
    """ Product type of a futures order. """
    settle_coin: str
    """ Name of a coin, uppercase only. """
    order_filter: FuturesOrderFilter | Unset = UNSET
    """ Kind of the orders to cancel; all kinds when it is absent. `OpenOrder` are ordinary orders and those
    attached to them. """
    stop_order_type: Literal["Stop"] | Unset = UNSET
    """ Type of the conditional orders to cancel. Only beside `orderFilter` `StopOrder`. """
    symbol: None | Unset = UNSET
    """ Null, or left out; it would go before what is given. """
    base_coin: None | Unset = UNSET
    """ Null, or left out; it would go before what is given. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category: str = self.category

        settle_coin = self.settle_coin

        order_filter: str | Unset = UNSET
        if not isinstance(self.order_filter, Unset):
            order_filter = self.order_filter

        stop_order_type = self.stop_order_type

        symbol = self.symbol

        base_coin = self.base_coin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "category": category,
                "settleCoin": settle_coin,
            }
        )
        if order_filter is not UNSET:
            field_dict["orderFilter"] = order_filter
        if stop_order_type is not UNSET:
            field_dict["stopOrderType"] = stop_order_type
        if symbol is not UNSET:
            field_dict["symbol"] = symbol
        if base_coin is not UNSET:
            field_dict["baseCoin"] = base_coin

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = check_futures_category(d.pop("category"))

        settle_coin = d.pop("settleCoin")

        _order_filter = d.pop("orderFilter", UNSET)
        order_filter: FuturesOrderFilter | Unset
        if isinstance(_order_filter, Unset):
            order_filter = UNSET
        else:
            order_filter = check_futures_order_filter(_order_filter)

        stop_order_type = cast(Literal["Stop"] | Unset, d.pop("stopOrderType", UNSET))
        if stop_order_type != "Stop" and not isinstance(stop_order_type, Unset):
            raise ValueError(f"stopOrderType must match const 'Stop', got '{stop_order_type}'")

        symbol = d.pop("symbol", UNSET)

        base_coin = d.pop("baseCoin", UNSET)

        cancel_all_by_settle_coin = cls(
            category=category,
            settle_coin=settle_coin,
            order_filter=order_filter,
            stop_order_type=stop_order_type,
            symbol=symbol,
            base_coin=base_coin,
        )

        cancel_all_by_settle_coin.additional_properties = d
        return cancel_all_by_settle_coin

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
