"""Write the client package from the OpenAPI document, or check that the committed one is what would be written.

python scripts/regenerate.py            write generated/bybit_v5
python scripts/regenerate.py --check    show what is stale, and exit 1 if anything is
"""

from __future__ import annotations

import argparse
import difflib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "spec" / "openapi.yaml"
PACKAGE = ROOT / "generated" / "bybit_v5"
SETTINGS = ROOT / "scripts" / "generator.yaml"
TOOLS = ("openapi-python-client", "ruff")
# `--isolated`: this repository's own lint settings must not change what is generated.
FORMATTERS = (
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


def main() -> int:
    arguments = read_arguments()
    require_pinned_tools()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "bybit_v5"
        generate(arguments.spec, fresh)
        if arguments.check:
            return report_stale(arguments.output, fresh)
        replace(arguments.output, fresh)
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the package is stale")
    parser.add_argument("--spec", type=Path, default=SPEC, help="the OpenAPI document (YAML)")
    parser.add_argument("--output", type=Path, default=PACKAGE, help="the package's folder")
    return parser.parse_args()


def require_pinned_tools() -> None:
    """Another version of a tool writes other code, which would look like a stale package."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    pinned = dict(line.split("==") for line in extras["dev"] if "==" in line)
    for tool in TOOLS:
        try:
            installed = importlib.metadata.version(tool)
        except importlib.metadata.PackageNotFoundError:
            installed = "none"
        if installed != pinned[tool]:
            sys.exit(
                f"{tool} {pinned[tool]} is needed, {installed} is installed in {sys.executable}.\n"
                "Run scripts/test once, then .venv/bin/python scripts/regenerate.py."
            )


def generate(spec: Path, package: Path) -> None:
    run(
        *("openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--path", spec, "--config", SETTINGS, "--output-path", package),
    )
    for arguments in FORMATTERS:
        run("ruff", *arguments, package)
    (package / "py.typed").touch()
    (package / "openapi.json").write_text(as_json(spec))
    for file in python_files(package):
        file.write_text(f"# {origin()}\n\n{file.read_text()}".rstrip() + "\n")


def run(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # no set's order may reach the output
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{module} failed on this document:\n{done.stdout}{done.stderr}")


def as_json(spec: Path) -> str:
    """The document as JSON, which travels in the package: who needs it at run time needs no YAML library."""
    from ruamel.yaml import YAML  # only here, so that the message about missing tools comes first

    document = YAML(typ="safe").load(spec)  # pyright: ignore[reportUnknownMemberType]
    return json.dumps({"openapi": document.pop("openapi"), "x-origin": origin(), **document}, indent=1) + "\n"


def origin() -> str:
    version = importlib.metadata.version("openapi-python-client")
    return f"Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client {version}). Do not edit."


def python_files(package: Path) -> Iterator[Path]:
    yield from package.rglob("*.py")
    yield from package.rglob("py.typed")


def replace(package: Path, fresh: Path) -> None:
    """Swap the whole folder, so that files which are no longer generated vanish."""
    shutil.rmtree(package, ignore_errors=True)
    package.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(fresh, package)


def report_stale(package: Path, fresh: Path) -> int:
    committed, wanted = read_files(package), read_files(fresh)
    differences = [
        line
        for name in sorted(committed.keys() | wanted.keys())
        for line in difflib.unified_diff(
            committed.get(name, "").splitlines(),
            wanted.get(name, "").splitlines(),
            f"committed/{name}",
            f"generated/{name}",
            lineterm="",
        )
    ]
    missing = sorted(committed.keys() ^ wanted.keys())
    if committed == wanted:
        return 0
    print(*differences, *(f"only in one of them: {name}" for name in missing), sep="\n")
    print("\nThe generated package is stale. Run: python scripts/regenerate.py", file=sys.stderr)
    return 1


def read_files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and not re.search(r"__pycache__|\.pyc$", str(path))
    }


if __name__ == "__main__":
    sys.exit(main())
