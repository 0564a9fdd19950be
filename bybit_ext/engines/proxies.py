"""The proxy of a client: given, or taken from the environment as other programs do."""

import urllib.request
from base64 import b64encode
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from bybit_ext.auth.redaction import LocalsCleared
from bybit_ext.errors import InvalidInput

from .hosts import Address, parse_host

_DEFAULT_PORT = 80
_TELLING = 12  # characters from which on a password is no word or number that an answer may hold by itself
_NOT_SPOKEN = ("https", "socks4", "socks4a", "socks5", "socks5h")


@frozen
class Proxy:
    """An HTTP proxy. Its repr shows neither user name nor password.

    Attributes:
        host: its name or IP address.
        port: 1 to 65535.
        credentials: user name and password; None if it takes none.
    """

    host: str
    port: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: what is sent for the password, and itself unless it could be any word or number."""
        if self.credentials is None or not self.credentials[1]:
            return ()
        token = self.headers[0][1].removeprefix("Basic ")
        return (token, self.credentials[1]) if len(self.credentials[1]) >= _TELLING else (token,)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What it is shown: the Proxy-Authorization header, if it takes one."""
        if self.credentials is None:
            return ()
        return (("Proxy-Authorization", f"Basic {b64encode(':'.join(self.credentials).encode()).decode()}"),)


def parse_proxy(url: str, name: str = "proxy") -> Proxy:
    """Return the proxy of a URL.

    Args:
        url: such as http://user:password@host:port.
        name: where it comes from, for the message.

    Raises:
        InvalidInput: it is not the URL of an HTTP proxy; the message does not quote it.
    """
    try:
        with LocalsCleared():
            return _parse(url, name)
    finally:
        del url  # a traceback keeps the local variables of this frame too


def find_proxy(address: Address) -> Proxy | None:
    """Return the proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say for an address; None if they say none.

    Raises:
        InvalidInput: what one of them says is not a proxy's URL; the message does not quote it.
    """
    if urllib.request.proxy_bypass(f"{address.host}:{address.port}"):
        return None
    found = urllib.request.getproxies()
    url = found.get("https" if address.is_secure else "http") or found.get("all")
    try:
        return (
            parse_proxy(url if "://" in url else f"http://{url}", "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY")
            if url
            else None
        )
    finally:
        del url, found


def _parse(url: object, name: str) -> Proxy:
    if not isinstance(url, str):
        raise InvalidInput(f"{name}: must be a string, not a {type(url).__name__}.")
    scheme = url.partition("://")[0].lower()
    if scheme in _NOT_SPOKEN:
        raise InvalidInput(
            f"{name}: only http:// proxies are spoken here, not {scheme}:// ones. A transport of httpx speaks them: "
            "trust_env=False, transport=httpx.HTTPTransport(proxy=...)."
        )
    try:
        proxy = _read(name, url)
    except ValueError:
        proxy = None
    if proxy is None:
        raise InvalidInput(f"{name}: must be like http://user:password@host:port.")
    return proxy


def _read(name: str, url: str) -> Proxy | None:
    parts = urlsplit(url)
    host, port = parse_host(name, parts.hostname or ""), parts.port
    credentials = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    is_text = url.isprintable() and " " not in url and "\0" not in "".join(credentials or ())
    if not is_text or parts.scheme != "http" or port == 0 or parts.path not in ("", "/") or parts.query:
        return None
    return Proxy(host, port or _DEFAULT_PORT, credentials)
