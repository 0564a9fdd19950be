"""`Explorer`: the page of one exchange, as routes of an ASGI application.

    GET      /                            the page: the same for everybody
    GET      /openapi.json                the document for the exchange, for other tools
    GET      /explorer/files/NAME         the files of the page
    GET      /explorer/start              the document filled in, and the open orders
    GET      /explorer/events             order updates as they come, as server-sent events
    GET POST /explorer/run/PATH           a request of the document, run by the client: returns the report on it

The last three want the token.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import attrs
from bybit_v5.api.trade import get_orders
from bybit_v5.models import Order
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bybit_ext.auth.redaction import redact_json
from bybit_ext.errors import BybitError
from bybit_ext.orders.identity import FINAL
from bybit_ext.stream.events import StreamState

from .assets import PAGE, files_of_page, media_type_of
from .calls import read_call
from .examples import cancel_request, describe, filled_document, plain_document
from .guard import Guard
from .recording import RecordedSend, RecordingBybit, last_send, recorded_sends
from .verdicts import verdict_of

RUN = "/explorer/run"
# The open orders that the page lists, by what it calls them.
_LISTED: dict[str, dict[str, Any]] = {
    "USDT futures": {"category": "linear", "settle_coin": "USDT"},
    "USDC futures": {"category": "linear", "settle_coin": "USDC"},
    "spot": {"category": "spot"},
}
_PAGE_SIZE = 50


@attrs.frozen
class _OpenOrders:
    """What is known of the open orders.

    Attributes:
        orders: those that could be read.
        categories: of which product types these are all.
        problem: why those of another could not; None if all could.
        notes: what is missing, in sentences.
    """

    orders: list[Order]
    categories: list[str]
    problem: BybitError | None
    notes: list[str]


@attrs.frozen
class Target:
    """The exchange that the page tries.

    Attributes:
        name: what the page calls it: `sandbox`, `testnet`, `demo` or `mainnet`. On `mainnet` it asks before it sends.
        open: opens the client that sends. It is called in the event loop that serves, and closed there.
    """

    name: str
    open: Callable[[], RecordingBybit]


class Explorer:
    """The page of one exchange.

    Args:
        target: the exchange.
        on_unknown: called with the path of each order or cancel that the end of the server leaves with an unknown
            outcome; None for nothing.

    Raises:
        ModuleNotFoundError: the files of Swagger UI are not installed.
    """

    def __init__(self, target: Target, on_unknown: Callable[[str], None] | None = None) -> None:
        self._target = target
        self._on_unknown = on_unknown
        self._is_closing = False
        self._guard = Guard()
        self._files = files_of_page()
        self._opened: RecordingBybit | None = None

    def url(self, server: str) -> str:
        """Return the URL of the page, which lets in. Browsers keep what stands behind `#` to themselves.

        Args:
            server: the URL of the server that has its routes.
        """
        return f"{server}/#token={self._guard.token}"

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The routes of the page."""
        guard = self._guard
        return (
            Route("/", guard.open_to_all(self._page)),
            Route("/openapi.json", guard.open_to_all(self._document)),
            Route("/explorer/files/{name}", guard.open_to_all(self._file)),
            Route("/explorer/start", guard.with_token(self._start)),
            Route("/explorer/events", guard.with_token(self._events)),
            Route(RUN + "{path:path}", guard.with_token(self._run), methods=["GET", "POST"]),
        )

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncGenerator[None]:
        """Close the client with the application that has the routes."""
        self._is_closing, self._opened = False, None
        yield
        self._is_closing = True
        await self._close()

    async def _close(self) -> None:
        if self._opened:  # it stays, lest a late request opens another one
            await self._opened.close()

    @property
    def _client(self) -> RecordingBybit:
        if self._opened is None:
            self._opened = self._target.open()
        return self._opened

    # ---- for everybody on this machine

    async def _page(self, _: Request) -> Response:
        return FileResponse(PAGE)

    async def _file(self, request: Request) -> Response:
        file = self._files.get(request.path_params["name"])
        return FileResponse(file, media_type=media_type_of(file)) if file else PlainTextResponse("No such file.\n", 404)

    async def _document(self, _: Request) -> Response:
        return JSONResponse(plain_document(self._client.base_url))

    # ---- with the token

    async def _start(self, _: Request) -> Response:
        known = await self._open_orders()
        return _Json(
            {
                "exchange": self._target.name,
                "host": self._client.host,
                "document": filled_document(RUN, known.orders),
                **_listed(known),
            }
        )

    async def _open_orders(self) -> _OpenOrders:
        calls = (self._client.call(get_orders, **query, open_only=0, limit=_PAGE_SIZE) for query in _LISTED.values())
        pages = await asyncio.gather(*calls, return_exceptions=True)
        orders: list[Order] = []
        not_all: set[str] = set()
        problem = None
        notes: list[str] = []
        for (name, query), page in zip(_LISTED.items(), pages, strict=True):
            if isinstance(page, BybitError):
                problem = problem or page
                not_all.add(query["category"])
                notes.append(f"The open orders of {name} could not be read.")
            elif isinstance(page, BaseException):
                raise page
            else:
                for order in page.result.list_:
                    order.category = query["category"]  # the list of one category does not name it
                    orders.append(order)
                if len(page.result.list_) >= _PAGE_SIZE:
                    not_all.add(query["category"])
                    notes.append(f"Of {name}, only the first {_PAGE_SIZE} are listed: there may be more.")
        categories = {query["category"] for query in _LISTED.values()} - not_all
        return _OpenOrders(orders, sorted(categories), problem, notes)

    async def _run(self, request: Request) -> Response:
        method, path = request.method, request.path_params["path"]
        body = await request.body()
        python = None
        with recorded_sends() as sends:
            try:
                call = read_call(method, path, request.query_params.multi_items(), body)
                if call is None:
                    return PlainTextResponse("The document has no such operation.\n", 404)
                python = call.python
                result = await call.run(self._client)
            except BybitError as error:
                result = error
            except asyncio.CancelledError:
                self._tell_unknown(method, path)
                raise
        verdict = verdict_of(result)
        if self._is_closing and verdict.kind == "unknown":
            self._tell_unknown(method, path)
        report = {
            "verdict": attrs.asdict(verdict),
            "python": python,
            "sends": [attrs.asdict(one) for one in sends],
            "answer": _answer_of(last_send(sends, method, path)),
        }
        redact_json(report, self._client.secrets)
        return _Json(report)

    def _tell_unknown(self, method: str, path: str) -> None:
        if self._on_unknown and method != "GET":
            self._on_unknown(path)

    async def _events(self, _: Request) -> Response:
        return StreamingResponse(self._updates(), media_type="text/event-stream")

    async def _updates(self) -> AsyncGenerator[str, None]:
        """Tell whether the stream stands, and what it reports; each time that it stands anew, what is open by then.

        What it reports while the open orders are read waits, and comes after them.
        """
        yield _event({"type": "connecting"})
        try:
            async with aclosing(self._client.order_events()) as events:
                async for event in events:
                    if isinstance(event, Order):
                        yield _event({"type": "order", "order": _shown(event)})
                    elif event is StreamState.SUBSCRIBED:
                        yield _event({"type": "open"})
                        yield _event({"type": "listed", **_listed(await self._open_orders())})
                    else:
                        yield _event({"type": "gap"})
        except BybitError as error:
            yield _event({"type": "failed", "verdict": attrs.asdict(verdict_of(error))})


def _listed(known: _OpenOrders) -> dict[str, Any]:
    """Return the open orders as the page takes them."""
    return {
        "kinds": list(_LISTED),
        "orders": [_shown(order) for order in known.orders],
        "categories": known.categories,
        "problem": attrs.asdict(verdict_of(known.problem)) if known.problem else None,
        "notes": known.notes,
    }


def _shown(order: Order) -> dict[str, Any]:
    """Return an order as the page shows it."""
    return {
        "id": order.order_id,
        "linkId": order.order_link_id,
        "status": order.order_status,
        "isFinal": order.order_status in FINAL,
        "text": describe(order),
        "cancel": cancel_request(order),
        "fields": order.to_dict(),
    }


def _answer_of(send: RecordedSend | None) -> dict[str, Any] | None:
    return {"status": send.status, "body": send.answer} if send and send.answer is not None else None


class _Json(JSONResponse):
    """JSON of anything that an exchange may answer: a lone surrogate, which UTF-8 has not, is replaced."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode(errors="replace")


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"
