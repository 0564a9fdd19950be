"""Report orders for ever, over as many connections as it takes."""

import asyncio
import logging
import time

from bybit_ext.auth.redaction import LocalsCleared
from bybit_ext.calls.flow import backoff_delay
from bybit_ext.errors import BybitError, Forbidden, InvalidInput, NotSent, OutcomeUnknown, Refused

from .connection import OpenSocket, Publish, read, subscribed
from .events import StreamState
from .settings import StreamSettings

_log = logging.getLogger("bybit_ext")

_LONG_ENOUGH = 10.0  # seconds; a connection that lasted so long was a good one
_MAX_PAUSE = 10.0  # seconds between two tries
_FORBIDDEN = 403


async def run_stream(settings: StreamSettings, publish: Publish, opened: OpenSocket) -> None:
    """Publish events until the stream ends for good; its last event is the error that it ended with.

    Args:
        settings: how to reach the stream.
        publish: takes the events.
        opened: where the socket of the connection is noted.
    """
    try:
        with LocalsCleared():
            await _run(settings, publish, opened)
    except BybitError as error:
        publish(error.with_traceback(None))
    except Exception as error:  # noqa: BLE001 - subscribers must hear of the end, whatever it is
        publish(NotSent(f"The stream failed ({type(error).__name__})."))


async def _run(settings: StreamSettings, publish: Publish, opened: OpenSocket) -> None:
    from websockets.exceptions import InvalidStatus, WebSocketException

    tries = 0
    while True:
        subscribed_at: float | None = None
        try:
            async with subscribed(settings, publish, opened) as (connection, secrets):
                subscribed_at = time.monotonic()
                publish(StreamState.SUBSCRIBED)
                await read(connection, secrets, settings, publish)
        except InvalidStatus as error:
            if error.response.status_code == _FORBIDDEN:
                raise Forbidden("The exchange turned the stream away: HTTP 403.") from None
            problem = f"HTTP {error.response.status_code}"
        except (InvalidInput, Refused, OutcomeUnknown):
            raise
        except NotSent as error:
            problem = str(error.args[0])
        except (OSError, TimeoutError, ValueError, WebSocketException) as error:
            problem = type(error).__name__
        else:
            problem = "it was closed"
        publish(StreamState.DISCONNECTED)
        is_good = subscribed_at is not None and time.monotonic() - subscribed_at > _LONG_ENOUGH
        tries = 1 if is_good else tries + 1
        pause = backoff_delay(tries, longest=_MAX_PAUSE)
        what = "could not be connected" if subscribed_at is None else "was lost"
        _log.warning("The order stream %s (%s). Next try in %.1f s.", what, problem, pause)
        await asyncio.sleep(pause)
