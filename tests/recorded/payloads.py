"""Payloads that other projects recorded, by kind. They are not part of this project; where they are absent nothing is
played.

ack        accepts a cancel          error     refuses it
order      one order                 orders    a page of them
emptylist  a page without any        time      the exchange's clock
ws         a message of the stream
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from bybit_ext.calls.strict_json import object_fields

FOLDER = Path(os.environ.get("BYBIT_RECORDED", Path(__file__).parents[2].parent / "shared" / "recorded"))


def payloads(*kinds: str) -> pytest.MarkDecorator:
    """Parametrize a test with the payloads of some kinds."""
    files = [file for kind in kinds for file in sorted((FOLDER / kind).glob("*.json"))]
    found = [
        pytest.param(json.loads(file.read_text(encoding="utf-8")), id=f"{file.parent.name}/{file.stem}")
        for file in files
    ]
    missing = pytest.param(None, marks=pytest.mark.skip(reason="no recorded payloads here"))
    return pytest.mark.parametrize("payload", found or [missing])


def recorded_orders(*kinds: str) -> pytest.MarkDecorator:
    """Parametrize a test with each order in the payloads of some kinds."""
    found = [
        pytest.param(order, id=f"{file.parent.name}/{file.stem}-{number}")
        for kind in kinds
        for file in sorted((FOLDER / kind).glob("*.json"))
        for number, order in enumerate(find_orders(json.loads(file.read_text(encoding="utf-8"))))
    ]
    missing = pytest.param(None, marks=pytest.mark.skip(reason="no recorded payloads here"))
    return pytest.mark.parametrize("recorded", found or [missing])


def find_orders(part: object) -> Iterator[dict[str, Any]]:
    """Return the orders in a payload, wherever they stand."""
    fields = object_fields(part)
    if "orderStatus" in fields:
        yield fields
        return
    for inner in cast("list[object]", part) if isinstance(part, list) else fields.values():
        yield from find_orders(inner)
