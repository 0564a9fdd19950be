# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchCancelByOrderId")


@_attrs_define
class BatchCancelByOrderId:
    """One order of a batch, by the exchange's id. If an `orderLinkId` is given too and does not match, `orderId` is used."""

    symbol: str
    """ Symbol name, uppercase only. """
    order_id: str
    """ The exchange's id of the order; a UUID for derivatives, a long decimal number for spot, always as a string.
    """
    order_link_id: str | Unset = UNSET
    """ The caller's own id of the order. Bybit lets one be created with up to 36 letters, digits, `-` and `_`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        symbol = self.symbol

        order_id = self.order_id

        order_link_id = self.order_link_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "symbol": symbol,
                "orderId": order_id,
            }
        )
        if order_link_id is not UNSET:
            field_dict["orderLinkId"] = order_link_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        symbol = d.pop("symbol")

        order_id = d.pop("orderId")

        order_link_id = d.pop("orderLinkId", UNSET)

        batch_cancel_by_order_id = cls(
            symbol=symbol,
            order_id=order_id,
            order_link_id=order_link_id,
        )

        batch_cancel_by_order_id.additional_properties = d
        return batch_cancel_by_order_id

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
