"""The protocol of the trade WebSocket without I/O: what is written, and what becomes of what comes in."""

import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from bybit_ext import InvalidInput, load_credentials
from bybit_ext.auth.log_in import LogIn
from bybit_ext.engines.interface import MAX_REPLY_SIZE, Headers, Reply
from bybit_ext.trade import protocol
from bybit_ext.trade.protocol import Answer, Broken, Event, LoggedIn, LogInRefused, TradeProtocol
from tests.conftest import API_KEY, API_SECRET

NOW = 1_700_000_000_000
SIGNATURE: Headers = (
    ("X-BAPI-API-KEY", "the key"),
    ("X-BAPI-TIMESTAMP", "1700000000001"),
    ("X-BAPI-RECV-WINDOW", "5000"),
    ("X-BAPI-SIGN", "the signature"),
)


def log_in() -> LogIn:
    return LogIn(load_credentials(API_KEY, API_SECRET), NOW)


class Peers:
    """The protocol, and the exchange's side of it by websockets."""

    def __init__(self) -> None:
        self.ours = TradeProtocol("ws://127.0.0.1:1/v5/trade", log_in)
        self.theirs = ServerProtocol()
        self.heard: list[dict[str, Any]] = []

    def pump(self) -> None:
        """Let the exchange take what we have written."""
        self.theirs.receive_data(self.ours.output())
        for event in self.theirs.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self.heard.append(json.loads(bytes(event.data)))
            elif isinstance(event, Request):
                self.theirs.send_response(self.theirs.accept(event))

    def take(self, data: bytes | None = None) -> list[Event]:
        """Take what the exchange has written."""
        return list(self.ours.receive(b"".join(self.theirs.data_to_send()) if data is None else data))

    def say(self, message: Any) -> list[Event]:
        """Let the exchange say something, and take it."""
        text = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.theirs.send_text(text)
        return self.take()

    def shake_hands(self) -> None:
        self.ours.connect()
        self.pump()
        assert self.take() == []
        self.pump()

    def open(self) -> None:
        self.shake_hands()
        assert self.say({"retCode": 0, "retMsg": "OK", "op": "auth", "connId": "1"}) == [LoggedIn()]
        self.heard.clear()

    def ask(self, operation: str = "order.cancel", body: bytes = b'{"symbol":"BTCUSDT"}') -> str:
        req_id = self.ours.request(operation, body, SIGNATURE)
        self.pump()
        return req_id


@pytest.fixture
def bare() -> Peers:
    return Peers()


@pytest.fixture
def peers(bare: Peers) -> Peers:
    """Both logged in."""
    bare.open()
    return bare


def answer(req_id: object, **fields: Any) -> dict[str, Any]:
    return {"reqId": req_id, "retCode": 0, "retMsg": "OK", "op": "order.cancel", "data": {"orderId": "1"}, **fields}


def body_of(event: Event) -> dict[str, Any]:
    assert isinstance(event, Answer | LogInRefused)
    body: dict[str, Any] = json.loads(event.reply.body)
    return body


# ---- the log-in


def test_the_log_in_is_signed_when_the_handshake_is_done(bare: Peers) -> None:
    bare.ours.connect()
    bare.pump()
    assert bare.heard == []
    bare.take()
    bare.pump()
    assert bare.heard == [json.loads(log_in().text)]


@pytest.mark.parametrize("ret_code", [10001, 10003, 10004, 10010, 99999])
def test_a_refused_log_in_is_an_answer_that_answers_no_request(bare: Peers, ret_code: int) -> None:
    bare.shake_hands()
    (event,) = bare.say({"retCode": ret_code, "retMsg": "no", "op": "auth", "connId": "1"})
    assert isinstance(event, LogInRefused)
    assert body_of(event) == {"retCode": ret_code, "retMsg": "no"}
    assert (event.reply.status, event.reply.is_answer) == (200, False)


@pytest.mark.parametrize("ret_code", [10016, 10019, None, "0", True, 0.5])
def test_a_log_in_that_is_neither_agreed_to_nor_refused_has_failed(bare: Peers, ret_code: Any) -> None:
    bare.shake_hands()
    with pytest.raises(Broken, match="the log-in failed"):
        bare.say({"retCode": ret_code, "op": "auth"})


