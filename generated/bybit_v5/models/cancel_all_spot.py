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

from ..models.spot_order_filter import SpotOrderFilter, check_spot_order_filter
from ..types import UNSET, Unset

T = TypeVar("T", bound="CancelAllSpot")


@_attrs_define
class CancelAllSpot:
    """Cancel all spot orders of a kind, of a symbol, a base coin, or all."""

    category: Literal["spot"]
    """ Product type of a spot order, the only one that has kinds. """
    symbol: str | Unset = UNSET
    """ Symbol name, uppercase only. """
    base_coin: str | Unset = UNSET
    """ Name of a coin, uppercase only. """
    order_filter: SpotOrderFilter | Unset = UNSET
    """ Kind of the orders to cancel; the exchange assumes `Order` when it is absent. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        symbol = self.symbol

        base_coin = self.base_coin

        order_filter: str | Unset = UNSET
        if not isinstance(self.order_filter, Unset):
            order_filter = self.order_filter

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "category": category,
            }
        )
        if symbol is not UNSET:
            field_dict["symbol"] = symbol
        if base_coin is not UNSET:
            field_dict["baseCoin"] = base_coin
        if order_filter is not UNSET:
            field_dict["orderFilter"] = order_filter

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = cast(Literal["spot"], d.pop("category"))
        if category != "spot":
            raise ValueError(f"category must match const 'spot', got '{category}'")

        symbol = d.pop("symbol", UNSET)

        base_coin = d.pop("baseCoin", UNSET)

        _order_filter = d.pop("orderFilter", UNSET)
        order_filter: SpotOrderFilter | Unset
        if isinstance(_order_filter, Unset):
            order_filter = UNSET
        else:
            order_filter = check_spot_order_filter(_order_filter)

        cancel_all_spot = cls(
            category=category,
            symbol=symbol,
            base_coin=base_coin,
            order_filter=order_filter,
        )

        cancel_all_spot.additional_properties = d
        return cancel_all_spot

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
