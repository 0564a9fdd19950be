"""The signature vectors, read. README.md beside this says what they are."""

import json
from pathlib import Path
from typing import Any

from bybit_ext import Credentials, load_credentials

FILE = Path(__file__).with_name("signatures.json")
CONTENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
SIGNED_REQUESTS: list[dict[str, Any]] = [one for one in CONTENT["vectors"] if one["request"] != "stream"]
LOG_INS: list[dict[str, Any]] = [one for one in CONTENT["vectors"] if one["request"] == "stream"]


def name_of(vector: dict[str, Any]) -> str:
    return f"{vector['made_by']}: {vector['request']}, {vector['secret']}, {vector['what']}"


def credentials_of(vector: dict[str, Any]) -> Credentials:
    return load_credentials(CONTENT["api_key"], CONTENT["secrets"][vector["secret"]])
