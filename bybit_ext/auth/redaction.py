"""Redaction: keys and signatures are taken out of every text that is kept, and of the frames of a traceback.

The exchange echoes them (10004 quotes the API key), and a traceback keeps the local variables of the frames it went
through.
"""

import re
import sys
import traceback
from types import TracebackType
from urllib.parse import quote

REDACTED = "***"


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
    spellings = {secret, quote(secret), quote(secret, safe=""), secret.replace("/", r"\/")}
    return sorted(spellings, key=len, reverse=True)


class LocalsCleared:
    """A context that clears the local variables of the frames below it when an error is raised through it.

    It does the same for the errors that this one is chained to, but not for one that the caller was handling before.
    """

    def __enter__(self) -> None:
        self._outer = sys.exception()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        known = {id(self._outer)}
        chain = [error]
        while chain:
            one = chain.pop()
            if one is None or id(one) in known:
                continue
            known.add(id(one))
            traceback.clear_frames(one.__traceback__)
            chain += [one.__cause__, one.__context__]
