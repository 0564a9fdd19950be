"""What a message shows of a value."""

from typing import Any

import pytest

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
