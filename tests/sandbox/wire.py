"""Plain clients of the sandbox: httpx and websockets, signing as Bybit's page says. Nothing of the SDK is in them."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from bybit_v5.models import Order
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from websockets.sync.client import connect

from bybit_ext.sandbox import Exchange, Sandbox

LIMIT = 15.0  # seconds that anything may take
OPEN = ("New", "PartiallyFilled", "Untriggered")
RESET = (httpx.ReadError, httpx.RemoteProtocolError)
RSA_KEY = Path(__file__).parents[1].joinpath("vectors", "rsa_test_key.pem").read_text()
RSA_PUBLIC_KEY = (
    load_pem_private_key(RSA_KEY.encode(), None)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def hmac_hex(secret: str, text: str | bytes) -> str:
    return hmac.new(secret.encode(), text.encode() if isinstance(text, str) else text, hashlib.sha256).hexdigest()


class Wire:
    """A client of one sandbox. Its time is that of the sandbox's clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._http = httpx.Client(base_url=sandbox.url, timeout=LIMIT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.send(self.sign(self._http.build_request("GET", path, params=query))).json()
        return answer

    def cancel(self, order: Order | None = None, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.send(self.cancel_request(order, **body)).json()
        return answer

    def create(self, category: str = "linear", symbol: str = "BTCUSDT", **body: Any) -> dict[str, Any]:
        """Create an order; what is not said is a limit order that buys one at 100."""
        limit = {"price": "100"} if body.get("orderType", "Limit") == "Limit" else {}
        order = {"category": category, "symbol": symbol, "side": "Buy", "orderType": "Limit", "qty": "1"}
        return self.post("/v5/order/create", {**order, **limit, **body})

    def cancel_batch(self, orders: Iterable[Order | dict[str, str]], category: str = "linear") -> dict[str, Any]:
        named = [one if isinstance(one, dict) else {"symbol": one.symbol, "orderId": one.order_id} for one in orders]
        return self.post("/v5/order/cancel-batch", {"category": category, "request": named})

    def cancel_all(self, **body: Any) -> dict[str, Any]:
        return self.post("/v5/order/cancel-all", body)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.send(self.post_request(path, body)).json()
        return answer

    def post_request(self, path: str, body: Mapping[str, Any]) -> httpx.Request:
        return self.sign(self._http.build_request("POST", path, json=body))

    def realtime(self, **query: Any) -> dict[str, Any]:
        return self.get("/v5/order/realtime", query)

    def history(self, **query: Any) -> dict[str, Any]:
        return self.get("/v5/order/history", query)

    def send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        return self._http.send(request, stream=stream)

    def cancel_request(self, order: Order | None = None, **body: Any) -> httpx.Request:
        named = {"category": order.category, "symbol": order.symbol, "orderId": order.order_id} if order else {}
        return self.post_request("/v5/order/cancel", {**named, **body})

    def sign(
        self,
        request: httpx.Request,
        *,
        timestamp: int | str | None = None,
        recv_window: int | None = None,
        api_key: str | None = None,
        secret: str | None = None,
    ) -> httpx.Request:
        api_key, secret = api_key or self._sandbox.api_key, secret or self._sandbox.api_secret
        timestamp = self._sandbox.clock() if timestamp is None else timestamp
        payload = request.content if request.method == "POST" else request.url.query
        text = f"{timestamp}{api_key}{5000 if recv_window is None else recv_window}".encode() + payload
        request.headers["X-BAPI-API-KEY"] = api_key
        request.headers["X-BAPI-TIMESTAMP"] = str(timestamp)
        request.headers["X-BAPI-SIGN"] = hmac_hex(secret, text)
        if recv_window is not None:
            request.headers["X-BAPI-RECV-WINDOW"] = str(recv_window)
        return request


class StreamClient:
    """A connection to the private stream of one sandbox, while its context is open."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._connecting = connect(sandbox.stream_url, proxy=None, open_timeout=LIMIT, close_timeout=1)

    def __enter__(self) -> Self:
        self.socket = self._connecting.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connecting.__exit__(kind, error, traceback)

    def ask(self, request: Any) -> dict[str, Any]:
        """Send a request, and return the next message."""
        self.socket.send(request if isinstance(request, str) else json.dumps(request))
        return self.receive()

    def receive(self, seconds: float = LIMIT) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=seconds))
        return message

    def log_in(self, *, expires: Any = None, secret: str | None = None) -> dict[str, Any]:
        return self.ask(self.auth(expires=expires, secret=secret))

    def auth(self, *, expires: Any = None, secret: str | None = None) -> dict[str, Any]:
        expires = self._sandbox.clock() + 10_000 if expires is None else expires
        signature = hmac_hex(secret or self._sandbox.api_secret, f"GET/realtime{expires}")
        return {"op": "auth", "args": [self._sandbox.api_key, expires, signature]}

    def subscribe(self, *topics: Any) -> dict[str, Any]:
        return self.ask({"op": "subscribe", "args": [*topics]})

    def open(self, *topics: str) -> Self:
        """Log in and subscribe."""
        assert self.log_in()["success"]
        assert self.subscribe(*(topics or ("order",)))["success"]
        return self

    def next_orders(self, count: int) -> list[dict[str, Any]]:
        """Return the orders of the next events."""
        return [order for _ in range(count) for order in self.receive()["data"]]


def orders_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the orders of a page."""
    assert answer["retCode"] == 0, answer
    orders: list[dict[str, Any]] = answer["result"]["list"]
    return orders


def ids_of(answer: dict[str, Any]) -> list[str]:
    return [order["orderId"] for order in orders_of(answer)]


def statuses_of(answer: dict[str, Any]) -> list[str]:
    return [order["orderStatus"] for order in orders_of(answer)]


def codes_of(answer: dict[str, Any]) -> list[int]:
    """Return the codes of the orders of a batch."""
    assert answer["retCode"] == 0, answer
    return [one["code"] for one in answer["retExtInfo"]["list"]]


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until something is true that nothing reports."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it did not become true in time"
        time.sleep(0.002)


def wait_for_end(exchange: Exchange, order: Order) -> Order:
    """Return an order once it is closed."""
    has_ended = threading.Event()

    def listen(changed: Order) -> None:
        if changed.order_id == order.order_id and changed.order_status not in OPEN:
            has_ended.set()

    stop = exchange.listen(listen)
    try:
        if exchange.order(order.order_id).order_status in OPEN:
            assert has_ended.wait(LIMIT), "the order did not end in time"
    finally:
        stop()
    return exchange.order(order.order_id)