def test_an_echo_in_a_refused_log_in_is_not_shown(bare: Peers) -> None:
    bare.shake_hands()
    secrets = log_in().secrets
    (event,) = bare.say({"retCode": 10004, "retMsg": f"api_key[{secrets[0]}] sign[{secrets[1]}]", "op": "auth"})
    assert body_of(event)["retMsg"] == "api_key[***] sign[***]"


def test_an_echo_of_the_log_in_in_an_answer_is_not_shown(peers: Peers) -> None:
    (event,) = peers.say(answer(peers.ask(), retCode=10001, retMsg=log_in().secrets[1]))
    assert body_of(event)["retMsg"] == "***"


def test_a_clock_that_cannot_be_used_is_named() -> None:
    def fail() -> LogIn:
        raise InvalidInput("clock: raised.")

    peers = Peers()
    peers.ours = TradeProtocol("ws://127.0.0.1:1/v5/trade", fail)
    peers.ours.connect()
    peers.pump()
    with pytest.raises(InvalidInput, match="clock"):
        peers.take()


def test_what_comes_before_the_log_in_is_answered_answers_nothing(bare: Peers) -> None:
    bare.shake_hands()
    assert bare.say({"op": "pong"}) == []
    assert bare.say(answer("1")) == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_turns_us_away_refuses(bare: Peers, status: int) -> None:
    head = f"HTTP/1.1 {status} No\r\nContent-Length: 2\r\nTraceid: t\r\n\r\nno".encode()
    bare.ours.connect()
    events = bare.ours.receive(head)
    event = next(events)
    assert isinstance(event, LogInRefused)
    assert (event.reply.status, event.reply.body, event.reply.headers["traceid"]) == (status, b"no", "t")
    assert not event.reply.is_answer
    with pytest.raises(Broken):
        next(events)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", "HTTP 502"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "HTTP 302"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP 200"),
        (b"nonsense\r\n\r\n", "not a WebSocket"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "not a WebSocket"),
    ],
)
def test_what_is_no_websocket_is_of_no_use(bare: Peers, data: bytes, reason: str) -> None:
    bare.ours.connect()
    with pytest.raises(Broken, match=reason):
        bare.take(data)


# ---- requests


def test_a_request_has_its_body_as_it_is_and_nothing_that_is_signed(peers: Peers) -> None:
    req_id = peers.ours.request("order.create", b'{"symbol":"BTC","qty":"1.10"}', (("referer", "broker"), *SIGNATURE))
    data = peers.ours.output()
    peers.theirs.receive_data(data)
    (frame,) = peers.theirs.events_received()
    assert isinstance(frame, Frame)
    assert bytes(frame.data).endswith(b'"args": [{"symbol":"BTC","qty":"1.10"}]}')
    assert json.loads(bytes(frame.data)) == {
        "reqId": req_id,
        "header": {"Referer": "broker", "X-BAPI-TIMESTAMP": "1700000000001", "X-BAPI-RECV-WINDOW": "5000"},
        "op": "order.create",
        "args": [{"symbol": "BTC", "qty": "1.10"}],
    }


def test_no_id_is_used_twice(peers: Peers) -> None:
    other = Peers()
    other.open()
    ids = [one.ask() for _ in range(500) for one in (peers, other)]
    assert len(set(ids)) == 1000
    assert max(map(len, ids)) <= 36


# ---- answers


def test_answers_may_come_in_any_order(peers: Peers) -> None:
    first, second = peers.ask(), peers.ask()
    assert [event.req_id for event in peers.say(answer(second)) if isinstance(event, Answer)] == [second]
    assert [event.req_id for event in peers.say(answer(first)) if isinstance(event, Answer)] == [first]


def test_an_answer_is_what_it_would_be_over_http(peers: Peers) -> None:
    header = {"Traceid": "t", "Timenow": "1700000000002", "X-Bapi-Limit": "10", "X-Bapi-Limit-Status": 9}
    (event,) = peers.say(answer(peers.ask(), retExtInfo={"list": []}, header=header, connId="1"))
    assert isinstance(event, Answer)
    assert event.reply.status == 200
    assert event.reply.is_answer
    assert event.reply.headers == {
        "traceid": "t",
        "timenow": "1700000000002",
        "x-bapi-limit": "10",
        "x-bapi-limit-status": "9",
    }
    assert body_of(event) == {
        "retCode": 0,
        "retMsg": "OK",
        "result": {"orderId": "1"},
        "retExtInfo": {"list": []},
        "time": 1_700_000_000_002,
    }


