"""How a race is drawn, on terminals of any width."""

import io

import pytest
from rich.console import Console

from bybit_ext.cli.timeline import Moment, Race

RACE = Race(
    "The cancel works, and the answer is lost",
    plain=Moment("RemoteProtocolError: Server disconnected without sending a response.", 0.002),
    happened=Moment("Cancelled, 0 of 1 executed", 0.0551),
    ours=Moment("Cancelled, 0 of 1 executed", 0.0669),
)


def draw(width: int, encoding: str = "utf-8", **options: object) -> str:
    class File(io.StringIO):
        @property
        def encoding(self) -> str:  # type: ignore[override]
            return encoding

    file = File()
    Console(file=file, width=width, highlight=False, **options).print(RACE)  # type: ignore[arg-type]
    return file.getvalue()


def test_a_line_reaches_to_when_it_is_said_or_happens() -> None:
    assert (
        draw(80)
        == """\
The cancel works, and the answer is lost
  a plain client says  ●● 2 ms              RemoteProtocolError: Server
                                            disconnected without sending a
                                            response.
  what happened        ●────────● 55 ms     Cancelled, 0 of 1 executed
  bybit-v5 says        ●──────────● 67 ms   Cancelled, 0 of 1 executed
"""
    )


def test_the_words_stand_alone_where_there_is_no_room() -> None:
    assert (
        draw(40)
        == """\
The cancel works, and the answer is lost
  a plain client says
    2 ms: RemoteProtocolError: Server
    disconnected without sending a
    response.
  what happened
    55 ms: Cancelled, 0 of 1 executed
  bybit-v5 says
    67 ms: Cancelled, 0 of 1 executed
"""
    )


@pytest.mark.parametrize("width", [200, 80, 66, 65, 40, 30])
def test_no_word_is_broken_and_no_line_too_long(width: int) -> None:
    drawn = draw(width)
    assert max(len(line.rstrip()) for line in drawn.splitlines()) <= width
    words = drawn.split()
    for moment in (RACE.plain, RACE.happened, RACE.ours):
        assert set(moment.words.split()) <= set(words)


def test_a_race_of_seconds_fits_too() -> None:
    slow = Race("", *(Moment("said", seconds) for seconds in (0.0, 0.0, 9.999)))
    file = io.StringIO()
    Console(file=file, width=80).print(slow)
    assert file.getvalue().splitlines()[-1].endswith("● 9999 ms said")


def test_a_terminal_without_these_characters_gets_others() -> None:
    drawn = draw(80, "ascii")
    assert drawn.isascii()
    assert "o----------o 67 ms" in drawn


def test_each_row_has_a_colour_of_its_own() -> None:
    drawn = draw(80, force_terminal=True, color_system="standard")
    assert "\x1b[33mRemoteProtocolError" in drawn
    assert "\x1b[32mCancelled" in drawn
