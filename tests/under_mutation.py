"""What scripts/mutate adds to pytest: each test runs the changed code, and none hangs for a change."""

import gc
import inspect
import os
import re
import sys
import threading
from collections.abc import Generator
from typing import Any

import pytest

# Other processes do not run the changed code; drawn examples take minutes, and what they alone find lacks a test.
LEFT_OUT = re.compile(r"\bsubprocess\.|@given\(")
LONGEST = 8.0  # seconds that a test of a change may take; none that passes takes half of that
TIMED_OUT = 36  # mutmut's own exit status for it


def pytest_configure() -> None:
    gc.freeze()  # what a process inherits need not be searched for garbage in each


def is_change() -> bool:
    """Return whether the code is changed: first, mutmut has the tests run without, to see which of them reach what."""
    return "__mutmut_" in os.environ["MUTANT_UNDER_TEST"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[Any]) -> None:
    if is_change():
        return  # mutmut names the tests, from among those that are left here
    items[:] = [item for item in items if not LEFT_OUT.search(inspect.getsource(item.function))]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a test that fails without a change: mutmut gives up for it, and shows nothing of what the tests print."""
    if report.failed and not is_change():
        os.write(2, f"\n{report.nodeid} fails though nothing is changed:\n{report.longreprtext}\n".encode())


def clear_caches() -> None:
    """Forget what the functions of bybit_ext keep: what the unchanged code left there would hide a change."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "bybit_ext":
            for function in [one for one in vars(module).values() if hasattr(one, "cache_clear")]:
                function.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    clear_caches()
    if not is_change():
        return (yield)
    timer = threading.Timer(LONGEST, os._exit, [TIMED_OUT])
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()
