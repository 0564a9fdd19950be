"""The window of time in which a request is taken."""

import re

from .exceptions import Refusal, outside_window

_NUMBER = re.compile(r"[0-9]{1,18}")


def check_time(timestamp: str, recv_window: str, now: int) -> Refusal | None:
    """Hold a timestamp to the documented rule: a clock that is ahead by a second is refused whatever the window.

    Args:
        timestamp: that of the request, in ms.
        recv_window: how long it stays good, in ms.
        now: time at the exchange, in ms.
    """
    is_readable = _NUMBER.fullmatch(timestamp) and _NUMBER.fullmatch(recv_window)
    if is_readable and now - int(recv_window) <= int(timestamp) < now + 1000:
        return None
    return outside_window(timestamp, now, recv_window)
