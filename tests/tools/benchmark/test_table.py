from tools.benchmark.figures import Measurement
from tools.benchmark.table import render

from .measured import calls, confirmed, sandbox

CALLS = """\
One call in flight
                 cpu    p50    p99
bybit-v5-fast   0.15   0.15   0.15
pybit           1.00   1.00   1.00
httpx          20.00  20.00  20.00
Ratios to pybit, which here and today took cpu 500 µs, p50 0.6 ms, p99 1 ms."""

CONFIRMED = """\
Confirmed cancels
                             x unconfirmed  x 20 at once
bybit-v5-fast, 20 at once             2.00
bybit-v5-fast, 1000 at once           4.00          1.50
A note."""

SANDBOX = """\
The sandbox
socket waits p50 0.912 ms, p99 2 ms for an answer"""

GOALS = """\
Goals
                                                                              is  at most
one: cpu of bybit-v5-fast to pybit                                          0.15     0.19
confirmed: cpu of bybit-v5-fast, 20 at once to unconfirmed                  2.00     3.00
confirmed: cpu of bybit-v5-fast, 1000 at once to unconfirmed                4.00     3.00  missed
confirmed: cpu of bybit-v5-fast, 1000 at once to bybit-v5-fast, 20 at once  1.50     1.30  missed"""


def test_tables_have_ratios_the_smallest_first_and_then_the_goals() -> None:
    assert render([calls(), confirmed(), sandbox()], bold=False) == f"{CALLS}\n\n{CONFIRMED}\n\n{SANDBOX}\n\n{GOALS}"


def test_a_terminal_gets_titles_and_our_rows_in_bold() -> None:
    bold = [line for line in render([calls()], bold=True).splitlines() if line.startswith("\x1b[1m")]
    assert bold == ["\x1b[1mOne call in flight\x1b[0m", "\x1b[1mbybit-v5-fast   0.15   0.15   0.15\x1b[0m"]


def test_a_measurement_without_rows_has_a_title_only() -> None:
    assert render([Measurement("one", "One call", {"cpu": "µs"})], bold=False).split() == ["One", "call", "cpu"]
