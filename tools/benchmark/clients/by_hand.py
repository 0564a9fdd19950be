"""A cancel that is signed by hand, and the least that has to be looked at in its answer: nothing is validated."""

import hashlib
import hmac
import json
import ssl
import time

from tools.benchmark.target import CATEGORY, SYMBOL, Target

_RECV_WINDOW = "5000"


def sign_cancel(target: Target, order_id: str) -> tuple[bytes, dict[str, str]]:
    """Return the body of a cancel, and its headers."""
    body = json.dumps({"category": CATEGORY, "symbol": SYMBOL, "orderId": order_id})
    now = str(time.time_ns() // 1_000_000)
    text = f"{now}{target.api_key}{_RECV_WINDOW}{body}"
    return body.encode(), {
        "Content-Type": "application/json",
        "X-BAPI-API-KEY": target.api_key,
        "X-BAPI-TIMESTAMP": now,
        "X-BAPI-RECV-WINDOW": _RECV_WINDOW,
        "X-BAPI-SIGN": hmac.new(target.api_secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }


def read_acknowledgement(body: bytes) -> str:
    """Return the order id of an acknowledgement.

    Raises:
        ValueError: it is a refusal.
    """
    answer = json.loads(body)
    if answer["retCode"] != 0:
        raise ValueError(f"not accepted: {answer}")
    return str(answer["result"]["orderId"])


def trust(target: Target) -> ssl.SSLContext | None:
    """Return a context that trusts a target's authorities; None where there is no TLS."""
    return ssl.create_default_context(cafile=target.ca_file) if target.ca_file else None
