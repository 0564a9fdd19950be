# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BatchCancelByOrderLinkId")


@_attrs_define
class BatchCancelByOrderLinkId:
    """One order of a batch, by the caller's own id."""

    symbol: str
    """ Symbol name, uppercase only. """
    order_link_id: str
    """ The caller's own id of the order. Bybit lets one be created with up to 36 letters, digits, `-` and `_`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        symbol = self.symbol

        order_link_id = self.order_link_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "symbol": symbol,
                "orderLinkId": order_link_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        symbol = d.pop("symbol")

        order_link_id = d.pop("orderLinkId")

        batch_cancel_by_order_link_id = cls(
            symbol=symbol,
            order_link_id=order_link_id,
        )

        batch_cancel_by_order_link_id.additional_properties = d
        return batch_cancel_by_order_link_id

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
