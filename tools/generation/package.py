"""Make a fresh client package: generate it, format it, patch it, mark its files."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from tools.project import read_spec, refuse

_SETTINGS = Path(__file__).with_name("generator.yaml")
_TEMPLATES = Path(__file__).with_name("templates")  # in place of the generator's own of the same names
_RUN_LIMIT = 120.0  # seconds for each program; the slowest takes three
# `--isolated`: this repository's own lint settings must not change what is generated.
_FORMATTERS = (
    (
        "check",
        "--isolated",
        "--no-cache",
        "--quiet",
        "--fix-only",
        "--select",
        "F401,F811,I",
        "--target-version",
        "py311",
    ),
    ("format", "--isolated", "--no-cache", "--quiet", "--line-length", "120", "--target-version", "py311"),
)
_UNSET_BEFORE = """class Unset:
    def __bool__(self) -> Literal[False]:
        return False
"""
_UNSET_MORE = """
    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"  # the name of the one that there is
"""


def generate(spec: Path, package: Path) -> None:
    """Write the package of a document. End the program if the generator refuses the document.

    Args:
        spec: the OpenAPI document (YAML).
        package: the folder to write, which must not exist.
    """
    document = read_spec(spec)
    with TemporaryDirectory() as folder:
        opened = Path(folder, "openapi.json")
        opened.write_text(json.dumps(open_objects(document)), encoding="utf-8")
        _run(
            *("openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"),
            *("--path", opened, "--config", _SETTINGS, "--custom-template-path", _TEMPLATES, "--output-path", package),
        )
    for arguments in _FORMATTERS:
        _run("ruff", *arguments, package)
    make_unset_a_constant(package / "types.py")
    (package / "py.typed").touch()
    (package / "openapi.json").write_text(_as_json(document), encoding="utf-8")
    for file in _marked_files(package):
        text = file.read_text(encoding="utf-8")
        file.write_text(f"# {_origin()}\n\n{text}".rstrip() + "\n", encoding="utf-8")


def open_objects(part: Any) -> Any:
    """Return a part of a document without `additionalProperties: false`.

    A model of such an object would silently drop what it does not know; so it keeps it, and the SDK refuses it.
    """
    if isinstance(part, dict):
        fields = cast("dict[str, Any]", part)
        kept = {name: one for name, one in fields.items() if (name, one) != ("additionalProperties", False)}
        return {name: open_objects(one) for name, one in kept.items()}
    return [open_objects(one) for one in cast("list[object]", part)] if isinstance(part, list) else part


def make_unset_a_constant(types: Path) -> None:
    """Let UNSET, which the models mark an absent field with, survive a copy and a pickle, and show as what it is."""
    text = types.read_text(encoding="utf-8")
    if text.count(_UNSET_BEFORE) != 1:
        refuse(f"{types.name}: the generator writes `class Unset` in another way now; adapt _UNSET_BEFORE.")
    types.write_text(text.replace(_UNSET_BEFORE, _UNSET_BEFORE + _UNSET_MORE), encoding="utf-8")


def _run(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # no set's order may reach the output
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=_RUN_LIMIT)
    if done.returncode:
        refuse(f"{module} failed on this document:\n{done.stdout}{done.stderr}")


def _as_json(document: dict[str, Any]) -> str:
    """Return the document as JSON, which travels in the package: it is needed at run time, without a YAML library."""
    return json.dumps({"openapi": document["openapi"], "x-origin": _origin(), **document}, indent=1) + "\n"


def _origin() -> str:
    version = importlib.metadata.version("openapi-python-client")
    return f"Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client {version}). Do not edit."


def _marked_files(package: Path) -> Iterator[Path]:
    yield from package.rglob("*.py")
    yield from package.rglob("py.typed")
