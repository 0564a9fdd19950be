"""How a client is opened: keys, host, time-outs, TLS and the connection pool, all before anything is sent."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from ssl import SSLContext
from typing import Any, Generic, TypeVar

import httpx
from bybit_v5 import Client
from bybit_v5.models import Category

from .auth import BybitAuth, Clock, ServerClock, system_clock
from .credentials import Credentials, find_credentials
from .errors import InvalidInput
from .hosts import STREAM_HOSTS, Environment, Region, rest_host
from .operations import CLOSED
from .order_stream import StreamSettings
from .sending import bound_body
from .settings import (
    check_base_url,
    check_headers,
    check_proxy,
    check_seconds,
    check_stream_url,
    check_types,
    open_ssl_context,
    proxy_url,
)

# httpx closes an idle connection after 5 s, which means a new TLS handshake after every pause.
DEFAULT_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=90)

Transport = TypeVar("Transport", httpx.BaseTransport, httpx.AsyncBaseTransport)


class Opened(ABC, Generic[Transport]):
    """What both clients are before they send."""

    _base_url: str = ""
    _transports: type
    _order_hubs: set[Any]

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
        try:
            self._credentials: Credentials = find_credentials(api_key, api_secret, passphrase)
        finally:
            # A traceback with local variables must not show the keys.
            del api_key, api_secret, passphrase
        check_types(
            environment=(environment, str),
            region=(region, str | None),
            base_url=(base_url, str | None),
            stream_url=(stream_url, str | None),
            clock=(clock, Callable),
            headers=(headers, Mapping | None),
            proxy=(proxy, str | httpx.URL | httpx.Proxy | None),
            verify=(verify, SSLContext | bool | None),
            limits=(limits, httpx.Limits),
            transport=(transport, self._transports | None),
        )
        self._clock: ServerClock = ServerClock(clock)
        self._deadline: float = check_seconds("deadline", deadline)
        self._timeout: float = check_seconds("timeout", timeout)
        auth = BybitAuth(self._credentials, recv_window=recv_window, clock=self._clock)
        self._base_url: str = rest_host(environment, region) if base_url is None else check_base_url(base_url)
        self._stream_url: str | None = (
            STREAM_HOSTS.get((environment, region)) if not (stream_url or base_url) else check_stream_url(stream_url)
        )
        self._proxy: httpx.Proxy | None = check_proxy(proxy)
        self._trust_env: bool = trust_env
        self._ssl_context: SSLContext = open_ssl_context(verify, trust_env)
        self._client = Client(
            base_url=self._base_url,
            headers=check_headers(headers or {}),
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
        self._order_hubs = set()
        problem = ""
        try:
            http = self._open_pool()
            if isinstance(http, httpx.Client):
                http.event_hooks = {"response": [bound_body]}
        except (ImportError, ValueError, OSError) as error:
            problem = f"proxy (or HTTPS_PROXY, ALL_PROXY): {error}."
        except httpx.InvalidURL:
            problem = "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY or NO_PROXY: is no URL."
        if problem:  # raised here, without a context: that can quote a proxy's password
            raise InvalidInput(problem)

    @abstractmethod
    def _open_pool(self) -> httpx.Client | httpx.AsyncClient:
        """Return the httpx client, which the generated client builds when it is first asked for."""

    def _stream_settings(self, category: Category | None = None) -> StreamSettings | None:
        """Return how to reach the stream; None if there is none, or its extra is not installed.

        Raises:
            InvalidInput: the client is closed.
        """
        if self._open_pool().is_closed:
            raise InvalidInput(CLOSED)
        if self._stream_url is None or find_spec("websockets") is None:
            return None
        return StreamSettings(
            self._stream_url,
            self._credentials,
            self._clock,
            category=category,
            ssl_context=self._ssl_context,
            proxy=proxy_url(self._proxy) if self._proxy else self._trust_env or None,
        )

    @property
    def client(self) -> Client:
        """The generated client. Every generated function takes it, and is signed."""
        return self._client

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"
