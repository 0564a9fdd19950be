"""The proxy of a client: given, or taken from the environment as other programs do."""

import urllib.request
from base64 import b64encode
from urllib.parse import quote, unquote, urlsplit

from attrs import field, frozen

from ..auth.redaction import LocalsCleared
from ..errors import InvalidInput
from .hosts import Address

_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@frozen
class Proxy:
    """A proxy. Its repr shows neither user name nor password.

    Attributes:
        scheme: http, https, socks5 or socks5h.
        host: its name or IP address.
        port: 1 to 65535.
        credentials: user name and password; None if it takes none.
    """

    scheme: str
    host: str
    port: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The proxy as a URL, with its password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        userinfo = ":".join(quote(part, safe="") for part in self.credentials) + "@" if self.credentials else ""
        return f"{self.scheme}://{userinfo}{host}:{self.port}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What an HTTP proxy is shown: the Proxy-Authorization header, if it takes one."""
        if self.credentials is None:
            return ()
        return (("Proxy-Authorization", f"Basic {b64encode(':'.join(self.credentials).encode()).decode()}"),)


def read_proxy(proxy: str | None, address: Address, *, trust_env: bool) -> Proxy | None:
    """Return the proxy that an address is reached by; None for none.

    Args:
        proxy: a proxy's URL, else HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, but for the hosts of NO_PROXY.
        address: what is reached.
        trust_env: whether the variables are read.

    Raises:
        InvalidInput: it is not a proxy's URL; the message does not quote it.
    """
    try:
        with LocalsCleared():
            if proxy is not None:
                return _parse(proxy, "proxy")
            return _read_environment(address) if trust_env else None
    finally:
        del proxy  # a traceback keeps the local variables of this frame too


def _read_environment(address: Address) -> Proxy | None:
    if urllib.request.proxy_bypass(f"{address.host}:{address.port}"):
        return None
    found = urllib.request.getproxies()
    url = found.get("https" if address.is_secure else "http") or found.get("all")
    return _parse(url if "://" in url else f"http://{url}", "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY") if url else None


def _parse(url: str, name: str) -> Proxy:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
        is_proxy = scheme in _DEFAULT_PORTS and bool(host) and port != 0 and url.isprintable() and " " not in url
    except ValueError:
        is_proxy = False
    if not is_proxy:
        raise InvalidInput(f"{name}: must be like http://user:password@host:port (http, https, socks5 or socks5h).")
    has_credentials = parts.username is not None
    return Proxy(
        scheme=scheme,
        host=host or "",
        port=port or _DEFAULT_PORTS[scheme],
        credentials=(unquote(parts.username or ""), unquote(parts.password or "")) if has_credentials else None,
    )
