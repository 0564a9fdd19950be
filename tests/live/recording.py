"""Keep what the real exchange answers, with everything secret removed: evidence that can be committed."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from bybit_ext.engines.as_transport import redact_body

# Where the answers of testnet are kept.
ANSWERS = Path(__file__).with_name("answers")
SECRET_HEADERS = ("X-BAPI-API-KEY", "X-BAPI-SIGN")
IP_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")


class RecordingTransport(httpx.HTTPTransport):
    """Sends over a real socket, and writes each answer to a file as it will be shown: redacted.

    Of the request it keeps what is no credential: the method, the path and what was asked. Of the answer's headers it
    keeps those that the document knows, without the trace id, which belongs to the account. A page that is no JSON is
    not kept: it tells where this machine is. Nor are IP addresses.
    """

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        self._folder = folder
        self._name = name
        self._sends = 0
        for file in folder.glob(f"{name}.*.json"):
            file.unlink()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.request = request
        response.read()
        secrets = [request.headers[name] for name in SECRET_HEADERS if name in request.headers]
        shown = httpx.Response(
            response.status_code, headers=response.headers, content=redact_body(response.content, secrets)
        )
        self._sends += 1
        self._write(request, shown)
        return response

    def _write(self, request: httpx.Request, response: httpx.Response) -> None:
        kept = ("Content-Type", "Ret_code", "X-Bapi-Limit", "X-Bapi-Limit-Status")
        record = {
            "request": {
                "method": request.method,
                "path": request.url.path,
                "query": dict(request.url.params),
                "body": _read(request.content),
            },
            "status": response.status_code,
            "headers": {name: response.headers[name] for name in kept if name in response.headers},
            "body": _read(response.content),
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        text = IP_ADDRESS.sub("***", json.dumps(record, indent=1, ensure_ascii=False)) + "\n"
        if any(request.headers.get(name, "\0") in text for name in SECRET_HEADERS):
            raise RuntimeError("an answer holds a credential in a form that is not redacted; it is not kept")
        file = self._folder / f"{self._name}.{self._sends}.json"
        file.write_text(text, encoding="utf-8")


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return f"{len(content)} bytes that are no JSON" if content else None
