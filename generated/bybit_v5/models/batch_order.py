# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchOrder")


@_attrs_define
class BatchOrder:
    """One order of a batch, as the request named it."""

    category: str | Unset = UNSET
    """ What the request said; empty when the order was refused. """
    symbol: str | Unset = UNSET
    """ What the request said; empty when the order was refused. """
    order_id: str | Unset = UNSET
    """ The exchange's id of the order. """
    order_link_id: str | Unset = UNSET
    """ The caller's own id of the order; empty when it has none. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        symbol = self.symbol

        order_id = self.order_id

        order_link_id = self.order_link_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if category is not UNSET:
            field_dict["category"] = category
        if symbol is not UNSET:
            field_dict["symbol"] = symbol
        if order_id is not UNSET:
            field_dict["orderId"] = order_id
        if order_link_id is not UNSET:
            field_dict["orderLinkId"] = order_link_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = d.pop("category", UNSET)

        symbol = d.pop("symbol", UNSET)

        order_id = d.pop("orderId", UNSET)

        order_link_id = d.pop("orderLinkId", UNSET)

        batch_order = cls(
            category=category,
            symbol=symbol,
            order_id=order_id,
            order_link_id=order_link_id,
        )

        batch_order.additional_properties = d
        return batch_order

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