@pytest.mark.parametrize("header", [None, [], "x", {}, {"Timenow": "soon"}, {"Timenow": None}, {"Timenow": "1" * 19}])
def test_an_answer_may_lack_its_time(peers: Peers, header: Any) -> None:
    (event,) = peers.say(answer(peers.ask(), header=header))
    assert "time" not in body_of(event)


def test_what_an_answer_lacks_is_not_made_up(peers: Peers) -> None:
    (event,) = peers.say({"reqId": peers.ask()})
    assert body_of(event) == {}


def test_an_answer_counts_once(peers: Peers) -> None:
    req_id = peers.ask()
    assert len(peers.say(answer(req_id))) == 1
    assert peers.say(answer(req_id)) == []


@pytest.mark.parametrize("req_id", ["", "unknown", None, 1, [], {}, True])
def test_an_answer_to_nobody_answers_nothing(peers: Peers, req_id: Any) -> None:
    waiting = peers.ask()
    assert peers.say(answer(req_id)) == []
    assert len(peers.say(answer(waiting))) == 1


def test_an_answer_without_an_id_answers_nothing(peers: Peers) -> None:
    peers.ask()
    assert peers.say({"retCode": 0, "retMsg": "OK", "op": "order.cancel", "data": {}}) == []


def test_an_answer_to_what_was_given_up_answers_nothing(peers: Peers) -> None:
    req_id = peers.ask()
    peers.ours.forget(req_id)
    assert peers.say(answer(req_id)) == []


def test_an_answer_that_names_another_operation_ends_the_connection(peers: Peers) -> None:
    req_id = peers.ask()
    with pytest.raises(Broken, match="another operation"):
        peers.say(answer(req_id, op="order.create"))


def test_a_message_may_come_in_any_pieces(peers: Peers) -> None:
    req_id = peers.ask()
    text = json.dumps(answer(req_id)).encode()
    peers.theirs.send_text(text[:10], fin=False)
    peers.theirs.send_continuation(text[10:20], fin=False)
    peers.theirs.send_continuation(text[20:], fin=True)
    data = b"".join(peers.theirs.data_to_send())
    events = [event for i in range(len(data)) for event in peers.take(data[i : i + 1])]
    assert [event.req_id for event in events if isinstance(event, Answer)] == [req_id]


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"1", b"nonsense", b'{"a": NaN}', b"\xff", b"{" * 3000])
def test_what_is_no_message_ends_the_connection(peers: Peers, text: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "websockets.server")  # websockets 15 logs no frame that is not UTF-8
    with pytest.raises(Broken, match="not JSON"):
        peers.say(text)


def test_the_answers_before_what_is_no_message_count(peers: Peers) -> None:
    req_id = peers.ask()
    peers.theirs.send_text(json.dumps(answer(req_id)).encode())
    peers.theirs.send_text(b"nonsense")
    events = peers.ours.receive(b"".join(peers.theirs.data_to_send()))
    event = next(events)
    assert isinstance(event, Answer)
    with pytest.raises(Broken):
        next(events)


def test_bytes_that_are_no_frame_end_the_connection(peers: Peers) -> None:
    with pytest.raises(Broken, match="not WebSocket"):
        peers.take(b"\xff\xff\xff\xff")


@pytest.mark.parametrize("parts", [1, 3])
def test_a_message_that_is_too_large_ends_the_connection(peers: Peers, parts: int) -> None:
    size = MAX_REPLY_SIZE // parts + 1
    for part in range(parts):
        send = peers.theirs.send_continuation if part else peers.theirs.send_text
        send(b"a" * size, fin=part == parts - 1)
    with pytest.raises(Broken, match=f"more than {MAX_REPLY_SIZE} bytes"):
        peers.take()


def test_a_large_message_may_be_as_large_as_any_answer(peers: Peers) -> None:
    (event,) = peers.say(answer(peers.ask(), retMsg="a" * (MAX_REPLY_SIZE - 1000)))
    assert len(body_of(event)["retMsg"]) == MAX_REPLY_SIZE - 1000


def test_a_server_that_says_good_bye_ends_the_connection(peers: Peers) -> None:
    peers.theirs.send_close(1001)
    with pytest.raises(Broken, match="the server closed it"):
        peers.take()


