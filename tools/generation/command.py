"""What scripts/regenerate.py does: read the arguments, demand the pinned tools, write or compare."""

from __future__ import annotations

import argparse
import importlib.metadata
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from tools.generation.package import generate
from tools.generation.staleness import report_stale
from tools.project import ROOT, SPEC, refuse

PACKAGE = ROOT / "generated" / "bybit_v5"
_TOOLS = ("openapi-python-client", "ruff")


def main(arguments: list[str] | None = None) -> int:
    """Write the package, or check it; return the exit status, 1 if the committed one is stale.

    Args:
        arguments: the command's; None takes those of the process.
    """
    options = _read_arguments(arguments)
    _require_pinned_tools()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "bybit_v5"
        generate(options.spec, fresh)
        if options.check:
            return report_stale(options.output, fresh)
        _replace(options.output, fresh)
    return 0


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="regenerate.py",
        description="Write the client package from the OpenAPI document, or check that the committed one is fresh.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the package is stale")
    parser.add_argument("--spec", type=Path, default=SPEC, help="the OpenAPI document (YAML)")
    parser.add_argument("--output", type=Path, default=PACKAGE, help="the package's folder")
    return parser.parse_args(arguments)


def _require_pinned_tools() -> None:
    """Refuse other versions of the tools: they write other code, which would look like a stale package."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pinned = dict(line.split("==") for line in extras["dev"] if "==" in line)
    for tool in _TOOLS:
        try:
            installed = importlib.metadata.version(tool)
        except importlib.metadata.PackageNotFoundError:
            installed = "none"
        if installed != pinned[tool]:
            refuse(
                f"{tool} {pinned[tool]} is needed, {installed} is installed in {sys.executable}.\n"
                "Run scripts/test once, then .venv/bin/python scripts/regenerate.py."
            )


def _replace(package: Path, fresh: Path) -> None:
    """Swap the whole folder, so that files which are no longer generated vanish."""
    if package.is_dir() and any(package.iterdir()) and not (package / "openapi.json").is_file():
        refuse(f"{package} is not a generated package: it is left alone.")
    shutil.rmtree(package, ignore_errors=True)
    package.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(fresh, package)
