"""How many rounds, and how many calls in each."""

from typing import NamedTuple


class Plan(NamedTuple):
    """How much is measured.

    Attributes:
        rounds: how often every client takes its turn.
        calls: calls of a turn, one in flight.
        calls_a_task: calls of a turn for each of many in flight.
        bursts: how often few cancels are confirmed at once in a turn; many are once.
    """

    rounds: int = 15
    calls: int = 400
    calls_a_task: int = 20
    bursts: int = 10


QUICK = Plan(rounds=3, calls=100, calls_a_task=4, bursts=3)
"""A look at whether all works: too little to quote."""
