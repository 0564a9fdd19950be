"""Which reported order is the one that a call is about."""

from typing import Any

import pytest
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId

from bybit_ext.orders.identity import CLOCK_TOLERANCE, CallStart, Match, ServerTimeReading, parse_time
from tests.orders.events import ACCEPTED, BEGAN, BY_LINK_ID, WITHOUT_IDS, identity, order

CERTAIN, DOUBTFUL, FOREIGN = Match.CERTAIN, Match.DOUBTFUL, Match.FOREIGN


class TestByOrderId:
    @pytest.mark.parametrize(
        "fields",
        [{}, {"category": None}, {"orderLinkId": "another"}, {"createdTime": str(BEGAN + 10**9)}, {"createdTime": "x"}],
    )
    def test_the_id_alone_decides(self, fields: dict[str, Any]) -> None:
        assert identity().match(order("Filled", updated=-(10**9), **fields)) is CERTAIN

    @pytest.mark.parametrize("fields", [{"orderId": "2"}, {"symbol": "ETHUSDT"}, {"category": "inverse"}])
    def test_another_id_symbol_or_category_is_foreign(self, fields: dict[str, Any]) -> None:
        assert identity().match(order(**fields)) is FOREIGN

    def test_a_link_id_beside_it_is_ignored_as_bybit_does(self) -> None:
        both = CancelByOrderId("linear", "BTCUSDT", "1", order_link_id="another")
        assert identity(both).match(order()) is CERTAIN


class TestByLinkId:
    @pytest.mark.parametrize(
        "fields", [{"orderLinkId": "another"}, {"orderLinkId": ""}, {"symbol": "ETHUSDT"}, {"category": "inverse"}]
    )
    @pytest.mark.parametrize("accepted", [None, ACCEPTED, WITHOUT_IDS])
    def test_another_link_id_symbol_or_category_is_foreign(self, fields: dict[str, Any], accepted: Any) -> None:
        assert identity(BY_LINK_ID, accepted).match(order(**fields)) is FOREIGN

    def test_another_id_than_the_acknowledged_one_is_foreign(self) -> None:
        assert identity(BY_LINK_ID, ACCEPTED).match(order(orderId="2")) is FOREIGN

    @pytest.mark.parametrize(("created", "match"), [(-1, CERTAIN), (0, DOUBTFUL), (1, FOREIGN), (50, FOREIGN)])
    @pytest.mark.parametrize("accepted", [None, WITHOUT_IDS])
    def test_an_order_that_was_created_after_the_call_began_is_foreign(
        self, created: int, match: Match, accepted: Any
    ) -> None:
        assert identity(BY_LINK_ID, accepted).match(order(created=created)) is match

    @pytest.mark.parametrize(
        ("created", "match"),
        [(0, CERTAIN), (1, DOUBTFUL), (CLOCK_TOLERANCE, DOUBTFUL), (CLOCK_TOLERANCE + 1, FOREIGN)],
    )
    def test_so_is_an_acknowledged_one_but_for_what_clocks_may_differ(self, created: int, match: Match) -> None:
        assert identity(BY_LINK_ID, ACCEPTED).match(order(created=created)) is match

    def test_an_order_without_a_time_is_foreign(self) -> None:
        assert identity(BY_LINK_ID).match(order(createdTime="")) is FOREIGN

    @pytest.mark.parametrize("ended", [1, 5000])
    def test_an_end_during_the_call_is_certain(self, ended: int) -> None:
        assert identity(BY_LINK_ID).match(order("Filled", updated=ended)) is CERTAIN

    @pytest.mark.parametrize("ended", [0, -1, -CLOCK_TOLERANCE, -3_600_000])
    def test_an_end_that_may_be_from_before_the_call_is_doubtful(self, ended: int) -> None:
        assert identity(BY_LINK_ID).match(order("Filled", updated=ended)) is DOUBTFUL

    @pytest.mark.parametrize(("ended", "match"), [(-CLOCK_TOLERANCE, DOUBTFUL), (-CLOCK_TOLERANCE - 1, FOREIGN)])
    def test_an_end_before_a_call_that_was_accepted_is_foreign(self, ended: int, match: Match) -> None:
        # What was accepted was open then.
        assert identity(BY_LINK_ID, WITHOUT_IDS).match(order("Filled", updated=ended)) is match

    def test_an_end_without_a_time_is_doubtful_and_foreign_once_accepted(self) -> None:
        assert identity(BY_LINK_ID).match(order("Filled", updatedTime="")) is DOUBTFUL
        assert identity(BY_LINK_ID, WITHOUT_IDS).match(order("Filled", updatedTime="")) is FOREIGN

    def test_an_acknowledged_id_makes_an_old_end_certain(self) -> None:
        assert identity(BY_LINK_ID, ACCEPTED).match(order("Filled", updated=-3_600_000)) is CERTAIN

    def test_an_open_order_is_certain_whenever_it_last_changed(self) -> None:
        assert identity(BY_LINK_ID).match(order("PartiallyFilled", updated=-3_600_000)) is CERTAIN


