"""What scripts/mutate does first: try the faults, print what turned red."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tools.faults.faults import UNCHANGED, read_faults
from tools.faults.trial import find_red_test

_PROCESSES = 4  # they wait about as much as they compute


def main(words: list[str]) -> int:
    """Try the faults; return the exit status, 1 if a test is red without one, or none is red with one.

    Args:
        words: what the faults' descriptions have, one of them; none tries all.
    """
    chosen = [fault for fault in read_faults() if not words or any(word in fault.what for word in words)]
    missed = 0
    with ThreadPoolExecutor(_PROCESSES) as pool:
        found = pool.map(find_red_test, [UNCHANGED, *chosen])
        without_fault = next(found)
        print(f"{UNCHANGED.what}: {without_fault or 'green'}", flush=True)
        for fault, red in zip(chosen, found, strict=True):
            print(f"{fault.what}: {red or 'NO TEST TURNED RED'}", flush=True)
            missed += not red
    print(f"{len(chosen) - missed} of {len(chosen)} faults turned a test red.")
    return int(bool(missed or without_fault))
