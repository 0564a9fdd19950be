"""Who may ask for what.

Other pages in the same browser, and other names for this machine, must reach nothing: a Host that is not loopback's
(DNS rebinding) and an Origin that is not the page's (CSRF) are refused. What tells or changes something needs the
token besides, in a header, which no other page's form or image can set.
"""

import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

TOKEN_HEADER = "X-Explorer-Token"  # noqa: S105 - the header's name

_HTTP_PORT = 80

Endpoint = Callable[[Request], Awaitable[Response]]

_HEADERS = {
    # Swagger UI puts style attributes into its HTML, and pictures into its style sheet as data.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets those in that may.

    Attributes:
        token: what lets in.
    """

    def __init__(self) -> None:
        self.token: str = secrets.token_urlsafe(24)

    def open_to_all(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that checks Host and Origin: for what has nothing to hide."""
        return self._guarded(endpoint, _problem_of_address)

    def with_token(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that wants the token too."""
        return self._guarded(endpoint, lambda request: _problem_of_address(request) or self._problem_of_token(request))

    def _guarded(self, endpoint: Endpoint, find_problem: Callable[[Request], str | None]) -> Endpoint:
        async def serve(request: Request) -> Response:
            problem = find_problem(request)
            response = PlainTextResponse(f"{problem}\n", 403) if problem else await endpoint(request)
            response.headers.update(_HEADERS)
            return response

        return serve

    def _problem_of_token(self, request: Request) -> str | None:
        given = request.headers.get(TOKEN_HEADER, "")
        if secrets.compare_digest(given.encode(), self.token.encode()):
            return None
        return f"The token is missing or wrong ({TOKEN_HEADER}). Open the URL that the command printed."


def _problem_of_address(request: Request) -> str | None:
    """Return what is wrong with the request's Host or Origin; None if nothing is."""
    port = request.scope["server"][1]
    names = ("127.0.0.1", "localhost")
    hosts = [f"{name}:{port}" for name in names]
    if port == _HTTP_PORT:  # browsers leave it out
        hosts += names
    host = request.headers.get("Host", "")
    if host not in hosts:
        return f"This is not a name that the page has: it is {hosts[0]}."
    if request.headers.get("Origin", f"http://{host}") != f"http://{host}":
        return "Another page may not ask for this."
    return None
