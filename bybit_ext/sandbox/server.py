"""`Sandbox`: the imitation exchange on a loopback port, in a thread of its own."""

import secrets
from types import TracebackType
from typing import Self

from bybit_ext.auth.clock import Clock, system_clock
from bybit_ext.explorer import Explorer, RecordingBybit, Target, find_swagger_ui
from bybit_ext.loopback import HOST, LoopbackServer

from .fault_injection import with_drop
from .models import Exchange
from .real_time import RealTimeLoop
from .responses import create_app


class Sandbox(Exchange):
    """Serve an imitation exchange on loopback while its context is open.

    >>> with Sandbox() as sandbox:
    ...     order = sandbox.place("linear", "BTCUSDT")
    ...     client = Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url, stream_url=sandbox.stream_url)
    ...     sandbox.set_price("BTCUSDT", "99.5")  # fills it

    Clients place, query and cancel orders there, and hear of them on the private stream. **What is filled** a test
    says (`fill`), or sets a price (`set_price`): it fills each open order that it crosses, a limit order at its own
    price, a market order at that price. Without either, every order rests, but for IOC and FOK, which are cancelled.
    `matching` has the whole rule; there are no balances and no positions.

    Args:
        port: where to listen; 0 finds a free one.
        cancel_delay: seconds between the acknowledgement of a request and what it asks for: the cancel, or the first
            match of a new order.
        enforce_rate_limits: whether requests over the documented rate limits are refused; otherwise they are only
            counted, for the headers.
        clock: returns the exchange's time, UTC in ms.

    Attributes:
        api_key: a key that it lets in.
        api_secret: its secret.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        cancel_delay: float = 0.05,
        enforce_rate_limits: bool = False,
        clock: Clock = system_clock,
    ) -> None:
        super().__init__(clock=clock)
        self.api_key: str = f"sandbox{secrets.token_hex(6)}"
        self.api_secret: str = secrets.token_hex(18)
        self.register_key(self.api_key, self.api_secret)
        self._page = Explorer(Target("sandbox", self._open_client)) if find_swagger_ui() else None
        self._app = create_app(
            self,
            cancel_delay=cancel_delay,
            enforce_rate_limits=enforce_rate_limits,
            more_routes=self._page.routes if self._page else (),
            lifespan=self._page.lifespan if self._page else None,
        )
        self._server = LoopbackServer(with_drop(self._app), port, name="sandbox", make_loop=RealTimeLoop)

    @property
    def url(self) -> str:
        """The base URL, for `Bybit(base_url=…)`."""
        return self._server.url

    @property
    def stream_url(self) -> str:
        """The private stream's URL, for `Bybit(stream_url=…)`."""
        return f"ws://{HOST}:{self._server.port}/v5/private"

    @property
    def trade_url(self) -> str:
        """The trade WebSocket's URL, for `Bybit(engine="websocket", trade_url=…)`."""
        return f"ws://{HOST}:{self._server.port}/v5/trade"

    @property
    def page_url(self) -> str:
        """The URL of a page that tries the exchange in a browser, with a token that lets in.

        Raises:
            ModuleNotFoundError: the extra `explore` is not installed.
        """
        page = self._page or Explorer(Target("sandbox", self._open_client))  # which says what to install
        return page.url(self.url)

    def _open_client(self) -> RecordingBybit:
        keys = (self.api_key, self.api_secret)
        return RecordingBybit(*keys, base_url=self.url, stream_url=self.stream_url, trust_env=False)

    @property
    def subscriptions(self) -> int:
        """How many connections to the stream are subscribed to orders."""
        return int(self._app.state.stream.subscriptions)

    def drop_streams(self) -> None:
        """Disconnect everybody from the stream."""
        self._app.state.stream.drop()

    def drop_trade_connections(self) -> None:
        """Disconnect everybody from the trade WebSocket."""
        self._app.state.trade.drop()

    def restart(self) -> None:
        """Restart the exchange: closed orders are in the history only, for good, and all WebSockets end."""
        super().restart()
        self.drop_streams()
        self.drop_trade_connections()

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, traceback)
