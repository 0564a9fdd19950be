"""What a client is given, checked before anything is sent."""

from collections.abc import Mapping
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import quote

import httpx

from .errors import InvalidInput

_LONGEST = 86_400.0  # seconds


def open_ssl_context(verify: SSLContext | bool | None, trust_env: bool) -> SSLContext:  # noqa: FBT001 - httpx's settings
    """Return the TLS settings of a client.

    Raises:
        InvalidInput: it cannot be used; the message names it.
    """
    if isinstance(verify, SSLContext):
        return verify
    try:
        return httpx.create_ssl_context(verify=False) if verify is False else _shared_ssl_context(trust_env)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"SSL_CERT_FILE or SSL_CERT_DIR: cannot be used: {error}.") from None


@cache
def _shared_ssl_context(trust_env: bool) -> SSLContext:  # noqa: FBT001 - httpx's own setting
    # One for all clients of the process: building one reads all root certificates, which takes 20 to 30 ms.
    return httpx.create_ssl_context(trust_env=trust_env)


def check_base_url(text: str) -> str:
    """Return a base URL.

    Raises:
        InvalidInput: it cannot be used; the message names it.
    """
    url = _read_url(text)
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise InvalidInput("base_url: must be like https://api.bybit.com.")
    if not _is_host(url.host):
        raise InvalidInput("base_url: its host is no name that DNS can have.")
    if url.userinfo:
        raise InvalidInput("base_url: must not hold a user name or a password.")
    return text


def check_stream_url(text: str | None) -> str | None:
    """Return a stream's URL.

    Raises:
        InvalidInput: it cannot be used; the message names it.
    """
    if text is None:
        return None
    url = _read_url(text)
    if url.scheme not in ("ws", "wss") or not _is_host(url.host) or url.userinfo:
        raise InvalidInput("stream_url: must be like wss://stream.bybit.com/v5/private.")
    return text


def check_seconds(name: str, seconds: object) -> float:
    """Return a number of seconds.

    Raises:
        InvalidInput: it is no positive finite number.
    """
    if isinstance(seconds, int | float) and 0 < seconds <= _LONGEST:
        return float(seconds)
    raise InvalidInput(f"{name}: must be a positive number of seconds, at most a day, not {seconds!r:.40}.")


def proxy_url(proxy: httpx.Proxy) -> str:
    """Return a proxy as a URL, with its password."""
    if proxy.auth is None:
        return str(proxy.url)
    userinfo = ":".join(quote(part, safe="") for part in proxy.auth)
    return str(proxy.url).replace("://", f"://{userinfo}@")


def check_proxy(proxy: str | httpx.URL | httpx.Proxy | None) -> httpx.Proxy | None:
    """Return a proxy, made of its URL if it is one.

    Raises:
        InvalidInput: it cannot be used; the message names it.
    """
    if proxy is None or isinstance(proxy, httpx.Proxy):
        return proxy
    try:
        checked = httpx.Proxy(proxy)  # its repr hides the password
    except (ValueError, httpx.InvalidURL):
        checked = None
    if checked is None or not _is_host(checked.url.host):
        raise InvalidInput("proxy: must be like http://user:password@host:port.")
    return checked


def _read_url(text: str) -> httpx.URL:
    """Return a URL; an empty one if the text is none."""
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, TypeError):
        return httpx.URL()


def _is_host(host: str) -> bool:
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def check_headers(headers: Mapping[Any, Any]) -> dict[str, str]:
    """Return headers that HTTP can carry.

    Raises:
        InvalidInput: one of them is none; the message names it.
    """
    for name, value in headers.items():
        text = f"{name}{value}" if isinstance(name, str) and isinstance(value, str) else "\n"
        if not text.isascii() or not text.isprintable():
            raise InvalidInput(
                f"headers: {name!r:.40} must be a name with a value, both of printable ASCII characters."
            )
    return dict(headers)


def check_types(**settings: tuple[object, Any]) -> None:
    """Compare settings with their types.

    Raises:
        InvalidInput: it cannot be used; the message names it.
    """
    for name, (value, kind) in settings.items():
        if not isinstance(value, kind):
            raise InvalidInput(f"{name}: cannot be a {type(value).__name__}.")
