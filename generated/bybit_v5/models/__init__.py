# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

"""Contains all the data models used in inputs/outputs"""

from .accepted import Accepted
from .cancel_by_order_id import CancelByOrderId
from .cancel_by_order_link_id import CancelByOrderLinkId
from .cancel_order_answer import CancelOrderAnswer
from .cancel_spot_by_order_id import CancelSpotByOrderId
from .cancel_spot_by_order_link_id import CancelSpotByOrderLinkId
from .category import Category
from .ext_info import ExtInfo
from .get_orders_answer import GetOrdersAnswer
from .get_server_time_answer import GetServerTimeAnswer
from .known_order_status import KnownOrderStatus
from .known_order_type import KnownOrderType
from .known_side import KnownSide
from .no_result import NoResult
from .order import Order
from .order_filter import OrderFilter
from .order_ids import OrderIds
from .order_page import OrderPage
from .refusal import Refusal
from .server_time import ServerTime

__all__ = (
    "Accepted",
    "CancelByOrderId",
    "CancelByOrderLinkId",
    "CancelOrderAnswer",
    "CancelSpotByOrderId",
    "CancelSpotByOrderLinkId",
    "Category",
    "ExtInfo",
    "GetOrdersAnswer",
    "GetServerTimeAnswer",
    "KnownOrderStatus",
    "KnownOrderType",
    "KnownSide",
    "NoResult",
    "Order",
    "OrderFilter",
    "OrderIds",
    "OrderPage",
    "Refusal",
    "ServerTime",
)
