"""The refusals, with the exchange's codes and words.

Source: https://bybit-exchange.github.io/docs/v5/error
"""

from attrs import frozen


@frozen
class Refusal:
    """A refusal: the code and the words of the exchange."""

    ret_code: int
    ret_msg: str


class OrderRefused(ValueError):
    """The exchange does not take an order.

    Attributes:
        refusal: the code and the words with which it refuses.
    """

    def __init__(self, refusal: Refusal, problem: str) -> None:
        super().__init__(f"{refusal.ret_code} {refusal.ret_msg}: {problem}")
        self.refusal = refusal


API_KEY_INVALID = Refusal(10003, "API key is invalid.")
NOT_LOGGED_IN = Refusal(10007, "User authentication failed.")
REQ_ID_REPEATED = Refusal(20006, "reqId is duplicated")
OP_NOT_FOUND = Refusal(10404, "op type is not found")
NOT_IMITATED = Refusal(10404, "op type is not found: the sandbox does not imitate this operation")
ROUTE_NOT_FOUND = Refusal(10017, "Route not found.")
COIN_MISSING = Refusal(10001, "Missing some parameters that must be filled in, symbol or settleCoin or baseCoin")
RANGE_TOO_LONG = Refusal(10001, "The time range between startTime and endTime cannot exceed 7 days.")
"""The 10001s that no schema can say: the form of these requests is right. See `symbol_invalid` too."""
VALUE_TOO_LOW = Refusal(170140, "Order value exceeded lower limit")
"""Of a spot market order whose amount of quote coin buys nothing."""
TOO_MANY_VISITS = Refusal(10006, "Too many visits!")
TOO_MANY_ORDERS = Refusal(110020, "Not allowed to have more than 500 active orders.")
TOO_MANY_STOP_ORDERS = Refusal(110009, "The number of stop orders exceeds the maximum allowable limit")
TOO_MANY_SPOT_ORDERS = Refusal(170810, "Cannot exceed maximum of 500 conditional, TP/SL and active orders.")


def invalid_request(problem: str) -> Refusal:
    """Refuse a request that the document forbids."""
    return Refusal(10001, f"params error: {problem}")


def unknown_cursor(cursor: str) -> Refusal:
    """Refuse a cursor that no page has given."""
    return invalid_request(f"cursor: {cursor!r:.60} is not the nextPageCursor of any page")


def wrong_signature(text: str) -> Refusal:
    """Refuse a signature. Like the exchange, this echoes what was to be signed, the API key too."""
    return Refusal(10004, f"error sign! please check your signature generation algorithm. origin_string[{text}]")


def log_in_malformed() -> Refusal:
    """Refuse a log-in that has another form."""
    return Refusal(10001, "Params Error")


def log_in_is_over() -> Refusal:
    """Refuse a log-in that has expired."""
    return Refusal(10001, "Params Error: expires is over")


def log_in_wrong(api_key: str, signature: str) -> Refusal:
    """Refuse the signature of a log-in. Like the exchange, this echoes both."""
    return Refusal(10004, f"error sign! api_key[{api_key}] sign[{signature}]")


def outside_window(timestamp: str, server_time: int, recv_window: str) -> Refusal:
    """Refuse a timestamp. Like the exchange, this names both times."""
    return Refusal(
        10002,
        "invalid request, please check your server timestamp or recv_window param. "
        f"req_timestamp[{timestamp}],server_timestamp[{server_time}],recv_window[{recv_window}]",
    )


def not_found(category: str) -> Refusal:
    """Refuse a cancel of an order that is not there."""
    if category == "spot":
        return Refusal(170213, "Order does not exist.")
    return Refusal(110001, "order not exists or too late to cancel")


def closed(category: str, status: str) -> Refusal:
    """Refuse a cancel of an order that has ended."""
    if category == "spot":
        filled = Refusal(170139, "Order has been filled.")
        return filled if status == "Filled" else Refusal(170142, "Order has been canceled.")
    cancelled = Refusal(110010, "The order has been cancelled")
    return cancelled if status == "Cancelled" else Refusal(110008, "The order has been completed or cancelled.")


def link_id_taken(category: str) -> Refusal:
    """Refuse an order whose link id belongs to one that is open."""
    if category == "spot":
        return Refusal(170141, "Duplicate clientOrderId")
    return Refusal(110072, "OrderLinkedID is duplicate")


def symbol_invalid(category: str, symbol: str) -> Refusal:
    """Refuse an order of a symbol that has no form of its category."""
    if category == "spot":
        return Refusal(170121, "Invalid symbol.")
    return invalid_request(f"symbol invalid {symbol}")


def qty_too_small(category: str) -> Refusal:
    """Refuse an order of nothing."""
    if category == "spot":
        return Refusal(170136, "Order quantity lower than the minimum.")
    return Refusal(110017, "orderQty will be truncated to zero")


def price_out_of_range(category: str) -> Refusal:
    """Refuse an order at a price that cannot be."""
    if category == "spot":
        return Refusal(170133, "Order price lower than the minimum.")
    return Refusal(110003, "Order price exceeds the allowable range.")
