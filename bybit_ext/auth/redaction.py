"""Redaction: keys and signatures are taken out of every text that is kept, and of the frames of a traceback.

The exchange echoes them (10004 quotes the API key), and a traceback keeps the local variables of the frames it went
through.
"""

import re
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

REDACTED = "***"
_IDS = ("orderId", "orderLinkId")  # what names an order must stay as it is, even if somebody put the API key into it
_ESCAPES = (b"\\", b"%", b"&", b"\0")  # what a secret may be spelled with that is not there as it is


def redact(text: str, *secrets: str) -> str:
    """Replace secrets in a text, however they are spelled: in upper or lower case, for a URL, as PHP writes JSON."""
    lowered = text.lower()
    for secret in secrets:
        for spelling in _spellings(secret):
            if spelling.lower() in lowered:
                text = re.sub(re.escape(spelling), REDACTED, text, flags=re.IGNORECASE)
                lowered = text.lower()
    return text


def _spellings(secret: str) -> list[str]:
    if secret.isalnum():
        return [secret]
    escaped = "".join(letter if letter.isalnum() else f"\\u{ord(letter):04x}" for letter in secret)
    spellings = {secret, quote(secret), quote(secret, safe=""), secret.replace("/", r"\/"), escaped}
    return sorted(spellings, reverse=True)  # one that begins with another goes before it


def may_echo(text: str | bytes, secrets: Sequence[str]) -> bool:
    """Return whether a text can hold one of the secrets, in any spelling: much quicker than to look for each."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    for mark in _ESCAPES:
        if mark in data:
            return True
    lowered = data.lower()
    return any(secret.lower().encode() in lowered for secret in secrets)


def redact_json(content: Any, secrets: Sequence[str]) -> bool:
    """Redact the strings and the names in JSON, however deep they are; return whether there was anything to redact."""
    has_changed = False
    unread: list[Any] = [content]
    while unread:
        part = unread.pop()
        if isinstance(part, dict):
            fields = cast("dict[str, Any]", part)
            has_changed |= _redact_names(fields, secrets)
            entries: list[tuple[Any, Any]] = list(fields.items())
        else:
            entries = list(enumerate(cast("list[object]", part))) if isinstance(part, list) else []
        for key, value in entries:
            if isinstance(value, str) and key not in _IDS and (redacted := redact(value, *secrets)) != value:
                part[key] = redacted
                has_changed = True
            elif isinstance(value, dict | list):
                unread.append(value)
    return has_changed


def _redact_names(fields: dict[str, Any], secrets: Sequence[str]) -> bool:
    renamed = {name: redact(name, *secrets) for name in fields}
    if all(name == shown for name, shown in renamed.items()):
        return False
    entries = [(renamed[name], value) for name, value in fields.items()]
    fields.clear()
    fields.update(entries)
    return True


class LocalsCleared:
    """A context that clears the local variables of the frames below it when an error is raised through it.

    It does the same for the errors that this one is chained to, but not for one that the caller was handling before.
    """

    def __enter__(self) -> None:
        self._outer = sys.exception()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        clear_locals(error, self._outer)


def clear_locals(error: BaseException | None, outer: BaseException | None = None) -> None:
    """Clear the local variables of the frames that an error went through, and of those that it is chained to.

    Args:
        error: the error.
        outer: what the caller was handling before, which keeps its own; None for nothing.
    """
    known = {id(outer)}
    chain = [error]
    while chain:
        one = chain.pop()
        if one is None or id(one) in known:
            continue
        known.add(id(one))
        traceback.clear_frames(one.__traceback__)
        chain += [one.__cause__, one.__context__]