@pytest.mark.parametrize("kind", ["message", "ping"])
def test_a_flood_of_what_nobody_asked_for_ends_the_connection(peers: Peers, kind: str) -> None:
    send = peers.theirs.send_text if kind == "message" else peers.theirs.send_ping

    def flood(count: int) -> None:
        for _ in range(count):
            send(b"{}")

    for _ in range(2):
        flood(protocol.MAX_STRAY)
        assert peers.take() == []
        peers.ours.ping()  # what came in an earlier heartbeat does not count
    flood(protocol.MAX_STRAY + 1)
    with pytest.raises(Broken, match="no request had asked for"):
        peers.take()


def test_a_message_in_too_many_pieces_ends_the_connection(peers: Peers) -> None:
    peers.theirs.send_text(b"", fin=False)
    for _ in range(protocol.MAX_STRAY):
        peers.theirs.send_continuation(b"", fin=False)
    with pytest.raises(Broken, match="no request had asked for"):
        peers.take()


def test_a_restart_is_noted_and_its_answer_passed_on(peers: Peers) -> None:
    first, second = peers.ask(), peers.ask()
    (event,) = peers.say(answer(first, retCode=10019))
    assert body_of(event)["retCode"] == 10019
    assert peers.ours.is_over
    assert len(peers.say(answer(second))) == 1


def test_pings_are_the_exchanges_own(peers: Peers) -> None:
    peers.ours.ping()
    peers.pump()
    assert peers.heard == [{"op": "ping"}]
    assert peers.say({"op": "pong", "args": ["1"], "connId": "1"}) == []


def test_pings_of_the_server_are_answered(peers: Peers) -> None:
    peers.theirs.send_ping(b"there?")
    assert peers.take() == []
    peers.theirs.receive_data(peers.ours.output())
    (frame,) = peers.theirs.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data)) == (Opcode.PONG, b"there?")


def test_it_says_good_bye_once_there_is_a_websocket(bare: Peers) -> None:
    bare.ours.connect()
    bare.ours.output()
    bare.ours.close()
    assert bare.ours.output() == b""


def test_the_good_bye_is_a_normal_one(bare: Peers) -> None:
    bare.shake_hands()
    bare.ours.close()
    bare.theirs.receive_data(bare.ours.output())
    (frame,) = bare.theirs.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data)) == (Opcode.CLOSE, (1000).to_bytes(2, "big"))


@pytest.mark.parametrize("ret_code", [10019, 10003, 10004])
def test_it_is_over_for_good(peers: Peers, ret_code: int) -> None:
    assert not peers.ours.is_over
    first, second, third = peers.ask(), peers.ask(), peers.ask()
    peers.say(answer(first, retCode=110001))
    assert not peers.ours.is_over
    peers.say(answer(second, retCode=ret_code))
    peers.say(answer(third))
    assert peers.ours.is_over


def test_the_end_of_what_is_no_refusal_says_nothing(bare: Peers) -> None:
    bare.ours.connect()
    bare.pump()
    assert list(bare.ours.receive_eof()) == []


def test_to_give_up_twice_is_to_give_up(peers: Peers) -> None:
    req_id = peers.ask()
    peers.ours.forget(req_id)
    peers.ours.forget(req_id)


def test_the_answer_to_the_handshake_may_come_in_pieces(bare: Peers) -> None:
    bare.ours.connect()
    bare.pump()
    data = b"".join(bare.theirs.data_to_send())
    assert bare.take(data[:20]) == bare.take(data[20:]) == []
    bare.pump()
    assert len(bare.heard) == 1


def test_no_log_shows_a_frame(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    peers = Peers()
    peers.open()
    peers.ask()
    assert "websockets.server" in {record.name for record in caplog.records}
    assert not [record for record in caplog.records if record.name != "websockets.server"]


def test_all_that_was_written_is_sent_as_it_is(peers: Peers) -> None:
    ids = [peers.ours.request("order.cancel", b"{}", SIGNATURE) for _ in range(3)]
    peers.pump()
    assert [message["reqId"] for message in peers.heard] == ids


def test_a_server_that_turns_us_away_and_closes_refuses(bare: Peers) -> None:
    bare.ours.connect()
    bare.pump()
    assert bare.take(b"HTTP/1.1 403 Forbidden\r\n\r\nno") == []
    (event,) = bare.ours.receive_eof()
    assert (event.reply.status, event.reply.body, event.reply.is_answer) == (403, b"no", False)


def test_nothing_shows_the_log_in(peers: Peers) -> None:
    assert isinstance(peers.ours, TradeProtocol)
    shown = repr(peers.ours) + repr(LogInRefused(Reply(200, {}, API_KEY.encode())))
    assert API_KEY not in shown
