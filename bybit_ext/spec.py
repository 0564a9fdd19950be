"""What the code needs of the OpenAPI document at run time. The generated package carries it as JSON."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from bybit_v5 import client


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document. It is shared: do not change it."""
    content: dict[str, Any] = json.loads(Path(client.__file__).with_name("openapi.json").read_bytes())
    return content


@cache
def public_operations() -> frozenset[tuple[str, str]]:
    """Return (method, path) of the operations that are not signed."""
    return frozenset(name for name, operation in _operations() if operation.get("security") == [])


@cache
def idempotent_operations() -> frozenset[tuple[str, str]]:
    """Return (method, path) of the operations that do the same when they are sent twice."""
    return frozenset(name for name, operation in _operations() if name[0] == "GET" or operation.get("x-idempotent"))


def _operations() -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield (method.upper(), path), operation


def is_among(operations: frozenset[tuple[str, str]], request: httpx.Request) -> bool:
    """Tell whether a request is one of some operations."""
    # endswith: a base_url may put a path of its own before the document's.
    return any(request.method == method and request.url.path.endswith(path) for method, path in operations)
