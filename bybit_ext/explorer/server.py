"""`serve`: the page alone, for an exchange elsewhere. The sandbox serves its own."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from starlette.applications import Starlette

from bybit_ext.loopback import LoopbackServer

from .explorer import Explorer, Target


@contextmanager
def serve(target: Target, port: int = 0, on_unknown: Callable[[str], None] | None = None) -> Generator[str, None, None]:
    """Serve the page on loopback while the context is open. Returns its URL, with the token that lets in.

    Args:
        target: the exchange that it tries.
        port: where to listen; 0 finds a free one.
        on_unknown: called with the path of each order or cancel that the end of the server leaves with an unknown
            outcome, from its thread; None for nothing.

    Raises:
        ModuleNotFoundError: the files of Swagger UI are not installed.
        OSError: the port is taken.
    """
    explorer = Explorer(target, on_unknown)
    app = Starlette(routes=explorer.routes, lifespan=explorer.lifespan)
    with LoopbackServer(app, port, name="explorer") as server:
        yield explorer.url(server.url)
