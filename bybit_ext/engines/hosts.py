"""The documented hosts, and the addresses of others. Keys belong to one environment; a host is never guessed.

Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
"""

import ipaddress
import re
from typing import Literal, get_args
from urllib.parse import urlsplit

from attrs import frozen

from bybit_ext.errors import InvalidInput

Environment = Literal["mainnet", "testnet", "demo"]
"""Where an API key belongs."""
Region = Literal["bytick", "nl", "tr", "kz", "ge", "ae", "eu", "id", "jp"]
"""A regional exchange; `bytick` is the other domain of the global one."""

REST_HOSTS: dict[tuple[Environment, Region | None], str] = {
    ("mainnet", None): "https://api.bybit.com",
    ("mainnet", "bytick"): "https://api.bytick.com",
    ("mainnet", "nl"): "https://api.bybit.nl",
    ("mainnet", "tr"): "https://api.bybit.tr",
    ("mainnet", "kz"): "https://api.bybit.kz",
    ("mainnet", "ge"): "https://api.bybitgeorgia.ge",
    ("mainnet", "ae"): "https://api.bybit.ae",
    ("mainnet", "eu"): "https://api.bybit.eu",
    ("mainnet", "id"): "https://api.bybit.id",
    ("mainnet", "jp"): "https://api.manepa.jp",
    ("testnet", None): "https://api-testnet.bybit.com",
    ("testnet", "jp"): "https://api-testnet.manepa.jp",
    ("demo", None): "https://api-demo.bybit.com",
}

STREAM_HOSTS: dict[tuple[Environment, Region | None], str] = {
    ("mainnet", None): "wss://stream.bybit.com/v5/private",
    ("mainnet", "tr"): "wss://stream.bybit.tr/v5/private",
    ("mainnet", "kz"): "wss://stream.bybit.kz/v5/private",
    ("mainnet", "ge"): "wss://stream.bybitgeorgia.ge/v5/private",
    ("mainnet", "id"): "wss://stream.bybit.id/v5/private",
    ("mainnet", "jp"): "wss://stream.manepa.jp/v5/private",
    ("testnet", None): "wss://stream-testnet.bybit.com/v5/private",
    ("demo", None): "wss://stream-demo.bybit.com/v5/private",
}
"""The private streams. A pair that is missing here has none that is documented."""

TRADE_HOSTS = {pair: f"{url.removesuffix('private')}trade" for pair, url in STREAM_HOSTS.items() if pair[0] != "demo"}
"""The trade WebSockets: each beside a private stream, but none for demo trading.

Source: https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline
"""

_SECURE = {"https": 443, "wss": 443}
_CLEAR = {"http": 80, "ws": 80}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)


@frozen
class Address:
    """A server's address, as a URL names it.

    Attributes:
        scheme: https, http, wss or ws.
        host: its name as DNS has it, or its IP address.
        port: 1 to 65535.
        path: what stands before the path of every request; empty or beginning with a slash.
        query: the raw query string.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by TLS."""
        return self.scheme in _SECURE

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")

    @property
    def host_and_port(self) -> str:
        """Host and port, as a proxy is told them: an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """Host and port, as the Host header has them: without the scheme's own port."""
        default = (_SECURE | _CLEAR)[self.scheme]
        return self.host_and_port.removesuffix(f":{default}") if self.port == default else self.host_and_port

    @property
    def url(self) -> str:
        """The URL that names it."""
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.authority}{self.path}{query}"


def rest_host(environment: Environment, region: Region | None = None) -> str:
    """Return the base URL of a documented pair.

    Raises:
        InvalidInput: the pair is not documented; the message lists those that are.
    """
    try:
        return REST_HOSTS[environment, region]
    except KeyError:
        documented = "; ".join(f"{name}: {', '.join(_regions(name))}" for name in get_args(Environment))
        raise InvalidInput(
            f"environment={environment!r}, region={region!r}: not documented. Documented are {documented}. "
            "base_url= takes any other host."
        ) from None


