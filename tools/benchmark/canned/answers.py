"""What is answered: the bodies and headers that Bybit sends, made once but for the ids."""

import json
import time
from email.utils import formatdate
from typing import Any

_HEADERS = (
    "HTTP/1.1 {status}",
    "Content-Type: application/json; charset=utf-8",
    "Content-Length: {length}",
    "Connection: keep-alive",
    "Date: {date}",
    "Ret_code: {ret_code}",
    "Traceid: 072b00c7cd5c4e7a9d5f9c9f4bd4b2ac",
    "Timenow: {now}",
    "X-Bapi-Limit: 10",
    "X-Bapi-Limit-Status: 9",
    "X-Bapi-Limit-Reset-Timestamp: {now}",
    "Server: Openresty",
    "X-Cache: Miss from cloudfront",
    "Via: 1.1 2f1d0c3bb6d1d6a2f9c1b1c5a0e6ffaa.cloudfront.net (CloudFront)",
    "X-Amz-Cf-Pop: FRA60-P1",
    "X-Amz-Cf-Id: nT2f0v8Jw3nT5kZ0k5v0bV1qQ0m8Qx3J0y2mXl9y3kZ8sXv0n5xY1g==",
)
_OTHER_ID = "-" * 36  # as long as an order id


def answer(result: dict[str, Any], *, ret_code: int = 0, ret_msg: str = "OK", status: str = "200 OK") -> bytes:
    """Return the bytes of an answer.

    Args:
        result: what is answered.
        ret_code: Bybit's code.
        ret_msg: Bybit's message.
        status: status and reason of HTTP.
    """
    now = time.time_ns() // 1_000_000
    content = {"retCode": ret_code, "retMsg": ret_msg, "result": result, "retExtInfo": {}, "time": now}
    body = json.dumps(content, separators=(",", ":"))
    date = formatdate(usegmt=True)
    head = "\r\n".join(_HEADERS).format(status=status, length=len(body), date=date, ret_code=ret_code, now=now)
    return f"{head}\r\n\r\n{body}".encode()


class Acknowledgements:
    """The acknowledgements of cancels: bytes that were made once, with the order's id put in."""

    def __init__(self) -> None:
        self._before, _, self._after = answer({"orderId": _OTHER_ID, "orderLinkId": ""}).partition(_OTHER_ID.encode())

    def of(self, order_id: str) -> bytes:
        """Return the acknowledgement of an order's cancel; its id has to have 36 characters."""
        return self._before + order_id.encode() + self._after


def refusal(ret_code: int, ret_msg: str, status: str = "200 OK") -> bytes:
    """Return the bytes of a refusal."""
    return answer({}, ret_code=ret_code, ret_msg=ret_msg, status=status)
