import tomllib
from typing import Any

import pytest

from tools.lowest.bounds import lowest_python, lowest_versions
from tools.project import ROOT

PROJECT: dict[str, Any] = {
    "name": "one",
    "requires-python": ">=3.11",
    "dependencies": ["a>=1.2,<2", "b==3"],
    "optional-dependencies": {
        "x": ["c~=4.1", "a>=1.10"],
        "y": ["d[more]>=5", "e>=6; python_version < '3'"],
        "both": ["one[x,y]"],
        "none": ["f"],
        "two": ["g>=1,==1.5"],
    },
}


def test_the_lowest_versions_are_the_lower_bounds() -> None:
    assert lowest_versions(PROJECT, []) == {"a": "1.2", "b": "3"}


def test_of_two_bounds_the_higher_one_counts() -> None:
    assert lowest_versions(PROJECT, ["x"]) == {"a": "1.10", "b": "3", "c": "4.1"}


def test_an_extra_brings_those_that_it_names() -> None:
    assert lowest_versions(PROJECT, ["both"]) == {"a": "1.10", "b": "3", "c": "4.1", "d": "5"}


@pytest.mark.parametrize("extra", ["none", "two"])
def test_a_dependency_without_one_lower_bound_is_refused(capsys: pytest.CaptureFixture[str], extra: str) -> None:
    with pytest.raises(SystemExit) as ended:
        lowest_versions(PROJECT, [extra])
    assert (ended.value.code, "must have one lower bound" in capsys.readouterr().err) == (2, True)


def test_the_lowest_python_is_the_lower_bound() -> None:
    assert lowest_python(PROJECT) == "3.11"


def test_every_dependency_of_the_project_has_one_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert lowest_versions(project, project["optional-dependencies"])
    assert lowest_python(project) == "3.11"
