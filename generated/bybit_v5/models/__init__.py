# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

"""Contains all the data models used in inputs/outputs"""

from .accepted_response import AcceptedResponse
from .cancel_by_order_id import CancelByOrderId
from .cancel_by_order_link_id import CancelByOrderLinkId
from .cancel_order_response import CancelOrderResponse
from .cancel_spot_by_order_id import CancelSpotByOrderId
from .cancel_spot_by_order_link_id import CancelSpotByOrderLinkId
from .category import Category
from .error_response import ErrorResponse
from .ext_info import ExtInfo
from .fee_detail import FeeDetail
from .get_order_history_response import GetOrderHistoryResponse
from .get_orders_response import GetOrdersResponse
from .get_server_time_response import GetServerTimeResponse
from .known_order_status import KnownOrderStatus
from .known_order_type import KnownOrderType
from .known_side import KnownSide
from .no_result import NoResult
from .open_only import OpenOnly
from .order import Order
from .order_filter import OrderFilter
from .order_ids import OrderIds
from .order_page import OrderPage
from .query_order_filter import QueryOrderFilter
from .server_time import ServerTime

__all__ = (
    "AcceptedResponse",
    "CancelByOrderId",
    "CancelByOrderLinkId",
    "CancelOrderResponse",
    "CancelSpotByOrderId",
    "CancelSpotByOrderLinkId",
    "Category",
    "ErrorResponse",
    "ExtInfo",
    "FeeDetail",
    "GetOrderHistoryResponse",
    "GetOrdersResponse",
    "GetServerTimeResponse",
    "KnownOrderStatus",
    "KnownOrderType",
    "KnownSide",
    "NoResult",
    "OpenOnly",
    "Order",
    "OrderFilter",
    "OrderIds",
    "OrderPage",
    "QueryOrderFilter",
    "ServerTime",
)
