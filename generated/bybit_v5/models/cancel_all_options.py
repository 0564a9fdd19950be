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

from ..models.option_order_filter import OptionOrderFilter, check_option_order_filter
from ..models.option_settle_coin import OptionSettleCoin, check_option_settle_coin
from ..types import UNSET, Unset

T = TypeVar("T", bound="CancelAllOptions")


@_attrs_define
class CancelAllOptions:
    """Cancel all option orders, of a symbol, a base coin, a settle coin, or all."""

    category: Literal["option"]
    """ Product type of an option order. """
    symbol: str | Unset = UNSET
    """ Symbol name, uppercase only. """
    base_coin: str | Unset = UNSET
    """ Name of a coin, uppercase only. """
    settle_coin: OptionSettleCoin | Unset = UNSET
    """ Settle coin of an option. """
    order_filter: OptionOrderFilter | Unset = UNSET
    """ Kind of the orders to cancel; all kinds when it is absent. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        symbol = self.symbol

        base_coin = self.base_coin

        settle_coin: str | Unset = UNSET
        if not isinstance(self.settle_coin, Unset):
            settle_coin = self.settle_coin

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
        if settle_coin is not UNSET:
            field_dict["settleCoin"] = settle_coin
        if order_filter is not UNSET:
            field_dict["orderFilter"] = order_filter

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = cast(Literal["option"], d.pop("category"))
        if category != "option":
            raise ValueError(f"category must match const 'option', got '{category}'")

        symbol = d.pop("symbol", UNSET)

        base_coin = d.pop("baseCoin", UNSET)

        _settle_coin = d.pop("settleCoin", UNSET)
        settle_coin: OptionSettleCoin | Unset
        if isinstance(_settle_coin, Unset):
            settle_coin = UNSET
        else:
            settle_coin = check_option_settle_coin(_settle_coin)

        _order_filter = d.pop("orderFilter", UNSET)
        order_filter: OptionOrderFilter | Unset
        if isinstance(_order_filter, Unset):
            order_filter = UNSET
        else:
            order_filter = check_option_order_filter(_order_filter)

        cancel_all_options = cls(
            category=category,
            symbol=symbol,
            base_coin=base_coin,
            settle_coin=settle_coin,
            order_filter=order_filter,
        )

        cancel_all_options.additional_properties = d
        return cancel_all_options

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
