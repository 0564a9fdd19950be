# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.category import Category, check_category
from ..models.known_order_status import KnownOrderStatus, check_known_order_status
from ..models.known_order_type import KnownOrderType, check_known_order_type
from ..models.known_side import KnownSide, check_known_side
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.fee_detail import FeeDetail


T = TypeVar("T", bound="Order")


@_attrs_define
class Order:
    """An order, as `GET /v5/order/realtime` and `GET /v5/order/history` list it and as the `order` topic of the private
    stream reports it. Quantities, prices and times are decimal strings, empty when they do not apply. Required is what
    tells which order it is and where it stands; the exchange leaves out the rest where it does not apply, or sends
    null.

    """

    symbol: str
    """ Symbol name. """
    order_id: str
    """ The exchange's id of the order. """
    order_link_id: str
    """ The caller's own id of the order; empty when it has none. """
    order_status: KnownOrderStatus | str
    """ Where the order stands. New statuses appear without notice. """
    qty: str
    """ Quantity of the order, in base coin; in contracts on inverse, in quote coin where `marketUnit` says so. """
    cum_exec_qty: str
    """ Quantity that was executed, in base coin, or in contracts on inverse. A cancelled order can have one. """
    created_time: str
    """ When the order was created, in ms. """
    updated_time: str
    """ When the order last changed, in ms. """
    category: Category | str | Unset = UNSET
    """ Product type. New ones can appear without notice. """
    side: KnownSide | None | str | Unset = UNSET
    """ Direction of the order. """
    order_type: KnownOrderType | None | str | Unset = UNSET
    """ Type of the order; of a triggered take-profit or stop-loss order, its type after the trigger. """
    cancel_type: None | str | Unset = UNSET
    """ Who cancelled the order. `CancelByUser` alone proves nothing; read `orderStatus`. """
    reject_reason: None | str | Unset = UNSET
    """ Why the order ended, `EC_PerCancelRequest` after a cancel by request. """
    price: None | str | Unset = UNSET
    """ Price of the order. """
    avg_price: None | str | Unset = UNSET
    """ Average price of what was executed. """
    cum_exec_value: None | str | Unset = UNSET
    """ Value that was executed, in quote coin; in base coin on inverse. """
    leaves_qty: None | str | Unset = UNSET
    """ Quantity that can still be executed; 0 once the order is closed. """
    leaves_value: None | str | Unset = UNSET
    """ Estimated value that can still be executed; 0 once the order is closed. """
    cum_exec_fee: None | str | Unset = UNSET
    """ Fee of what was executed, on inverse and option; on linear and spot `cumFeeDetail` has it. """
    cum_fee_detail: FeeDetail | None | Unset = UNSET
    """ Fees of what was executed, by coin, on linear and spot. """
    extra_fees: None | str | Unset = UNSET
    """ Fees of the Indonesian site, and of fiat currencies on the European one; empty elsewhere. """
    fee_currency: None | str | Unset = UNSET
    """ Coin of a spot fee. Deprecated, and on the stream only. """
    closed_pnl: None | str | Unset = UNSET
    """ Profit and loss of a closed position. On the stream only. """
    time_in_force: None | str | Unset = UNSET
    """ How long the order may rest. """
    market_unit: None | str | Unset = UNSET
    """ Unit of `qty` of a spot market order, `baseCoin` or `quoteCoin`. """
    is_leverage: None | str | Unset = UNSET
    """ Whether a spot order borrows, `1` or `0`. """
    position_idx: int | None | Unset = UNSET
    """ Position that the order belongs to, 0 in one-way mode. """
    create_type: None | str | Unset = UNSET
    """ What created the order. Spot and option orders have none. """
    parent_order_link_id: None | str | Unset = UNSET
    """ Link id of the order that a take-profit or stop-loss order was attached to. """
    block_trade_id: None | str | Unset = UNSET
    """ Id of a block trade. """
    order_iv: None | str | Unset = UNSET
    """ Implied volatility, of an option order. """
    place_type: None | str | Unset = UNSET
    """ Whether an option order names its price or its implied volatility, `price` or `iv`. """
    stop_order_type: None | str | Unset = UNSET
    """ Kind of a conditional order. """
    trigger_price: None | str | Unset = UNSET
    """ Price that triggers a conditional order; that activates it, if it is a trailing stop. """
    trigger_direction: int | None | Unset = UNSET
    """ Whether the price has to rise (1) or to fall (2) to the trigger; 0 without one. """
    trigger_by: None | str | Unset = UNSET
    """ Kind of price that triggers. """
    take_profit: None | str | Unset = UNSET
    """ Take-profit price. """
    stop_loss: None | str | Unset = UNSET
    """ Stop-loss price. """
    tpsl_mode: None | str | Unset = UNSET
    """ Whether take profit and stop loss are for all of a position, `Full` or `Partial`. Spot orders have none. """
    oco_trigger_by: None | str | Unset = UNSET
    """ Which part of a spot OCO order was triggered. """
    tp_limit_price: None | str | Unset = UNSET
    """ Limit price once the take profit is triggered. """
    sl_limit_price: None | str | Unset = UNSET
    """ Limit price once the stop loss is triggered. """
    tp_trigger_by: None | str | Unset = UNSET
    """ Kind of price that triggers the take profit. """
    sl_trigger_by: None | str | Unset = UNSET
    """ Kind of price that triggers the stop loss. """
    last_price_on_created: None | str | Unset = UNSET
    """ Last price when the order was placed. Spot queries have none. """
    base_price: None | str | Unset = UNSET
    """ Last price when the order was placed. Spot queries only. """
    broker_order_price: None | str | Unset = UNSET
    """ Price of the order at the broker, for liquidity providers in the EU. On the stream only. """
    reduce_only: bool | None | Unset = UNSET
    """ Whether the order may only reduce a position. """
    close_on_trigger: bool | None | Unset = UNSET
    """ Whether the order closes a position when it triggers. """
    slippage_tolerance_type: None | str | Unset = UNSET
    """ How the tolerated slippage of a market order is given. """
    slippage_tolerance: None | str | Unset = UNSET
    """ Tolerated slippage of a market order. """
    smp_type: None | str | Unset = UNSET
    """ What self-match prevention does. """
    smp_group: int | None | Unset = UNSET
    """ Group of self-match prevention; 0 without one. """
    smp_order_id: None | str | Unset = UNSET
    """ Id of the order that self-match prevention was about. """
    rpi_taker_access: bool | None | Unset = UNSET
    """ Whether the order met an RPI order. """
    rpi_matched_qty: None | str | Unset = UNSET
    """ Quantity that was executed against RPI orders. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.fee_detail import FeeDetail  # noqa: PLC0415

        symbol = self.symbol

        order_id = self.order_id

        order_link_id = self.order_link_id

        order_status: str
        if isinstance(self.order_status, str):
            order_status = self.order_status
        else:
            order_status = self.order_status

        qty = self.qty

        cum_exec_qty = self.cum_exec_qty

        created_time = self.created_time

        updated_time = self.updated_time

        category: str | Unset
        if isinstance(self.category, Unset):
            category = UNSET
        elif isinstance(self.category, str):
            category = self.category
        else:
            category = self.category

        side: None | str | Unset
        if isinstance(self.side, Unset):
            side = UNSET
        elif isinstance(self.side, str):
            side = self.side
        else:
            side = self.side

        order_type: None | str | Unset
        if isinstance(self.order_type, Unset):
            order_type = UNSET
        elif isinstance(self.order_type, str):
            order_type = self.order_type
        else:
            order_type = self.order_type

        cancel_type: None | str | Unset
        if isinstance(self.cancel_type, Unset):
            cancel_type = UNSET
        else:
            cancel_type = self.cancel_type

        reject_reason: None | str | Unset
        if isinstance(self.reject_reason, Unset):
            reject_reason = UNSET
        else:
            reject_reason = self.reject_reason

        price: None | str | Unset
        if isinstance(self.price, Unset):
            price = UNSET
        else:
            price = self.price

        avg_price: None | str | Unset
        if isinstance(self.avg_price, Unset):
            avg_price = UNSET
        else:
            avg_price = self.avg_price

        cum_exec_value: None | str | Unset
        if isinstance(self.cum_exec_value, Unset):
            cum_exec_value = UNSET
        else:
            cum_exec_value = self.cum_exec_value

        leaves_qty: None | str | Unset
        if isinstance(self.leaves_qty, Unset):
            leaves_qty = UNSET
        else:
            leaves_qty = self.leaves_qty

        leaves_value: None | str | Unset
        if isinstance(self.leaves_value, Unset):
            leaves_value = UNSET
        else:
            leaves_value = self.leaves_value

        cum_exec_fee: None | str | Unset
        if isinstance(self.cum_exec_fee, Unset):
            cum_exec_fee = UNSET
        else:
            cum_exec_fee = self.cum_exec_fee

        cum_fee_detail: dict[str, Any] | None | Unset
        if isinstance(self.cum_fee_detail, Unset):
            cum_fee_detail = UNSET
        elif isinstance(self.cum_fee_detail, FeeDetail):
            cum_fee_detail = self.cum_fee_detail.to_dict()
        else:
            cum_fee_detail = self.cum_fee_detail

        extra_fees: None | str | Unset
        if isinstance(self.extra_fees, Unset):
            extra_fees = UNSET
        else:
            extra_fees = self.extra_fees

        fee_currency: None | str | Unset
        if isinstance(self.fee_currency, Unset):
            fee_currency = UNSET
        else:
            fee_currency = self.fee_currency

        closed_pnl: None | str | Unset
        if isinstance(self.closed_pnl, Unset):
            closed_pnl = UNSET
        else:
            closed_pnl = self.closed_pnl

        time_in_force: None | str | Unset
        if isinstance(self.time_in_force, Unset):
            time_in_force = UNSET
        else:
            time_in_force = self.time_in_force

        market_unit: None | str | Unset
        if isinstance(self.market_unit, Unset):
            market_unit = UNSET
        else:
            market_unit = self.market_unit

        is_leverage: None | str | Unset
        if isinstance(self.is_leverage, Unset):
            is_leverage = UNSET
        else:
            is_leverage = self.is_leverage

        position_idx: int | None | Unset
        if isinstance(self.position_idx, Unset):
            position_idx = UNSET
        else:
            position_idx = self.position_idx

        create_type: None | str | Unset
        if isinstance(self.create_type, Unset):
            create_type = UNSET
        else:
            create_type = self.create_type

        parent_order_link_id: None | str | Unset
        if isinstance(self.parent_order_link_id, Unset):
            parent_order_link_id = UNSET
        else:
            parent_order_link_id = self.parent_order_link_id

        block_trade_id: None | str | Unset
        if isinstance(self.block_trade_id, Unset):
            block_trade_id = UNSET
        else:
            block_trade_id = self.block_trade_id

        order_iv: None | str | Unset
        if isinstance(self.order_iv, Unset):
            order_iv = UNSET
        else:
            order_iv = self.order_iv

        place_type: None | str | Unset
        if isinstance(self.place_type, Unset):
            place_type = UNSET
        else:
            place_type = self.place_type

        stop_order_type: None | str | Unset
        if isinstance(self.stop_order_type, Unset):
            stop_order_type = UNSET
        else:
            stop_order_type = self.stop_order_type

        trigger_price: None | str | Unset
        if isinstance(self.trigger_price, Unset):
            trigger_price = UNSET
        else:
            trigger_price = self.trigger_price

        trigger_direction: int | None | Unset
        if isinstance(self.trigger_direction, Unset):
            trigger_direction = UNSET
        else:
            trigger_direction = self.trigger_direction

        trigger_by: None | str | Unset
        if isinstance(self.trigger_by, Unset):
            trigger_by = UNSET
        else:
            trigger_by = self.trigger_by

        take_profit: None | str | Unset
        if isinstance(self.take_profit, Unset):
            take_profit = UNSET
        else:
            take_profit = self.take_profit

        stop_loss: None | str | Unset
        if isinstance(self.stop_loss, Unset):
            stop_loss = UNSET
        else:
            stop_loss = self.stop_loss

        tpsl_mode: None | str | Unset
        if isinstance(self.tpsl_mode, Unset):
            tpsl_mode = UNSET
        else:
            tpsl_mode = self.tpsl_mode

        oco_trigger_by: None | str | Unset
        if isinstance(self.oco_trigger_by, Unset):
            oco_trigger_by = UNSET
        else:
            oco_trigger_by = self.oco_trigger_by

        tp_limit_price: None | str | Unset
        if isinstance(self.tp_limit_price, Unset):
            tp_limit_price = UNSET
        else:
            tp_limit_price = self.tp_limit_price

        sl_limit_price: None | str | Unset
        if isinstance(self.sl_limit_price, Unset):
            sl_limit_price = UNSET
        else:
            sl_limit_price = self.sl_limit_price

        tp_trigger_by: None | str | Unset
        if isinstance(self.tp_trigger_by, Unset):
            tp_trigger_by = UNSET
        else:
            tp_trigger_by = self.tp_trigger_by

        sl_trigger_by: None | str | Unset
        if isinstance(self.sl_trigger_by, Unset):
            sl_trigger_by = UNSET
        else:
            sl_trigger_by = self.sl_trigger_by

        last_price_on_created: None | str | Unset
        if isinstance(self.last_price_on_created, Unset):
            last_price_on_created = UNSET
        else:
            last_price_on_created = self.last_price_on_created

        base_price: None | str | Unset
        if isinstance(self.base_price, Unset):
            base_price = UNSET
        else:
            base_price = self.base_price

        broker_order_price: None | str | Unset
        if isinstance(self.broker_order_price, Unset):
            broker_order_price = UNSET
        else:
            broker_order_price = self.broker_order_price

        reduce_only: bool | None | Unset
        if isinstance(self.reduce_only, Unset):
            reduce_only = UNSET
        else:
            reduce_only = self.reduce_only

        close_on_trigger: bool | None | Unset
        if isinstance(self.close_on_trigger, Unset):
            close_on_trigger = UNSET
        else:
            close_on_trigger = self.close_on_trigger

        slippage_tolerance_type: None | str | Unset
        if isinstance(self.slippage_tolerance_type, Unset):
            slippage_tolerance_type = UNSET
        else:
            slippage_tolerance_type = self.slippage_tolerance_type

        slippage_tolerance: None | str | Unset
        if isinstance(self.slippage_tolerance, Unset):
            slippage_tolerance = UNSET
        else:
            slippage_tolerance = self.slippage_tolerance

        smp_type: None | str | Unset
        if isinstance(self.smp_type, Unset):
            smp_type = UNSET
        else:
            smp_type = self.smp_type

        smp_group: int | None | Unset
        if isinstance(self.smp_group, Unset):
            smp_group = UNSET
        else:
            smp_group = self.smp_group

        smp_order_id: None | str | Unset
        if isinstance(self.smp_order_id, Unset):
            smp_order_id = UNSET
        else:
            smp_order_id = self.smp_order_id

        rpi_taker_access: bool | None | Unset
        if isinstance(self.rpi_taker_access, Unset):
            rpi_taker_access = UNSET
        else:
            rpi_taker_access = self.rpi_taker_access

        rpi_matched_qty: None | str | Unset
        if isinstance(self.rpi_matched_qty, Unset):
            rpi_matched_qty = UNSET
        else:
            rpi_matched_qty = self.rpi_matched_qty

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "symbol": symbol,
                "orderId": order_id,
                "orderLinkId": order_link_id,
                "orderStatus": order_status,
                "qty": qty,
                "cumExecQty": cum_exec_qty,
                "createdTime": created_time,
                "updatedTime": updated_time,
            }
        )
        if category is not UNSET:
            field_dict["category"] = category
        if side is not UNSET:
            field_dict["side"] = side
        if order_type is not UNSET:
            field_dict["orderType"] = order_type
        if cancel_type is not UNSET:
            field_dict["cancelType"] = cancel_type
        if reject_reason is not UNSET:
            field_dict["rejectReason"] = reject_reason
        if price is not UNSET:
            field_dict["price"] = price
        if avg_price is not UNSET:
            field_dict["avgPrice"] = avg_price
        if cum_exec_value is not UNSET:
            field_dict["cumExecValue"] = cum_exec_value
        if leaves_qty is not UNSET:
            field_dict["leavesQty"] = leaves_qty
        if leaves_value is not UNSET:
            field_dict["leavesValue"] = leaves_value
        if cum_exec_fee is not UNSET:
            field_dict["cumExecFee"] = cum_exec_fee
        if cum_fee_detail is not UNSET:
            field_dict["cumFeeDetail"] = cum_fee_detail
        if extra_fees is not UNSET:
            field_dict["extraFees"] = extra_fees
        if fee_currency is not UNSET:
            field_dict["feeCurrency"] = fee_currency
        if closed_pnl is not UNSET:
            field_dict["closedPnl"] = closed_pnl
        if time_in_force is not UNSET:
            field_dict["timeInForce"] = time_in_force
        if market_unit is not UNSET:
            field_dict["marketUnit"] = market_unit
        if is_leverage is not UNSET:
            field_dict["isLeverage"] = is_leverage
        if position_idx is not UNSET:
            field_dict["positionIdx"] = position_idx
        if create_type is not UNSET:
            field_dict["createType"] = create_type
        if parent_order_link_id is not UNSET:
            field_dict["parentOrderLinkId"] = parent_order_link_id
        if block_trade_id is not UNSET:
            field_dict["blockTradeId"] = block_trade_id
        if order_iv is not UNSET:
            field_dict["orderIv"] = order_iv
        if place_type is not UNSET:
            field_dict["placeType"] = place_type
        if stop_order_type is not UNSET:
            field_dict["stopOrderType"] = stop_order_type
        if trigger_price is not UNSET:
            field_dict["triggerPrice"] = trigger_price
        if trigger_direction is not UNSET:
            field_dict["triggerDirection"] = trigger_direction
        if trigger_by is not UNSET:
            field_dict["triggerBy"] = trigger_by
        if take_profit is not UNSET:
            field_dict["takeProfit"] = take_profit
        if stop_loss is not UNSET:
            field_dict["stopLoss"] = stop_loss
        if tpsl_mode is not UNSET:
            field_dict["tpslMode"] = tpsl_mode
        if oco_trigger_by is not UNSET:
            field_dict["ocoTriggerBy"] = oco_trigger_by
        if tp_limit_price is not UNSET:
            field_dict["tpLimitPrice"] = tp_limit_price
        if sl_limit_price is not UNSET:
            field_dict["slLimitPrice"] = sl_limit_price
        if tp_trigger_by is not UNSET:
            field_dict["tpTriggerBy"] = tp_trigger_by
        if sl_trigger_by is not UNSET:
            field_dict["slTriggerBy"] = sl_trigger_by
        if last_price_on_created is not UNSET:
            field_dict["lastPriceOnCreated"] = last_price_on_created
        if base_price is not UNSET:
            field_dict["basePrice"] = base_price
        if broker_order_price is not UNSET:
            field_dict["brokerOrderPrice"] = broker_order_price
        if reduce_only is not UNSET:
            field_dict["reduceOnly"] = reduce_only
        if close_on_trigger is not UNSET:
            field_dict["closeOnTrigger"] = close_on_trigger
        if slippage_tolerance_type is not UNSET:
            field_dict["slippageToleranceType"] = slippage_tolerance_type
        if slippage_tolerance is not UNSET:
            field_dict["slippageTolerance"] = slippage_tolerance
        if smp_type is not UNSET:
            field_dict["smpType"] = smp_type
        if smp_group is not UNSET:
            field_dict["smpGroup"] = smp_group
        if smp_order_id is not UNSET:
            field_dict["smpOrderId"] = smp_order_id
        if rpi_taker_access is not UNSET:
            field_dict["rpiTakerAccess"] = rpi_taker_access
        if rpi_matched_qty is not UNSET:
            field_dict["rpiMatchedQty"] = rpi_matched_qty

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.fee_detail import FeeDetail  # noqa: PLC0415

        d = dict(src_dict)
        symbol = d.pop("symbol")

        order_id = d.pop("orderId")

        order_link_id = d.pop("orderLinkId")

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

        qty = d.pop("qty")

        cum_exec_qty = d.pop("cumExecQty")

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

        def _parse_side(data: object) -> KnownSide | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                side_type_0 = check_known_side(data)

                return side_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownSide | None | str | Unset, data)

        side = _parse_side(d.pop("side", UNSET))

        def _parse_order_type(data: object) -> KnownOrderType | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_type_type_0 = check_known_order_type(data)

                return order_type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownOrderType | None | str | Unset, data)

        order_type = _parse_order_type(d.pop("orderType", UNSET))

        def _parse_cancel_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cancel_type = _parse_cancel_type(d.pop("cancelType", UNSET))

        def _parse_reject_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reject_reason = _parse_reject_reason(d.pop("rejectReason", UNSET))

        def _parse_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        price = _parse_price(d.pop("price", UNSET))

        def _parse_avg_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        avg_price = _parse_avg_price(d.pop("avgPrice", UNSET))

        def _parse_cum_exec_value(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cum_exec_value = _parse_cum_exec_value(d.pop("cumExecValue", UNSET))

        def _parse_leaves_qty(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        leaves_qty = _parse_leaves_qty(d.pop("leavesQty", UNSET))

        def _parse_leaves_value(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        leaves_value = _parse_leaves_value(d.pop("leavesValue", UNSET))

        def _parse_cum_exec_fee(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cum_exec_fee = _parse_cum_exec_fee(d.pop("cumExecFee", UNSET))

        def _parse_cum_fee_detail(data: object) -> FeeDetail | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cum_fee_detail_type_0 = FeeDetail.from_dict(data)

                return cum_fee_detail_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FeeDetail | None | Unset, data)

        cum_fee_detail = _parse_cum_fee_detail(d.pop("cumFeeDetail", UNSET))

        def _parse_extra_fees(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        extra_fees = _parse_extra_fees(d.pop("extraFees", UNSET))

        def _parse_fee_currency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        fee_currency = _parse_fee_currency(d.pop("feeCurrency", UNSET))

        def _parse_closed_pnl(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        closed_pnl = _parse_closed_pnl(d.pop("closedPnl", UNSET))

        def _parse_time_in_force(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        time_in_force = _parse_time_in_force(d.pop("timeInForce", UNSET))

        def _parse_market_unit(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        market_unit = _parse_market_unit(d.pop("marketUnit", UNSET))

        def _parse_is_leverage(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        is_leverage = _parse_is_leverage(d.pop("isLeverage", UNSET))

        def _parse_position_idx(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        position_idx = _parse_position_idx(d.pop("positionIdx", UNSET))

        def _parse_create_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        create_type = _parse_create_type(d.pop("createType", UNSET))

        def _parse_parent_order_link_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        parent_order_link_id = _parse_parent_order_link_id(d.pop("parentOrderLinkId", UNSET))

        def _parse_block_trade_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        block_trade_id = _parse_block_trade_id(d.pop("blockTradeId", UNSET))

        def _parse_order_iv(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        order_iv = _parse_order_iv(d.pop("orderIv", UNSET))

        def _parse_place_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        place_type = _parse_place_type(d.pop("placeType", UNSET))

        def _parse_stop_order_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        stop_order_type = _parse_stop_order_type(d.pop("stopOrderType", UNSET))

        def _parse_trigger_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        trigger_price = _parse_trigger_price(d.pop("triggerPrice", UNSET))

        def _parse_trigger_direction(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        trigger_direction = _parse_trigger_direction(d.pop("triggerDirection", UNSET))

        def _parse_trigger_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        trigger_by = _parse_trigger_by(d.pop("triggerBy", UNSET))

        def _parse_take_profit(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        take_profit = _parse_take_profit(d.pop("takeProfit", UNSET))

        def _parse_stop_loss(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        stop_loss = _parse_stop_loss(d.pop("stopLoss", UNSET))

        def _parse_tpsl_mode(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tpsl_mode = _parse_tpsl_mode(d.pop("tpslMode", UNSET))

        def _parse_oco_trigger_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        oco_trigger_by = _parse_oco_trigger_by(d.pop("ocoTriggerBy", UNSET))

        def _parse_tp_limit_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tp_limit_price = _parse_tp_limit_price(d.pop("tpLimitPrice", UNSET))

        def _parse_sl_limit_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sl_limit_price = _parse_sl_limit_price(d.pop("slLimitPrice", UNSET))

        def _parse_tp_trigger_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tp_trigger_by = _parse_tp_trigger_by(d.pop("tpTriggerBy", UNSET))

        def _parse_sl_trigger_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sl_trigger_by = _parse_sl_trigger_by(d.pop("slTriggerBy", UNSET))

        def _parse_last_price_on_created(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_price_on_created = _parse_last_price_on_created(d.pop("lastPriceOnCreated", UNSET))

        def _parse_base_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        base_price = _parse_base_price(d.pop("basePrice", UNSET))

        def _parse_broker_order_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        broker_order_price = _parse_broker_order_price(d.pop("brokerOrderPrice", UNSET))

        def _parse_reduce_only(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        reduce_only = _parse_reduce_only(d.pop("reduceOnly", UNSET))

        def _parse_close_on_trigger(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        close_on_trigger = _parse_close_on_trigger(d.pop("closeOnTrigger", UNSET))

        def _parse_slippage_tolerance_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        slippage_tolerance_type = _parse_slippage_tolerance_type(d.pop("slippageToleranceType", UNSET))

        def _parse_slippage_tolerance(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        slippage_tolerance = _parse_slippage_tolerance(d.pop("slippageTolerance", UNSET))

        def _parse_smp_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        smp_type = _parse_smp_type(d.pop("smpType", UNSET))

        def _parse_smp_group(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        smp_group = _parse_smp_group(d.pop("smpGroup", UNSET))

        def _parse_smp_order_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        smp_order_id = _parse_smp_order_id(d.pop("smpOrderId", UNSET))

        def _parse_rpi_taker_access(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        rpi_taker_access = _parse_rpi_taker_access(d.pop("rpiTakerAccess", UNSET))

        def _parse_rpi_matched_qty(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rpi_matched_qty = _parse_rpi_matched_qty(d.pop("rpiMatchedQty", UNSET))

        order = cls(
            symbol=symbol,
            order_id=order_id,
            order_link_id=order_link_id,
            order_status=order_status,
            qty=qty,
            cum_exec_qty=cum_exec_qty,
            created_time=created_time,
            updated_time=updated_time,
            category=category,
            side=side,
            order_type=order_type,
            cancel_type=cancel_type,
            reject_reason=reject_reason,
            price=price,
            avg_price=avg_price,
            cum_exec_value=cum_exec_value,
            leaves_qty=leaves_qty,
            leaves_value=leaves_value,
            cum_exec_fee=cum_exec_fee,
            cum_fee_detail=cum_fee_detail,
            extra_fees=extra_fees,
            fee_currency=fee_currency,
            closed_pnl=closed_pnl,
            time_in_force=time_in_force,
            market_unit=market_unit,
            is_leverage=is_leverage,
            position_idx=position_idx,
            create_type=create_type,
            parent_order_link_id=parent_order_link_id,
            block_trade_id=block_trade_id,
            order_iv=order_iv,
            place_type=place_type,
            stop_order_type=stop_order_type,
            trigger_price=trigger_price,
            trigger_direction=trigger_direction,
            trigger_by=trigger_by,
            take_profit=take_profit,
            stop_loss=stop_loss,
            tpsl_mode=tpsl_mode,
            oco_trigger_by=oco_trigger_by,
            tp_limit_price=tp_limit_price,
            sl_limit_price=sl_limit_price,
            tp_trigger_by=tp_trigger_by,
            sl_trigger_by=sl_trigger_by,
            last_price_on_created=last_price_on_created,
            base_price=base_price,
            broker_order_price=broker_order_price,
            reduce_only=reduce_only,
            close_on_trigger=close_on_trigger,
            slippage_tolerance_type=slippage_tolerance_type,
            slippage_tolerance=slippage_tolerance,
            smp_type=smp_type,
            smp_group=smp_group,
            smp_order_id=smp_order_id,
            rpi_taker_access=rpi_taker_access,
            rpi_matched_qty=rpi_matched_qty,
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
