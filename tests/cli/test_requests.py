"""The requests that options stand for, and those that they cannot stand for."""

from typing import Any

import pytest
from bybit_v5.models import (
    CancelAllByBaseCoin,
    CancelAllBySettleCoin,
    CancelAllBySymbol,
    CancelAllOptions,
    CancelAllSpot,
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
)

from bybit_ext import InvalidInput
from bybit_ext.cli.requests import Scope, cancel_all_request, cancel_requests


class TestScope:
    @pytest.mark.parametrize(
        ("scope", "is_all", "text"),
        [
            (Scope(), True, "all symbols"),
            (Scope(symbol="BTCUSDT"), False, "BTCUSDT"),
            (Scope(base_coin="BTC"), False, "base coin BTC"),
            (Scope(settle_coin="USDT"), False, "settle coin USDT"),
        ],
    )
    def test_it_says_what_it_is(self, scope: Scope, text: str, *, is_all: bool) -> None:
        assert (scope.is_all, str(scope)) == (is_all, text)

    @pytest.mark.parametrize("name", ["symbol", "base_coin", "settle_coin"])
    def test_an_empty_limit_is_not_taken_for_none(self, name: str) -> None:
        with pytest.raises(InvalidInput, match=f"--{name.replace('_', '-')}: must not be empty"):
            Scope(**{name: ""})

    def test_only_one_limit_can_be_given(self) -> None:
        with pytest.raises(InvalidInput, match="--symbol, --settle-coin: give one of them"):
            Scope(symbol="BTCUSDT", settle_coin="USDT")


class TestIds:
    def test_each_id_is_a_request(self) -> None:
        assert cancel_requests("linear", "BTCUSDT", ["1", "2"], ["a"], None) == [
            CancelByOrderId("linear", "BTCUSDT", "1"),
            CancelByOrderId("linear", "BTCUSDT", "2"),
            CancelByOrderLinkId("linear", "BTCUSDT", "a"),
        ]

    def test_a_filter_is_for_each_of_them(self) -> None:
        assert cancel_requests("spot", "BTCUSDT", ["1"], ["a", "b"], "StopOrder") == [
            CancelSpotByOrderId("spot", "BTCUSDT", "1", "StopOrder"),
            CancelSpotByOrderLinkId("spot", "BTCUSDT", "a", "StopOrder"),
            CancelSpotByOrderLinkId("spot", "BTCUSDT", "b", "StopOrder"),
        ]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (("linear", "BTCUSDT", (), (), None), "--order-id or by --order-link-id, or all of them by --all"),
            (("linear", None, ("1",), (), None), "--symbol"),
            (("linear", "", ("1",), (), None), "--symbol"),
            (("linear", "BTCUSDT", ("1", ""), (), None), "--order-id: must not be empty"),
            (("linear", "BTCUSDT", (), ("",), None), "--order-link-id: must not be empty"),
            (("inverse", "BTCUSD", ("1",), (), "Order"), "--order-filter: exists on spot only, not on inverse"),
            (("spot", "BTCUSDT", ("1",), (), "OcoOrder"), "--order-filter: must be 'Order' or"),
        ],
    )
    def test_what_names_no_order_is_refused(self, arguments: Any, named: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            cancel_requests(*arguments)
        assert named in str(caught.value)


class TestAll:
    @pytest.mark.parametrize(
        ("request_", "expected"),
        [
            (("linear", Scope(symbol="X"), None), CancelAllBySymbol("linear", "X")),
            (("inverse", Scope(base_coin="X"), "OpenOrder"), CancelAllByBaseCoin("inverse", "X", "OpenOrder")),
            (("linear", Scope(settle_coin="X"), "StopOrder"), CancelAllBySettleCoin("linear", "X", "StopOrder")),
            (("spot", Scope(), None), CancelAllSpot("spot")),
            (("spot", Scope(symbol="X"), "tpslOrder"), CancelAllSpot("spot", symbol="X", order_filter="tpslOrder")),
            (("spot", Scope(base_coin="X"), None), CancelAllSpot("spot", base_coin="X")),
            (("option", Scope(), None), CancelAllOptions("option")),
            (("option", Scope(symbol="X"), "Order"), CancelAllOptions("option", symbol="X", order_filter="Order")),
            (("option", Scope(base_coin="X"), None), CancelAllOptions("option", base_coin="X")),
            (("option", Scope(settle_coin="USDC"), None), CancelAllOptions("option", settle_coin="USDC")),
        ],
    )
    def test_each_category_has_its_forms(self, request_: Any, expected: object) -> None:
        assert cancel_all_request(*request_, confirm=False) == expected

    @pytest.mark.parametrize(
        ("request_", "named"),
        [
            (("linear", Scope(), None), "--symbol, --base-coin, --settle-coin: one of them must be given on linear"),
            (("inverse", Scope(), None), "one of them must be given on inverse"),
            (("spot", Scope(settle_coin="USDT"), None), "--settle-coin"),
            (("option", Scope(settle_coin="BTC"), None), "--settle-coin: must be 'USDC' or 'USDT', not 'BTC'"),
            (("linear", Scope(symbol="X"), "tpslOrder"), "--order-filter: must be"),
            (("spot", Scope(), "OpenOrder"), "--order-filter: must be"),
            (("option", Scope(), "OpenOrder"), "--order-filter: must be"),
        ],
    )
    def test_what_a_category_does_not_have_is_refused(self, request_: Any, named: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            cancel_all_request(*request_, confirm=False)
        assert named in str(caught.value)

    def test_orders_that_cannot_be_listed_cannot_be_confirmed(self) -> None:
        scope = Scope(base_coin="XRP")
        with pytest.raises(InvalidInput, match="--base-coin: spot orders of a base coin cannot be queried"):
            cancel_all_request("spot", scope, None, confirm=True)
        assert cancel_all_request("spot", scope, None, confirm=False)
