"""What the code needs of the OpenAPI document at run time. The generated package carries it as JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from bybit_v5 import client


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document. It is shared: do not change it."""
    content: dict[str, Any] = json.loads(Path(client.__file__).with_name("openapi.json").read_bytes())
    return content


@cache
def public_operations() -> frozenset[tuple[str, str]]:
    """Return (method, path) of the operations that are not signed."""
    return frozenset(
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if operation.get("security") == []
    )
