# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.batch_cancel_by_order_id import BatchCancelByOrderId
    from ..models.batch_cancel_by_order_link_id import BatchCancelByOrderLinkId


T = TypeVar("T", bound="CancelSpotBatch")


@_attrs_define
class CancelSpotBatch:
    """Cancel up to 10 spot orders. A batch finds ordinary orders only; those with a trigger are cancelled one by one."""

    category: Literal["spot"]
    """ Product type of a spot order, the only one that has kinds. """
    request: list[BatchCancelByOrderId | BatchCancelByOrderLinkId]
    """ The orders. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.batch_cancel_by_order_id import BatchCancelByOrderId  # noqa: PLC0415

        category = self.category

        request = []
        for request_item_data in self.request:
            request_item: dict[str, Any]
            if isinstance(request_item_data, BatchCancelByOrderId):
                request_item = request_item_data.to_dict()
            else:
                request_item = request_item_data.to_dict()

            request.append(request_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "category": category,
                "request": request,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_cancel_by_order_id import BatchCancelByOrderId  # noqa: PLC0415
        from ..models.batch_cancel_by_order_link_id import BatchCancelByOrderLinkId  # noqa: PLC0415

        d = dict(src_dict)
        category = cast(Literal["spot"], d.pop("category"))
        if category != "spot":
            raise ValueError(f"category must match const 'spot', got '{category}'")

        request = []
        _request = d.pop("request")
        for request_item_data in _request:

            def _parse_request_item(data: object) -> BatchCancelByOrderId | BatchCancelByOrderLinkId:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    request_item_type_0 = BatchCancelByOrderId.from_dict(data)

                    return request_item_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                request_item_type_1 = BatchCancelByOrderLinkId.from_dict(data)

                return request_item_type_1

            request_item = _parse_request_item(request_item_data)

            request.append(request_item)

        cancel_spot_batch = cls(
            category=category,
            request=request,
        )

        cancel_spot_batch.additional_properties = d
        return cancel_spot_batch

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
