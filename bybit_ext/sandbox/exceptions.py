"""The refusals, with the exchange's codes and words.

Source: https://bybit-exchange.github.io/docs/v5/error
"""

from attrs import frozen


@frozen
class Refusal:
    """A refusal: the code and the words of the exchange."""

    ret_code: int
    ret_msg: str


API_KEY_INVALID = Refusal(10003, "API key is invalid.")
NOT_IMITATED = Refusal(10404, "op type is not found: the sandbox does not imitate this operation")


def invalid_request(problem: str) -> Refusal:
    """Refuse a request that the document forbids."""
    return Refusal(10001, f"params error: {problem}")


def wrong_signature(text: str) -> Refusal:
    """Refuse a signature. Like the exchange, this echoes what was to be signed, the API key too."""
    return Refusal(10004, f"error sign! please check your signature generation algorithm. origin_string[{text}]")


def outside_window(timestamp: str, server_time: int, recv_window: str) -> Refusal:
    """Refuse a timestamp. Like the exchange, this tells both times."""
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
