"""What a cancel costs beside its network: `python scripts/benchmark.py`.

Everything runs in one process without a network, so that only ratios of one run mean something: these are printed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

import httpx
from bybit_v5.api.trade import cancel_order
from bybit_v5.models import CancelByOrderId

from bybit_ext import AsyncBybit, Bybit

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 2000
ORDER = CancelByOrderId("linear", "BTCUSDT", "c6f055d9-7f21-4079-913d-e6523a9cfffa")
ANSWER = {"retCode": 0, "retMsg": "OK", "result": {"orderId": ORDER.order_id, "orderLinkId": ""}, "time": 1}
TRANSPORT = httpx.MockTransport(lambda _: httpx.Response(200, json=ANSWER))
KEYS = ("X" * 18, "Y" * 36)


def main() -> None:
    bare = measure(by_hand)
    print(f"{'a signed POST by hand, with httpx alone':45} 1.00")
    for name, run in (
        ("the generated function, signed", generated),
        ("Bybit.cancel_order", sync),
        ("AsyncBybit.cancel_order", asynchronous),
    ):
        print(f"{name:45} {measure(run) / bare:.2f}")


def measure(run: Callable[[], None]) -> float:
    """Return seconds; the best of three, since others use this machine too."""
    times: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def by_hand() -> None:
    key, secret = KEYS
    with httpx.Client(base_url="https://api.bybit.com", transport=TRANSPORT) as http:
        for _ in range(CALLS):
            body = json.dumps(ORDER.to_dict())
            now = str(time.time_ns() // 1_000_000)
            sign = hmac.new(secret.encode(), f"{now}{key}5000{body}".encode(), hashlib.sha256).hexdigest()
            headers = {
                "Content-Type": "application/json",
                "X-BAPI-API-KEY": key,
                "X-BAPI-TIMESTAMP": now,
                "X-BAPI-RECV-WINDOW": "5000",
                "X-BAPI-SIGN": sign,
            }
            http.post("/v5/order/cancel", content=body, headers=headers).json()


def generated() -> None:
    with Bybit(*KEYS, transport=TRANSPORT) as bybit:
        for _ in range(CALLS):
            cancel_order.sync(client=bybit.client, body=ORDER)


def sync() -> None:
    with Bybit(*KEYS, transport=TRANSPORT) as bybit:
        for _ in range(CALLS):
            bybit.cancel_order(ORDER)


def asynchronous() -> None:
    async def run() -> None:
        async with AsyncBybit(*KEYS, transport=TRANSPORT) as bybit:
            for _ in range(CALLS):
                await bybit.cancel_order(ORDER)

    asyncio.run(run())


if __name__ == "__main__":
    main()
