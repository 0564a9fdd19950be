"""What every engine needs to know."""

from attrs import frozen

from .sockets import Route
from .tls import TlsSettings


@frozen
class EngineSettings:
    """How to reach the server, and over how many connections.

    Attributes:
        route: the server, and the proxy in between.
        tls: how the two sides prove who they are.
        max_connections: how many connections may be open at once; a call that finds none free waits.
        keepalive: seconds that an idle connection is kept. Too short means a new TLS handshake after every pause.
    """

    route: Route
    tls: TlsSettings
    max_connections: int = 100
    keepalive: float = 90.0
