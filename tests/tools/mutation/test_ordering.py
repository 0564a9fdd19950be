import pytest

from tools.mutation.ordering import ends_of_cases, in_order, own_tests, package_tests
from tools.project import ROOT

KEYS = ["tests/auth/test_keys.py::test_a[1]", "tests/auth/test_keys.py::TestB::test_b"]
SIGNING = ["tests/auth/test_signing.py::test_c"]
OTHERS = [f"tests/orders/test_confirm.py::test_d[{case}]" for case in "123"]
CLIENT = ["tests/test_client.py::test_e"]
ALL = [*OTHERS, *CLIENT, *SIGNING, *KEYS]


def test_own_tests_are_in_the_file_with_the_name_of_the_module() -> None:
    assert own_tests("auth.keys", ALL) == set(KEYS)
    assert own_tests("client", ALL) == set(CLIENT)
    assert own_tests("auth.clock", ALL) == set()


def test_a_private_module_has_its_tests_under_its_plain_name() -> None:
    assert own_tests("_client", ALL) == set(CLIENT)


def test_a_module_s_name_is_not_the_beginning_of_another() -> None:
    assert own_tests("auth.key", ALL) == set()


AUTH = {*KEYS, *SIGNING}


@pytest.mark.parametrize(("module", "expected"), [("auth.clock", AUTH), ("client", set[str]()), ("_hints", set[str]())])
def test_package_tests_are_in_the_folder_with_the_name_of_the_package(module: str, expected: set[str]) -> None:
    assert package_tests(module, ALL) == expected


def test_ends_of_cases_are_the_first_and_the_last() -> None:
    assert ends_of_cases(OTHERS) == {OTHERS[0], OTHERS[2]}
    assert ends_of_cases(CLIENT) == set(CLIENT)


def test_each_test_runs_once_the_nearest_first() -> None:
    groups = list(in_order("auth.keys", ALL))
    assert groups == [KEYS, SIGNING, [OTHERS[0], OTHERS[2], *CLIENT], [OTHERS[1]]]


def test_every_package_of_the_extension_has_a_folder_of_tests() -> None:
    packages = {path.parent.name for path in (ROOT / "bybit_ext").glob("*/__init__.py")}
    assert {name for name in packages if not (ROOT / "tests" / name / "__init__.py").is_file()} == set()
