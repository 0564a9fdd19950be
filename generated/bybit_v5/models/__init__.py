# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

"""Contains all the data models used in inputs/outputs"""

from .accepted_response import AcceptedResponse
from .batch_cancel_by_order_id import BatchCancelByOrderId
from .batch_cancel_by_order_link_id import BatchCancelByOrderLinkId
from .batch_order import BatchOrder
from .bbo_level import BboLevel
from .bbo_side_type import BboSideType
from .cancel_all_by_base_coin import CancelAllByBaseCoin
from .cancel_all_by_settle_coin import CancelAllBySettleCoin
from .cancel_all_by_symbol import CancelAllBySymbol
from .cancel_all_options import CancelAllOptions
from .cancel_all_response import CancelAllResponse
from .cancel_all_result import CancelAllResult
from .cancel_all_spot import CancelAllSpot
from .cancel_batch import CancelBatch
from .cancel_batch_code import CancelBatchCode
from .cancel_batch_codes import CancelBatchCodes
from .cancel_batch_response import CancelBatchResponse
from .cancel_batch_result import CancelBatchResult
from .cancel_by_order_id import CancelByOrderId
from .cancel_by_order_link_id import CancelByOrderLinkId
from .cancel_order_response import CancelOrderResponse
from .cancel_spot_batch import CancelSpotBatch
from .cancel_spot_by_order_id import CancelSpotByOrderId
from .cancel_spot_by_order_link_id import CancelSpotByOrderLinkId
from .category import Category
from .create_order_response import CreateOrderResponse
from .derivatives_category import DerivativesCategory
from .error_response import ErrorResponse
from .ext_info import ExtInfo
from .fee_detail import FeeDetail
from .futures_category import FuturesCategory
from .futures_limit_order import FuturesLimitOrder
from .futures_market_order import FuturesMarketOrder
from .futures_order_filter import FuturesOrderFilter
from .get_order_history_response import GetOrderHistoryResponse
from .get_orders_response import GetOrdersResponse
from .get_server_time_response import GetServerTimeResponse
from .is_leverage import IsLeverage
from .known_order_status import KnownOrderStatus
from .known_order_type import KnownOrderType
from .known_side import KnownSide
from .market_unit import MarketUnit
from .no_result import NoResult
from .open_only import OpenOnly
from .option_limit_order import OptionLimitOrder
from .option_market_order import OptionMarketOrder
from .option_order_filter import OptionOrderFilter
from .option_settle_coin import OptionSettleCoin
from .order import Order
from .order_filter import OrderFilter
from .order_ids import OrderIds
from .order_page import OrderPage
from .position_idx import PositionIdx
from .query_order_filter import QueryOrderFilter
from .server_time import ServerTime
from .slippage_tolerance_type import SlippageToleranceType
from .smp_type import SmpType
from .spot_limit_order import SpotLimitOrder
from .spot_market_order import SpotMarketOrder
from .spot_order_filter import SpotOrderFilter
from .spot_trigger_limit_order import SpotTriggerLimitOrder
from .spot_trigger_market_order import SpotTriggerMarketOrder
from .time_in_force import TimeInForce
from .tpsl_mode import TpslMode
from .trigger_by import TriggerBy
from .trigger_direction import TriggerDirection
from .trigger_filter import TriggerFilter

__all__ = (
    "AcceptedResponse",
    "BatchCancelByOrderId",
    "BatchCancelByOrderLinkId",
    "BatchOrder",
    "BboLevel",
    "BboSideType",
    "CancelAllByBaseCoin",
    "CancelAllBySettleCoin",
    "CancelAllBySymbol",
    "CancelAllOptions",
    "CancelAllResponse",
    "CancelAllResult",
    "CancelAllSpot",
    "CancelBatch",
    "CancelBatchCode",
    "CancelBatchCodes",
    "CancelBatchResponse",
    "CancelBatchResult",
    "CancelByOrderId",
    "CancelByOrderLinkId",
    "CancelOrderResponse",
    "CancelSpotBatch",
    "CancelSpotByOrderId",
    "CancelSpotByOrderLinkId",
    "Category",
    "CreateOrderResponse",
    "DerivativesCategory",
    "ErrorResponse",
    "ExtInfo",
    "FeeDetail",
    "FuturesCategory",
    "FuturesLimitOrder",
    "FuturesMarketOrder",
    "FuturesOrderFilter",
    "GetOrderHistoryResponse",
    "GetOrdersResponse",
    "GetServerTimeResponse",
    "IsLeverage",
    "KnownOrderStatus",
    "KnownOrderType",
    "KnownSide",
    "MarketUnit",
    "NoResult",
    "OpenOnly",
    "OptionLimitOrder",
    "OptionMarketOrder",
    "OptionOrderFilter",
    "OptionSettleCoin",
    "Order",
    "OrderFilter",
    "OrderIds",
    "OrderPage",
    "PositionIdx",
    "QueryOrderFilter",
    "ServerTime",
    "SlippageToleranceType",
    "SmpType",
    "SpotLimitOrder",
    "SpotMarketOrder",
    "SpotOrderFilter",
    "SpotTriggerLimitOrder",
    "SpotTriggerMarketOrder",
    "TimeInForce",
    "TpslMode",
    "TriggerBy",
    "TriggerDirection",
    "TriggerFilter",
)
