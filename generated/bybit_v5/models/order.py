# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.category import Category, check_category
from ..models.known_order_status import KnownOrderStatus, check_known_order_status
from ..models.known_order_type import KnownOrderType, check_known_order_type
from ..models.known_side import KnownSide, check_known_side
from ..types import UNSET, Unset

T = TypeVar("T", bound="Order")


@_attrs_define
class Order:
    """An order, as `GET /v5/order/realtime` lists it and as the `order` topic of the private stream reports it.
    Quantities, prices and times are decimal strings, empty when they do not apply.

    """

    symbol: str
    """ Symbol name. """
    order_id: str
    """ The exchange's id of the order. """
    order_link_id: str
    """ The caller's own id of the order; empty when it has none. """
    side: KnownSide | str
    """ Direction of the order. """
    order_type: KnownOrderType | str
    """ Type of the order. """
    order_status: KnownOrderStatus | str
    """ Where the order stands. New statuses appear without notice. """
    cancel_type: str
    """ Who cancelled the order. `CancelByUser` alone proves nothing; read `orderStatus`. """
    reject_reason: str
    """ Why the order ended, `EC_PerCancelRequest` after a cancel by request. """
    price: str
    """ Price of the order. """
    qty: str
    """ Quantity of the order. """
    cum_exec_qty: str
    """ Quantity that was executed. A cancelled order can have one. """
    cum_exec_value: str
    """ Value that was executed. """
    leaves_qty: str
    """ Quantity that can still be executed; 0 once the order is closed. """
    avg_price: str
    """ Average price of what was executed. """
    created_time: str
    """ When the order was created, in ms. """
    updated_time: str
    """ When the order last changed, in ms. """
    category: Category | str | Unset = UNSET
    """ Product type. New ones can appear without notice. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        symbol = self.symbol

        order_id = self.order_id

        order_link_id = self.order_link_id

        side: str
        if isinstance(self.side, str):
            side = self.side
        else:
            side = self.side

        order_type: str
        if isinstance(self.order_type, str):
            order_type = self.order_type
        else:
            order_type = self.order_type

        order_status: str
        if isinstance(self.order_status, str):
            order_status = self.order_status
        else:
            order_status = self.order_status

        cancel_type = self.cancel_type

        reject_reason = self.reject_reason

        price = self.price

        qty = self.qty

        cum_exec_qty = self.cum_exec_qty

        cum_exec_value = self.cum_exec_value

        leaves_qty = self.leaves_qty

        avg_price = self.avg_price

        created_time = self.created_time

        updated_time = self.updated_time

        category: str | Unset
        if isinstance(self.category, Unset):
            category = UNSET
        elif isinstance(self.category, str):
            category = self.category
        else:
            category = self.category

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "symbol": symbol,
                "orderId": order_id,
                "orderLinkId": order_link_id,
                "side": side,
                "orderType": order_type,
                "orderStatus": order_status,
                "cancelType": cancel_type,
                "rejectReason": reject_reason,
                "price": price,
                "qty": qty,
                "cumExecQty": cum_exec_qty,
                "cumExecValue": cum_exec_value,
                "leavesQty": leaves_qty,
                "avgPrice": avg_price,
                "createdTime": created_time,
                "updatedTime": updated_time,
            }
        )
        if category is not UNSET:
            field_dict["category"] = category

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        symbol = d.pop("symbol")

        order_id = d.pop("orderId")

        order_link_id = d.pop("orderLinkId")

        def _parse_side(data: object) -> KnownSide | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                side_type_0 = check_known_side(data)

                return side_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownSide | str, data)

        side = _parse_side(d.pop("side"))

        def _parse_order_type(data: object) -> KnownOrderType | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_type_type_0 = check_known_order_type(data)

                return order_type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownOrderType | str, data)

        order_type = _parse_order_type(d.pop("orderType"))

        def _parse_order_status(data: object) -> KnownOrderStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_status_type_0 = check_known_order_status(data)

                return order_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownOrderStatus | str, data)

        order_status = _parse_order_status(d.pop("orderStatus"))

        cancel_type = d.pop("cancelType")

        reject_reason = d.pop("rejectReason")

        price = d.pop("price")

        qty = d.pop("qty")

        cum_exec_qty = d.pop("cumExecQty")

        cum_exec_value = d.pop("cumExecValue")

        leaves_qty = d.pop("leavesQty")

        avg_price = d.pop("avgPrice")

        created_time = d.pop("createdTime")

        updated_time = d.pop("updatedTime")

        def _parse_category(data: object) -> Category | str | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                category_type_0 = check_category(data)

                return category_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Category | str | Unset, data)

        category = _parse_category(d.pop("category", UNSET))

        order = cls(
            symbol=symbol,
            order_id=order_id,
            order_link_id=order_link_id,
            side=side,
            order_type=order_type,
            order_status=order_status,
            cancel_type=cancel_type,
            reject_reason=reject_reason,
            price=price,
            qty=qty,
            cum_exec_qty=cum_exec_qty,
            cum_exec_value=cum_exec_value,
            leaves_qty=leaves_qty,
            avg_price=avg_price,
            created_time=created_time,
            updated_time=updated_time,
            category=category,
        )

        order.additional_properties = d
        return order

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
