"""Every promise of an engine, over real sockets, against exchanges that lie, stall, drop and restart."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from bybit_ext.engines.connection_async import open_connection
from bybit_ext.engines.interface import MAX_REPLY_SIZE, Headers, Lost, Reply, Request
from bybit_ext.errors import InvalidInput, NotSent
from bybit_ext.trade import pool
from bybit_ext.trade.engine_async import AsyncTradeEngine, _TaskCall
from tests.engines.conftest import Authority
from tests.engines.senders import AsyncSender, Sender, Sent, in_thread, sign, until
from tests.engines.servers import Peer, answering, reply, wait_until

from .conftest import OpenServer, OpenTrade
from .exchange import Venue, answer_to, echo, number, serving

LIMIT = 10.0


def result_of(sent: Sent) -> Any:
    """Return the result of a reply; a loss or what was not sent by its class."""
    return json.loads(sent.body)["result"] if isinstance(sent, Reply) else type(sent)


def send_numbers(sender: Sender, count: int, seconds: float = LIMIT) -> list[Sent]:
    """Send requests that can be told apart, all at once."""
    if not isinstance(sender, AsyncSender):
        sent: list[Sent] = [Lost("it did not end")] * count

        def send(which: int) -> None:
            sent[which] = sender.attempt(number(which), seconds=seconds)

        threads = [in_thread(lambda which=which: send(which)) for which in range(count)]
        for thread in threads:
            thread.join(LIMIT)
        return sent

    async def attempt_all() -> list[Sent]:
        return await asyncio.gather(*(attempt(sender, which, seconds) for which in range(count)))

    found: list[Sent] = sender.run(attempt_all())
    return found


async def attempt(sender: AsyncSender, which: int, seconds: float) -> Sent:
    """Send a request that can be told from others; return the reply, or the error."""
    try:
        return await sender.engine.send(number(which), sign, seconds=seconds)
    except (NotSent, Lost) as error:
        return error


def begin(sender: Sender, request: Request) -> Callable[[], Sent]:
    """Send a request beside; return what waits for its end."""
    if not isinstance(sender, AsyncSender):
        sent: list[Sent] = []
        thread = in_thread(lambda: sent.append(sender.attempt(request)))

        def end() -> Sent:
            thread.join(LIMIT)
            return sent[0]

        return end

    async def send() -> Sent:
        try:
            return await sender.engine.send(request, sign, seconds=5.0)
        except (NotSent, Lost) as error:
            return error

    async def start() -> "asyncio.Task[Sent]":
        return asyncio.create_task(send())

    task: asyncio.Task[Sent] = sender.run(start())

    async def wait() -> Sent:
        return await task

    return lambda: sender.run(wait())


def let_run(sender: Sender, condition: Callable[[], bool]) -> None:
    """Wait until something is so, while the event loop of an asynchronous sender runs."""
    if isinstance(sender, AsyncSender):
        sender.run(asyncio.wait_for(until(condition), LIMIT))
    else:
        wait_until(condition, LIMIT)


def have_come(venues: list[Venue], count: int) -> Callable[[], bool]:
    """Return what says whether so many requests have come over the first connection, beside the log-in."""
    return lambda: bool(venues) and len(venues[0].requests) == count + 1


# ---- one answer for each request


@pytest.mark.parametrize("has_tls", [False, True], ids=["clear", "tls"])
def test_many_calls_share_a_connection_and_get_their_own_answers(
    sender: OpenTrade, open_server: OpenServer, authority: Authority, *, has_tls: bool
) -> None:
    def serve(venue: Venue) -> None:
        for request in reversed(venue.next_orders(64)):
            venue.answer(request)
        venue.wait_for_end()

    server = open_server(serving(serve), authority.server if has_tls else None)
    sent = send_numbers(sender(server, tls=authority.trust), 64)
    assert [result_of(one) for one in sent] == [{"number": which} for which in range(64)]
    assert server.opened == 1


def test_what_is_sent_is_what_bybit_wants(sender: OpenTrade, open_server: OpenServer) -> None:
    venues: list[Venue] = []
    server = open_server(serving(echo, venues))
    signature = (("X-BAPI-API-KEY", "k"), ("X-BAPI-TIMESTAMP", "17"), ("X-BAPI-RECV-WINDOW", "5"), ("X-BAPI-SIGN", "s"))
    request = Request("POST", "/v5/order/create", (("Referer", "broker"), ("X-Own", "1")), b'{"qty": "1"}')
    sender(server).send(request, sign=lambda: signature)
    auth, order = venues[0].requests
    assert auth["op"] == "auth"
    assert order == {
        "reqId": order["reqId"],
        "header": {"X-BAPI-TIMESTAMP": "17", "X-BAPI-RECV-WINDOW": "5", "Referer": "broker"},
        "op": "order.create",
        "args": [{"qty": "1"}],
    }


@pytest.mark.parametrize("operation", ["create", "create-batch", "cancel", "cancel-batch"])
def test_these_go_over_the_websocket(sender: OpenTrade, open_server: OpenServer, operation: str) -> None:
    venues: list[Venue] = []
    sender(open_server(serving(echo, venues))).send(Request("POST", f"/v5/order/{operation}", (), b"{}"))
    assert venues[0].requests[-1]["op"] == f"order.{operation}"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v5/order/realtime?category=linear"),
        ("POST", "/v5/order/cancel-all"),
        ("POST", "/v5/order/cancel?a=b"),
        ("POST", "/other/v5/order/cancel"),
        ("GET", "/v5/order/cancel"),
    ],
)
def test_everything_else_goes_over_http(sender: OpenTrade, open_server: OpenServer, method: str, target: str) -> None:
    trade, http = open_server(serving(echo)), open_server(answering(reply(b"over HTTP")))
    assert sender(trade, http=http).send(Request(method, target)).body == b"over HTTP"
    assert trade.opened == 0


def test_lies_are_nobodys_answers(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        first, second, _ = venue.next_orders(3)
        for _ in range(2):
            venue.answer(first)  # the second time to nobody
        for req_id in ("", None, 5, "unknown", f"{second['reqId']}0", [second["reqId"]]):
            venue.say({**answer_to(second), "reqId": req_id, "data": "a lie"})
        nameless = answer_to(second, data="a lie")
        del nameless["reqId"]
        venue.say(nameless)
        venue.answer(second)
        venue.wait_for_end()

    sending = sender(open_server(serving(serve)))
    found = sorted(str(result_of(one)) for one in send_numbers(sending, 3, seconds=2.0))
    assert len([one for one in found if one.startswith("{'number': ")]) == 2
    assert found[0] == str(Lost)


def test_an_answer_after_its_time_is_not_the_next_calls(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        (first,) = venue.next_orders(1)
        venue.say({"op": "pong"})  # it is not dead
        (second,) = venue.next_orders(1)
        venue.answer(first)
        venue.answer(second)
        venue.wait_for_end()

    server = open_server(serving(serve))
    sending = sender(server)
    assert result_of(sending.attempt_to_reach(server, number(1), seconds=0.5)) is Lost
    assert result_of(sending.attempt(number(2))) == {"number": 2}
    assert server.opened == 1


def test_a_connection_that_was_silent_until_a_call_s_time_was_over_gets_no_other(
    sender: OpenTrade, open_server: OpenServer
) -> None:
    """It may be half open: what is written to it never arrives, and nothing says so."""

    def serve(venue: Venue) -> None:
        if venue.peer.server.opened == 1:
            venue.answer(venue.next_orders(1)[0])
            venue.wait_for_end()
        else:
            echo(venue)

    server = open_server(serving(serve))
    sending = sender(server)
    sending.send(number(1))
    assert result_of(sending.attempt(number(2), seconds=2.0)) is Lost
    assert result_of(sending.attempt(number(3))) == {"number": 3}
    assert server.opened == 2


def test_no_id_is_used_twice(sender: OpenTrade, open_server: OpenServer) -> None:
    venues: list[Venue] = []
    sending = sender(open_server(serving(echo, venues)))
    for fresh in (False, False, True, True):
        sending.send(number(1), fresh=fresh)
    ids = [request["reqId"] for venue in venues for request in venue.requests if "reqId" in request]
    assert len(venues) == 3
    assert len(set(ids)) == len(ids) == 4


# ---- what is lost, and what surely is not sent


def _drop(venue: Venue) -> None:
    venue.peer.reset()


def _close(_: Venue) -> None:
    pass


def _send_garbage(venue: Venue) -> None:
    venue.say(b"<html>")
    venue.wait_for_end()


def _send_half_a_frame(venue: Venue) -> None:
    data = venue.frame_of(b"{" + b" " * 100)
    venue.peer.send(data[: len(data) // 2])


def _send_no_frame(venue: Venue) -> None:
    venue.peer.send(b"\xf1\x00")
    venue.peer.wait_for_end()


def _send_too_much(venue: Venue) -> None:
    venue.say(b"a" * (MAX_REPLY_SIZE + 1))
    venue.peer.wait_for_end()


def _say_good_bye(venue: Venue) -> None:
    venue._frames.send_close(1012)
    venue._write()
    venue.peer.wait_for_end()


ENDS = {
    _drop: "",
    _close: "the server closed it",
    _send_garbage: "what came back is not JSON, or not an object",
    _send_half_a_frame: "the server closed it",
    _send_no_frame: "what came back is not WebSocket",
    _send_too_much: f"a message has more than {MAX_REPLY_SIZE} bytes",
    _say_good_bye: "the server closed it",
}


@pytest.mark.parametrize(("end", "reason"), ENDS.items())
def test_what_is_in_flight_when_a_connection_ends_is_lost(
    sender: OpenTrade, open_server: OpenServer, end: Callable[[Venue], None], reason: str
) -> None:
    def serve(venue: Venue) -> None:
        if venue.peer.server.opened > 1:
            return echo(venue)
        requests = venue.next_orders(5)
        for request in requests[:2]:
            venue.answer(request)
        return end(venue)

    sending = sender(open_server(serving(serve)))
    sent = send_numbers(sending, 5)
    assert all(reason in str(one) for one in sent if isinstance(one, Lost))
    found = [result_of(one) for one in sent]
    assert found.count(Lost) == 3
    assert sum(isinstance(one, dict) for one in found) == 2
    assert result_of(sending.attempt(number(9))) == {"number": 9}  # over a new connection


def test_what_waits_for_a_connection_that_fails_is_not_sent(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        Venue(peer).accept()
        time.sleep(0.1)  # all calls wait by now

    server = open_server(serve)
    assert {result_of(one) for one in send_numbers(sender(server), 5)} == {NotSent}


def test_a_connection_is_used_again_unless_a_fresh_one_is_wanted(sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = sender(server)
    for which in (1, 2):
        sent: Any = sending.engine.send(number(which), sign, seconds=LIMIT)
        if isinstance(sending, AsyncSender):
            sent = sending.run(sent)
        assert result_of(sent) == {"number": which}
    assert server.opened == 1


def test_the_thread_of_a_connection_does_not_keep_a_program_from_ending(
    sync_sender: OpenTrade, open_server: OpenServer
) -> None:
    before = {*threading.enumerate()}
    sending = sync_sender(open_server(serving(echo)))
    sending.send(number(1))
    begun = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("bybit")]
    assert begun
    assert all(thread.daemon for thread in begun)


def test_what_is_to_be_written_to_a_connection_that_has_ended_is_not_sent(
    async_sender: OpenTrade, open_server: OpenServer
) -> None:
    sending = async_sender(open_server(serving(echo)))
    sending.send(number(1))
    (connection,) = next(iter(sending.engine._pools._pools.values()))._open

    async def write() -> Sent:
        deadline = asyncio.get_running_loop().time() + LIMIT
        call = _TaskCall("order.cancel", b"{}")
        assert connection.reserve(call, deadline)
        connection.close()
        connection.write(call)
        return await call.wait(deadline)

    sent = sending.run(write())
    assert isinstance(sent, NotSent)
    assert "it was closed" in str(sent)


def test_a_connection_that_was_replaced_closes_when_its_last_call_gives_up(
    async_sender: OpenTrade, open_server: OpenServer
) -> None:
    has_come = threading.Event()

    def serve(venue: Venue) -> None:
        if venue.peer.server.opened > 1:
            return echo(venue)
        venue.next_orders(1)
        has_come.set()
        return venue.wait_for_end()

    server = open_server(serving(serve))
    sending = async_sender(server)

    async def send() -> None:
        lost = asyncio.create_task(attempt(sending, 1, 0.8))
        await asyncio.wait_for(until(has_come.is_set), LIMIT / 2)
        await sending.engine.send(number(2), sign, seconds=LIMIT, fresh=True)
        assert isinstance(await lost, Lost)
        await asyncio.wait_for(until(lambda: server.ended == 1), LIMIT / 2)

    sending.run(send())


@pytest.mark.parametrize("stall", ["handshake", "log-in"])
def test_a_slow_start_is_not_sent_and_nothing_is_signed(sender: OpenTrade, open_server: OpenServer, stall: str) -> None:
    def serve(peer: Peer) -> None:
        venue = Venue(peer)
        if stall == "log-in":
            venue.accept()
        peer.wait_for_end()

    signed: list[int] = []

    def note() -> Headers:
        signed.append(1)
        return ()

    server = open_server(serve)
    sent = sender(server).attempt(number(1), sign=note, seconds=0.3)
    assert isinstance(sent, NotSent)
    assert "in time" in str(sent)
    assert signed == []
    wait_until(lambda: server.ended == 1)


def test_an_answer_that_never_comes_is_lost(sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(Venue.wait_for_end))
    sent = sender(server).attempt_to_reach(server, seconds=0.5)
    assert isinstance(sent, Lost)
    assert str(sent) == "no answer came in time"


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", reply(status="502 No"), reply(status="200 OK")])
def test_what_is_no_websocket_is_not_sent(sender: OpenTrade, open_server: OpenServer, answer: bytes) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(answer)

    assert isinstance(sender(open_server(serve)).attempt(), NotSent)


def test_a_port_that_nobody_listens_to_is_not_sent(sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(Peer.ignore)
    sending = sender(server)
    server.__exit__(None, None, None)
    server._listener.close()
    assert isinstance(sending.attempt(), NotSent)


def test_a_certificate_that_is_not_trusted_is_not_sent(
    sender: OpenTrade, open_server: OpenServer, authority: Authority
) -> None:
    server = open_server(serving(echo), authority.server)
    sent = sender(server).attempt()
    assert isinstance(sent, NotSent)
    assert "certificate" in str(sent)


def test_it_goes_through_a_proxy(sender: OpenTrade, open_server: OpenServer, authority: Authority) -> None:
    heads: list[bytes] = []

    def serve(peer: Peer) -> None:
        heads.append(peer.read_head() or b"")
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.socket = authority.server.wrap_socket(peer.socket, server_side=True)
        echo(Venue(peer).log_in())

    proxy = open_server(serve)
    server = open_server(Peer.ignore, authority.server)
    sending = sender(server, tls=authority.trust, proxy=f"http://user:word@127.0.0.1:{proxy.port}")
    assert result_of(sending.send(number(1))) == {"number": 1}
    assert heads[0].startswith(b"CONNECT localhost:")
    sending.close()


def test_a_request_that_was_given_up_before_it_was_written_never_leaves(
    sync_sender: OpenTrade, open_server: OpenServer
) -> None:
    venues: list[Venue] = []
    sending = sync_sender(open_server(serving(echo, venues)))
    sending.send(number(1))
    is_over = threading.Event()
    sending.engine._thread.post(is_over.wait, LIMIT)  # the loop is busy
    assert isinstance(sending.attempt(number(2), seconds=0.2), NotSent)
    is_over.set()
    assert result_of(sending.send(number(3))) == {"number": 3}
    assert [request["args"][0] for request in venues[0].requests[1:]] == [{"number": 1}, {"number": 3}]


def test_nothing_is_kept_of_a_call_that_has_ended(async_sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        venue.next_orders(1)
        venue.say({"op": "pong"})  # it is not dead
        echo(venue)

    server = open_server(serving(serve))
    sending = async_sender(server)
    assert isinstance(sending.attempt_to_reach(server, number(1), seconds=0.5), Lost)
    sending.send(number(2))
    (connection,) = next(iter(sending.engine._pools._pools.values()))._open
    assert (connection.users, connection._calls, connection._req_ids, connection._written_at) == ({}, {}, {}, {})
    assert connection._protocol._in_flight == {}


# ---- the log-in


@pytest.mark.parametrize("ret_code", [10003, 10004])
def test_a_refused_log_in_is_an_answer_to_no_request(sender: OpenTrade, open_server: OpenServer, ret_code: int) -> None:
    def serve(peer: Peer) -> None:
        venue = Venue(peer)
        venue.accept()
        request = venue.next()
        assert request
        venue.say({"retCode": ret_code, "retMsg": f"no {request['args']}", "op": "auth"})
        venue.wait_for_end()
        assert len(venue.requests) == 1

    server = open_server(serve)
    sent = [*send_numbers(sender(server), 3)]
    for one in sent:
        assert isinstance(one, Reply)
        assert not one.is_answer
        assert json.loads(one.body) == {"retCode": ret_code, "retMsg": one.body and json.loads(one.body)["retMsg"]}
        assert b"kEy" not in one.body
    wait_until(lambda: server.ended == server.opened)


def test_a_server_that_forbids_is_an_answer_to_no_request(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(reply(b"<html>", status="403 Forbidden"))

    sent = sender(open_server(serve)).attempt()
    assert isinstance(sent, Reply)
    assert (sent.status, sent.body, sent.is_answer) == (403, b"<html>", False)


def test_a_server_that_forbids_and_closes_is_an_answer_to_no_request_too(
    sender: OpenTrade, open_server: OpenServer
) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 403 Forbidden\r\n\r\n<html>")

    server = open_server(serve)
    sent = sender(server).attempt()
    assert isinstance(sent, Reply)
    assert (sent.status, sent.body, sent.is_answer) == (403, b"<html>", False)
    assert server.opened == 1


def test_a_connection_whose_log_in_is_forgotten_gets_no_other_request(
    sender: OpenTrade, open_server: OpenServer
) -> None:
    def serve(venue: Venue) -> None:
        if venue.peer.server.opened > 1:
            return echo(venue)
        (request,) = venue.next_orders(1)
        venue.say({"reqId": request["reqId"], "op": request["op"], "retCode": 10004, "retMsg": "log in"})
        return venue.wait_for_end()

    server = open_server(serving(serve))
    sending = sender(server)
    refused = sending.attempt(number(1))
    assert isinstance(refused, Reply)
    assert json.loads(refused.body)["retCode"] == 10004
    assert result_of(sending.attempt(number(2))) == {"number": 2}


def test_a_signature_is_asked_for_when_the_connection_stands(sender: OpenTrade, open_server: OpenServer) -> None:
    ages: list[float] = []

    def serve(peer: Peer) -> None:
        time.sleep(0.3)
        venue = Venue(peer).log_in()
        while request := venue.next_order():
            ages.append(time.monotonic() - float(request["header"]["X-BAPI-TIMESTAMP"]))
            venue.answer(request)

    sending = sender(open_server(serve))
    for _ in range(2):
        sending.send(number(1), sign=lambda: (("X-BAPI-TIMESTAMP", repr(time.monotonic())),))
    assert max(ages) < 0.2


def test_a_signature_that_fails_leaves_nothing_behind(sender: OpenTrade, open_server: OpenServer) -> None:
    def fail() -> Headers:
        raise InvalidInput("clock: raised.")

    venues: list[Venue] = []
    server = open_server(serving(echo, venues))
    sending = sender(server)
    assert isinstance(sending.attempt(sign=fail), InvalidInput)
    sending.close()
    wait_until(lambda: server.ended == 1)
    assert len(venues[0].requests) == 1


# ---- which connection


def test_a_fresh_connection_leaves_what_is_in_flight_alone(sender: OpenTrade, open_server: OpenServer) -> None:
    is_answered = threading.Event()

    def serve(venue: Venue) -> None:
        if venue.peer.server.opened > 1:
            return echo(venue)
        (request,) = venue.next_orders(1)
        is_answered.wait(LIMIT)
        venue.answer(request)
        return venue.wait_for_end()  # nobody uses it any more

    venues: list[Venue] = []
    server = open_server(serving(serve, venues))
    sending = sender(server)
    end = begin(sending, number(1))
    let_run(sending, have_come(venues, 1))
    assert result_of(sending.send(number(2), fresh=True)) == {"number": 2}
    assert result_of(sending.send(number(3))) == {"number": 3}
    assert server.opened == 2
    is_answered.set()
    assert result_of(end()) == {"number": 1}
    let_run(sending, lambda: server.ended == 1)


def test_each_fresh_call_gets_a_connection_that_is_younger_than_itself(
    sender: OpenTrade, open_server: OpenServer
) -> None:
    server = open_server(serving(echo))
    sending = sender(server)
    for _ in range(3):
        sending.send(number(1), fresh=True)
    assert server.opened == 3
    let_run(sending, lambda: server.ended == 2)


def test_fresh_calls_at_once_share_a_connection(async_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = async_sender(server)
    sending.send(number(0))

    async def send_all() -> list[Reply]:
        calls = (sending.engine.send(number(which), sign, seconds=LIMIT, fresh=True) for which in range(8))
        replies: list[Reply] = await asyncio.gather(*calls)
        return replies

    assert [result_of(one) for one in sending.run(send_all())] == [{"number": which} for which in range(8)]
    assert server.opened == 2


def test_a_connection_that_restarts_gets_no_new_requests(sender: OpenTrade, open_server: OpenServer) -> None:
    is_over = threading.Event()

    def serve(venue: Venue) -> None:
        if venue.peer.server.opened > 1:
            return echo(venue)
        first, second = venue.next_orders(2)
        venue.answer(second, retCode=10019, retMsg="restarting", data={})
        is_over.wait(LIMIT)
        venue.answer(first)
        return venue.wait_for_end()

    venues: list[Venue] = []
    server = open_server(serving(serve, venues))
    sending = sender(server)
    end = begin(sending, number(1))
    let_run(sending, have_come(venues, 1))
    refused = sending.send(number(2))
    assert json.loads(refused.body)["retCode"] == 10019
    assert result_of(sending.send(number(3))) == {"number": 3}
    assert server.opened == 2
    is_over.set()
    assert isinstance(end(), Reply)


def test_a_connection_that_ended_while_it_was_idle_is_not_used(
    sender: OpenTrade, open_server: OpenServer, authority: Authority
) -> None:
    def serve(venue: Venue) -> None:
        (request,) = venue.next_orders(1)
        venue.answer(request)

    for server in (open_server(serving(serve)), open_server(serving(serve), authority.server)):
        sending = sender(server, tls=authority.trust)
        for which in range(4):
            assert result_of(sending.attempt(number(which))) == {"number": which}
            wait_until(lambda server=server, which=which: server.ended == which + 1)  # type: ignore[misc]


def test_a_connection_on_which_something_came_in_is_used_all_the_same(
    sender: OpenTrade, open_server: OpenServer
) -> None:
    is_answered, has_come = threading.Event(), threading.Event()

    def serve(venue: Venue) -> None:
        (request,) = venue.next_orders(1)
        venue.answer(request)
        is_answered.wait(LIMIT)
        venue.say({"op": "pong"})
        has_come.set()
        echo(venue)

    server = open_server(serving(serve))
    sending = sender(server)
    sending.send(number(1))
    is_answered.set()
    assert has_come.wait(LIMIT)  # the loop of coroutines does not run meanwhile
    assert result_of(sending.send(number(2))) == {"number": 2}
    assert server.opened == 1


def test_who_gives_up_does_not_take_the_connection_from_others(
    async_sender: OpenTrade, open_server: OpenServer
) -> None:
    have_given_up = threading.Event()

    def serve(peer: Peer) -> None:
        assert have_given_up.wait(LIMIT)
        echo(Venue(peer).log_in())

    server = open_server(serve)
    sending = async_sender(server)

    async def send_all() -> list[Sent]:
        cancelled = asyncio.create_task(attempt(sending, 0, LIMIT))
        others = [asyncio.create_task(attempt(sending, which, seconds)) for which, seconds in ((1, 0.1), (2, LIMIT))]
        await asyncio.sleep(0.05)
        cancelled.cancel()
        await asyncio.wait_for(asyncio.shield(others[0]), LIMIT / 2)
        have_given_up.set()
        return await asyncio.gather(*others)

    impatient, patient = sending.run(send_all())
    assert isinstance(impatient, NotSent)
    assert result_of(patient) == {"number": 2}
    assert server.opened == 1


def test_a_connection_that_nobody_waits_for_any_more_is_given_up(
    async_sender: OpenTrade, open_server: OpenServer
) -> None:
    has_begun, has_ended = threading.Event(), threading.Event()

    def serve(peer: Peer) -> None:
        has_begun.set()
        peer.wait_for_end()
        has_ended.set()

    sending = async_sender(open_server(serve))

    async def send() -> None:
        task = asyncio.create_task(attempt(sending, 0, LIMIT))
        await until(has_begun.is_set)
        task.cancel()
        await asyncio.wait_for(until(has_ended.is_set), LIMIT / 2)

    sending.run(send())


def test_the_time_of_the_first_who_waits_does_not_end_the_others(
    async_sender: OpenTrade, open_server: OpenServer
) -> None:
    def serve(peer: Peer) -> None:
        if peer.server.opened > 1:
            return echo(Venue(peer).log_in())
        return peer.wait_for_end()

    sending = async_sender(open_server(serve))

    async def send_both() -> tuple[Sent, Sent]:
        return await asyncio.gather(attempt(sending, 1, 0.2), attempt(sending, 2, LIMIT))

    first, second = sending.run(send_both())
    assert isinstance(first, NotSent)
    assert result_of(second) == {"number": 2}


# ---- staying alive


def test_a_connection_is_pinged_while_it_is_idle(sender: OpenTrade, open_server: OpenServer) -> None:
    pings: list[float] = []

    def serve(venue: Venue) -> None:
        while request := venue.next():
            if request["op"] == "ping":
                pings.append(time.monotonic())
                venue.say({"op": "pong"})
            else:
                venue.answer(request)

    server = open_server(serving(serve))
    sending = sender(server, heartbeat=0.5)
    sending.send(number(1))
    let_run(sending, lambda: len(pings) > 2)
    assert result_of(sending.send(number(2))) == {"number": 2}
    assert server.opened == 1


def test_a_connection_that_says_nothing_is_given_up(sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(Venue.wait_for_end))
    start = time.monotonic()
    sent = sender(server, heartbeat=0.1).attempt(seconds=LIMIT)
    assert isinstance(sent, Lost)
    assert "says nothing" in str(sent)
    assert time.monotonic() - start < LIMIT / 2


def test_a_server_that_reads_nothing_holds_nobody_up(sender: OpenTrade, open_server: OpenServer) -> None:
    def serve(venue: Venue) -> None:
        return venue.peer.hold() if venue.peer.server.opened == 1 else echo(venue)

    server = open_server(serving(serve))
    sending = sender(server)
    large = Request("POST", "/v5/order/create", (), b'{"a": "%s"}' % (b"a" * 8_000_000))
    assert isinstance(sending.attempt(large, seconds=2.5), Lost)
    # On a busy machine, it was written too late to tell: then the next call waits for its turn in vain, and tells.
    first, second = sending.attempt(number(1), seconds=2.5), sending.attempt(number(2))
    assert isinstance(first, NotSent) or result_of(first) == {"number": 1}
    assert result_of(second) == {"number": 2}  # over a new connection


def test_a_call_that_finds_no_room_waits_no_longer_than_its_time(sender: OpenTrade, open_server: OpenServer) -> None:
    sending = sender(open_server(serving(lambda venue: venue.peer.hold())))
    end = begin(sending, Request("POST", "/v5/order/create", (), b'{"a": "%s"}' % (b"a" * 8_000_000)))
    let_run(sending, lambda: _is_full(sending.engine))
    sent = sending.attempt(number(1), seconds=0.5)
    assert isinstance(sent, NotSent)
    assert "takes nothing" in str(sent)
    assert isinstance(end(), Lost)


def _is_full(engine: Any) -> bool:
    """Return whether the network takes no more of what is written to the connection that stands."""
    if isinstance(engine, AsyncTradeEngine):
        connections = next(iter(engine._pools._pools.values()))
    else:
        connections = engine._thread and engine._thread.pool
    return bool(connections and connections._current and not connections._current.has_room)


# ---- closing


def test_a_closed_engine_refuses(sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = sender(server)
    sending.send(number(1))
    sending.close()
    sending.close()
    assert isinstance(sending.attempt(), InvalidInput)
    wait_until(lambda: server.ended == 1)


def test_an_engine_that_was_never_used_can_be_closed(sender: OpenTrade, open_server: OpenServer) -> None:
    sending = sender(open_server(serving(echo)))
    sending.close()
    assert isinstance(sending.attempt(), InvalidInput)


def test_calls_in_flight_end_as_they_would_have(sender: OpenTrade, open_server: OpenServer) -> None:
    is_over = threading.Event()

    def serve(venue: Venue) -> None:
        (request,) = venue.next_orders(1)
        is_over.wait(LIMIT)
        venue.answer(request)
        assert venue.next() is None

    venues: list[Venue] = []
    server = open_server(serving(serve, venues))
    sending = sender(server)
    end = begin(sending, number(1))
    let_run(sending, have_come(venues, 1))
    sending.close()
    is_over.set()
    assert result_of(end()) == {"number": 1}
    let_run(sending, lambda: server.ended == 1)


def test_a_call_that_waits_for_its_connection_when_the_engine_closes_goes_on(
    sender: OpenTrade, open_server: OpenServer
) -> None:
    is_over = threading.Event()

    def serve(peer: Peer) -> None:
        venue = Venue(peer)
        venue.accept()
        is_over.wait(LIMIT)
        echo(venue.log_in())

    server = open_server(serve)
    sending = sender(server)
    end = begin(sending, number(1))
    let_run(sending, lambda: server.opened == 1)
    sending.close()
    is_over.set()
    assert result_of(end()) == {"number": 1}
    let_run(sending, lambda: server.ended == 1)


def test_no_thread_is_left(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = sync_sender(server)
    for fresh in (False, True, False):
        sending.send(number(1), fresh=fresh)
    assert [one for one in threading.enumerate() if one.name == "bybit trade"]
    sending.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("bybit")])


def test_connections_that_end_at_once_leave_no_thread(sync_sender: OpenTrade, open_server: OpenServer) -> None:
    sending = sync_sender(open_server(Peer.reset))
    for _ in range(50):
        assert isinstance(sending.attempt(), NotSent)
    sending.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "bybit trade"])


def test_a_connection_that_ended_before_it_was_noted_is_forgotten(
    async_sender: OpenTrade, open_server: OpenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def open_and_lose(*arguments: Any) -> Any:
        connection: Any = await open_connection(*arguments)
        connection.close()
        await asyncio.sleep(0.01)  # asyncio tells it of its end
        return connection

    monkeypatch.setattr(pool, "open_connection", open_and_lose)
    sending = async_sender(open_server(serving(echo)))
    assert isinstance(sending.attempt(), NotSent)
    assert next(iter(sending.engine._pools._pools.values()))._open == set()


def test_a_call_that_ended_without_a_word_keeps_no_connection_open(
    sync_sender: OpenTrade, open_server: OpenServer
) -> None:
    """As one whose thread a signal handler took away."""
    server = open_server(serving(echo))
    sending = sync_sender(server)
    sending.send(number(1))
    assert sending.engine._thread.pool.standing("a call", time.monotonic() + 0.3)
    sending.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "bybit trade"])
    wait_until(lambda: server.ended == 1)


def test_an_engine_that_is_abandoned_closes_its_connections(async_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = async_sender(server)
    sending.send(number(1))
    sending.engine.abandon()
    sending.run(asyncio.sleep(0.01))
    wait_until(lambda: server.ended == 1)


def test_idle_connections_can_be_dropped_and_calls_may_follow(async_sender: OpenTrade, open_server: OpenServer) -> None:
    server = open_server(serving(echo))
    sending = async_sender(server)
    sending.send(number(1))
    sending.run(sending.engine.drop_idle())
    wait_until(lambda: server.ended == 1)
    assert result_of(sending.send(number(2))) == {"number": 2}
