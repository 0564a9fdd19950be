"""What is kept of a reply."""

import pytest

from bybit_ext.calls.evidence import read_evidence
from bybit_ext.engines.interface import Reply


@pytest.mark.parametrize(("length", "end"), [(500, ""), (501, "…")])
def test_of_a_long_message_the_first_500_characters_are_kept(length: int, end: str) -> None:
    content = {"retMsg": "x" * length}
    evidence = read_evidence(Reply(200, {}, b""), content, secrets=(), timestamp=None, sends=1)
    assert evidence.ret_msg == "x" * 500 + end


def test_a_secret_in_a_message_is_redacted() -> None:
    content = {"retMsg": "key abc"}
    evidence = read_evidence(Reply(200, {}, b""), content, secrets=("abc",), timestamp=None, sends=1)
    assert evidence.ret_msg == "key ***"
