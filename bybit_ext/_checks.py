"""What a client is given, checked before anything is sent."""

from collections.abc import Mapping
from typing import Any

from .errors import InvalidInput, show

_MAX_SECONDS = 86_400.0
# What the engine or the signature puts there.
_RESERVED = frozenset({"host", "content-length", "transfer-encoding", "accept-encoding", "content-type"})


def check_seconds(name: str, seconds: object) -> float:
    """Return a number of seconds.

    Raises:
        InvalidInput: it is not a positive finite number, or more than a day.
    """
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= _MAX_SECONDS:
        return float(seconds)
    raise InvalidInput(f"{name}: must be a positive number of seconds, at most a day, not {show(seconds)}.")


def check_count(name: str, count: object) -> int:
    """Return a positive whole number.

    Raises:
        InvalidInput: it is not one.
    """
    if type(count) is int and count > 0:
        return count
    raise InvalidInput(f"{name}: must be a positive whole number, not {show(count)}.")


def check_headers(headers: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    """Return headers that HTTP can carry and that nothing else sets.

    Raises:
        InvalidInput: one of them is neither; the message names it.
    """
    for name, value in headers.items():
        text = f"{name}{value}" if isinstance(name, str) and isinstance(value, str) else "\n"
        if not text.isascii() or not text.isprintable() or not name or " " in name or ":" in name:
            raise InvalidInput(
                f"headers: {name!r:.40} must be a name with a value, both of printable ASCII characters."
            )
        if name.lower() in _RESERVED or name.lower().startswith("x-bapi-"):
            raise InvalidInput(f"headers: {name} is set by this client; it cannot be given.")
    return tuple(headers.items())


def check_types(**settings: tuple[object, Any]) -> None:
    """Compare settings with their types.

    Raises:
        InvalidInput: one of them has another type; the message names it.
    """
    for name, (value, kind) in settings.items():
        if not isinstance(value, kind):
            raise InvalidInput(f"{name}: cannot be a {type(value).__name__}.")


_FORMER_NAMES = {
    "testnet": 'environment="testnet"',
    "demo": 'environment="demo"',
    "tld": "region=",
    "domain": "region=",
    "apiKey": "api_key=",
    "secret": "api_secret=",
    "apiSecret": "api_secret=",
    "recvWindow": "recv_window=",
    "limits": "max_connections=",
}


def refuse_unexpected(names: list[str]) -> InvalidInput:
    """Return the error for settings that a client does not have, with the ones meant if other clients have them."""
    hints = [f"{name} (here: {_FORMER_NAMES[name]})" if name in _FORMER_NAMES else name for name in names]
    return InvalidInput(f"No such setting: {', '.join(hints)}.")
