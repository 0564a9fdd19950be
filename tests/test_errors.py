"""What a message shows of a value, and what an error carries."""

import pickle
from typing import Any

import pytest

from bybit_ext import UpdatesDropped
from bybit_ext.errors import show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        (1.5, "1.5"),
        ("x" * 38, f"'{'x' * 38}'"),
        ("x" * 39, f"'{'x' * 39}…"),
        (2**1023, f"{str(2**1023)[:40]}…"),
        (2**1024, "a number with hundreds of digits"),
        ({"secret": 1}, "a dict"),
        (b"secret", "a bytes"),
    ],
)
def test_a_value_is_shown_cut_and_only_if_it_is_plain(value: Any, shown: str) -> None:
    assert show(value) == shown


def test_how_many_updates_were_dropped_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(UpdatesDropped("too slow", dropped=3)))
    assert (error.args, error.dropped) == (("too slow",), 3)
