"""Whole stories over the wire, in any order that the links of the document allow: place, read, cancel, read again."""

from collections import Counter
from http import HTTPStatus
from typing import Any, ClassVar

from hypothesis import Phase, settings

from bybit_ext.sandbox import Sandbox
from tests.conformance.wire import SCHEMA_WITH_STATUSES, options_for

READ, CANCEL = "GET /v5/order/realtime", "POST /v5/order/cancel"
ALREADY_CLOSED = (110010, 170142)


class Story(SCHEMA_WITH_STATUSES.as_state_machine()):  # type: ignore[misc]
    """Orders as they should be, beside orders as they are."""

    exchange: ClassVar[Sandbox]
    told: ClassVar[Counter[str]]

    def setup(self) -> None:
        self.is_cancelled: dict[tuple[str, ...], bool] = {}

    def before_call(self, case: Any) -> None:
        """Begin each story with an order for what Schemathesis made up: hardly ever would that name one by itself."""
        begins = self.recorder.find_parent(case_id=case.id) is None
        if begins and case.operation.label in (READ, CANCEL) and case.meta.generation.mode.is_positive:
            made_up = case.query or case.body
            order = self.exchange.place(made_up["category"], made_up.get("symbol", "BTCUSDT"))
            name = {"category": made_up["category"], "symbol": order.symbol, "orderId": order.order_id}
            self.is_cancelled[tuple(name.values())] = False
            if case.operation.label == READ:
                case.query = name
            else:
                case.body = name

    def get_call_kwargs(self, case: Any) -> dict[str, Any]:
        return options_for(case, self.exchange)

    def after_call(self, response: Any, case: Any) -> None:
        super().after_call(response, case)  # pyright: ignore[reportUnknownMemberType]
        if response.status_code != HTTPStatus.OK:  # a wrong form or credential: Schemathesis' checks are about that
            return
        answer = response.json()
        if case.operation.label == READ and answer["retCode"] == 0:
            self.see_orders(case.query["category"], answer["result"]["list"])
        elif case.operation.label == CANCEL:
            self.see_cancel((case.body["category"], case.body["symbol"], case.body.get("orderId")), answer)

    def see_cancel(self, name: tuple[str, ...], answer: dict[str, Any]) -> None:
        is_cancelled = self.is_cancelled.get(name)
        if is_cancelled is not None:
            assert answer["retCode"] in (ALREADY_CLOSED if is_cancelled else (0,))
            self.told["refused as closed" if is_cancelled else "cancelled"] += 1
            self.is_cancelled[name] = True

    def see_orders(self, category: str, orders: list[dict[str, Any]]) -> None:
        for order in orders:
            is_cancelled = self.is_cancelled.get((category, order["symbol"], order["orderId"]))
            if is_cancelled is not None:
                assert order["orderStatus"] == ("Cancelled" if is_cancelled else "New")
                self.told[f"read as {order['orderStatus']}"] += 1


def test_whole_stories(exchange: Sandbox) -> None:
    Story.exchange, Story.told = exchange, Counter()
    # Fewer than elsewhere: each step is sent six times more, with no credentials and with wrong ones. And not shrunk:
    # Hypothesis takes minutes to shorten a story, and the first one that fails can be read.
    stories = settings(max_examples=settings().max_examples // 3, stateful_step_count=6, phases=[Phase.generate])
    Story.run(settings=stories)
    assert Story.told.keys() == {"cancelled", "refused as closed", "read as New", "read as Cancelled"}, Story.told
