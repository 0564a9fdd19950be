"""Cancels of many orders by few requests: each order gets its own result, and none is reported as what it is not."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest
from attrs import define, field, frozen
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
)

from bybit_ext import (
    AuthenticationFailed,
    Bybit,
    BybitError,
    CancelAccepted,
    ClockError,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotCancellable,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimit,
    RateLimited,
    Refused,
)
from bybit_ext.calls.call import GivenLimits
from bybit_ext.calls.responses import RawReply
from bybit_ext.engines.interface import Reply
from bybit_ext.orders.batch import copy_error, process_batch
from bybit_ext.orders.requests import OrderName
from bybit_ext.sandbox import Fault, Sandbox
from bybit_ext.sandbox.faults import (
    drop_response,
    fill_first,
    respond_with,
    respond_with_foreign_ids,
    respond_with_page,
    shorten_list,
)
from tests.conftest import API_KEY, API_SECRET, options_of, over_http
from tests.orders.conftest import Call
from tests.virtual_time import GONE, LOST, World, no_jitter, page, reply

__all__ = ["no_jitter"]
pytestmark = pytest.mark.usefixtures("no_jitter")

BATCH = "/v5/order/cancel-batch"
NOW = 1_700_000_000_000  # ms
Answer = Callable[[str, dict[str, Any]], Any]
"""What the exchange brings for a request: for its path and body, a reply or what is raised in its place."""


def linear(number: int) -> CancelByOrderId:
    return CancelByOrderId("linear", "BTCUSDT", f"id-{number}")


def linked(number: int) -> CancelByOrderLinkId:
    return CancelByOrderLinkId("linear", "BTCUSDT", f"link-{number}")


def orders(count: int) -> list[CancelByOrderId]:
    return [linear(number) for number in range(count)]


# ---- what an answer says of each order

BY_ID = OrderName("linear", "BTCUSDT", "1", None, None)
BY_LINK_ID = OrderName("linear", "BTCUSDT", None, "mine", None)
NAMED: dict[str, Any] = {"category": "linear", "symbol": "BTCUSDT", "orderId": "1", "orderLinkId": "mine"}
OK: dict[str, Any] = {"code": 0, "msg": "OK"}
TOOK = "The exchange took the batch"
NOT_SAID = "The answer to the batch does not say"
NO_CODE = "The answer to the batch has no code"
ANOTHER = "In the answer to the batch, another order"


def read(
    result: Any, ext_info: Any, names: tuple[OrderName, ...] = (BY_ID,), secrets: tuple[str, ...] = ()
) -> list[CancelAccepted | BybitError]:
    raw = RawReply(reply(retMsg="OK", result=result, retExtInfo=ext_info, time=NOW), secrets, NOW, 1)
    return process_batch(names, raw)[0]


def read_one(
    entry: Any, code: Any, name: OrderName = BY_ID, secrets: tuple[str, ...] = ()
) -> CancelAccepted | BybitError:
    (answer,) = read({"list": [entry]}, {"list": [code]}, (name,), secrets)
    return answer


class TestAnswer:
    def test_an_order_that_is_named_with_code_0_is_accepted(self) -> None:
        raw = RawReply(
            reply(
                result={"list": [NAMED]},
                retExtInfo={"list": [OK]},
                time=NOW,
                headers={"traceid": "trace", "x-bapi-limit": "10"},
            )
        )
        answers, evidence = process_batch([BY_ID], raw)
        limit = RateLimit(limit=10)
        assert answers == [CancelAccepted("1", "mine", trace_id="trace", rate_limit=limit, server_time=NOW)]
        assert (evidence.ret_code, evidence.trace_id) == (0, "trace")

    def test_an_order_that_is_named_by_its_link_id_is_told_its_id(self) -> None:
        assert read_one(NAMED, OK, BY_LINK_ID) == CancelAccepted("1", "mine", server_time=NOW)

    @pytest.mark.parametrize("order_id", [None, "", 7, "a\nb", {}])
    def test_an_id_that_is_none_is_not_taken_over(self, order_id: Any) -> None:
        assert read_one({**NAMED, "orderId": order_id}, OK, BY_LINK_ID) == CancelAccepted(None, "mine", server_time=NOW)

    @pytest.mark.parametrize("link_id", [None, "", 7, {}, ["mine"]])
    def test_a_link_id_that_is_none_is_not_taken_over(self, link_id: Any) -> None:
        assert read_one({**NAMED, "orderLinkId": link_id}, OK) == CancelAccepted("1", None, server_time=NOW)

    @pytest.mark.parametrize("code", [0, 0.0])
    def test_a_code_may_be_any_number_that_is_whole(self, code: Any) -> None:
        assert isinstance(read_one(NAMED, {"code": code}), CancelAccepted)

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (110001, OrderNotFound),
            (110001.0, OrderNotFound),
            (110008, OrderClosed),
            (110079, NotCancellable),
            (10006, RateLimited),
            (10001, InvalidRequest),
            (10016, OutcomeUnknown),
            (-2015, AuthenticationFailed),
            (4711, Refused),
        ],
    )
    @pytest.mark.parametrize("entry", [NAMED, {**NAMED, "orderId": "", "orderLinkId": ""}, {}, None, "x"])
    def test_a_code_is_the_error_of_its_order_whether_or_not_it_is_named(
        self, code: Any, kind: type[BybitError], entry: Any
    ) -> None:
        error = read_one(entry, {"code": code, "msg": "no"})
        assert isinstance(error, BybitError)
        assert type(error) is kind
        assert (error.ret_code, error.ret_msg, error.evidence.server_time) == (int(code), "no", NOW)
        said = "could not say" if kind is OutcomeUnknown else "refused this order of the batch"
        assert error.args == (f"The exchange {said}.",)

    @pytest.mark.parametrize("code", [{}, {"code": None}, {"code": "0"}, {"code": True}, {"code": 0.5}, None, [], 0])
    def test_without_a_code_nothing_is_known_of_an_order(self, code: Any) -> None:
        error = read_one(NAMED, code)
        assert isinstance(error, OutcomeUnknown)
        assert error.args[0].startswith(NO_CODE)
        assert error.evidence.server_time == NOW
        assert error.ret_code is None

    @pytest.mark.parametrize("msg", [None, 5, {"a": 1}])
    def test_a_message_that_is_no_text_is_left_out(self, msg: Any) -> None:
        error = read_one(NAMED, {"code": 110001, "msg": msg})
        assert isinstance(error, OrderNotFound)
        assert error.ret_msg is None

    def test_a_message_is_no_longer_than_others(self) -> None:
        error = read_one(NAMED, {"code": 110001, "msg": "x" * 100_000})
        assert isinstance(error, OrderNotFound)
        assert len(str(error)) < 2000

    @pytest.mark.parametrize("ret_code", [0, 110001])
    @pytest.mark.parametrize(
        ("name", "wrong"),
        [(BY_ID, {"orderId": "2"}), (BY_ID, {"orderId": 1}), (BY_LINK_ID, {"orderLinkId": "theirs"})],
    )
    def test_another_order_in_its_place_says_nothing(self, name: OrderName, wrong: Any, ret_code: int) -> None:
        error = read_one({**NAMED, **wrong}, {"code": ret_code}, name)
        assert isinstance(error, OutcomeUnknown)
        assert error.args[0].startswith(ANOTHER)
        assert (error.ret_code, error.evidence.server_time) == (ret_code, NOW)  # one that was taken is not sent again

    @pytest.mark.parametrize("name", [BY_ID, BY_LINK_ID])
    @pytest.mark.parametrize("entry", [{}, None, {"orderId": "", "orderLinkId": ""}, {"orderId": None}])
    def test_an_order_that_is_not_named_is_not_accepted(self, name: OrderName, entry: Any) -> None:
        assert isinstance(read_one(entry, OK, name), OutcomeUnknown)

    def test_an_order_that_is_named_in_another_place_is_not_told_by_its_own(self) -> None:
        """Entries of refused orders need no ids, so only the others show that the answer is not in order."""
        second = OrderName("linear", "BTCUSDT", "2", None, None)
        listed = [{}, NAMED]
        answers = read({"list": listed}, {"list": [{"code": 110001}, OK]}, (BY_ID, second))
        assert [type(answer) for answer in answers] == [OutcomeUnknown, OutcomeUnknown]
        displaced = answers[0]
        assert isinstance(displaced, OutcomeUnknown)
        assert displaced.ret_code == 0  # the batch was taken, so it is not sent again

    @pytest.mark.parametrize(
        ("name", "entry"),
        [(BY_LINK_ID, {"orderId": "9", "orderLinkId": ""}), (BY_ID, {"orderId": "", "orderLinkId": "mine"})],
    )
    def test_a_refused_order_may_be_named_by_its_other_id_alone(self, name: OrderName, entry: Any) -> None:
        assert isinstance(read_one(entry, {"code": 110001}, name), OrderNotFound)

    def test_the_other_id_of_an_order_does_not_matter(self) -> None:
        """Beside an order id, Bybit ignores the link id; and it may name an order by its link id alone."""
        assert isinstance(read_one({**NAMED, "orderLinkId": "theirs"}, OK, BY_ID), CancelAccepted)
        assert isinstance(read_one({**NAMED, "orderId": "2"}, OK, BY_LINK_ID), CancelAccepted)

    def test_a_wrong_entry_is_the_matter_of_its_order_alone(self) -> None:
        second, third = (OrderName("linear", "BTCUSDT", one, None, None) for one in ("2", "3"))
        entries = [NAMED, {"orderId": "foreign"}, {"orderId": "3"}]
        answers = read({"list": entries}, {"list": [OK, OK, {"code": 110001}]}, (BY_ID, second, third))
        assert [type(answer) for answer in answers] == [CancelAccepted, OutcomeUnknown, OrderNotFound]

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            (["2"], [OutcomeUnknown, CancelAccepted, OutcomeUnknown]),
            (["3", "1"], [CancelAccepted, OutcomeUnknown, CancelAccepted]),
            ([], [OutcomeUnknown] * 3),
            (["1", "2", "3", "4"], [CancelAccepted] * 3),
            (["1", "1", "2", "3"], [OutcomeUnknown, CancelAccepted, CancelAccepted]),
            (["4", "5"], [OutcomeUnknown] * 3),
        ],
    )
    def test_in_lists_of_another_length_only_its_id_tells_an_order(
        self, entries: list[str], expected: list[type]
    ) -> None:
        names = tuple(OrderName("linear", "BTCUSDT", str(number), None, None) for number in (1, 2, 3))
        answers = read({"list": [{"orderId": one} for one in entries]}, {"list": [OK] * len(entries)}, names)
        assert [type(answer) for answer in answers] == expected
        unknown = [answer for answer in answers if isinstance(answer, OutcomeUnknown)]
        assert all(error.args[0].startswith(NOT_SAID) and error.ret_code == 0 for error in unknown)

    @pytest.mark.parametrize(
        ("result", "ext_info"),
        [
            ({"list": [NAMED]}, {}),
            ({"list": [NAMED]}, None),
            ({"list": [NAMED]}, []),
            ({"list": [NAMED]}, {"list": []}),
            ({"list": [NAMED]}, {"list": [OK, OK]}),
            ({"list": [NAMED]}, {"list": {"0": OK}}),
            ({"list": []}, {"list": [OK]}),
            ({}, {"list": [OK]}),
            (None, {"list": [OK]}),
            ([NAMED], [OK]),
            ({"list": None}, {"list": None}),
        ],
    )
    def test_lists_that_do_not_fit_each_other_say_nothing_of_any_order(self, result: Any, ext_info: Any) -> None:
        with pytest.raises(OutcomeUnknown, match=TOOK) as caught:
            read(result, ext_info)
        assert caught.value.ret_code == 0

    @pytest.mark.parametrize("content", [b"", b"[]", b'{"retCode": 0', b"<html>", b'{"result": {"list": []}}'])
    def test_what_is_no_answer_is_no_acceptance(self, content: bytes) -> None:
        with pytest.raises(OutcomeUnknown):
            process_batch([BY_ID], RawReply(Reply(200, {}, content)))

    def test_a_key_that_a_message_echoes_is_not_shown(self) -> None:
        echo = f"origin_string[{API_KEY}]"
        error = read_one({**NAMED, "x": API_KEY}, {"code": 10004, "msg": echo}, secrets=(API_KEY,))
        assert isinstance(error, AuthenticationFailed)
        assert error.ret_msg == "origin_string[***]"


def test_a_copy_of_an_error_is_another_one_that_says_the_same() -> None:
    error = OrderNotFound("none", earlier_send_may_have_cancelled=True)
    error.__cause__ = cause = NotSent("because")
    error.retry_at = 5
    copy = copy_error(error)
    assert copy is not error
    assert isinstance(copy, OrderNotFound)
    assert (str(copy), copy.__cause__, copy.retry_at) == (str(error), cause, 5)
    assert copy.earlier_send_may_have_cancelled
    with pytest.raises(OrderNotFound):
        raise copy
    assert error.__traceback__ is None


# ---- calls in a time of their own


@frozen
class Asked:
    """One request: when it left, and what it said."""

    at: float
    path: str
    body: dict[str, Any]
    fresh: bool

    @property
    def ids(self) -> list[str]:
        """How the orders are named."""
        items = self.body.get("request", [self.body])
        return [item.get("orderId") or item["orderLinkId"] for item in items]


def accept(path: str, body: dict[str, Any]) -> Any:
    """Accept all orders of a request."""
    return answer_with({})(path, body)


def answer_with(codes: dict[str, int], *, headers: dict[str, str] | None = None) -> Answer:
    """Return what answers with these codes for the orders so named, and accepts all others."""

    def answer(path: str, body: dict[str, Any]) -> Any:
        items = body.get("request", [body])
        named = [item.get("orderId") or item["orderLinkId"] for item in items]
        if path != BATCH:
            return reply(codes.get(named[0], 0), result={}, time=NOW, headers=headers)
        return reply(
            result={"list": [{"orderId": "", "orderLinkId": "", **item} for item in items]},
            retExtInfo={"list": [{"code": codes.get(name, 0), "msg": f"about {name}"} for name in named]},
            time=NOW,
            headers=headers,
        )

    return answer


def in_turn(*answers: Any) -> Answer:
    """Return what answers the first request by the first of some answers, and so on; the last one stays."""
    left = list(answers)

    def answer(path: str, body: dict[str, Any]) -> Any:
        one = left.pop(0) if len(left) > 1 else left[0]
        return one(path, body) if callable(one) else one

    return answer


@define
class BatchWorld(World):
    """Time, an exchange, and a client that calls in it."""

    answer: Answer = field(default=accept)
    asked: list[Asked] = field(factory=list[Asked])
    options: dict[str, Any] = field(factory=dict[str, Any])

    def perform(self, effect: Any) -> Any:
        if not hasattr(effect, "request"):
            return super().perform(effect)
        assert len(self.asked) < 200
        effect.sign()
        path, body = effect.request.target, json.loads(effect.request.body)
        self.asked.append(Asked(round(self.now, 3), path, body, effect.fresh))
        self.sends.append(effect)
        self.now += min(self.takes, effect.seconds)
        return self.answer(path, body)

    def cancel(self, requests: Any, deadline: float = 10.0, timeout: float | None = None) -> list[Any]:
        base: dict[str, Any] = {"base_url": "http://127.0.0.1:1", "clock": lambda: NOW + round(self.now * 1000)}
        with Bybit(API_KEY, API_SECRET, **{**base, **self.options}) as bybit:
            time = self.time()
            answers: list[Any] = self.run(
                bybit._cancel_batch_flow(time, requests, GivenLimits(deadline, timeout)), time
            )
            return answers

    @property
    def sizes(self) -> list[int]:
        return [len(one.ids) for one in self.asked]

    @property
    def times_sent(self) -> Counter[str]:
        return Counter(name for one in self.asked for name in one.ids)


@pytest.fixture
def world() -> BatchWorld:
    return BatchWorld()


def kinds(answers: list[Any]) -> list[str]:
    return [type(answer).__name__ for answer in answers]


class TestSplitting:
    def test_no_request_has_more_orders_than_the_exchange_takes(self, world: BatchWorld) -> None:
        answers = world.cancel(orders(45))
        assert world.sizes == [20, 20, 5]
        assert [answer.order_id for answer in answers] == [f"id-{number}" for number in range(45)]
        assert all(isinstance(answer, CancelAccepted) and answer.sends == 1 for answer in answers)

    @pytest.mark.parametrize(("category", "size"), [("linear", 20), ("inverse", 20), ("option", 20), ("spot", 10)])
    def test_a_request_is_as_large_as_its_category_allows(self, world: BatchWorld, category: Any, size: int) -> None:
        world.cancel([CancelByOrderId(category, "X", f"{number}") for number in range(size)])
        assert world.sizes == [size]
        assert world.asked[0].body["category"] == category
        assert world.asked[0].body["request"][0] == {"symbol": "X", "orderId": "0"}
        world.cancel([CancelByOrderId(category, "X", f"{number}") for number in range(size + 1)])
        assert world.sizes == [size, size, 1]

    def test_each_request_is_about_one_category_and_the_results_stay_in_order(self, world: BatchWorld) -> None:
        categories: list[Any] = ["linear", "spot", "inverse", "option"]
        requests: list[Any] = [
            CancelByOrderId(categories[number % 4], f"S{number % 3}", f"id-{number}") for number in range(100)
        ]
        answers = world.cancel(requests)
        assert [answer.order_id for answer in answers] == [f"id-{number}" for number in range(100)]
        assert sorted((one.body["category"], len(one.ids)) for one in world.asked) == [
            *[("inverse", 5), ("inverse", 20), ("linear", 5), ("linear", 20), ("option", 5), ("option", 20)],
            *[("spot", 5), ("spot", 10), ("spot", 10)],
        ]
        symbols = {item["orderId"]: item["symbol"] for one in world.asked for item in one.body["request"]}
        assert symbols == {request.order_id: request.symbol for request in requests}

    def test_spot_orders_that_name_their_kind_go_one_by_one(self, world: BatchWorld) -> None:
        world.answer = answer_with({"stop": 170213})
        answers = world.cancel(
            [
                CancelByOrderId("spot", "X", "plain"),
                CancelSpotByOrderId("spot", "X", "stop", "StopOrder"),
                CancelSpotByOrderLinkId("spot", "X", "tpsl", "tpslOrder"),
                CancelByOrderId("spot", "X", "also plain"),
            ]
        )
        assert kinds(answers) == ["CancelAccepted", "OrderNotFound", "CancelAccepted", "CancelAccepted"]
        assert [(one.path, one.ids, one.body.get("orderFilter")) for one in world.asked] == [
            (BATCH, ["plain", "also plain"], None),
            ("/v5/order/cancel", ["stop"], "StopOrder"),
            ("/v5/order/cancel", ["tpsl"], "tpslOrder"),
        ]
        assert answers[2] == CancelAccepted(None, "tpsl", server_time=NOW)

    def test_spot_orders_of_the_same_kind_go_one_by_one_too(self, world: BatchWorld) -> None:
        world.cancel([CancelSpotByOrderId("spot", "X", str(number), "StopOrder") for number in range(3)])
        assert [one.ids for one in world.asked] == [["0"], ["1"], ["2"]]

    def test_an_order_that_is_given_twice_has_a_result_at_each_place(self, world: BatchWorld) -> None:
        codes = [[0, 110001]]

        def answer(_: str, body: dict[str, Any]) -> Any:
            ext_info = {"list": [{"code": code} for code in codes.pop(0)]}
            return reply(result={"list": body["request"]}, retExtInfo=ext_info)

        world.answer = answer
        assert kinds(world.cancel([linear(1), linear(1)])) == ["CancelAccepted", "OrderNotFound"]

    def test_nothing_to_cancel_is_nothing_to_send(self, world: BatchWorld) -> None:
        assert world.cancel([]) == []
        assert world.cancel(iter(())) == []
        assert world.asked == []

    def test_orders_may_come_from_a_generator(self, world: BatchWorld) -> None:
        assert len(world.cancel(linear(number) for number in range(21))) == 21
        assert world.sizes == [20, 1]

    def test_names_may_be_members_of_an_enum(self, world: BatchWorld) -> None:
        class Mine(StrEnum):
            SPOT = "spot"
            STOP = "StopOrder"

            def __str__(self) -> str:
                return f"Mine.{self.name}"

        requests: list[Any] = [CancelByOrderId(Mine.SPOT, "X", f"{number}") for number in range(11)]  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        requests.append(CancelSpotByOrderId("spot", "X", "stop", Mine.STOP))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        assert len(world.cancel(requests)) == 12
        assert world.sizes == [10, 1, 1]
        assert world.asked[0].body["category"] == "spot"

    def test_both_ids_of_an_order_may_be_given(self, world: BatchWorld) -> None:
        request = CancelByOrderId("linear", "BTCUSDT", "id-1")
        request.order_link_id = "ignored"
        (answer,) = world.cancel([request])
        assert answer.order_id == "id-1"
        assert world.asked[0].ids == ["id-1"]


class TestInput:
    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            (None, r"orders\[1\]: must be CancelByOrderId or .*, not None"),
            ({"symbol": "X"}, r"orders\[1\]: must be .*, not a dict"),
            (CancelByOrderId("linear", "BTCUSDT", ""), r"orders\[1\]\.orderId: must not be empty"),
            (CancelByOrderId("linear", 5, "1"), r"orders\[1\]\.symbol: must be str, not 5"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            (CancelByOrderId("lineal", "BTCUSDT", "1"), r"orders\[1\]\.category: must be .*'linear'"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            (CancelByOrderId("linear", "BTCUSDT", "\ud800"), r"orders\[1\]"),
        ],
    )
    @pytest.mark.parametrize("method", ["cancel_batch", "cancel_batch_and_confirm"])
    def test_what_is_wrong_with_an_order_is_told_before_anything_is_sent(
        self, call: Call, method: str, wrong: Any, says: str
    ) -> None:
        given = [linear(0), wrong, *orders(30)]
        with pytest.raises(InvalidInput, match=says) as caught:
            call(method, given, base_url="http://127.0.0.1:1", stream_url="ws://127.0.0.1:1")
        assert caught.value.sends == 0

    def test_additional_fields_that_no_request_can_hold_are_told_before_anything_is_sent(
        self, world: BatchWorld
    ) -> None:
        odd = linear(25)
        odd.additional_properties["x"] = object()
        with pytest.raises(InvalidInput, match=r"orders\[20\]"):
            world.cancel([*orders(20), odd])
        assert world.asked == []

    @pytest.mark.parametrize("wrong", [None, 5, linear(1)])
    @pytest.mark.parametrize("method", ["cancel_batch", "cancel_batch_and_confirm"])
    def test_what_is_no_list_is_told(self, call: Call, method: str, wrong: Any) -> None:
        with pytest.raises(InvalidInput, match=r"^orders: must be a list of request models"):
            call(method, wrong, base_url="http://127.0.0.1:1")

    def test_an_error_of_the_caller_s_generator_is_the_caller_s(self, world: BatchWorld) -> None:
        def broken() -> Iterator[CancelByOrderId]:
            yield linear(1)
            raise TypeError("a mistake of the caller")

        with pytest.raises(TypeError, match="a mistake of the caller"):
            world.cancel(broken())
        assert world.asked == []

    @pytest.mark.parametrize("method", ["cancel_batch", "cancel_batch_and_confirm"])
    def test_a_closed_client_says_so(self, method: str) -> None:
        bybit = Bybit(API_KEY, API_SECRET)
        bybit.close()
        with pytest.raises(InvalidInput, match="closed"):
            getattr(bybit, method)([linear(1)])

    def test_a_caller_that_changes_its_models_meanwhile_changes_nothing(self, world: BatchWorld) -> None:
        given = orders(21)

        def answer(path: str, body: dict[str, Any]) -> Any:
            for one in given:
                one.order_id = one.symbol = "changed"
            given.clear()
            return accept(path, body)

        world.answer = answer
        assert [answer.order_id for answer in world.cancel(given)] == [f"id-{number}" for number in range(21)]
        assert "changed" not in world.times_sent
        assert {item["symbol"] for one in world.asked for item in one.body["request"]} == {"BTCUSDT"}


class TestSendingAgain:
    @pytest.mark.parametrize("code", [10006, 10018, 110079])
    def test_orders_whose_code_asks_for_it_are_sent_again_and_the_others_are_not(
        self, world: BatchWorld, code: int
    ) -> None:
        world.answer = in_turn(answer_with({"id-1": code, "id-3": code, "id-2": 110001}), accept)
        answers = world.cancel(orders(5))
        assert kinds(answers) == [
            "CancelAccepted",
            "CancelAccepted",
            "OrderNotFound",
            "CancelAccepted",
            "CancelAccepted",
        ]
        assert [one.ids for one in world.asked] == [[f"id-{number}" for number in range(5)], ["id-1", "id-3"]]
        assert [answer.sends for answer in answers] == [1, 2, 1, 2, 1]
        assert answers[2].ret_msg == "about id-2"
        assert [one.at for one in world.asked] == [0.0, 0.1]

    def test_a_rate_limit_is_waited_for_until_it_resets(self, world: BatchWorld) -> None:
        headers = {"x-bapi-limit-reset-timestamp": str(NOW + 900)}
        world.answer = in_turn(answer_with({"id-0": 10006}, headers=headers), accept)
        assert kinds(world.cancel(orders(2))) == ["CancelAccepted"] * 2
        assert 0.9 <= world.asked[1].at < 1.0

    def test_while_a_rate_limit_holds_no_further_requests_of_its_category_leave(self, world: BatchWorld) -> None:
        limited = {f"id-{number}": 10006 for number in range(10, 300)}
        headers = {"x-bapi-limit-reset-timestamp": str(NOW + 900)}
        world.answer = in_turn(answer_with(limited, headers=headers), accept)
        requests = [*orders(60), CancelByOrderId("spot", "X", "spot")]
        assert kinds(world.cancel(requests)) == ["CancelAccepted"] * 61
        assert [(one.body["category"], len(one.ids), one.at < 0.9) for one in world.asked] == [
            ("linear", 20, True),
            ("spot", 1, True),
            ("linear", 20, False),
            ("linear", 20, False),
            ("linear", 10, False),
        ]
        assert world.times_sent["id-59"] == 1

    def test_a_rate_limit_that_persists_is_told_with_the_time_to_try_again(self, world: BatchWorld) -> None:
        world.answer = answer_with({"id-0": 10006})
        limited, accepted = world.cancel(orders(2), deadline=1.0)
        assert isinstance(limited, RateLimited)
        assert (limited.ret_code, limited.ret_msg) == (10006, "about id-0")
        assert limited.retry_at == NOW + 800
        assert limited.sends == world.times_sent["id-0"] == 4
        assert isinstance(accepted, CancelAccepted)

    @pytest.mark.parametrize("code", [110001, 110008, 10001, 10005, 10002, 170145, 4711])
    def test_no_other_refusal_of_an_order_is_asked_again(self, world: BatchWorld, code: int) -> None:
        world.answer = answer_with({"id-0": code})
        answers = world.cancel(orders(2))
        assert answers[0].ret_code == code
        assert world.sizes == [2]

    def test_an_order_of_unknown_outcome_is_sent_again_by_its_id_and_not_by_its_link_id(
        self, world: BatchWorld
    ) -> None:
        world.answer = in_turn(answer_with({"id-0": 10016, "link-0": 10016}), accept)
        answers = world.cancel([linear(0), linked(0), linked(1)])
        assert kinds(answers) == ["CancelAccepted", "OutcomeUnknown", "CancelAccepted"]
        assert [one.ids for one in world.asked] == [["id-0", "link-0", "link-1"], ["id-0"]]
        assert answers[1].ret_code == 10016

    @pytest.mark.parametrize("brings", [LOST, page(502, "bad gateway"), reply(10016), reply(10000)])
    def test_after_a_lost_answer_orders_are_sent_again_by_id_and_not_by_link_id(
        self, world: BatchWorld, brings: Any
    ) -> None:
        world.answer = in_turn(brings, accept)
        answers = world.cancel([linear(0), linked(0), linear(1)])
        assert kinds(answers) == ["CancelAccepted", "OutcomeUnknown", "CancelAccepted"]
        assert [one.ids for one in world.asked] == [["id-0", "link-0", "id-1"], ["id-0", "id-1"]]
        assert [answer.sends for answer in answers] == [2, 1, 2]
        assert [one.fresh for one in world.asked] == [False, brings is LOST]

    @pytest.mark.parametrize(("code", "kind"), [(110001, OrderNotFound), (110010, OrderClosed)])
    def test_an_order_that_is_gone_after_a_lost_answer_may_be_our_doing(
        self, world: BatchWorld, code: int, kind: type[Refused]
    ) -> None:
        world.answer = in_turn(LOST, answer_with({"id-0": code}))
        gone, accepted = world.cancel(orders(2))
        assert isinstance(gone, kind)
        assert gone.earlier_send_may_have_cancelled
        assert (gone.sends, gone.ret_msg) == (2, "about id-0")
        assert isinstance(accepted, CancelAccepted)

    def test_another_refusal_after_a_lost_answer_is_unknown(self, world: BatchWorld) -> None:
        world.answer = in_turn(LOST, answer_with({"id-0": 10005}))
        (unknown,) = world.cancel(orders(1))
        assert isinstance(unknown, OutcomeUnknown)
        assert isinstance(unknown.__cause__, AuthenticationFailed)
        assert unknown.sends == 2

    def test_a_batch_that_was_taken_is_not_sent_again_though_its_answer_cannot_be_read(self, world: BatchWorld) -> None:
        world.answer = in_turn(reply(result={}, retExtInfo={}))
        assert kinds(world.cancel(orders(2))) == ["OutcomeUnknown"] * 2
        assert world.sizes == [2]

    def test_the_orders_of_a_refused_batch_have_an_error_each(self, world: BatchWorld) -> None:
        world.answer = in_turn(reply(10003, retMsg="API key is invalid"), accept)
        answers = world.cancel(orders(25))
        assert kinds(answers) == ["AuthenticationFailed"] * 20 + ["CancelAccepted"] * 5
        assert len({id(answer) for answer in answers}) == 25
        assert {(answer.ret_msg, answer.sends) for answer in answers[:20]} == {("API key is invalid", 1)}
        assert world.sizes == [20, 5]

    def test_a_page_of_403_is_an_error_of_each_order(self, world: BatchWorld) -> None:
        world.answer = in_turn(page(403, "access too frequent"))
        answers = world.cancel(orders(2))
        assert all(isinstance(answer, Forbidden) for answer in answers)
        assert world.sizes == [2]

    def test_nothing_more_is_sent_once_this_machine_was_turned_away(self, world: BatchWorld) -> None:
        """Requests that go on make a block of an IP address longer."""
        world.answer = in_turn(accept, page(403, "access too frequent"))
        answers = world.cancel(orders(70))
        assert Counter(kinds(answers)) == {"CancelAccepted": 20, "Forbidden": 20, "NotSent": 30}
        assert world.sizes == [20, 20]

    def test_an_echo_of_an_earlier_signature_is_redacted(self, world: BatchWorld) -> None:
        signatures: list[str] = []

        def answer(_: str, __: dict[str, Any]) -> Any:
            signatures.append(dict(world.sends[-1].sign())["X-BAPI-SIGN"])
            return LOST if len(signatures) == 1 else reply(10003, retMsg=f"of {signatures[0]}")

        world.answer = answer
        (unknown,) = world.cancel(orders(1))
        assert (unknown.ret_msg, len({*signatures})) == ("of ***", 2)

    def test_an_order_whose_answer_was_lost_before_stays_unknown(self, world: BatchWorld) -> None:
        world.answer = in_turn(LOST, LOST, page(403, "access too frequent"))
        answers = world.cancel(orders(21))
        assert world.sizes == [20, 1, 20]
        assert isinstance(answers[20], OutcomeUnknown)
        assert isinstance(answers[20].__cause__, NotSent)
        assert answers[20].sends == 1

    def test_a_batch_that_is_refused_for_the_rate_limit_stops_no_other_category(self, world: BatchWorld) -> None:
        def answer(path: str, body: dict[str, Any]) -> Any:
            is_limited = body["category"] == "linear" and world.now < 0.9
            headers = {"x-bapi-limit-reset-timestamp": str(NOW + 900)}
            return reply(10006, time=NOW, headers=headers) if is_limited else accept(path, body)

        world.answer = answer
        world.cancel([linear(1), CancelByOrderId("spot", "X", "spot")])
        assert [(one.body["category"], one.at < 0.9) for one in world.asked] == [
            ("linear", True),
            ("spot", True),
            ("linear", False),
        ]

    def test_a_busy_order_is_sent_again_by_its_id_and_not_by_its_link_id(self, world: BatchWorld) -> None:
        """By then, the link id may name a newer order."""
        world.answer = in_turn(answer_with({"id-1": 110079, "link-1": 110079}), accept)
        assert kinds(world.cancel([linear(1), linked(1)])) == ["CancelAccepted", "NotCancellable"]

    def test_a_batch_that_is_refused_for_the_rate_limit_is_sent_again_when_it_resets(self, world: BatchWorld) -> None:
        limited = reply(10006, time=NOW, headers={"x-bapi-limit-reset-timestamp": str(NOW + 500)})
        world.answer = in_turn(limited, accept)
        answers = world.cancel(orders(3))
        assert [answer.sends for answer in answers] == [2, 2, 2]
        assert 0.5 <= world.asked[1].at < 0.6

    def test_a_refused_timestamp_is_corrected_once(self, world: BatchWorld) -> None:
        world.answer = in_turn(reply(10002, time=NOW + 9000), accept)
        answers = world.cancel(orders(2))
        assert [answer.sends for answer in answers] == [2, 2]
        assert [one.at for one in world.asked] == [0.0, 0.0]

    def test_a_timestamp_that_is_refused_again_is_told(self, world: BatchWorld) -> None:
        world.answer = in_turn(reply(10002, time=NOW + 9000))
        answers = world.cancel(orders(2))
        assert all(isinstance(answer, ClockError) and answer.sends == 2 for answer in answers)
        assert world.sizes == [2, 2]

    def test_a_timestamp_is_corrected_once_over_all_sends_of_an_order(self, world: BatchWorld) -> None:
        refused = reply(10002, time=NOW + 9000)
        world.answer = in_turn(refused, answer_with({"id-0": 10006}), refused, accept)
        (limited,) = world.cancel(orders(1))
        assert isinstance(limited, ClockError)
        assert world.sizes == [1, 1, 1]

    def test_what_did_not_leave_is_tried_again(self, world: BatchWorld) -> None:
        world.answer = in_turn(GONE, GONE, accept)
        answers = world.cancel(orders(2))
        assert [answer.sends for answer in answers] == [1, 1]
        assert [one.at for one in world.asked] == [0.0, 0.1, 0.3]

    def test_what_never_leaves_is_not_sent(self, world: BatchWorld) -> None:
        world.answer = in_turn(GONE)
        answers = world.cancel([*orders(21), linked(1)], deadline=1.0)
        assert all(isinstance(answer, NotSent) and answer.sends == 0 for answer in answers)
        assert len(answers) == 22
        assert world.now <= 1.0


class TestHowOften:
    @pytest.mark.parametrize(
        "brings", [LOST, GONE, reply(10006), answer_with({"id-0": 10006}), answer_with({"id-0": 10016})]
    )
    @pytest.mark.parametrize("max_sends", [1, 2, 3])
    def test_no_order_is_sent_more_often_than_the_caller_allows(
        self, world: BatchWorld, brings: Any, max_sends: int
    ) -> None:
        world.options["max_sends"] = max_sends
        world.answer = in_turn(brings)
        assert kinds(world.cancel(orders(1))) != ["CancelAccepted"]
        assert world.times_sent["id-0"] == max_sends

    def test_sends_of_the_batch_and_of_the_order_count_together(self, world: BatchWorld) -> None:
        world.options["max_sends"] = 3
        world.answer = in_turn(GONE, answer_with({"id-0": 10006}), GONE, accept)
        limited, accepted = world.cancel(orders(2))
        assert isinstance(limited, RateLimited)
        assert isinstance(accepted, CancelAccepted)
        assert world.sizes == [2, 2, 1]

    def test_unknown_outcomes_are_counted_together_too(self, world: BatchWorld) -> None:
        world.options["max_sends"] = 2
        world.answer = in_turn(LOST, reply(10006))
        (unknown,) = world.cancel(orders(1))
        assert isinstance(unknown, OutcomeUnknown)
        assert (unknown.sends, world.sizes) == (2, [1, 1])

    def test_pauses_grow_from_send_to_send(self, world: BatchWorld) -> None:
        world.answer = in_turn(LOST)
        world.cancel(orders(1), deadline=2.0)
        assert [one.at for one in world.asked] == [0.0, 0.1, 0.3, 0.7, 1.5]


class TestDeadline:
    def test_what_could_not_leave_in_time_is_not_sent_and_the_rest_is_kept(self, world: BatchWorld) -> None:
        world.takes = 0.6
        answers = world.cancel(orders(70), deadline=1.2)
        assert kinds(answers) == ["CancelAccepted"] * 40 + ["NotSent"] * 30
        assert all(answer.sends == 0 for answer in answers[40:])
        assert "deadline" in str(answers[-1])
        assert world.sizes == [20, 20]

    def test_a_send_has_the_timeout_or_what_is_left(self, world: BatchWorld) -> None:
        world.takes, world.answer = 9.0, in_turn(LOST)
        answers = world.cancel([linked(number) for number in range(60)], deadline=2.5, timeout=1.0)
        assert world.seconds == [1.0, 1.0, 0.5]
        assert kinds(answers) == ["OutcomeUnknown"] * 60
        assert world.now == 2.5

    def test_what_was_refused_before_is_told_of_an_order_that_had_no_more_time(self, world: BatchWorld) -> None:
        world.takes, world.answer = 0.5, in_turn(answer_with({"id-0": 10006}), LOST)
        limited, accepted = world.cancel(orders(2), deadline=0.55)
        assert isinstance(limited, RateLimited)
        assert isinstance(accepted, CancelAccepted)

    def test_seconds_that_are_none_are_named(self, world: BatchWorld) -> None:
        with pytest.raises(InvalidInput, match=r"^deadline: must be a positive number of seconds"):
            world.cancel(orders(1), deadline=0)
        assert world.asked == []


# ---- over real sockets


@frozen(eq=False)
class Row:
    """What goes wrong with a batch of three orders, and what comes out: for those by id, and for those by link id."""

    faults: list[Fault]
    by_id: str
    by_link_id: str


ACCEPTED, UNKNOWN = "CancelAccepted", "OutcomeUnknown"
MATRIX: dict[str, Row] = {
    "all goes well": Row([], ACCEPTED, ACCEPTED),
    "the answer lost, the batch not carried out": Row([drop_response(carry_out=False)], ACCEPTED, UNKNOWN),
    "the answer lost, the batch carried out": Row([drop_response()], "OrderClosed", UNKNOWN),
    "502": Row([respond_with_page(502)], ACCEPTED, UNKNOWN),
    "10016": Row([respond_with(10016)], ACCEPTED, UNKNOWN),
    "10016, carried out": Row([respond_with(10016, carry_out=True)], "OrderClosed", UNKNOWN),
    "10006 once": Row([respond_with(10006, reset_in=0.2)], ACCEPTED, ACCEPTED),
    "10003": Row([respond_with(10003)], "AuthenticationFailed", "AuthenticationFailed"),
    "403": Row([respond_with_page(403)], "Forbidden", "Forbidden"),
    "404": Row([respond_with_page(404)], UNKNOWN, UNKNOWN),
    "foreign ids": Row([respond_with_foreign_ids()], UNKNOWN, UNKNOWN),
    "no lists": Row([shorten_list(9, 9)], UNKNOWN, UNKNOWN),
    "a short list of codes": Row([shorten_list(0, 1)], UNKNOWN, UNKNOWN),
    "filled before": Row([Fault(fill_first=True)], "OrderClosed", "OrderClosed"),
}
OF_HTTP = ("403", "404")  # no HTTP status comes over a WebSocket
ROWS = [pytest.param(row, id=name, marks=over_http if name in OF_HTTP else ()) for name, row in MATRIX.items()]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.0) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _no_faults_left(exchange: Sandbox) -> Iterator[None]:
    yield
    exchange.faults.clear()


class TestExchange:
    @pytest.mark.parametrize("row", ROWS)
    @pytest.mark.parametrize("by_id", [True, False], ids=["by id", "by link id"])
    def test_matrix(self, call: Call, exchange: Sandbox, row: Row, *, by_id: bool) -> None:
        placed = [exchange.place("linear", "BTCUSDT", order_link_id=f"m-{number}") for number in range(3)]
        exchange.faults.on_next(row.faults, of="batches")
        requests = [
            CancelByOrderId("linear", "BTCUSDT", one.order_id)
            if by_id
            else CancelByOrderLinkId("linear", "BTCUSDT", str(one.order_link_id))
            for one in placed
        ]
        answers = call("cancel_batch", requests, **options_of(exchange, deadline=1.0))
        for order in exchange.open_orders():
            exchange.fill(order.order_id)
        assert kinds(answers) == [row.by_id if by_id else row.by_link_id] * 3

    def test_a_short_list_is_the_matter_of_the_order_that_it_lacks(self, call: Call, exchange: Sandbox) -> None:
        placed = [exchange.place("linear", "BTCUSDT") for _ in range(3)]
        exchange.faults.on_next([shorten_list()], of="batches")
        requests = [CancelByOrderId("linear", "BTCUSDT", one.order_id) for one in placed]
        assert kinds(call("cancel_batch", requests, **options_of(exchange))) == [ACCEPTED, ACCEPTED, UNKNOWN]

    def test_each_order_has_its_own_result(self, call: Call, exchange: Sandbox) -> None:
        placed = [exchange.place("linear", "BTCUSDT") for _ in range(5)]
        exchange.faults.on(placed[1].order_id, [fill_first(110001)]).on(placed[2].order_id, [respond_with(10016)])
        exchange.faults.on(placed[3].order_id, [respond_with(10001)])
        requests = [CancelByOrderId("linear", "BTCUSDT", one.order_id) for one in placed]
        answers = call("cancel_batch", requests, **options_of(exchange))
        assert kinds(answers) == [ACCEPTED, "OrderNotFound", ACCEPTED, "InvalidRequest", ACCEPTED]
        assert [answer.sends for answer in answers] == [1, 1, 2, 1, 1]
        assert len({answer.trace_id for answer in answers}) == 2
        exchange.fill(placed[3].order_id)

    def test_the_times_of_a_call_can_be_given(self, call: Call, exchange: Sandbox) -> None:
        order = exchange.place("linear", "BTCUSDT")
        exchange.faults.on_next([respond_with(10006)] * 100, of="batches")
        requests = [CancelByOrderId("linear", "BTCUSDT", order.order_id)]
        (answer,) = call("cancel_batch", requests, times={"deadline": 0.3, "timeout": 0.1}, **options_of(exchange))
        assert isinstance(answer, RateLimited)
        exchange.fill(order.order_id)

    def test_the_rate_limit_of_the_exchange_is_kept(self, call: Call) -> None:
        with Sandbox(cancel_delay=0.0, enforce_rate_limits=True) as exchange:
            placed = [exchange.place("spot", "XRPUSDT") for _ in range(25)]
            requests = [CancelByOrderId("spot", "XRPUSDT", one.order_id) for one in placed]
            answers = call("cancel_batch", requests, **options_of(exchange))
        assert kinds(answers) == [ACCEPTED] * 25
        assert [answer.sends for answer in answers] == [1] * 20 + [2] * 5