class TestCallStart:
    def reading(self, server_time: int, signed_at: float = 1.0, received_at: float = 1.2) -> ServerTimeReading:
        return ServerTimeReading(server_time, BEGAN, signed_at, received_at)

    def start(self) -> CallStart:
        return CallStart(0.0, BEGAN + 7000, BEGAN + 7000, 5000)

    def test_before_any_answer_the_exchange_may_be_as_far_off_as_it_takes_timestamps(self) -> None:
        start = CallStart.from_clock(0.0, BEGAN, 5000, 0)
        assert (start.earliest, start.latest) == (BEGAN - 1000, BEGAN + 5000)

    def test_it_follows_a_correction_of_the_clock_until_it_is_measured(self) -> None:
        start = CallStart.from_clock(0.0, BEGAN, 5000, 7)
        start.follow(20_007)
        start.follow(20_007)
        assert (start.earliest, start.latest) == (BEGAN + 19_000, BEGAN + 25_000)
        start.narrow(ServerTimeReading(BEGAN, BEGAN, 0.0, 0.0))
        start.follow(0)
        assert (start.earliest, start.latest) == (BEGAN, BEGAN + 1)

    def test_an_answer_bounds_it_by_its_round_trip(self) -> None:
        start = self.start()
        start.narrow(self.reading(BEGAN + 100))
        assert (start.earliest, start.latest) == (BEGAN + 100 - 1200, BEGAN + 101 - 1000)

    def test_several_answers_bound_it_together(self) -> None:
        start = self.start()
        start.narrow(self.reading(BEGAN + 100, 1.0, 1.2))
        start.narrow(self.reading(BEGAN + 2000, 2.95, 3.0))
        assert (start.earliest, start.latest) == (BEGAN - 1000, BEGAN - 949)

    def test_of_answers_that_contradict_each_other_the_last_counts(self) -> None:
        start = self.start()
        start.narrow(self.reading(BEGAN + 100))
        start.narrow(self.reading(BEGAN + 900))
        assert (start.earliest, start.latest) == (BEGAN + 900 - 1200, BEGAN + 901 - 1000)

    def test_answers_that_meet_in_one_instant_agree(self) -> None:
        start = self.start()
        start.narrow(self.reading(BEGAN + 100, 1.0, 1.2))
        start.narrow(self.reading(BEGAN + 301, 1.1, 1.2))
        assert (start.earliest, start.latest) == (BEGAN - 899, BEGAN - 899)

    def test_a_time_after_its_window_and_the_time_under_way_is_not_taken(self) -> None:
        start = self.start()
        start.narrow(self.reading(BEGAN + 5000 + 1000 + 2001, 1.0, 3.0))
        assert not start.is_measured

    @pytest.mark.parametrize("server_time", [BEGAN - 1001, BEGAN + 5000 + 1000 + 201, 0, 10**15])
    def test_a_time_at_which_the_exchange_would_have_refused_is_not_taken(self, server_time: int) -> None:
        start = self.start()
        start.narrow(self.reading(server_time))
        assert (start.earliest, start.latest) == (BEGAN + 7000, BEGAN + 7000)

    @pytest.mark.parametrize("server_time", [BEGAN - 1000, BEGAN + 5000 + 1000 + 200])
    def test_a_time_at_the_edge_of_its_window_is_taken(self, server_time: int) -> None:
        start = self.start()
        start.narrow(self.reading(server_time))
        assert start.latest == server_time + 1 - 1000


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("0", 0),
        ("1700000000000", BEGAN),
        ("9" * 18, 10**18 - 1),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        (5, None),
        ("9" * 19, None),
    ],
)
def test_a_time_is_a_number_of_ms(text: Any, time: int | None) -> None:
    assert parse_time(text) == time


def test_a_name_is_a_copy_with_plain_strings() -> None:
    from enum import Enum

    from bybit_ext.orders.requests import OrderName

    class Product(str, Enum):  # noqa: UP042 - whose str() is another, unlike a StrEnum's
        LINEAR = "linear"

    request = CancelByOrderLinkId(Product.LINEAR, "BTCUSDT", "mine")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    name = OrderName.of(request)
    request.symbol = "ETHUSDT"
    assert (str(name.category), name.symbol, name.order_id, name.order_link_id) == ("linear", "BTCUSDT", None, "mine")
