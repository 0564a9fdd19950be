"""Which engine a client gets. What an engine cannot take is an error, or the other engine's; it is never dropped."""

import logging
from typing import Literal

from bybit_ext.errors import InvalidInput

from .h11_async import AsyncH11Engine
from .h11_sync import H11Engine
from .interface import AsyncEngine, Engine
from .settings import EngineSettings

EngineName = Literal["h11", "curl", "auto"]
"""What sends: `h11` is always there, `curl` needs the extra `fast`, `auto` is `curl` where it can take all settings."""
ChosenEngine = Literal["h11", "curl"]
"""What `auto` comes down to."""

_log = logging.getLogger("bybit_ext")


def choose_engine(name: EngineName | None, settings: EngineSettings) -> ChosenEngine:
    """Return the engine to use; `h11` if none is named.

    Raises:
        InvalidInput: it does not exist, or cannot take one of the settings; the message says which.
    """
    reasons = {"h11": _h11_cannot(settings), "curl": _curl_cannot(settings)}
    if name == "auto":
        chosen: ChosenEngine = "h11" if reasons["curl"] else "curl"
        _log.info("engine %s is used%s", chosen, f": {reasons['curl']}" if reasons["curl"] else "")
    elif name is None or name == "h11":
        chosen = "h11"
    elif name == "curl":
        chosen = "curl"
    else:
        raise InvalidInput(f"engine: there is no {name!r:.40}; there are 'h11', 'curl' and 'auto'.")
    if reasons[chosen]:
        raise InvalidInput(f"engine: {reasons[chosen]}.")
    return chosen


def _h11_cannot(settings: EngineSettings) -> str | None:
    proxy = settings.route.proxy
    if proxy and proxy.scheme != "http":
        return f"'h11' knows http:// proxies only, not {proxy.scheme}://; 'curl' does"
    return None


def _curl_cannot(settings: EngineSettings) -> str | None:
    from importlib.util import find_spec

    if find_spec("pycurl") is None:
        return "'curl' needs pip install 'bybit-v5[fast]'"
    if settings.tls.context is not None:
        return "'curl' cannot take an SSLContext; use ca_file and client_cert, or 'h11'"
    return None


def open_engine(name: ChosenEngine, settings: EngineSettings) -> Engine:
    """Return an engine for threads."""
    if name == "h11":
        return H11Engine(settings)
    from .curl_sync import CurlEngine

    return CurlEngine(settings)


def open_async_engine(name: ChosenEngine, settings: EngineSettings) -> AsyncEngine:
    """Return an engine for coroutines."""
    if name == "h11":
        return AsyncH11Engine(settings)
    from .curl_async import AsyncCurlEngine

    return AsyncCurlEngine(settings)
