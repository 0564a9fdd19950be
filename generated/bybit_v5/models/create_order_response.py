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

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.ext_info import ExtInfo
    from ..models.order_ids import OrderIds


T = TypeVar("T", bound="CreateOrderResponse")


@_attrs_define
class CreateOrderResponse:
    """The exchange took the request to place an order. It can still be rejected."""

    ret_code: Literal[0]
    """ 0, the request was accepted. """
    result: OrderIds
    """ The ids of the order that the request named. """
    ret_msg: str | Unset = UNSET
    """ The exchange's words, for people. A success has been seen as `OK`, `success`, `SUCCESS` and empty. """
    ret_ext_info: ExtInfo | list[Any] | None | Unset = UNSET
    """ Nothing that a cancel needs; seen as `{}`, `[]` and null. """
    time: int | Unset = UNSET
    """ Time at the exchange, in ms. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.ext_info import ExtInfo  # noqa: PLC0415

        ret_code = self.ret_code

        result = self.result.to_dict()

        ret_msg = self.ret_msg

        ret_ext_info: dict[str, Any] | list[Any] | None | Unset
        if isinstance(self.ret_ext_info, Unset):
            ret_ext_info = UNSET
        elif isinstance(self.ret_ext_info, ExtInfo):
            ret_ext_info = self.ret_ext_info.to_dict()
        elif isinstance(self.ret_ext_info, list):
            ret_ext_info = self.ret_ext_info

        else:
            ret_ext_info = self.ret_ext_info

        time = self.time

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "retCode": ret_code,
                "result": result,
            }
        )
        if ret_msg is not UNSET:
            field_dict["retMsg"] = ret_msg
        if ret_ext_info is not UNSET:
            field_dict["retExtInfo"] = ret_ext_info
        if time is not UNSET:
            field_dict["time"] = time

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ext_info import ExtInfo  # noqa: PLC0415
        from ..models.order_ids import OrderIds  # noqa: PLC0415

        d = dict(src_dict)
        ret_code = cast(Literal[0], d.pop("retCode"))
        if ret_code != 0:
            raise ValueError(f"retCode must match const 0, got '{ret_code}'")

        result = OrderIds.from_dict(d.pop("result"))

        ret_msg = d.pop("retMsg", UNSET)

        def _parse_ret_ext_info(data: object) -> ExtInfo | list[Any] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_ret_ext_info_type_0 = ExtInfo.from_dict(data)

                return componentsschemas_ret_ext_info_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_ret_ext_info_type_1 = cast(list[Any], data)

                return componentsschemas_ret_ext_info_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExtInfo | list[Any] | None | Unset, data)

        ret_ext_info = _parse_ret_ext_info(d.pop("retExtInfo", UNSET))

        time = d.pop("time", UNSET)

        create_order_response = cls(
            ret_code=ret_code,
            result=result,
            ret_msg=ret_msg,
            ret_ext_info=ret_ext_info,
            time=time,
        )

        create_order_response.additional_properties = d
        return create_order_response

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
