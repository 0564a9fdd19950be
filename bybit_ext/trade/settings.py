"""How to reach the trade WebSocket."""

from attrs import frozen

from bybit_ext.auth.clock import Clock
from bybit_ext.auth.credentials import Credentials
from bybit_ext.auth.log_in import LogIn
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.tls import TlsSettings


@frozen
class TradeSettings:
    """How to reach the trade WebSocket.

    Attributes:
        route: the server, and the proxy in between.
        tls: how the two sides prove who they are.
        credentials: the API key and what signs for it.
        clock: returns the exchange's time in ms.
        base_path: what stands before the document's paths in the requests that it is given.
        heartbeat: seconds between two pings. A connection that says nothing from one to the next is taken for dead.
    """

    route: Route
    tls: TlsSettings
    credentials: Credentials
    clock: Clock
    base_path: str = ""
    heartbeat: float = 20.0

    def log_in(self) -> LogIn:
        """Return a request to log in, signed now.

        Raises:
            InvalidInput: the clock raised, or did not return whole ms.
        """
        proxy = self.route.proxy
        return LogIn(self.credentials, self.clock(), proxy.secrets if proxy else ())
