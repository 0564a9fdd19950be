"""Orders are placed once or not at all: after a doubtful send one is looked up, and no second one ever leaves."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import define, field, frozen
from bybit_v5.models import (
    FuturesLimitOrder,
    FuturesMarketOrder,
    OptionLimitOrder,
    OptionMarketOrder,
    SpotLimitOrder,
    SpotMarketOrder,
    SpotTriggerLimitOrder,
    SpotTriggerMarketOrder,
)
from bybit_v5.types import UNSET

from bybit_ext import (
    AuthenticationFailed,
    Bybit,
    BybitError,
    ClockError,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotSent,
    OrderAccepted,
    OutcomeUnknown,
    RateLimit,
    RateLimited,
    Refused,
)
from bybit_ext.auth.clock import system_clock
from bybit_ext.calls.call import GivenLimits
from bybit_ext.orders.identity import CLOCK_TOLERANCE
from bybit_ext.orders.place import prepare_order
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    Faults,
    drop_response,
    respond_with,
    respond_with_body,
    respond_with_foreign_ids,
    respond_with_page,
    truncate_response,
)
from tests.conftest import API_KEY, API_SECRET, options_of, over_http
from tests.orders.conftest import Call
from tests.virtual_time import GONE, LOST, World, no_jitter, page, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

CREATE, REALTIME, HISTORY = "/v5/order/create", "/v5/order/realtime", "/v5/order/history"
NOW = 1_700_000_000_000  # ms, when a call begins, by the exchange's clock
LINK_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")


def an_order(link_id: str | None = "mine") -> FuturesLimitOrder:
    made = FuturesLimitOrder("linear", "BTCUSDT", "Buy", "1", "100")
    if link_id is not None:
        made.order_link_id = link_id
    return made


ALL_KINDS: list[Any] = [
    FuturesLimitOrder("linear", "BTCUSDT", "Buy", "1", "100"),
    FuturesMarketOrder("inverse", "BTCUSD", "Sell", "1"),
    SpotLimitOrder("spot", "BTCUSDT", "Buy", "1", "100"),
    SpotMarketOrder("spot", "BTCUSDT", "Sell", "1"),
    SpotTriggerLimitOrder("spot", "BTCUSDT", "Buy", "1", "100", "StopOrder", "90"),
    SpotTriggerMarketOrder("spot", "BTCUSDT", "Buy", "1", "tpslOrder", "90"),
]
OPTIONS: list[Any] = [
    OptionLimitOrder("option", "BTC-29JUL22-25000-C", "Buy", "1", "100", order_link_id="mine"),
    OptionMarketOrder("option", "BTC-29JUL22-25000-C", "Buy", "1", order_link_id="mine"),
]


class TestLinkId:
    @pytest.mark.parametrize("order", ALL_KINDS, ids=lambda order: type(order).__name__)
    def test_an_order_without_one_gets_one(self, order: Any) -> None:
        prepared, is_made_up = prepare_order(order)
        assert is_made_up
        assert LINK_ID.fullmatch(str(prepared.order_link_id))
        assert {**prepared.to_dict(), "orderLinkId": None} == {**order.to_dict(), "orderLinkId": None}
        assert order.order_link_id is UNSET

    @pytest.mark.parametrize("order", OPTIONS, ids=lambda order: type(order).__name__)
    def test_an_order_with_one_keeps_it(self, order: Any) -> None:
        prepared, is_made_up = prepare_order(order)
        assert (prepared, is_made_up) == (order, False)
        assert prepared is not order

    def test_no_two_are_alike(self) -> None:
        made = [prepare_order(an_order(None))[0].order_link_id for _ in range(2000)]
        assert len({*made}) == 2000
        assert all(LINK_ID.fullmatch(str(one)) for one in made)


# ---- calls in a time of their own


def found(status: str = "New", *, created: int | None = 5, **fields: Any) -> dict[str, Any]:
    """Return an order as a list shows it, created so many ms after the call began."""
    times = {"createdTime": "" if created is None else str(NOW + created), "updatedTime": str(NOW + 10)}
    ids = {"orderId": "id-1", "orderLinkId": "mine", "symbol": "BTCUSDT"}
    terms = {"side": "Buy", "orderType": "Limit", "qty": "1.0", "price": "100", "cumExecQty": "0"}
    whole = {"orderStatus": status, "rejectReason": "EC_NoError", **ids, **terms, **times, **fields}
    return {name: value for name, value in whole.items() if value is not None}


IDS = {"orderId": "id-1", "orderLinkId": "mine"}
ACCEPTED = reply(result=IDS, time=NOW, headers={"traceid": "trace", "x-bapi-limit": "10"})


@define
class PlaceWorld(World):
    """Time, an exchange, and a client that calls in it.

    Attributes:
        creates: what each request to create brings, in turn; the last one stays.
        open_orders: what the list of open orders shows at a moment, or brings.
        history: the same of the history.
        created: when each request to create left.
        read: which list was read when.
        says_time: whether the lists say the exchange's time.
        offset: how far this machine's clock is ahead, in ms.
    """

    creates: list[Any] = field(factory=lambda: [ACCEPTED])
    open_orders: Callable[[float], Any] = field(default=lambda _: [])
    history: Callable[[float], Any] = field(default=lambda _: [])
    created: list[float] = field(factory=list[float])
    bodies: list[dict[str, Any]] = field(factory=list[dict[str, Any]])
    read: list[tuple[str, float]] = field(factory=list[tuple[str, float]])
    queries: list[dict[str, list[str]]] = field(factory=list[dict[str, list[str]]])
    options: dict[str, Any] = field(factory=dict[str, Any])
    says_time: bool = True
    offset: int = 0

    def clock(self) -> int:
        return NOW + round(self.now * 1000)

    def perform(self, effect: Any) -> Any:
        if not hasattr(effect, "request"):
            return super().perform(effect)
        effect.sign()
        self.sends.append(effect)
        path: str = effect.request.target
        body: bytes = effect.request.body
        if path == CREATE:
            self.created.append(round(self.now, 3))
            self.bodies.append(json.loads(body))
            self.now += min(self.takes, effect.seconds)
            one = self.creates.pop(0) if len(self.creates) > 1 else self.creates[0]
            return one() if callable(one) else one
        assert len(self.read) < 100
        target = urlsplit(path)
        self.read.append((target.path, round(self.now, 3)))
        self.queries.append(parse_qs(target.query))
        brings = (self.open_orders if target.path == REALTIME else self.history)(self.now)
        if not isinstance(brings, list):
            return brings
        time: dict[str, Any] = {"time": self.clock()} if self.says_time else {}
        return reply(result={"category": "linear", "list": brings}, **time)

    def knows_it(self) -> bool:
        """Place an order, and return whether it is found; else its outcome must be unknown."""
        try:
            return self.place().order_id == "id-1"
        except OutcomeUnknown:
            return False

    def place(self, order: Any = None, deadline: float = 3.0, timeout: float | None = None) -> OrderAccepted:
        base: dict[str, Any] = {"base_url": "http://127.0.0.1:1", "clock": lambda: self.clock() + self.offset}
        with Bybit(API_KEY, API_SECRET, **{**base, **self.options}) as bybit:
            time = self.time()
            flow = bybit._place_flow(time, order or an_order(), GivenLimits(deadline, timeout))
            accepted: OrderAccepted = self.run(flow, time)
            return accepted


DOUBTFUL: dict[str, Any] = {
    "lost": LOST,
    "502": page(502, "bad gateway"),
    "429": page(429),
    "10016": reply(10016),
    "10000": reply(10000),
    "garbage": page(200, "<html>"),
    "no retCode": reply(None, result=IDS),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    "accepted, result null": reply(result=None),
    "accepted, result {}": reply(result={}),
    "accepted, no result": reply(),
    "accepted without id": reply(result={"orderId": "", "orderLinkId": "mine"}),
    "accepted with an id that cannot be sent": reply(result={"orderId": "a\nb", "orderLinkId": "mine"}),
    "accepted with a number for an id": reply(result={"orderId": 7, "orderLinkId": "mine"}),
    "accepted for another": reply(result={"orderId": "id-9", "orderLinkId": "theirs"}),
}
NOT_FOUND_LATER: dict[str, Any] = {"404": page(404), "301": page(301), "retCode 0 with 400": reply(0, status=400)}


@pytest.fixture
def world() -> PlaceWorld:
    return PlaceWorld()


def always(*orders: dict[str, Any]) -> Callable[[float], list[dict[str, Any]]]:
    return lambda _: list(orders)


def since(moment: float, *orders: dict[str, Any]) -> Callable[[float], list[dict[str, Any]]]:
    return lambda now: list(orders) if now >= moment else []


class TestAccepted:
    def test_the_acknowledgement_is_what_the_answer_says(self, world: PlaceWorld) -> None:
        limit = RateLimit(limit=10)
        assert world.place() == OrderAccepted("id-1", "mine", trace_id="trace", rate_limit=limit, server_time=NOW)
        assert world.read == []
        assert world.bodies == [an_order().to_dict()]

    @pytest.mark.parametrize("result", [{"orderId": "id-1"}, {"orderId": "id-1", "orderLinkId": ""}])
    def test_an_answer_need_not_repeat_the_link_id(self, world: PlaceWorld, result: Any) -> None:
        world.creates = [reply(result=result)]
        assert world.place() == OrderAccepted("id-1", "mine")

    def test_a_link_id_that_was_made_up_is_sent_and_told(self, world: PlaceWorld) -> None:
        world.creates = [reply(result={"orderId": "id-1"})]
        accepted = world.place(an_order(None))
        assert accepted.order_link_id == world.bodies[0]["orderLinkId"]
        assert LINK_ID.fullmatch(accepted.order_link_id)

    def test_each_call_makes_up_another_one(self, world: PlaceWorld) -> None:
        world.creates = [reply(result={"orderId": "id-1"})]
        order = an_order(None)
        assert world.place(order).order_link_id != world.place(order).order_link_id

    def test_a_caller_that_changes_its_model_meanwhile_changes_nothing(self, world: PlaceWorld) -> None:
        order = an_order()

        def fail() -> Any:
            order.qty, order.order_link_id = "1000", "changed"
            return GONE

        world.creates = [fail, ACCEPTED]
        assert world.place(order).order_link_id == "mine"
        assert [(body["qty"], body["orderLinkId"]) for body in world.bodies] == [("1", "mine")] * 2


class TestInput:
    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            (None, r"^order: must be FuturesLimitOrder or .*, not None"),
            ({"symbol": "X"}, r"^order: must be .*, not a dict"),
            (FuturesLimitOrder("linear", "BTCUSDT", "Buy", 1, "100"), r"^order\.qty: must be str, not 1"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            (FuturesLimitOrder("linear", "X", "buy", "1", "100"), r"^order\.side: must be 'Buy' or 'Sell', not 'buy'"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            (
                FuturesLimitOrder.from_dict({**an_order().to_dict(), "marketUnit": "x"}),
                r"^order\.marketUnit: is not for",
            ),
            (an_order(""), r"^order\.orderLinkId: must not be empty"),
            (an_order("\ud800"), r"order"),
        ],
    )
    def test_what_is_wrong_with_an_order_is_told_before_anything_is_sent(
        self, call: Call, wrong: Any, says: str
    ) -> None:
        with pytest.raises(InvalidInput, match=says):
            call("place_order", wrong, base_url="http://127.0.0.1:1", deadline=5.0)

    def test_a_closed_client_says_so(self) -> None:
        bybit = Bybit(API_KEY, API_SECRET)
        bybit.close()
        with pytest.raises(InvalidInput, match="closed"):
            bybit.place_order(an_order())


class TestLookUp:
    @pytest.mark.parametrize("brings", DOUBTFUL.values(), ids=DOUBTFUL)
    @pytest.mark.parametrize("which", ["open_orders", "history"])
    def test_after_a_doubtful_send_the_order_is_looked_up_by_its_link_id(
        self, world: PlaceWorld, brings: Any, which: str
    ) -> None:
        world.creates = [brings]
        setattr(world, which, always(found("New" if which == "open_orders" else "Filled")))
        accepted = world.place()
        assert (accepted.order_id, accepted.order_link_id, accepted.sends) == ("id-1", "mine", 1)
        assert accepted.order
        assert accepted.order.order_id == "id-1"
        assert world.created == [0.0]
        assert world.queries[0] == {"category": ["linear"], "symbol": ["BTCUSDT"], "orderLinkId": ["mine"]}
        assert world.read == [(REALTIME, 0.0), (HISTORY, 0.0)]  # an older one may be in the history alone

    @pytest.mark.parametrize("brings", DOUBTFUL.values(), ids=DOUBTFUL)
    def test_an_order_that_no_list_shows_is_unknown_and_not_sent_again(self, world: PlaceWorld, brings: Any) -> None:
        world.creates = [brings, ACCEPTED]
        with pytest.raises(OutcomeUnknown, match="No list shows an order with the link id 'mine'") as caught:
            world.place()
        assert world.created == [0.0]
        assert (caught.value.order_link_id, caught.value.last_order, caught.value.sends) == ("mine", None, 1)
        assert 2.0 < world.now <= 3.0
        assert [at for path, at in world.read if path == REALTIME] == [0.0, 0.1, 0.3, 0.7, 1.5, 2.5]
        assert {path for path, _ in world.read} == {REALTIME, HISTORY}

    def test_the_link_id_that_was_made_up_is_told_of_an_unknown_outcome(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        with pytest.raises(OutcomeUnknown) as caught:
            world.place(an_order(None), deadline=0.3)
        assert caught.value.order_link_id == world.bodies[0]["orderLinkId"]

    @pytest.mark.parametrize("which", ["open_orders", "history"])
    @pytest.mark.parametrize("moment", [0.1, 1.5, 2.4])
    def test_an_order_that_arrives_after_the_first_look_is_found(
        self, world: PlaceWorld, which: str, moment: float
    ) -> None:
        world.creates = [LOST]
        setattr(world, which, since(moment, found(created=round(moment * 1000))))
        assert world.place().order_id == "id-1"
        assert world.now >= moment
        assert world.created == [0.0]

    @pytest.mark.parametrize("brings", NOT_FOUND_LATER.values(), ids=NOT_FOUND_LATER)
    def test_an_answer_that_the_next_look_would_not_change_is_looked_into_once(
        self, world: PlaceWorld, brings: Any
    ) -> None:
        world.creates = [brings, ACCEPTED]
        with pytest.raises(OutcomeUnknown):
            world.place()
        assert (world.created, world.read) == ([0.0], [(REALTIME, 0.0), (HISTORY, 0.0)])

    @pytest.mark.parametrize("brings", NOT_FOUND_LATER.values(), ids=NOT_FOUND_LATER)
    def test_an_order_is_found_after_such_an_answer_too(self, world: PlaceWorld, brings: Any) -> None:
        world.creates, world.open_orders = [brings], always(found())
        assert world.place().order_id == "id-1"

    def test_a_rejected_order_is_refused_with_the_reason(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        world.history = always(found("Rejected", rejectReason="EC_PostOnlyWillTakeLiquidity"))
        with pytest.raises(Refused, match=r"rejected the order \(EC_PostOnlyWillTakeLiquidity\)") as caught:
            world.place()
        assert type(caught.value) is Refused
        assert caught.value.sends == 1
        assert caught.value.reply is not None
        assert "EC_PostOnlyWillTakeLiquidity" in caught.value.reply.body

    @pytest.mark.parametrize(("reason", "told"), [(None, ""), (5, ""), ("z" * 10_000, "z" * 100)])
    def test_a_reason_that_is_none_does_not_hide_the_rejection(self, world: PlaceWorld, reason: Any, told: str) -> None:
        world.creates, world.history = [LOST], always(found("Rejected", rejectReason=reason))
        with pytest.raises(Refused) as caught:
            world.place()
        assert caught.value.args == (f"The exchange rejected the order ({told}).",)

    def test_an_order_that_was_found_says_how_often_it_was_sent(self, world: PlaceWorld) -> None:
        world.creates, world.open_orders = [reply(10006), LOST], always(found())
        assert world.place().sends == 2

    @pytest.mark.parametrize("status", ["New", "PartiallyFilled", "Filled", "Cancelled", "Untriggered", "NewStatus"])
    def test_an_order_that_was_placed_was_accepted_whatever_became_of_it(self, world: PlaceWorld, status: str) -> None:
        world.creates, world.open_orders = [LOST], always(found(status))
        accepted = world.place()
        assert accepted.order
        assert accepted.order.order_status == status

    @pytest.mark.parametrize(
        "wrong",
        [
            {"orderLinkId": "theirs"},
            {"symbol": "ETHUSDT"},
            {"category": "inverse"},
            {"orderId": ""},
            {"orderLinkId": None},
        ],
    )
    def test_another_order_in_a_list_is_not_taken_for_it(self, world: PlaceWorld, wrong: Any) -> None:
        world.creates, world.open_orders = [LOST], always(found(**wrong))
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)
        assert world.created == [0.0]

    def test_it_is_found_behind_others(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        world.open_orders = always(found(orderId="old", created=-60_000), found(orderLinkId="theirs"), found())
        assert world.place().order_id == "id-1"

    @pytest.mark.parametrize("brings", [LOST, GONE, reply(10016), page(502), reply(10006, time=NOW), reply(result={})])
    @pytest.mark.parametrize("which", ["open_orders", "history"])
    def test_a_reading_that_fails_is_no_end_of_the_look_up(self, world: PlaceWorld, brings: Any, which: str) -> None:
        world.creates = [LOST]

        def show(now: float) -> Any:
            return [found()] if now >= 0.5 else brings

        setattr(world, which, show)
        assert world.place().order_id == "id-1"
        assert world.created == [0.0]

    @pytest.mark.parametrize("brings", [LOST, GONE, reply(10003), page(403), reply(10016)])
    def test_lists_that_cannot_be_read_leave_it_unknown(self, world: PlaceWorld, brings: Any) -> None:
        world.creates = [LOST]
        world.open_orders = world.history = lambda _: brings
        with pytest.raises(OutcomeUnknown, match="The request was sent, but no answer came back") as caught:
            world.place()
        assert world.created == [0.0]
        assert caught.value.order_link_id == "mine"
        assert world.now <= 3.0

    def test_one_list_that_cannot_be_read_does_not_hide_the_other(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        world.open_orders, world.history = (lambda _: reply(10003)), always(found("Filled"))
        assert world.place().order_id == "id-1"

    def test_the_first_reading_after_a_lost_answer_opens_a_connection_and_the_next_use_it(
        self, world: PlaceWorld
    ) -> None:
        world.creates, world.open_orders = [LOST], since(0.3, found(created=300))
        world.place()
        assert [send.fresh for send in world.sends] == [False, True, *[False] * (len(world.sends) - 2)]

    @pytest.mark.parametrize(("deadline", "looks"), [(0.105, 1), (0.115, 2)])
    def test_it_is_not_looked_for_when_there_is_no_time_to_see_it(
        self, world: PlaceWorld, deadline: float, looks: int
    ) -> None:
        world.creates = [LOST]
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=deadline)
        assert len(world.read) == 2 * looks

    def test_no_reading_takes_long(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=9.0)
        assert world.seconds[0] == 4.5  # half the deadline: a lost answer must leave time to look the order up
        assert max(world.seconds[1:]) == 1.0


class TestEcho:
    def test_an_echo_of_the_order_s_own_signature_in_a_list_is_redacted(self, world: PlaceWorld) -> None:
        def echo(_: float) -> list[dict[str, Any]]:
            signature: str = dict(world.sends[0].sign())["X-BAPI-SIGN"]
            return [found("Rejected", rejectReason=f"of {signature}")]

        world.creates, world.history = [LOST], echo
        with pytest.raises(Refused, match=r"\(of \*\*\*\)"):
            world.place()

    def test_an_echo_in_an_answer_about_another_order_is_redacted(self, world: PlaceWorld) -> None:
        world.creates = [reply(result={"orderId": "id-1", "orderLinkId": f"of {API_KEY}"})]
        with pytest.raises(OutcomeUnknown, match=r"another order, 'of \*\*\*'\."):
            world.place(deadline=0.1)


class TestOlderOrders:
    """A link id can be used again once its order has ended, so an order that has it need not be the one."""

    @pytest.mark.parametrize("status", ["New", "Filled", "Cancelled", "Rejected"])
    @pytest.mark.parametrize("created", [-86_400_000, -1000, -100])
    def test_an_older_order_of_the_link_id_is_not_taken_for_it(
        self, world: PlaceWorld, status: str, created: int
    ) -> None:
        world.creates, world.open_orders = [LOST], always(found(status, created=created, orderId="old"))
        with pytest.raises(OutcomeUnknown) as caught:
            world.place(deadline=0.5)
        assert caught.value.last_order
        assert caught.value.last_order.order_id == "old"
        assert world.created == [0.0]

    @pytest.mark.parametrize(("created", "is_found"), [(1 - CLOCK_TOLERANCE, True), (-CLOCK_TOLERANCE, False)])
    def test_clocks_of_the_exchange_may_differ_by_some_ms(
        self, world: PlaceWorld, created: int, *, is_found: bool
    ) -> None:
        world.creates, world.open_orders = [LOST], always(found(created=created))
        assert world.knows_it() is is_found

    def test_one_that_is_surely_new_goes_before_one_that_may_be_older(self, world: PlaceWorld) -> None:
        older = found(created=1 - CLOCK_TOLERANCE, orderId="old")
        world.creates, world.open_orders = [LOST], always(older, found(created=1))
        assert world.place().order_id == "id-1"

    def test_of_two_that_may_be_older_neither_is_taken_for_it(self, world: PlaceWorld) -> None:
        world.creates, world.open_orders = [LOST], always(found(created=-2), found(created=-1, orderId="id-2"))
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)

    def test_a_rejection_that_may_be_older_is_not_taken_for_that_of_this_one(self, world: PlaceWorld) -> None:
        """It may be why the caller placed the order again."""
        world.creates, world.history = [LOST], always(found("Rejected", created=-1))
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)

    def test_the_new_one_is_found_beside_an_older_one(self, world: PlaceWorld) -> None:
        old = found("Filled", created=-60_000, orderId="old")
        world.creates, world.history = [LOST], since(1.0, found("Filled"), old)
        assert world.place().order_id == "id-1"

    @pytest.mark.parametrize("other", [{"side": "Sell"}, {"orderType": "Market"}, {"qty": "2"}, {"qty": "many"}])
    def test_an_order_of_other_terms_is_not_taken_for_it(self, world: PlaceWorld, other: Any) -> None:
        world.creates, world.open_orders = [LOST], always(found(**other))
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)

    @pytest.mark.parametrize(("side", "is_found"), [("Buy", True), ("Sell", False)])
    @pytest.mark.parametrize("is_market", [True, False])
    def test_of_an_order_at_the_market_the_exchange_sets_price_and_time_in_force(
        self, world: PlaceWorld, side: str, *, is_found: bool, is_market: bool
    ) -> None:
        order: Any = an_order()
        if is_market:
            order = FuturesMarketOrder("linear", "BTCUSDT", "Buy", "1", order_link_id="mine")
        else:
            order.bbo_side_type = "Queue"
        shown: dict[str, Any] = {"orderType": order.order_type, "price": "95", "timeInForce": "IOC", "side": side}
        world.creates, world.open_orders = [LOST], always(found(**shown))
        if is_found:
            assert world.place(order).order_id == "id-1"
        else:
            with pytest.raises(OutcomeUnknown):
                world.place(order, deadline=0.5)

    @pytest.mark.parametrize("shown", [{"price": "95"}, {"timeInForce": "IOC"}])
    def test_of_a_limit_order_it_does_not(self, world: PlaceWorld, shown: Any) -> None:
        world.creates, world.open_orders = [LOST], always(found(**shown))
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)

    @pytest.mark.parametrize("created", [None, "soon"])
    def test_an_order_without_a_time_is_not_taken_for_it(self, world: PlaceWorld, created: Any) -> None:
        world.creates, world.open_orders = [LOST], always(found(createdTime=created))
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)

    def test_a_link_id_that_was_made_up_names_no_older_order(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        world.open_orders = lambda _: [found(orderLinkId=world.bodies[0]["orderLinkId"], createdTime="1")]
        assert world.place(an_order(None)).order_id == "id-1"

    def test_a_link_id_that_was_made_up_may_be_used_again_by_others(self, world: PlaceWorld) -> None:
        world.creates = [LOST]
        world.open_orders = lambda _: [found(orderLinkId=world.bodies[0]["orderLinkId"], side="Sell")]
        with pytest.raises(OutcomeUnknown):
            world.place(an_order(None), deadline=0.5)

    def test_of_several_orders_that_can_be_it_the_oldest_is_it(self, world: PlaceWorld) -> None:
        world.creates, world.open_orders = [LOST], always(found(orderId="newer", createdTime=str(NOW + 900)))
        world.history = always(found("Filled"))
        assert world.place().order_id == "id-1"

    @pytest.mark.parametrize("may_be_reduced", [True, False])
    @pytest.mark.parametrize("field_", ["reduce_only", "close_on_trigger"])
    def test_only_an_order_that_may_be_reduced_is_found_with_another_quantity(
        self, world: PlaceWorld, field_: str, *, may_be_reduced: bool
    ) -> None:
        order = an_order()
        setattr(order, field_, may_be_reduced)
        world.creates, world.open_orders = [LOST], always(found(qty="0.5"))
        if may_be_reduced:
            assert world.place(order).order_id == "id-1"
        else:
            with pytest.raises(OutcomeUnknown):
                world.place(order, deadline=0.5)

    @pytest.mark.parametrize("offset", [-4000, -500, 500, 900])
    @pytest.mark.parametrize("says_time", [True, False])
    def test_this_machine_s_clock_may_be_off(self, world: PlaceWorld, offset: int, *, says_time: bool) -> None:
        world.creates, world.open_orders = [LOST], always(found())
        world.offset, world.says_time = offset, says_time
        assert world.knows_it() is says_time

    @pytest.mark.parametrize("offset", [-60_000, 60_000])
    @pytest.mark.parametrize("says_time", [True, False])
    def test_a_clock_that_was_corrected_meanwhile_counts(
        self, world: PlaceWorld, offset: int, *, says_time: bool
    ) -> None:
        world.creates, world.open_orders = [reply(10002, time=NOW), LOST], always(found())
        world.offset, world.says_time = offset, says_time
        assert world.knows_it() is says_time
        assert len(world.created) == 2

    @pytest.mark.parametrize("offset", [-4000, 0, 900])
    def test_an_older_order_is_told_by_the_exchange_s_clock(self, world: PlaceWorld, offset: int) -> None:
        world.creates, world.open_orders = [LOST], always(found(created=-100, orderId="old"))
        world.offset = offset
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)


class TestDuplicate:
    @pytest.mark.parametrize("code", [110072, 170141])
    def test_a_link_id_that_was_made_up_is_taken_by_this_very_order(self, world: PlaceWorld, code: int) -> None:
        """Something on the way may have doubled the request."""
        world.creates = [reply(code)]
        world.open_orders = lambda _: [found(orderLinkId=world.bodies[0]["orderLinkId"])]
        accepted = world.place(an_order(None))
        assert accepted.order
        assert (accepted.order_id, world.created) == ("id-1", [0.0])

    def test_a_link_id_that_was_made_up_is_never_refused_as_taken(self, world: PlaceWorld) -> None:
        world.creates = [reply(110072)]
        with pytest.raises(OutcomeUnknown):
            world.place(an_order(None), deadline=0.5)

    def test_an_order_of_the_same_terms_that_has_the_given_link_id_may_be_this_one_or_not(
        self, world: PlaceWorld
    ) -> None:
        world.creates, world.open_orders = [reply(110072)], always(found())
        with pytest.raises(OutcomeUnknown) as caught:
            world.place()
        assert caught.value.last_order
        assert (caught.value.last_order.order_id, len(world.read)) == ("id-1", 2)

    def test_a_given_link_id_that_no_list_shows_is_unknown(self, world: PlaceWorld) -> None:
        world.creates = [reply(110072)]
        with pytest.raises(OutcomeUnknown):
            world.place(deadline=0.5)

    @pytest.mark.parametrize(
        "orders",
        [
            [found(created=-60_000, orderId="old")],
            [found(side="Sell")],
            [found(price="90")],
            [found(reduceOnly=True)],
            [found(timeInForce="PostOnly")],
        ],
    )
    def test_a_link_id_that_another_order_has_is_refused(self, world: PlaceWorld, orders: Any) -> None:
        world.creates, world.open_orders = [reply(110072, retMsg="duplicate")], always(*orders)
        with pytest.raises(InvalidRequest) as caught:
            world.place()
        assert (caught.value.ret_code, caught.value.ret_msg, world.created) == (110072, "duplicate", [0.0])
        assert len(world.read) == 2


class TestSendingAgain:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (10001, InvalidRequest),
            (10003, AuthenticationFailed),
            (10008, Forbidden),
            (110007, Refused),
            (4711, Refused),
        ],
    )
    def test_a_refusal_is_told_and_not_looked_into(self, world: PlaceWorld, code: int, kind: type[BybitError]) -> None:
        world.creates = [reply(code, retMsg="no"), ACCEPTED]
        with pytest.raises(kind) as caught:
            world.place()
        assert type(caught.value) is kind
        assert (caught.value.ret_msg, world.created, world.read) == ("no", [0.0], [])

    def test_what_did_not_leave_is_tried_again(self, world: PlaceWorld) -> None:
        world.creates = [GONE, GONE, ACCEPTED]
        assert world.place().sends == 1
        assert world.created == [0.0, 0.1, 0.3]
        assert len({body["orderLinkId"] for body in world.bodies}) == 1

    def test_what_was_tried_again_keeps_the_link_id_that_was_made_up(self, world: PlaceWorld) -> None:
        world.creates = [GONE, reply(10006, time=NOW), reply(result={"orderId": "id-1"})]
        accepted = world.place(an_order(None))
        assert {body["orderLinkId"] for body in world.bodies} == {accepted.order_link_id}
        assert len(world.bodies) == 3

    def test_what_never_leaves_is_not_sent_and_not_looked_into(self, world: PlaceWorld) -> None:
        world.creates = [GONE]
        with pytest.raises(NotSent) as caught:
            world.place()
        assert (caught.value.sends, world.read) == (0, [])

    def test_a_refused_timestamp_is_corrected_once(self, world: PlaceWorld) -> None:
        world.creates = [reply(10002, time=NOW + 9000), ACCEPTED]
        assert world.place().sends == 2

    def test_a_timestamp_that_is_refused_again_is_told(self, world: PlaceWorld) -> None:
        world.creates = [reply(10002, time=NOW + 9000)]
        with pytest.raises(ClockError):
            world.place()
        assert (len(world.created), world.read) == (2, [])

    def test_a_rate_limit_is_waited_for(self, world: PlaceWorld) -> None:
        limited = reply(10006, time=NOW, headers={"x-bapi-limit-reset-timestamp": str(NOW + 900)})
        world.creates = [limited, ACCEPTED]
        assert world.place().sends == 2
        assert 0.9 <= world.created[1] < 1.0

    def test_a_rate_limit_that_persists_is_told(self, world: PlaceWorld) -> None:
        world.creates = [reply(10006, time=NOW)]
        with pytest.raises(RateLimited):
            world.place()
        assert world.read == []

    @pytest.mark.parametrize("before", [GONE, reply(10006, time=NOW), reply(10002, time=NOW + 9000)])
    def test_after_a_doubtful_send_none_is_sent_whatever_came_before(self, world: PlaceWorld, before: Any) -> None:
        world.creates = [before, LOST, ACCEPTED]
        with pytest.raises(OutcomeUnknown):
            world.place()
        assert len(world.created) == 2

    def test_max_sends_bounds_them(self, world: PlaceWorld) -> None:
        world.options["max_sends"] = 2
        world.creates = [GONE]
        with pytest.raises(NotSent):
            world.place()
        assert len(world.created) == 2

    def test_one_send_is_looked_into_too(self, world: PlaceWorld) -> None:
        world.options["max_sends"] = 1
        world.creates, world.open_orders = [LOST], always(found())
        assert world.place().order_id == "id-1"

    def test_a_send_that_takes_all_the_time_is_unknown(self, world: PlaceWorld) -> None:
        world.takes, world.creates = 9.0, [LOST, ACCEPTED]
        with pytest.raises(OutcomeUnknown) as caught:
            world.place(timeout=9.0)
        assert (world.created, caught.value.order_link_id) == ([0.0], "mine")


# ---- over real sockets


class CountingFaults(Faults):
    """Counts the requests to create that arrive at the exchange."""

    creates = 0

    def take(self, requests: Any, name: str | None = None) -> Fault | None:
        self.creates += requests == "creates"
        return super().take(requests, name)


@frozen(eq=False)
class Row:
    """What goes wrong with a request to create, what comes out, and how many orders there are then."""

    faults: list[Fault]
    result: type[OrderAccepted] | type[BybitError]
    orders: int
    creates: int = 1


MATRIX: dict[str, Row] = {
    "all goes well": Row([], OrderAccepted, 1),
    "the answer lost, carried out": Row([drop_response()], OrderAccepted, 1),
    "the answer lost, not carried out": Row([drop_response(carry_out=False)], OutcomeUnknown, 0),
    "a truncated answer": Row([truncate_response()], OrderAccepted, 1),
    "502, carried out": Row([respond_with_page(502, carry_out=True)], OrderAccepted, 1),
    "502": Row([respond_with_page(502)], OutcomeUnknown, 0),
    "10016, carried out": Row([respond_with(10016, carry_out=True)], OrderAccepted, 1),
    "10016": Row([respond_with(10016)], OutcomeUnknown, 0),
    "404": Row([respond_with_page(404)], OutcomeUnknown, 0),
    "foreign ids": Row([respond_with_foreign_ids()], OrderAccepted, 1),
    "accepted without ids": Row([respond_with_body(b'{"retCode": 0, "result": {}}')], OrderAccepted, 1),
    "accepted with null": Row([respond_with_body(b'{"retCode": 0, "result": null}')], OrderAccepted, 1),
    "10006 once": Row([respond_with(10006, reset_in=0.1)], OrderAccepted, 1, 2),
    "10001": Row([respond_with(10001)], InvalidRequest, 0),
    "110072": Row([respond_with(110072)], OutcomeUnknown, 0),
    "403": Row([respond_with_page(403)], Forbidden, 0),
}
OF_HTTP = ("403", "404")  # no HTTP status comes over a WebSocket
ROWS = [pytest.param(row, id=name, marks=over_http if name in OF_HTTP else ()) for name, row in MATRIX.items()]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.0) as sandbox:
        yield sandbox


class TestExchange:
    @pytest.mark.parametrize("row", ROWS)
    @pytest.mark.parametrize("is_given", [False, True], ids=["made up", "given"])
    def test_matrix(self, call: Call, exchange: Sandbox, row: Row, *, is_given: bool) -> None:
        exchange.faults = faults = CountingFaults().on_next(row.faults, of="creates")
        before = {order.order_id for order in exchange.orders()}
        link_id = f"row-{len(before)}-{id(row)}" if is_given else None
        result: Any
        try:
            result = call("place_order", an_order(link_id), **options_of(exchange, deadline=0.6))
        except BybitError as error:
            result = error
        placed = [order for order in exchange.orders() if order.order_id not in before]
        assert isinstance(result, row.result), result
        assert (len(placed), faults.creates) == (row.orders, row.creates)
        if isinstance(result, OrderAccepted):
            assert (result.order_id, result.order_link_id) == (placed[0].order_id, placed[0].order_link_id)
        elif isinstance(result, OutcomeUnknown):
            assert result.order_link_id == link_id or not is_given

    @pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
    @pytest.mark.parametrize("carry_out", [True, False], ids=["carried out", "not carried out"])
    def test_an_order_is_told_from_an_older_one_of_its_link_id(
        self, call: Call, exchange: Sandbox, *, is_open: bool, carry_out: bool
    ) -> None:
        link_id = f"older-{len(exchange.orders())}"
        exchange.faults = faults = CountingFaults().on_next([drop_response(carry_out=carry_out)], of="creates")
        exchange.clock = lambda: system_clock() - 60_000
        older = exchange.place("linear", "BTCUSDT", order_link_id=link_id)
        if not is_open:
            exchange.fill(older.order_id)
        exchange.clock = system_clock
        result: Any
        try:
            result = call("place_order", an_order(link_id), **options_of(exchange, deadline=0.6))
        except OutcomeUnknown as error:
            result = error
        assert faults.creates == 1
        if carry_out and not is_open:
            assert isinstance(result, OrderAccepted)
            assert result.order_id not in {older.order_id, ""}
        else:
            assert isinstance(result, OutcomeUnknown)
            assert result.last_order
            assert result.last_order.order_id == older.order_id

    def test_a_list_that_lags_is_read_again(self, call: Call, exchange: Sandbox) -> None:
        exchange.faults = faults = CountingFaults().on_next([drop_response()], of="creates")
        exchange.faults.lists.realtime_lag = exchange.faults.lists.history_lag = 0.4
        result = call("place_order", an_order(None), **options_of(exchange, deadline=3.0))
        assert isinstance(result, OrderAccepted)
        assert faults.creates == 1

    def test_spot_orders_with_a_trigger_are_found_too(self, call: Call, exchange: Sandbox) -> None:
        exchange.faults = CountingFaults().on_next([drop_response()], of="creates")
        order = SpotTriggerLimitOrder("spot", "BTCUSDT", "Buy", "1", "100", "StopOrder", "90")
        result = call("place_order", order, **options_of(exchange, deadline=1.0))
        assert result.order.order_status == "Untriggered"

    def test_the_times_of_a_call_can_be_given(self, call: Call, exchange: Sandbox) -> None:
        exchange.faults = CountingFaults().on_next([respond_with(10006)] * 100, of="creates")
        times = {"deadline": 0.3, "timeout": 0.1}
        with pytest.raises(RateLimited):
            call("place_order", an_order(None), times=times, **options_of(exchange))
