"""Which tests run first for a change.

Their names say it: the tests of bybit_ext/auth/keys.py are in tests/auth/test_keys.py, those of bybit_ext/client.py in
tests/test_client.py.
"""

from __future__ import annotations

from collections.abc import Iterator


def in_order(module: str, tests: list[str]) -> Iterator[list[str]]:
    """Return the tests that reach a change, in groups: those that most likely notice it come first.

    1. The module's own tests.
    2. Those of its package.
    3. Of all others, each function's first and last case.
    4. The rest.

    Args:
        module: the changed module within bybit_ext, like `auth.keys`.
        tests: ids of pytest.
    """
    left = list(tests)
    for chosen in (own_tests(module, tests), package_tests(module, tests), ends_of_cases(tests), set(tests)):
        yield [test for test in left if test in chosen]
        left = [test for test in left if test not in chosen]


def own_tests(module: str, tests: list[str]) -> set[str]:
    """Return the tests in the file that has the module's name."""
    folders, _, name = f"tests.{module}".rpartition(".")
    file = f"{folders.replace('.', '/')}/test_{name.strip('_')}.py"
    return {test for test in tests if test.startswith(f"{file}::")}


def package_tests(module: str, tests: list[str]) -> set[str]:
    """Return the tests in the folder that has the name of the module's package; none for a module without one."""
    package = module.rpartition(".")[0]
    return {test for test in tests if package and test.startswith(f"tests/{package.replace('.', '/')}/")}


def ends_of_cases(tests: list[str]) -> set[str]:
    """Return the first and the last case of each test function."""
    cases: dict[str, list[str]] = {}
    for test in sorted(tests):
        cases.setdefault(test.partition("[")[0], []).append(test)
    return {case for each in cases.values() for case in (each[0], each[-1])}
