import pytest

from bybit_ext.calls.strict_json import parse_json


@pytest.mark.parametrize("text", ['{"a": [1, 2.5, "3", null, true]}', b'{"a": [1, 2.5, "3", null, true]}'])
def test_json_is_read(text: str | bytes) -> None:
    assert parse_json(text) == {"a": [1, 2.5, "3", None, True]}


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_constant_that_only_python_takes_is_named(constant: str) -> None:
    with pytest.raises(ValueError, match=f"^{constant} is not JSON$"):
        parse_json(f"[{constant}]")


def test_what_is_nested_too_deeply_is_said_to_be() -> None:
    with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        parse_json("[" * 100_000)
