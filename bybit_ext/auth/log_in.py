"""The request that logs in to a WebSocket, and a log that does not show it.

Source: https://bybit-exchange.github.io/docs/v5/ws/connect#authentication
"""

import json
import logging

from .credentials import Credentials

_log = logging.getLogger("bybit_ext")
_LIFETIME = 60_000  # ms for which the signature stays good; a clock may be behind by less


class LogIn:
    """The request to log in. Its repr shows neither key nor signature.

    Attributes:
        op: its name.
        text: what is sent.
        secrets: what must not be shown.
    """

    op = "auth"

    def __init__(self, credentials: Credentials, now: int, more_secrets: tuple[str, ...] = ()) -> None:
        expires = now + _LIFETIME
        signature = credentials.signing_key.sign(f"GET/realtime{expires}".encode())
        self.text: str = json.dumps({"op": self.op, "args": [credentials.api_key, expires, signature]})
        self.secrets: tuple[str, ...] = (credentials.api_key, signature, *more_secrets)


class _QuietLogger(logging.Logger):
    """What websockets logs to. At DEBUG it would show every frame, the log-in too: this one never goes that deep."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - logging's name
        # Not its own answer: of a logger that `logging` does not know, that would stay as it was when first asked for.
        return level > logging.DEBUG and _log.isEnabledFor(level)


frames_log: logging.Logger = _QuietLogger("bybit_ext.stream")
frames_log.parent = _log
