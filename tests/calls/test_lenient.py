"""Which objects of an answer can be read, and what is said of those that cannot."""

from typing import Any, Self

import pytest
from attrs import define

from bybit_ext.calls.lenient import parse_leniently


@define
class Coin:
    """As much of a generated model as is read; its parser fails like a generated one."""

    name: str
    size: int
    note: Any = None

    @classmethod
    def from_dict(cls, src_dict: Any) -> Self:
        if isinstance(src_dict["size"], Exception):
            raise src_dict["size"]
        return cls(src_dict["name"], src_dict["size"], src_dict.get("note"))


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (5, "it is not an object"),
        ({"size": 1}, "'name' is missing"),
        ({"name": "BTC", "size": ValueError("a secret")}, "ValueError"),
        ({"name": "BTC", "size": RecursionError()}, "RecursionError"),
        ({"name": 5, "size": 1}, "name cannot be read"),
        ({"name": 5, "size": "1"}, "name, size cannot be read"),
    ],
)
def test_an_object_that_cannot_be_read_is_left_out_and_named(
    caplog: pytest.LogCaptureFixture, item: Any, problem: str
) -> None:
    good: dict[str, Any] = {"name": "ETH", "size": 2, "note": object()}
    assert parse_leniently(Coin, [item, good, "later"]) == [Coin(**good)]
    assert [record.getMessage() for record in caplog.records] == [f"2 of 3 Coins left out: {problem}"]


def test_nothing_is_said_of_objects_that_can_all_be_read(caplog: pytest.LogCaptureFixture) -> None:
    assert len(parse_leniently(Coin, [{"name": "ETH", "size": 2}])) == 1
    assert not caplog.records
