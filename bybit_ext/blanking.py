"""Blanking: what the exchange echoes of a request's key and signature (10004 quotes the key) must not be shown."""

import json
import re
from functools import lru_cache
from html import unescape
from typing import Any, cast
from urllib.parse import quote

import httpx

_SECRET_HEADERS = ("X-BAPI-API-KEY", "X-BAPI-SIGN")


def blank(text: str, *secrets: str) -> str:
    """Replace secrets in a text, however they are spelled: in upper or lower case, for a URL, as PHP writes JSON."""
    lowered = text.lower()
    for secret in secrets:
        for spelling in _spellings(secret):
            if spelling.lower() in lowered:
                text = re.sub(re.escape(spelling), "***", text, flags=re.IGNORECASE)
                lowered = text.lower()
    return text


@lru_cache(maxsize=64)
def _spellings(secret: str) -> tuple[str, ...]:
    spellings = {secret, quote(secret), quote(secret, safe=""), secret.replace("/", r"\/")}
    return tuple(sorted(spellings, key=len, reverse=True))


def blank_echo(text: str, response: httpx.Response) -> str:
    """Replace what a text of an answer echoes of its request."""
    return blank(text, *_secrets_of(response))


def blank_body(response: httpx.Response) -> None:
    """Replace what the body of an answer echoes of its request: in the strings of JSON, else in the text."""
    secrets = _secrets_of(response)
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        # Latin-1 holds every byte; a page may write a signature's characters as entities.
        text = unescape(response.content.decode("latin-1"))
        blanked = blank(text, *secrets)
        changed, written = blanked != text, blanked.encode("latin-1", errors="xmlcharrefreplace")
    else:
        blanked = _blank_strings(value, secrets)
        changed, written = blanked != value, json.dumps(blanked).encode()
    if changed:
        # httpx has no public way to exchange a body; doing it in a transport would cost its TLS and proxy settings.
        response._content = written  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _secrets_of(response: httpx.Response) -> list[str]:
    headers = response.request.headers
    return [headers[name] for name in _SECRET_HEADERS if headers.get(name)]


def _blank_strings(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        return blank(value, *secrets)
    if isinstance(value, list):
        return [_blank_strings(item, secrets) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {name: _blank_strings(item, secrets) for name, item in cast("dict[str, Any]", value).items()}
    return value
