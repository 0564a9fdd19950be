"""Make signatures.json anew, with implementations that are not ours: python tests/vectors/make.py

Needs the extra `peers`. Each vector is one payload signed by one of them; the keys are made up and open nothing.
"""

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).with_name("signatures.json")
RSA_KEY = Path(__file__).with_name("rsa_test_key.pem")

API_KEY = "XXXXXXXXXXXXXXXXXX"
HMAC_SECRET = "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY"
TIMESTAMP, RECV_WINDOW = 1672217376681, 5000

PAYLOADS = {
    "a body": '{"category":"linear","symbol":"BTCPERP","orderLinkId":null,"orderId":"c6f055d9-7f21-4079-913d"}',
    "a body with spaces": '{"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "my-order-1"}',
    "Unicode": '{"category":"spot","symbol":"XRPUSDT","orderLinkId":"żółć 注文 🚀"}',
    "quotes and backslashes": r'{"category":"spot","symbol":"XRPUSDT","orderLinkId":"a\"b\\c\u0000/\/"}',
    "an empty body": "",
    "a query": "category=linear&symbol=BTCUSDT&orderId=c6f055d9-7f21-4079-913d-e6523a9cfffa",
    "an escaped query": "category=spot&symbol=XRPUSDT&orderLinkId=a%20b%2Bc%26d%3D%C5%BC%25%27%22",
    "a query with a plus sign": "category=spot&orderLinkId=a+b%2Fc~d*e",
}


def main() -> None:
    VECTORS.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def make() -> list[dict[str, Any]]:
    rsa_key = RSA_KEY.read_text()
    return [
        {
            "made_by": f"{implementation} {version(implementation)}",
            "what": f"{algorithm}, {what}",
            "api_key": API_KEY,
            "api_secret": secret,
            "timestamp": TIMESTAMP,
            "recv_window": RECV_WINDOW,
            "payload": payload,
            "signature": sign(payload, secret),
        }
        for implementation, sign in (("pybit", sign_with_pybit), ("ccxt", sign_with_ccxt))
        for algorithm, secret in (("HMAC", HMAC_SECRET), ("RSA", rsa_key))
        for what, payload in PAYLOADS.items()
    ]


def sign_with_pybit(payload: str, secret: str) -> str:
    unified_trading: Any = import_module("pybit.unified_trading")
    session = unified_trading.HTTP(api_key=API_KEY, api_secret=secret, rsa_authentication="PRIVATE KEY" in secret)
    return str(session._auth(payload, RECV_WINDOW, TIMESTAMP))


def sign_with_ccxt(payload: str, secret: str) -> str:
    ccxt: Any = import_module("ccxt")
    exchange = ccxt.bybit({"apiKey": API_KEY, "secret": secret, "options": {"recvWindow": RECV_WINDOW}})

    def write_json(_: object) -> str:
        return payload  # the very bytes of the vector, not what ccxt would write for the same fields

    exchange.nonce = lambda: TIMESTAMP
    exchange.json = write_json
    return str(exchange.sign("v5/order/cancel", ["private"], "POST", {})["headers"]["X-BAPI-SIGN"])


if __name__ == "__main__":
    main()
