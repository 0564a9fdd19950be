"""Exchanges over raw sockets: each connection to the trade WebSocket is served by a function, which may lie."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.server import ServerProtocol

from bybit_ext import load_credentials
from bybit_ext.auth.clock import system_clock
from bybit_ext.engines.hosts import parse_trade_url
from bybit_ext.engines.interface import Request
from bybit_ext.engines.proxies import parse_proxy
from bybit_ext.engines.sockets import Route
from bybit_ext.engines.tls import TlsSettings
from bybit_ext.trade.settings import TradeSettings
from tests.engines.servers import Peer, RawServer, Serve

KEY, SECRET = "kEy-4d7f0c1b9a", "s3cret-e83b5a20"
PATH = "/v5/order/cancel"
Message = dict[str, Any]


class Venue:
    """The exchange's end of one connection.

    Attributes:
        peer: the socket.
        requests: what came in on this connection, the log-in too.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.requests: list[Message] = []
        self._frames = ServerProtocol()
        self._waiting: list[Message] = []

    def accept(self) -> None:
        """Shake hands."""
        while not self._waiting and self._frames.state.name == "CONNECTING":
            if not self._receive():
                raise ConnectionError("the client has gone")

    def log_in(self) -> "Venue":
        """Shake hands, and agree to the log-in."""
        self.accept()
        request = self.next()
        if request is None:
            raise ConnectionError("the client has gone")
        assert request["op"] == "auth"
        self.say({"retCode": 0, "retMsg": "OK", "op": "auth", "connId": "1"})
        return self

    def next(self) -> Message | None:
        """Return the next request; None if the client closes the connection."""
        while not self._waiting:
            if not self._receive():
                return None
        return self._waiting.pop(0)

    def next_order(self) -> Message | None:
        """Return the next request that is no ping; None if the client closes the connection."""
        while (request := self.next()) and request["op"] == "ping":
            self.say({"op": "pong"})
        return request

    def next_orders(self, count: int) -> list[Message]:
        """Return so many requests that are no pings."""
        found: list[Message] = []
        while len(found) < count:
            request = self.next_order()
            if request is None:
                raise ConnectionError("the client has gone")
            found.append(request)
        return found

    def say(self, message: Message | bytes) -> None:
        """Send a message."""
        self._frames.send_text(message if isinstance(message, bytes) else json.dumps(message).encode())
        self._write()

    def frame_of(self, message: Message | bytes) -> bytes:
        """Return the bytes of a message, which is not sent."""
        self._frames.send_text(message if isinstance(message, bytes) else json.dumps(message).encode())
        return b"".join(self._frames.data_to_send())

    def answer(self, request: Message, **fields: Any) -> None:
        """Answer a request: its result is what it asked for."""
        self.say(answer_to(request, **fields))

    def answer_all(self, **fields: Any) -> None:
        """Answer each request until the client has gone."""
        while request := self.next_order():
            self.answer(request, **fields)

    def wait_for_end(self) -> None:
        """Wait until the client closes the connection."""
        while self.next():
            pass

    def _receive(self) -> bool:
        data = self.peer.socket.recv(65_536)
        if not data:
            return False
        self._frames.receive_data(data)
        has_ended = False
        for event in self._frames.events_received():
            if isinstance(event, Handshake):
                self._frames.send_response(self._frames.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._waiting.append(json.loads(bytes(event.data)))
                self.requests.append(self._waiting[-1])
            elif isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                has_ended = True
        self._write()
        return not has_ended

    def _write(self) -> None:
        data = b"".join(self._frames.data_to_send())
        if data:
            self.peer.send(data)


def answer_to(request: Message, **fields: Any) -> Message:
    """Return the answer to a request: its result is what it asked for."""
    answer = {"reqId": request["reqId"], "retCode": 0, "retMsg": "OK", "op": request["op"], "data": request["args"][0]}
    return {**answer, "retExtInfo": {}, "header": {"Timenow": "1700000000000", "Traceid": "t"}, "connId": "1", **fields}


def serving(serve: Callable[[Venue], object], venues: list[Venue] | None = None) -> Serve:
    """Return what serves a raw connection: the log-in, then a function."""
    return partial(_serve, serve, [] if venues is None else venues)


def _serve(serve: Callable[[Venue], object], venues: list[Venue], peer: Peer) -> None:
    venue = Venue(peer)
    venues.append(venue)
    serve(venue.log_in())


def echo(venue: Venue) -> None:
    """Answer everything with what it asked for."""
    venue.answer_all()


def number(count: int) -> Request:
    """Return a request that can be told from others by its answer."""
    return Request("POST", PATH, (("Content-Type", "application/json"),), b'{"number": %d}' % count)


def settings_for(
    server: RawServer, *, tls: TlsSettings | None = None, proxy: str | None = None, heartbeat: float = 20.0
) -> TradeSettings:
    """Return how to reach a server."""
    address = parse_trade_url(f"{server.url.replace('http', 'ws', 1)}/v5/trade")
    route = Route(address, parse_proxy(proxy) if proxy else None)
    return TradeSettings(route, tls or TlsSettings(), load_credentials(KEY, SECRET), system_clock, "", heartbeat)
