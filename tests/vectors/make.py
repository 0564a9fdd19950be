"""Make signatures.json anew, with implementations that are not ours: python tests/vectors/make.py

Needs the extra `peers`. README.md beside this says what a vector is; the keys are made up and open nothing.
"""

import asyncio
import json
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

VECTORS = Path(__file__).with_name("signatures.json")

API_KEY = "XXXXXXXXXXXXXXXXXX"
SECRETS = {
    "HMAC": "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY",
    "RSA": Path(__file__).with_name("rsa_test_key.pem").read_text(),
}
TIMESTAMP, RECV_WINDOW = 1672217376681, 5000
EXPIRES = TIMESTAMP + 10_000

BODIES = {
    "a body": '{"category":"linear","symbol":"BTCPERP","orderLinkId":null,"orderId":"c6f055d9-7f21-4079-913d"}',
    "a body with spaces": '{"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "my-order-1"}',
    "a body over several lines": '{\n  "category": "linear",\r\n\t"symbol": "BTCUSDT"\n}\n',
    "Unicode": '{"category":"spot","symbol":"XRPUSDT","orderLinkId":"żółć 注文 🚀 e\u0301"}',
    "Unicode as escapes": r'{"category":"spot","symbol":"XRPUSDT","orderLinkId":"\u017c\ud83d\ude80"}',
    "quotes and backslashes": r'{"category":"spot","symbol":"XRPUSDT","orderLinkId":"a\"b\\c\u0000/\/"}',
    "characters of URLs": '{"category":"spot","symbol":"XRPUSDT","orderLinkId":"a%20b+c&d=e?f#g"}',
    "a long body": '{"orderLinkId":"' + "x" * 5000 + '"}',
    "an empty body": "",
}
# As they are sent. The names are in order because pybit sorts them.
QUERIES = {
    "a query": "category=linear&orderId=c6f055d9-7f21-4079-913d-e6523a9cfffa&symbol=BTCUSDT",
    "an escaped query": "category=spot&orderLinkId=a%20b%2Bc%26d%3D%C5%BC%25%27%22%F0%9F%9A%80&symbol=XRPUSDT",
    "escapes in lower case": "category=spot&orderLinkId=a%2bb%c5%bc&symbol=XRPUSDT",
    "a query with a plus sign": "category=spot&orderLinkId=a+b%2Fc~d*e&symbol=XRPUSDT",
    "an empty value": "category=spot&orderLinkId=&symbol=XRPUSDT",
    "one parameter": "category=spot",
}


def main() -> None:
    VECTORS.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def make() -> dict[str, Any]:
    return {"api_key": API_KEY, "secrets": SECRETS, "vectors": [*make_rest_vectors(), *make_stream_vectors()]}


def make_rest_vectors() -> Iterator[dict[str, Any]]:
    for implementation, sign in (("pybit", sign_with_pybit), ("ccxt", sign_with_ccxt)):
        for algorithm, secret in SECRETS.items():
            for method, payloads in (("POST", BODIES), ("GET", QUERIES)):
                for what, payload in payloads.items():
                    yield {
                        "made_by": f"{implementation} {version(implementation)}",
                        "request": method,
                        "what": what,
                        "secret": algorithm,
                        "timestamp": TIMESTAMP,
                        "recv_window": RECV_WINDOW,
                        "payload": payload,
                        "signature": sign(method, payload, secret),
                    }


def make_stream_vectors() -> Iterator[dict[str, Any]]:
    # ccxt's stream knows HMAC only.
    for implementation, algorithm, log_in in (
        ("pybit", "HMAC", log_in_with_pybit),
        ("pybit", "RSA", log_in_with_pybit),
        ("ccxt", "HMAC", log_in_with_ccxt),
    ):
        _, expires, signature = log_in(SECRETS[algorithm])["args"]
        yield {
            "made_by": f"{implementation} {version(implementation)}",
            "request": "stream",
            "what": "log-in",
            "secret": algorithm,
            "expires": int(expires),
            "signature": signature,
        }


def sign_with_pybit(method: str, payload: str, secret: str) -> str:
    unified_trading: Any = import_module("pybit.unified_trading")
    session = unified_trading.HTTP(api_key=API_KEY, api_secret=secret, rsa_authentication="PRIVATE KEY" in secret)
    if method == "GET":
        assert session.prepare_payload("GET", split(payload)) == payload
    return str(session._auth(payload, RECV_WINDOW, TIMESTAMP))


def sign_with_ccxt(method: str, payload: str, secret: str) -> str:
    ccxt: Any = import_module("ccxt")
    exchange = ccxt.bybit({"apiKey": API_KEY, "secret": secret, "options": {"recvWindow": RECV_WINDOW}})

    def write_json(_: object) -> str:
        return payload  # the very bytes of the vector, not what ccxt would write for the same fields

    exchange.nonce = lambda: TIMESTAMP
    exchange.json = write_json
    query = split(payload) if method == "GET" else {}
    signed = exchange.sign("v5/order/realtime", ["private"], method, query)
    assert (signed["body"] if method == "POST" else signed["url"].partition("?")[2]) == payload
    return str(signed["headers"]["X-BAPI-SIGN"])


def split(query: str) -> dict[str, str]:
    """Return the parameters as they are written: ccxt and pybit escape nothing."""
    return {name: value for name, _, value in (one.partition("=") for one in query.split("&"))}


def log_in_with_pybit(secret: str) -> dict[str, Any]:
    module: Any = import_module("pybit._websocket_stream")
    sent: list[str] = []
    stream = object.__new__(module._WebSocketManager)
    stream.api_key, stream.api_secret, stream.rsa_authentication = API_KEY, secret, "PRIVATE KEY" in secret
    stream.private_auth_expire = (EXPIRES - TIMESTAMP) // 1000
    stream.ws = SimpleNamespace(send=sent.append)
    with patch("pybit._helpers.generate_timestamp", lambda: TIMESTAMP):
        stream._auth()
    message: dict[str, Any] = json.loads(sent[0])
    return message


def log_in_with_ccxt(secret: str) -> dict[str, Any]:
    pro: Any = import_module("ccxt.pro")

    async def run() -> dict[str, Any]:
        exchange, sent = pro.bybit({"apiKey": API_KEY, "secret": secret}), asyncio.Future[dict[str, Any]]()

        def send(_: str, __: str, message: dict[str, Any], ___: str) -> None:
            sent.set_result(message)

        exchange.milliseconds = lambda: TIMESTAMP  # it adds ten seconds, as pybit is told to
        exchange.client = Mock(return_value=Mock(reusableFuture=Mock(return_value=sent), subscriptions={}))
        exchange.watch = send
        message: dict[str, Any] = await exchange.authenticate("")
        await exchange.close()
        return message

    return asyncio.run(run())


if __name__ == "__main__":
    main()
