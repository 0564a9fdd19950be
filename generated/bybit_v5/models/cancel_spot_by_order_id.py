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

from ..models.order_filter import OrderFilter, check_order_filter
from ..types import UNSET, Unset

T = TypeVar("T", bound="CancelSpotByOrderId")


@_attrs_define
class CancelSpotByOrderId:
    """Cancel a spot order of a given kind by the exchange's id. If an `orderLinkId` is given too and does not match,
    `orderId` is used.

    """

    category: Literal["spot"]
    """ Product type of a spot order, the only one that has kinds. """
    symbol: str
    """ Symbol name, uppercase only. """
    order_id: str
    """ The exchange's id of the order; a UUID for derivatives, a long decimal number for spot, always as a string.
    """
    order_filter: OrderFilter
    """ Kind of a spot order: an ordinary order, a take-profit or stop-loss order, or a conditional order. Spot
    only; the exchange assumes `Order` when it is absent. """
    order_link_id: None | str | Unset = UNSET
    """ The caller's own id beside the exchange's, or null. `orderId` is used if they do not match. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        symbol = self.symbol

        order_id = self.order_id

        order_filter: str = self.order_filter

        order_link_id: None | str | Unset
        if isinstance(self.order_link_id, Unset):
            order_link_id = UNSET
        else:
            order_link_id = self.order_link_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "category": category,
                "symbol": symbol,
                "orderId": order_id,
                "orderFilter": order_filter,
            }
        )
        if order_link_id is not UNSET:
            field_dict["orderLinkId"] = order_link_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = cast(Literal["spot"], d.pop("category"))
        if category != "spot":
            raise ValueError(f"category must match const 'spot', got '{category}'")

        symbol = d.pop("symbol")

        order_id = d.pop("orderId")

        order_filter = check_order_filter(d.pop("orderFilter"))

        def _parse_order_link_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        order_link_id = _parse_order_link_id(d.pop("orderLinkId", UNSET))

        cancel_spot_by_order_id = cls(
            category=category,
            symbol=symbol,
            order_id=order_id,
            order_filter=order_filter,
            order_link_id=order_link_id,
        )

        cancel_spot_by_order_id.additional_properties = d
        return cancel_spot_by_order_id

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
