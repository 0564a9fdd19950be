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
    from ..models.cancel_batch_codes import CancelBatchCodes
    from ..models.cancel_batch_result import CancelBatchResult


T = TypeVar("T", bound="CancelBatchResponse")


@_attrs_define
class CancelBatchResponse:
    """The exchange took a batch. Each of its orders has a code of its own in `retExtInfo`."""

    ret_code: Literal[0]
    """ 0, the batch was taken. """
    result: CancelBatchResult
    """ The orders of a batch, in the order of the request. """
    ret_ext_info: CancelBatchCodes
    """ What became of the orders of a batch, in the order of the request. """
    ret_msg: str | Unset = UNSET
    """ The exchange's words, for people. A success has been seen as `OK`, `success`, `SUCCESS` and empty. """
    time: int | Unset = UNSET
    """ Time at the exchange, in ms. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ret_code = self.ret_code

        result = self.result.to_dict()

        ret_ext_info = self.ret_ext_info.to_dict()

        ret_msg = self.ret_msg

        time = self.time

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "retCode": ret_code,
                "result": result,
                "retExtInfo": ret_ext_info,
            }
        )
        if ret_msg is not UNSET:
            field_dict["retMsg"] = ret_msg
        if time is not UNSET:
            field_dict["time"] = time

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cancel_batch_codes import CancelBatchCodes  # noqa: PLC0415
        from ..models.cancel_batch_result import CancelBatchResult  # noqa: PLC0415

        d = dict(src_dict)
        ret_code = cast(Literal[0], d.pop("retCode"))
        if ret_code != 0:
            raise ValueError(f"retCode must match const 0, got '{ret_code}'")

        result = CancelBatchResult.from_dict(d.pop("result"))

        ret_ext_info = CancelBatchCodes.from_dict(d.pop("retExtInfo"))

        ret_msg = d.pop("retMsg", UNSET)

        time = d.pop("time", UNSET)

        cancel_batch_response = cls(
            ret_code=ret_code,
            result=result,
            ret_ext_info=ret_ext_info,
            ret_msg=ret_msg,
            time=time,
        )

        cancel_batch_response.additional_properties = d
        return cancel_batch_response

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
