"""What a failure of a socket is called."""

import pytest

from bybit_ext.engines.sockets import reason_of


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError("timed out"), "no answer came in time"),
        (
            ConnectionResetError(104, "Connection reset by peer"),
            "ConnectionResetError: [Errno 104] Connection reset by peer",
        ),
        (OSError(), "OSError"),
    ],
)
def test_a_reason_is_told_in_words(error: OSError, reason: str) -> None:
    assert reason_of(error) == reason
