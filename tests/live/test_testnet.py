"""Against the real exchange: reading, and cancelling what is not there. `pytest -m live`, with a testnet key.

Nothing here places or cancels an order that exists. Each answer is kept in tests/live/answers, without its secrets.

BYBIT_TEST_API_KEY, BYBIT_TEST_API_SECRET: a key of testnet that may trade.
BYBIT_TEST_BASE_URL, BYBIT_TEST_STREAM_URL, BYBIT_TEST_ANSWERS: another exchange, and another folder for its answers.
"""

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import get_orders
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
)

from bybit_ext import AuthenticationFailed, Bybit, CancelOrderRequest, InvalidRequest, OrderNotFound
from bybit_ext.auth.clock import system_clock
from bybit_ext.stream.broadcast import OrderKey
from bybit_ext.stream.events import StreamState
from tests.live.recording import ANSWERS, RecordingTransport

KEY, SECRET = os.environ.get("BYBIT_TEST_API_KEY"), os.environ.get("BYBIT_TEST_API_SECRET")
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        not (KEY and SECRET), reason="BYBIT_TEST_API_KEY and BYBIT_TEST_API_SECRET (of testnet) are not set"
    ),
]

NOBODYS_ID = str(uuid.UUID(int=0))
NOBODYS_LINK_ID = "bybit-v5-no-such-order"
NOTHING: dict[str, CancelOrderRequest] = {
    "linear by order id": CancelByOrderId("linear", "BTCUSDT", NOBODYS_ID),
    "linear by link id": CancelByOrderLinkId("linear", "BTCUSDT", NOBODYS_LINK_ID),
    "linear by both": CancelByOrderId("linear", "BTCUSDT", NOBODYS_ID, order_link_id=NOBODYS_LINK_ID),
    "inverse": CancelByOrderLinkId("inverse", "BTCUSD", NOBODYS_LINK_ID),
    "spot": CancelByOrderLinkId("spot", "BTCUSDT", NOBODYS_LINK_ID),
    "spot by order id": CancelByOrderId("spot", "BTCUSDT", "1"),
    "spot conditional": CancelSpotByOrderLinkId("spot", "BTCUSDT", NOBODYS_LINK_ID, "StopOrder"),
    "spot take-profit": CancelSpotByOrderId("spot", "BTCUSDT", "1", "tpslOrder"),
}


def open_client(request: pytest.FixtureRequest, **changes: Any) -> Bybit:
    options: dict[str, Any] = {"api_key": KEY, "api_secret": SECRET, "environment": "testnet"}
    if "BYBIT_TEST_BASE_URL" in os.environ:
        base_url, stream_url = os.environ["BYBIT_TEST_BASE_URL"], os.environ["BYBIT_TEST_STREAM_URL"]
        options |= {"base_url": base_url, "stream_url": stream_url}
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name.removeprefix("test_"))
    options["transport"] = RecordingTransport(Path(os.environ.get("BYBIT_TEST_ANSWERS", ANSWERS)), name.strip("-"))
    options.update(changes)
    return Bybit(**options)


@pytest.fixture
def bybit(request: pytest.FixtureRequest) -> Iterator[Bybit]:
    with open_client(request) as client:
        yield client


def test_the_clock_can_be_read(bybit: Bybit) -> None:
    result = bybit.call(get_server_time).result
    assert abs(int(result.time_second) - time.time()) < 600
    assert abs(bybit.sync_clock()) < 600_000


def test_an_order_that_is_not_there_is_not_listed(bybit: Bybit) -> None:
    page = bybit.call(get_orders, category="linear", symbol="BTCUSDT", order_id=NOBODYS_ID)
    assert page.result.list_ == []


def test_a_query_that_must_be_escaped_is_signed_as_it_is_sent(bybit: Bybit) -> None:
    page = bybit.call(get_orders, category="spot", symbol="BTCUSDT", order_link_id="no-such order+ż")
    assert page.result.list_ == []


@pytest.mark.parametrize("name", NOTHING)
def test_a_cancel_of_nothing_finds_no_order(bybit: Bybit, name: str) -> None:
    with pytest.raises(OrderNotFound) as caught:
        bybit.cancel_order(NOTHING[name])
    assert (caught.value.sends, caught.value.earlier_send_may_have_cancelled) == (1, False)


def test_a_confirmed_cancel_of_nothing_finds_no_order(bybit: Bybit) -> None:
    with pytest.raises(OrderNotFound):
        bybit.cancel_and_confirm(NOTHING["linear by link id"])


def test_a_symbol_in_lower_case_is_refused(bybit: Bybit) -> None:
    with pytest.raises(InvalidRequest):
        bybit.cancel_order(CancelByOrderId("linear", "btcusdt", NOBODYS_ID))


def test_a_wrong_secret_is_refused_and_the_key_is_not_shown(request: pytest.FixtureRequest) -> None:
    with open_client(request, api_secret="wrong") as bybit, pytest.raises(AuthenticationFailed) as caught:
        bybit.call(get_orders, category="linear", symbol="BTCUSDT")
    is_shown = str(KEY) in f"{caught.value!r} {caught.value.evidence!r}"
    assert not is_shown  # not in one line: pytest would show what it compared


def test_a_clock_that_runs_ahead_is_corrected_by_the_refusal(request: pytest.FixtureRequest) -> None:
    with open_client(request, clock=lambda: system_clock() + 5000) as bybit:
        assert bybit.call(get_orders, category="linear", symbol="BTCUSDT", order_id=NOBODYS_ID).result.list_ == []


def test_the_private_stream_lets_us_in(bybit: Bybit) -> None:
    subscription = bybit._listen_for(OrderKey())
    assert subscription is not None
    assert subscription.get(10) is StreamState.SUBSCRIBED
