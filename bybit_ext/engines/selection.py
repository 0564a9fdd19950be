"""Which engine a client gets: they differ in what reads HTTP, and in whether orders go over the trade WebSocket."""

import logging
from importlib.util import find_spec
from typing import Literal

from bybit_ext.errors import InvalidInput, show

from .engine_sync import SocketEngine
from .http1 import NewProtocol
from .http1_h11 import H11Protocol
from .interface import AsyncEngine, Engine
from .settings import EngineSettings

EngineName = Literal["h11", "httptools", "auto", "websocket"]
"""What reads HTTP: `h11` is always there, `httptools` needs the extra `fast`, `auto` is `httptools` where that is.
`websocket` sends orders over the trade WebSocket (extra `stream`), and all else as `auto` does."""
ChosenEngine = Literal["h11", "httptools"]
"""What `auto` comes down to."""
WEBSOCKET = "websocket"

_log = logging.getLogger("bybit_ext")


def choose_engine(name: EngineName | None) -> ChosenEngine:
    """Return what is to read HTTP; `h11` if no engine is named.

    Raises:
        InvalidInput: it does not exist, or is not installed.
    """
    has_httptools = find_spec("httptools") is not None
    if name == WEBSOCKET and find_spec("websockets") is None:
        raise InvalidInput("engine: 'websocket' needs pip install 'bybit-v5[stream]'.")
    if name in ("auto", WEBSOCKET):
        chosen: ChosenEngine = "httptools" if has_httptools else "h11"
        _log.info("engine %s is used", chosen)
        return chosen
    if name is None or name == "h11":
        return "h11"
    if name != "httptools":
        raise InvalidInput(f"engine: there is no {show(name)}; there are 'h11', 'httptools', 'auto' and 'websocket'.")
    if not has_httptools:
        raise InvalidInput("engine: 'httptools' needs pip install 'bybit-v5[fast]'.")
    return "httptools"


def open_engine(name: ChosenEngine, settings: EngineSettings) -> Engine:
    """Return an engine for threads."""
    return SocketEngine(settings, _protocol_of(name))


def open_async_engine(name: ChosenEngine, settings: EngineSettings) -> AsyncEngine:
    """Return an engine for coroutines."""
    from .engine_async import AsyncSocketEngine  # asyncio takes a program without coroutines 40 ms

    return AsyncSocketEngine(settings, _protocol_of(name))


def _protocol_of(name: ChosenEngine) -> NewProtocol:
    if name == "h11":
        return H11Protocol
    from .http1_httptools import HttptoolsProtocol

    return HttptoolsProtocol
