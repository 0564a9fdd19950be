"""What one call does at which time, told to the millisecond: the flow by itself, in a time of its own."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from attrs import define, evolve, field
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import get_orders
from bybit_v5.models import CancelByOrderId

from bybit_ext import (
    Bybit,
    BybitError,
    ClockError,
    Forbidden,
    InvalidInput,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from bybit_ext.auth.signing import sign
from bybit_ext.calls.call import GivenLimits, Limits, call_flow
from bybit_ext.calls.flow import Deadline, Send, Sleep
from bybit_ext.calls.operations import BuiltRequest
from bybit_ext.calls.responses import read_reply
from bybit_ext.calls.retry import SAFE, RetryState
from bybit_ext.engines.interface import Reply, Request
from tests.conftest import API_KEY, API_SECRET
from tests.virtual_time import GONE, LOST, World, no_jitter, page, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

ORDER = CancelByOrderId("linear", "BTCUSDT", "1")


@define
class ClientWorld(World):
    """Time, what each send brings, and a client that calls in it."""

    bybit: Any = field(default=None)

    def cancel(self, deadline: float = 2.0) -> Any:
        time = self.time()
        return self.run(self.bybit._cancel_flow(time, ORDER, GivenLimits(deadline)), time)


@pytest.fixture
def world() -> Iterator[ClientWorld]:
    with Bybit(API_KEY, API_SECRET, base_url="https://api.bybit.com", clock=lambda: 1_000_000) as bybit:
        yield ClientWorld(bybit=bybit)


@pytest.mark.parametrize(("brings", "kind"), [(LOST, OutcomeUnknown), (GONE, NotSent), (reply(10006), RateLimited)])
def test_it_is_sent_again_less_and_less_often(world: ClientWorld, brings: Any, kind: type[BybitError]) -> None:
    world.replies = [brings]
    with pytest.raises(kind) as caught:
        world.cancel()
    assert world.sent_at == [0.0, 0.1, 0.3, 0.7, 1.5]
    assert world.seconds == [2.0, 1.9, 1.7, 1.3, 0.5]
    assert caught.value.sends == (0 if kind is NotSent else 5)


def test_a_send_has_no_more_than_its_timeout(world: ClientWorld) -> None:
    world.replies = [LOST, reply(0)]
    assert world.cancel(deadline=8.0).sends == 2
    assert world.seconds == [5.0, 5.0]


@pytest.mark.parametrize("name", ["deadline", "timeout"])
def test_seconds_that_are_none_are_named(world: ClientWorld, name: str) -> None:
    wrong: dict[str, Any] = {name: 0}
    with pytest.raises(InvalidInput, match=f"^{name}: must be a positive number of seconds"):
        world.bybit._cancel_flow(world.time(), ORDER, GivenLimits(**wrong))


def test_nothing_is_sent_that_could_not_be_answered_in_time(world: ClientWorld) -> None:
    world.replies = [LOST]
    for deadline, sends in ((0.109, 1), (0.111, 2)):
        world.now, world.sent_at, world.sends = 0.0, [], []
        with pytest.raises(OutcomeUnknown):
            world.cancel(deadline)
        assert len(world.sent_at) == sends


@pytest.mark.parametrize(("code", "kind"), [(110001, OrderNotFound), (110010, OrderClosed)])
def test_after_a_doubt_an_order_that_is_gone_may_be_our_doing(
    world: ClientWorld, code: int, kind: type[Refused]
) -> None:
    world.replies = [LOST, reply(code)]
    with pytest.raises(kind, match="An earlier send of this call got no clear answer") as caught:
        world.cancel()
    assert (caught.value.sends, caught.value.earlier_send_may_have_cancelled) == (2, True)


@pytest.mark.parametrize("then", [LOST, GONE])
def test_an_answer_is_told_though_a_later_send_brings_none(world: ClientWorld, then: Any) -> None:
    world.replies = [reply(10016, headers={"traceid": "abc"}), *[then] * 9]
    with pytest.raises(OutcomeUnknown) as caught:
        world.cancel()
    assert (caught.value.ret_code, caught.value.status_code, caught.value.trace_id) == (10016, 200, "abc")
    assert caught.value.reply is not None
    assert caught.value.sends == (1 if then is GONE else len(world.sends))


def test_without_a_doubt_it_is_not(world: ClientWorld) -> None:
    world.replies = [reply(10006), GONE, reply(110001)]
    with pytest.raises(OrderNotFound) as caught:
        world.cancel()
    assert (caught.value.sends, caught.value.earlier_send_may_have_cancelled) == (2, False)


def test_after_a_doubt_another_refusal_is_unknown_too(world: ClientWorld) -> None:
    world.replies = [LOST, reply(10008)]
    with pytest.raises(OutcomeUnknown, match="What came last: Forbidden") as caught:
        world.cancel()
    assert isinstance(caught.value.__cause__, Forbidden)
    assert (caught.value.ret_code, caught.value.sends) == (10008, 2)


def test_after_a_doubt_what_never_left_again_is_unknown_and_counts_what_left(world: ClientWorld) -> None:
    world.replies = [LOST, LOST, GONE]
    with pytest.raises(OutcomeUnknown, match="What came last: NotSent") as caught:
        world.cancel()
    assert caught.value.sends == 2


def test_an_unknown_outcome_counts_all_sends_whatever_the_last_error_says_of_them() -> None:
    state = RetryState(sends=2, unknown_outcome=OutcomeUnknown("lost"))
    assert state.final_error(NotSent("gone")).sends == 2


def test_a_try_that_did_not_leave_is_logged_as_one(world: ClientWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bybit_ext")
    world.replies = [LOST, GONE, reply()]
    world.cancel()
    assert "send 2: NotSent" in caplog.text


def test_a_lost_answer_tells_the_time_that_was_signed(world: ClientWorld) -> None:
    world.replies = [LOST]
    with pytest.raises(OutcomeUnknown) as caught:
        world.cancel()
    assert caught.value.evidence.timestamp == 1_000_000


def test_a_log_in_that_is_refused_is_no_send(world: ClientWorld) -> None:
    world.replies = [Reply(200, {}, b'{"retCode": 10003}', is_answer=False)]
    with pytest.raises(Refused) as caught:
        world.cancel()
    assert caught.value.sends == 0


def test_a_signature_is_made_of_the_query_alone_and_the_caller_s_headers_are_sent_too(world: ClientWorld) -> None:
    caller, time = evolve(world.bybit._caller, headers=(("Referer", "broker"),)), world.time()
    for target, payload in (("/v5/account/info", b""), ("/v5/account/info?a=b%3Fc", b"a=b%3Fc")):
        flow = call_flow(
            BuiltRequest(Request("GET", target), is_signed=True, is_idempotent=True),
            read_reply,
            caller=caller,
            time=time,
            limits=Limits(Deadline.after(time, 1.0), 1.0),
            policy=SAFE,
        )
        send = next(flow)
        assert isinstance(send, Send)
        assert send.request == Request("GET", target, (("Referer", "broker"),))
        headers = dict(send.sign())
        expected = sign(caller.credentials, timestamp=1_000_000, recv_window=caller.recv_window, payload=payload)
        assert headers["X-BAPI-SIGN"] == expected


def test_after_two_doubts_the_last_one_is_told(world: ClientWorld) -> None:
    world.replies = [LOST, page(502, "bad gateway")]
    with pytest.raises(OutcomeUnknown, match=r"^The exchange failed: 'bad gateway'"):
        world.cancel()


@pytest.mark.parametrize(("brings", "kind"), [(reply(10006), RateLimited), (reply(10002, time=5), ClockError)])
def test_what_was_refused_is_told_if_nothing_else_gets_through(
    world: ClientWorld, brings: Any, kind: type[BybitError]
) -> None:
    world.replies = [brings, GONE]
    with pytest.raises(kind) as caught:
        world.cancel()
    assert caught.value.sends == 1


def test_the_clock_is_corrected_once_and_at_once(world: ClientWorld) -> None:
    world.takes = 0.2
    world.replies = [reply(10002, time=5_000_000)]
    with pytest.raises(ClockError):
        world.cancel()
    assert world.sent_at == [0.0, 0.2]
    assert world.bybit._caller.clock() == 5_000_100


def test_a_later_correction_is_half_of_its_own_round_trip(world: ClientWorld) -> None:
    world.now, world.takes = 100.0, 20.0
    world.replies = [GONE, reply(10002, time=5_000_000), reply()]
    world.cancel(deadline=90.0)
    assert world.bybit._caller.clock() == 5_010_000


def test_after_a_correction_it_is_by_the_exchange_s_time_that_calling_again_can_help(world: ClientWorld) -> None:
    world.replies = [reply(10002, time=5_000_000), reply(10006)]
    with pytest.raises(RateLimited) as caught:
        world.cancel(deadline=0.1)
    assert caught.value.retry_at == 5_000_200


def test_an_acceptance_that_cannot_be_read_is_one_for_a_cancel_but_not_for_a_reading(world: ClientWorld) -> None:
    world.replies = [reply(0, result=5)]
    with pytest.raises(OutcomeUnknown):
        world.cancel()
    assert world.sent_at == [0.0]
    time = world.time()
    with pytest.raises(OutcomeUnknown):
        world.run(world.bybit._call_flow(time, RetryState(), get_server_time), time)
    assert len(world.sent_at) > 2


@pytest.mark.parametrize(("status", "again"), [(302, 0), (400, 0), (404, 0), (499, 0), (408, 1), (429, 1), (500, 1)])
def test_a_status_that_would_come_again_is_not_asked_for_twice(world: ClientWorld, status: int, again: int) -> None:
    world.replies = [page(status), reply(0)]
    if again:
        assert world.cancel().sends == 2
    else:
        with pytest.raises(OutcomeUnknown):
            world.cancel()
    assert len(world.sent_at) == 1 + again


@pytest.mark.parametrize(
    ("brings", "sent_at"), [(LOST, [0.0, 0.1, 0.3, 0.7]), (reply(10006), [0.0, 0.1, 0.3, 0.7, 1.5])]
)
def test_an_unknown_outcome_ends_a_confirmed_cancel_in_time_to_read_the_order(
    world: ClientWorld, brings: Any, sent_at: list[float]
) -> None:
    world.replies = [brings]
    time = world.time()
    with pytest.raises((OutcomeUnknown, RateLimited)):
        world.run(world.bybit._confirm_flow(time, ORDER, GivenLimits(2.0)), time)
    cancels = [at for at, send in zip(world.sent_at, world.sends, strict=True) if send.request.method == "POST"]
    assert cancels == sent_at


def test_a_confirmed_cancel_leaves_two_fifths_of_its_time_for_reading(world: ClientWorld) -> None:
    time = world.time()
    flow = world.bybit._confirm_flow(time, ORDER, GivenLimits(20.0))
    send = next(flow)
    assert send.seconds == 4.0
    time.now = 11.95
    read = flow.send(LOST)
    assert read.request.method == "GET"
    assert read.seconds == 1.0


def test_a_confirmed_cancel_is_sent_again_before(world: ClientWorld) -> None:
    time = world.time()
    flow = world.bybit._confirm_flow(time, ORDER, GivenLimits(20.0))
    next(flow)
    time.now = 11.85
    assert isinstance(flow.send(LOST), Sleep)


def test_after_a_lost_answer_a_new_connection_is_opened(world: ClientWorld) -> None:
    world.replies = [reply(10006), LOST, page(502), reply()]
    world.cancel()
    assert [send.fresh for send in world.sends] == [False, False, True, True]


def test_every_send_is_logged_without_a_secret(world: ClientWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bybit_ext")
    world.replies = [LOST, reply(10006), reply()]
    world.cancel()
    lost = "The request was sent, but no answer came back (api.bybit.com: ReadError: lost)."
    assert [record.getMessage() for record in caplog.records] == [
        f"POST /v5/order/cancel: send 1: OutcomeUnknown ({lost}); next send in 0.10 s",
        "POST /v5/order/cancel: send 2: RateLimited (retCode 10006, HTTP 200); next send in 0.20 s",
        "POST /v5/order/cancel: send 3: accepted (retCode 0, HTTP 200)",
    ]
    assert API_KEY not in caplog.text


def test_the_log_has_the_path_and_the_trace_id_but_not_the_query(
    world: ClientWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bybit_ext")
    world.replies = [reply(10006, headers={"traceid": "abc"}), page(404)]
    time = world.time()
    flow = world.bybit._call_flow(time, RetryState(), get_orders, category="linear", symbol="BTCUSDT")
    with pytest.raises(OutcomeUnknown):
        world.run(flow, time)
    first, last = [record.getMessage() for record in caplog.records]
    assert first == (
        "GET /v5/order/realtime: send 1: RateLimited (retCode 10006, HTTP 200, trace id abc); next send in 0.10 s"
    )
    assert last.startswith("GET /v5/order/realtime: send 2: OutcomeUnknown (HTTP 404, What came back is not an answer")


@pytest.mark.parametrize(("brings", "kind"), [(LOST, OutcomeUnknown), (GONE, NotSent), (reply(10006), RateLimited)])
@pytest.mark.parametrize("max_sends", [1, 3])
def test_a_call_is_sent_no_more_often_than_it_may(max_sends: int, brings: Any, kind: type[BybitError]) -> None:
    with Bybit(API_KEY, API_SECRET, base_url="https://api.bybit.com", max_sends=max_sends) as bybit:
        world = ClientWorld(bybit=bybit, replies=[brings])
        with pytest.raises(kind):
            world.cancel(deadline=90.0)
    assert len(world.sends) == max_sends


@pytest.mark.parametrize("max_sends", [1, 3])
def test_how_often_it_is_sent_can_be_said_for_each_call(world: ClientWorld, max_sends: int) -> None:
    world.replies = [LOST]
    for flow_name, request in (("_cancel_flow", ORDER), ("_cancel_batch_flow", [ORDER])):
        world.sends = []
        time = world.time()
        flow = getattr(world.bybit, flow_name)(time, request, GivenLimits(90.0, max_sends=max_sends))
        with suppress(OutcomeUnknown):
            world.run(flow, time)
        assert len(world.sends) == max_sends


@pytest.mark.parametrize("max_sends", [0, -1, 1.5, True, "1"])
def test_a_number_of_sends_that_is_none_is_named(world: ClientWorld, max_sends: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^max_sends: must be a positive whole number"):
        world.bybit._cancel_flow(world.time(), ORDER, GivenLimits(max_sends=max_sends))
