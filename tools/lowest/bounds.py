"""The lowest versions that pyproject.toml declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from tools.project import refuse

_LOWER = (">=", "==", "~=")


def lowest_python(project: dict[str, Any]) -> str:
    """Return the lowest version of Python that the project supports, like `3.11`."""
    return _lowest(Requirement(f"python{project['requires-python']}"))


def lowest_versions(project: dict[str, Any], extras: Iterable[str]) -> dict[str, str]:
    """Return the lowest declared version of each dependency by its name.

    Args:
        project: the table `project` of pyproject.toml.
        extras: whose dependencies count too; an extra that names others brings theirs.
    """
    declared = list(project["dependencies"])
    for extra in extras:
        declared += _requirements_of(project, extra)
    found: dict[str, str] = {}
    for line in declared:
        requirement = Requirement(line)
        lowest = _lowest(requirement)
        if Version(found.setdefault(requirement.name, lowest)) < Version(lowest):
            found[requirement.name] = lowest  # of two bounds both must hold
    return found


def _requirements_of(project: dict[str, Any], extra: str) -> Iterator[str]:
    for line in project["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == project["name"]:
            for other in sorted(requirement.extras):
                yield from _requirements_of(project, other)
        elif requirement.marker is None or requirement.marker.evaluate():
            yield line


def _lowest(requirement: Requirement) -> str:
    found = [specifier.version for specifier in requirement.specifier if specifier.operator in _LOWER]
    if len(found) != 1:
        refuse(f"pyproject.toml: {requirement} must have one lower bound.")
    return found[0]
