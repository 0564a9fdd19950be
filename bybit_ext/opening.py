"""How a client is opened: keys, host, time-outs, TLS and the connection pool, all before anything is sent."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from math import isfinite
from ssl import SSLContext
from typing import Generic, TypeVar
from urllib.parse import quote

import httpx
from bybit_v5 import Client
from bybit_v5.models import Category

from .auth import BybitAuth, Clock, ServerClock, system_clock
from .bounding import bound_body
from .credentials import Credentials, find_credentials
from .errors import InvalidInput
from .hosts import STREAM_HOSTS, Environment, Region, rest_host
from .order_stream import StreamSettings

# httpx closes an idle connection after 5 s, which means a new TLS handshake after every pause.
DEFAULT_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=90)

Transport = TypeVar("Transport", httpx.BaseTransport, httpx.AsyncBaseTransport)


class Opened(ABC, Generic[Transport]):
    """What both clients are before they send."""

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        passphrase: str | None = None,
        environment: Environment = "mainnet",
        region: Region | None = None,
        base_url: str | None = None,
        stream_url: str | None = None,
        recv_window: int = 5000,
        deadline: float = 10.0,
        timeout: float = 5.0,
        clock: Clock = system_clock,
        headers: Mapping[str, str] | None = None,
        proxy: str | httpx.URL | httpx.Proxy | None = None,
        verify: SSLContext | bool | None = None,
        trust_env: bool = True,
        limits: httpx.Limits = DEFAULT_LIMITS,
        transport: Transport | None = None,
    ) -> None:
        """Open a client.

        Args:
            api_key: the API key, else BYBIT_API_KEY.
            api_secret: its secret (or, as PEM, its RSA private key), else BYBIT_API_SECRET, else the content of the
                file that BYBIT_API_SECRET_FILE names.
            passphrase: of an encrypted RSA key, else BYBIT_API_SECRET_PASSPHRASE.
            environment: where the key belongs: `mainnet`, `testnet` or `demo`.
            region: a regional exchange: see `bybit_ext.hosts`.
            base_url: another host, in place of environment and region.
            stream_url: the private stream's URL, if it is not the one documented for environment and region.
            recv_window: how long a signature stays good, in ms.
            deadline: seconds that one call may take, with all its sends and pauses.
            timeout: seconds that one send may take.
            clock: tells this machine's UTC time, in ms.
            headers: to send with every request (brokers add `Referer`).
            proxy: a proxy's URL.
            verify: an SSLContext (own certificates, client certificates), or False to verify nothing.
            trust_env: whether httpx reads its environment variables (HTTPS_PROXY, SSL_CERT_FILE, …).
            limits: of the connection pool.
            transport: an httpx transport, for tests and special networks.

        Raises:
            InvalidInput: one of these cannot be used; the message names it.
        """
        self._clock: ServerClock = ServerClock(clock)
        self._deadline: float = check_seconds("deadline", deadline)
        self._timeout: float = check_seconds("timeout", timeout)
        self._credentials: Credentials = find_credentials(api_key, api_secret, passphrase)
        auth = BybitAuth(self._credentials, recv_window=recv_window, clock=self._clock)
        self._base_url: str = rest_host(environment, region) if base_url is None else _check_base_url(base_url)
        self._stream_url: str | None = stream_url or (None if base_url else STREAM_HOSTS.get((environment, region)))
        self._ssl_context: SSLContext = _ssl_context(verify, trust_env)
        self._proxy: httpx.Proxy | None = _check_proxy(proxy)
        self._trust_env: bool = trust_env
        self._client = Client(
            base_url=self._base_url,
            headers=dict(headers or {}),
            timeout=httpx.Timeout(self._timeout),
            verify_ssl=self._ssl_context,
            follow_redirects=False,
            raise_on_unexpected_status=True,
            httpx_args={
                "auth": auth,
                "limits": limits,
                "proxy": self._proxy,
                "transport": transport,
                "trust_env": trust_env,
            },
        )
        try:
            http = self._open_pool()
        except (ImportError, ValueError, OSError) as error:  # a proxy's scheme or a file that httpx cannot use
            raise InvalidInput(f"proxy, verify or httpx's environment variables: {error}.") from None
        if isinstance(http, httpx.Client):
            http.event_hooks = {"response": [bound_body]}

    @abstractmethod
    def _open_pool(self) -> httpx.Client | httpx.AsyncClient:
        """Return the httpx client, which the generated client builds when it is first asked for."""

    def _stream_settings(self, category: Category | None = None) -> StreamSettings | None:
        """Return how to reach the stream; None if there is none, or its extra is not installed."""
        if self._stream_url is None or find_spec("websockets") is None:
            return None
        return StreamSettings(
            self._stream_url,
            self._credentials,
            self._clock,
            category=category,
            ssl_context=self._ssl_context,
            proxy=_proxy_url(self._proxy) if self._proxy else self._trust_env or None,
        )

    @property
    def client(self) -> Client:
        """The generated client. Every generated function takes it, and is signed."""
        return self._client

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"


def _ssl_context(verify: SSLContext | bool | None, trust_env: bool) -> SSLContext:  # noqa: FBT001 - httpx's settings
    if isinstance(verify, SSLContext):
        return verify
    return httpx.create_ssl_context(verify=False) if verify is False else _shared_ssl_context(trust_env)


@cache
def _shared_ssl_context(trust_env: bool) -> SSLContext:  # noqa: FBT001 - httpx's own setting
    # One for all clients of the process: building one reads all root certificates, which takes 20 to 30 ms.
    return httpx.create_ssl_context(trust_env=trust_env)


def _check_base_url(text: str) -> str:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise InvalidInput("base_url: must be like https://api.bybit.com.")
    if url.userinfo:
        raise InvalidInput("base_url: must not hold a user name or a password.")
    return text


def check_seconds(name: str, seconds: object) -> float:
    """Return a number of seconds.

    Raises:
        InvalidInput: it is no positive finite number.
    """
    if isinstance(seconds, int | float) and isfinite(seconds) and seconds > 0:
        return float(seconds)
    raise InvalidInput(f"{name}: must be a positive number of seconds, not {seconds!r}.")


def _proxy_url(proxy: httpx.Proxy) -> str:
    if proxy.auth is None:
        return str(proxy.url)
    userinfo = ":".join(quote(part, safe="") for part in proxy.auth)
    return str(proxy.url).replace("://", f"://{userinfo}@", 1)


def _check_proxy(proxy: str | httpx.URL | httpx.Proxy | None) -> httpx.Proxy | None:
    if proxy is None or isinstance(proxy, httpx.Proxy):
        return proxy
    try:
        return httpx.Proxy(proxy)  # its repr hides the password
    except (ValueError, httpx.InvalidURL):
        raise InvalidInput("proxy: must be like http://user:password@host:port.") from None
