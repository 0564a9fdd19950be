from tools.benchmark.clients import CLIENTS, CONFIRMING
from tools.benchmark.confirmed import FEW, MANY, row_name
from tools.benchmark.goals import GOALS, Figure, Goal

from .measured import calls, confirmed


def test_a_goal_is_a_ratio_of_its_measurement() -> None:
    goal = Goal("one", Figure("bybit-v5-fast", "p50"), Figure("pybit", "p50"), 0.5)
    assert goal.ratio([confirmed(), calls()]) == 0.15
    assert goal.text == "one: p50 of bybit-v5-fast to pybit"


def test_a_goal_of_what_was_not_measured_has_no_ratio() -> None:
    goal = Goal("one", Figure("bybit-v5-fast"), Figure("ccxt"), 0.5)
    assert goal.ratio([calls()]) is None
    assert goal.ratio([confirmed()]) is None


def test_goals_are_of_rows_that_exist() -> None:
    rows = {client.name for client in CLIENTS}
    rows |= {row_name(client.name.removesuffix("-confirmed"), n) for client in CONFIRMING for n in (FEW, MANY)}
    assert {figure.row for goal in GOALS for figure in (goal.figure, goal.by)} <= rows
