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

REDACTED = "***"
_IDS = ("orderId", "orderLinkId")  # what names an order must stay as it is, even if somebody put the API key into it
_ESCAPES = (b"\\", b"%", b"&")  # what a secret may be spelled with that is not there as it is
_BLANKS = b" \t\n\r\v\f\0"  # what may stand between its letters
_ESCAPED = re.compile(
    r"%(?:25){0,3}([0-9a-f]{2})|\\{1,8}u([0-9a-f]{4})|&#0{0,8}([0-9]{1,4});|&#x0{0,8}([0-9a-f]{1,4});", re.IGNORECASE
)
_BETWEEN = r"(?:\s|\0|\\[nr]){0,8}"  # letters of a secret: Base64 comes on lines of 64 or 76
_BETWEEN_LETTERS = re.compile(r"\\[nr]|[\s\0\\]")


def redact(text: str, *secrets: str) -> str:
    """Replace secrets in a text, however they are spelled: in upper or lower case, on several lines, with escapes.

    Each letter may be escaped or not, as URLs, HTML and JSON do it, also JSON within JSON.
    """
    if may_echo(text, secrets):
        lowered, bare = text.lower(), _bare(text)
        for secret in secrets:
            if secret.lower() in lowered or _bare(secret) in bare:
                text = re.sub(_BETWEEN.join(map(_spelling, secret)), REDACTED, text, flags=re.IGNORECASE)
    return text


def _bare(text: str) -> str:
    """Return a text in lower case, without escapes and white space: what is not in there is not in the text either."""
    return _BETWEEN_LETTERS.sub("", _ESCAPED.sub(_unescape, text)).lower()


def _unescape(escape: re.Match[str]) -> str:
    decimal = escape[3]
    return chr(int(decimal) if decimal else int(escape[1] or escape[2] or escape[4], 16))


def _spelling(letter: str) -> str:
    code = ord(letter)
    plain = letter if letter.isalnum() else rf"\\{{0,8}}{re.escape(letter)}"  # PHP writes `\/` in JSON
    return rf"(?:%(?:25){{0,3}}{code:02x}|\\{{1,8}}u{code:04x}|&#0{{0,8}}{code};|&#x0{{0,8}}{code:x};|{plain})"


def may_echo(text: str | bytes, secrets: Sequence[str]) -> bool:
    """Return whether a text can hold one of the secrets, in any spelling: much quicker than to look for each."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    for mark in _ESCAPES:
        if mark in data:
            return True
    letters = _letters(data)
    return any(_letters(secret.encode()) in letters for secret in secrets)


def _letters(data: bytes) -> bytes:
    return data.lower().translate(None, _BLANKS)


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
