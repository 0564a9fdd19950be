"""What scripts/mutate adds to pytest: each test meets the changed code, those that tell most come first, none hangs."""

import inspect
import itertools
import json
import os
import re
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# Other processes do not run the changed code; drawn examples take minutes, and what they alone find lacks a test.
LEFT_OUT = re.compile(r"\bsubprocess\.|@given\(")
LONGEST = 10.0  # seconds that a test may take; none that passes takes half of that
TIMED_OUT = 36  # mutmut's own exit status for it


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leave out what cannot tell. For one change, put two cases of each test first, and stop when its time is up."""
    items[:] = [item for item in items if not LEFT_OUT.search(inspect.getsource(item.function))]
    if "__mutmut_" not in os.environ.get("MUTANT_UNDER_TEST", ""):
        return
    seconds: dict[str, float] = json.loads(Path("mutmut-stats.json").read_bytes())["duration_by_test"]
    ranks: dict[str, tuple[bool, float]] = {}
    for _, cases in itertools.groupby(items, key=lambda item: item.nodeid.partition("[")[0]):
        ids = [case.nodeid for case in cases]
        ranks |= {name: (name not in (ids[0], ids[-1]), seconds.get(name, 0.0)) for name in ids}
    items.sort(key=lambda item: ranks[item.nodeid])
    left = float(os.environ["MUTATION_SECONDS"])
    for index, item in enumerate(items):
        left -= seconds.get(item.nodeid, 0.0)
        if left < 0:
            del items[index:]
            break


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    # What the unchanged code or an earlier test left there would hide a change.
    from bybit_ext import spec

    for function in (spec.public_operations, spec.idempotent_operations, spec._declared_in_requests):
        function.cache_clear()
    timer = threading.Timer(LONGEST, os._exit, [TIMED_OUT])
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()
