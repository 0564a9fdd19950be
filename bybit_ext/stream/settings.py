"""How to reach a stream."""

from attrs import frozen

from bybit_ext.auth.clock import Clock
from bybit_ext.auth.credentials import Credentials
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.tls import TlsSettings


@frozen
class StreamSettings:
    """How to reach a stream.

    Attributes:
        route: the server, and the proxy in between.
        tls: how the two sides prove who they are.
        credentials: the API key and what signs for it.
        clock: returns the exchange's time in ms.
        answer_timeout: seconds that connecting may take, and logging in and subscribing together.
        heartbeat: seconds between two pings.
        silence: seconds after which a connection that says nothing, not even an answer to a ping, is taken for dead.
    """

    route: Route
    tls: TlsSettings
    credentials: Credentials
    clock: Clock
    answer_timeout: float = 5.0
    heartbeat: float = 20.0
    silence: float = 30.0

    @property
    def url(self) -> str:
        """The stream's URL."""
        return self.route.address.url
