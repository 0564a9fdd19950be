"""The table of failures: each row is played on the sandbox, and the calls must say what the row says."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bybit_v5.models import CancelByOrderId

from bybit_ext import Bybit, BybitError, CancelOutcome
from bybit_ext.sandbox import Sandbox, faults
from tests.conftest import wait_until
from tools.project import ROOT

from .snippets import PAGES

TABLE = PAGES["docs/failures.md"].partition("<!-- failures -->")[2].partition("\n\nThree rows")[0]
ROWS = [[cell.strip().strip("`") for cell in row.split("|")[1:-1]] for row in TABLE.strip().splitlines()[2:]]
CALLS: list[Callable[..., Any]] = [Bybit.cancel_order, Bybit.cancel_and_confirm]


@pytest.mark.parametrize("call", CALLS, ids=["cancel_order", "cancel_and_confirm"])
@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_says_what_happens(row: list[str], call: Callable[..., Any]) -> None:
    _, code, *says, status = row
    said = says[CALLS.index(call)]
    with Sandbox(cancel_delay=0.01) as sandbox:
        order_id = sandbox.place("linear", "BTCUSDT").order_id
        story: dict[str, Any] = {**vars(faults), "sandbox": sandbox, "faults": sandbox.faults, "order_id": order_id}
        exec(code, story)
        with Bybit(
            sandbox.api_key,
            sandbox.api_secret,
            base_url=story.get("base_url", sandbox.url),
            stream_url=sandbox.stream_url,
            absent_after=0.5,
            deadline={"OutcomeUnknown": 3.0, "NotSent": 1.0}.get(said, 20.0),
        ) as bybit:
            assert tell(call, bybit, CancelByOrderId("linear", "BTCUSDT", order_id)) == said
        wait_until(lambda: sandbox.order(order_id).order_status == status)


def tell(call: Callable[..., Any], bybit: Bybit, order: CancelByOrderId) -> str:
    try:
        result = call(bybit, order)
    except BybitError as error:
        return type(error).__name__
    return result.status if isinstance(result, CancelOutcome) else type(result).__name__


def test_the_picture_has_the_places_that_the_rows_name() -> None:
    numbers = {number for row in ROWS for number in re.findall(r"\d", row[0].partition(":")[0])}
    assert numbers == set(re.findall(r"^(\d)\. ", PAGES["docs/failures.md"], re.MULTILINE))
    picture = (ROOT / "docs" / "pictures" / "failures.svg").read_text(encoding="utf-8")
    assert numbers == set(re.findall(r'class="digit".*?>(\d)<', picture))
