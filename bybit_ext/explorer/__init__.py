"""A page on this machine that tries the document's operations: filled in, sent by this package, and explained.

The browser gets no key: what it sends goes to a server on loopback, which validates, signs, sends and judges it as a
program with `AsyncBybit` would.

    explorer     `Explorer`: the page of one exchange, as routes of an ASGI application
    server       `serve`: the page alone, for an exchange elsewhere
    guard        who may ask for what: Host, Origin, the token, and what the browser may load
    assets       the files of the page: its own, and those of Swagger UI, which a package brings
    examples     the document with examples that can be sent as they stand
    calls        the call that a request of the page stands for
    recording    a client that notes what it sends
    verdicts     what came of a call, for the page
    static       the page itself
"""

try:
    from .assets import find_swagger_ui
    from .explorer import Explorer, Target
    from .recording import RecordingBybit
    from .server import serve
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        f"{_error.name} is not installed: the page needs pip install 'bybit-v5[explore]'", name=_error.name
    ) from None

__all__ = ["Explorer", "RecordingBybit", "Target", "find_swagger_ui", "serve"]
