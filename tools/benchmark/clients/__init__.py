"""The clients that are compared, each by an adapter with the same shape: open, cancel by order id, close.

ours             bybit-v5, blocking
ours_async       bybit-v5, coroutines
ours_generated   bybit-v5, the generated functions on `bybit.client`
pybit_client     pybit
ccxt_client      ccxt, blocking and coroutines
aiopybit_client  aiopybit
aiotrade_client  aiotrade-sdk
by_hand          a request that is signed by hand, for the libraries below
httpx_client     httpx alone, blocking and coroutines
httpcore_client  httpcore alone
pycurl_client    pycurl alone
socket_client    a socket alone

An adapter is a context manager that takes a `Target` and yields what cancels: `Cancel`, or `AsyncCancel` from an
asynchronous one. That returns the order id of the acknowledgement, and raises unless the cancel was acknowledged. To
add a client, write its adapter and name it in `CLIENTS`. Nothing here may import what a client does not need: a cold
start imports this package too.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from tools.benchmark.target import Target

Cancel = Callable[[str], str | None]
AsyncCancel = Callable[[str], Awaitable[str | None]]
Open = Callable[[Target], AbstractContextManager[Cancel]]
OpenAsync = Callable[[Target], AbstractAsyncContextManager[AsyncCancel]]


class Client(NamedTuple):
    """A client.

    Attributes:
        name: what `--only` takes.
        adapter: where it is opened, `module:function`.
        needs: the module that must be there.
        package: what installs that module.
        is_async: whether it is for coroutines; else it is for threads.
        per_thread: whether each thread has to have one of its own.
        is_http: whether it sends over HTTP; else over the trade WebSocket, which is in clear text here.
    """

    name: str
    adapter: str
    needs: str
    package: str
    is_async: bool = False
    per_thread: bool = False
    is_http: bool = True

    @property
    def is_ours(self) -> bool:
        """Whether it is this project's."""
        return self.name.startswith("bybit-v5")

    @property
    def is_installed(self) -> bool:
        """Whether the module that it needs can be imported."""
        return find_spec(self.needs) is not None

    def load(self) -> Any:
        """Import its adapter and return the function that opens it: `Open`, or `OpenAsync` if it is asynchronous."""
        module, _, function = self.adapter.partition(":")
        return getattr(import_module(f"{__name__}.{module}"), function)


CLIENTS = (
    Client("bybit-v5-fast", "ours:open_fast", "httptools", "bybit-v5[fast]"),
    Client("bybit-v5-h11", "ours:open_h11", "bybit_ext", "bybit-v5"),
    Client("bybit-v5-websocket", "ours:open_websocket", "websockets", "bybit-v5[stream]", is_http=False),
    Client("bybit-v5-generated", "ours_generated:open_client", "bybit_ext", "bybit-v5"),
    Client("bybit-v5-async-fast", "ours_async:open_fast", "httptools", "bybit-v5[fast]", is_async=True),
    Client("bybit-v5-async-h11", "ours_async:open_h11", "bybit_ext", "bybit-v5", is_async=True),
    Client(
        "bybit-v5-async-websocket",
        "ours_async:open_websocket",
        "websockets",
        "bybit-v5[stream]",
        is_async=True,
        is_http=False,
    ),
    Client("pybit", "pybit_client:open_client", "pybit", "pybit", per_thread=True),
    Client("ccxt", "ccxt_client:open_client", "ccxt", "ccxt", per_thread=True),
    Client("ccxt-async", "ccxt_client:open_async_client", "ccxt", "ccxt", is_async=True),
    Client("aiopybit", "aiopybit_client:open_client", "aiopybit", "aiopybit", is_async=True),
    Client("aiotrade", "aiotrade_client:open_client", "aiotrade", "aiotrade-sdk", is_async=True),
    Client("httpx", "httpx_client:open_client", "httpx", "httpx"),
    Client("httpx-async", "httpx_client:open_async_client", "httpx", "httpx", is_async=True),
    Client("httpcore", "httpcore_client:open_client", "httpcore", "httpcore"),
    Client("pycurl", "pycurl_client:open_client", "pycurl", "pycurl", per_thread=True),
    Client("socket", "socket_client:open_client", "socket", "Python", per_thread=True),
)
"""What is compared, in the order in which it takes turns. Clients whose sessions are not safe in threads, by their
documentation or that of their HTTP library, get one for each."""

CONFIRMING = (
    Client("bybit-v5-fast-confirmed", "ours:confirm_fast", "httptools", "bybit-v5[fast,stream]"),
    Client("bybit-v5-h11-confirmed", "ours:confirm_h11", "websockets", "bybit-v5[stream]"),
    Client(
        "bybit-v5-async-fast-confirmed", "ours_async:confirm_fast", "httptools", "bybit-v5[fast,stream]", is_async=True
    ),
    Client("bybit-v5-async-h11-confirmed", "ours_async:confirm_h11", "websockets", "bybit-v5[stream]", is_async=True),
)
"""What cancels and waits for the order's end; each is compared with the client whose name it begins with."""

NOTHING = Client("python", "nothing:open_client", "sys", "Python")
"""What a process costs that starts Python and ends."""


def find_client(name: str) -> Client:
    """Return the client with a name.

    Raises:
        KeyError: there is none.
    """
    return {client.name: client for client in (*CLIENTS, *CONFIRMING, NOTHING)}[name]