def trade_host(environment: Environment, region: Region | None = None) -> str:
    """Return the trade WebSocket of a documented pair.

    Raises:
        InvalidInput: it has none; the message says what can be done.
    """
    try:
        return TRADE_HOSTS[environment, region]
    except KeyError:
        raise InvalidInput(
            f"engine: 'websocket' has no documented trade WebSocket for environment={environment!r}, "
            f"region={region!r}. trade_url= names one; the other engines need none."
        ) from None


def _regions(environment: Environment) -> list[str]:
    return [region or "(none)" for name, region in REST_HOSTS if name == environment]


def parse_base_url(url: str, *, allow_insecure: bool = False) -> Address:
    """Return the address of a REST host.

    Raises:
        InvalidInput: it is not an http or https URL, or one in clear text to another machine.
    """
    address = _parse("base_url", url, ("https", "http"), "https://api.bybit.com")
    if address.query:
        raise InvalidInput("base_url: must not have a query; it must be like https://api.bybit.com.")
    return _check_security("base_url", address, allow_insecure=allow_insecure)


def parse_stream_url(url: str, *, allow_insecure: bool = False) -> Address:
    """Return the address of a private stream.

    Raises:
        InvalidInput: it is not a ws or wss URL, or one in clear text to another machine.
    """
    address = _parse("stream_url", url, ("wss", "ws"), "wss://stream.bybit.com/v5/private")
    return _check_security("stream_url", address, allow_insecure=allow_insecure)


def parse_trade_url(url: str, *, allow_insecure: bool = False) -> Address:
    """Return the address of a trade WebSocket.

    Raises:
        InvalidInput: it is not a ws or wss URL, or one in clear text to another machine.
    """
    address = _parse("trade_url", url, ("wss", "ws"), "wss://stream.bybit.com/v5/trade")
    return _check_security("trade_url", address, allow_insecure=allow_insecure)


def _parse(name: str, url: str, schemes: tuple[str, ...], example: str) -> Address:
    like = f"it must be like {example}."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput(f"{name}: is not a URL ({error}); {like}") from None
    if parts.scheme not in schemes or parts.fragment or not url.isprintable() or " " in url:
        raise InvalidInput(f"{name}: is not a {' or '.join(schemes)} URL; {like}")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(f"{name}: must not hold a user name or a password; {like}")
    if port == 0:
        raise InvalidInput(f"{name}: a port is 1 to 65535; {like}")
    return Address(
        scheme=parts.scheme,
        host=parse_host(name, parts.hostname or ""),
        port=port or (_SECURE | _CLEAR)[parts.scheme],
        path=parts.path.rstrip("/") if schemes[0] == "https" else parts.path,
        query=parts.query,
    )


def parse_host(name: str, host: str) -> str:
    """Return a host as DNS has it: names in other scripts as their ASCII form.

    Args:
        name: the setting that it belongs to, for the message.
        host: a name or an IP address.

    Raises:
        InvalidInput: it is neither.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return host
    try:
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        ascii_host = ""
    labels = ascii_host.removesuffix(".").split(".")
    if len(ascii_host) > 253 or not all(map(_is_label, labels)):  # noqa: PLR2004 - the longest name that DNS has
        raise InvalidInput(f"{name}: its host is not a name that DNS can have.")
    return ascii_host


def _is_label(label: str) -> bool:
    if not _LABEL.fullmatch(label):
        return False
    try:
        return not label.lower().startswith("xn--") or bool(label.encode("ascii").decode("idna"))
    except UnicodeError:
        return False


def _check_security(name: str, address: Address, *, allow_insecure: bool) -> Address:
    if address.is_secure or address.is_loopback or allow_insecure:
        return address
    raise InvalidInput(
        f"{name}: would send keys and orders in clear text to another machine. Use {address.scheme}s://, or say "
        "allow_insecure=True if that network is yours."
    )
