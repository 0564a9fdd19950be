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
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

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

UNSET_BEFORE = """class Unset:
    def __bool__(self) -> Literal[False]:
        return False
"""
UNSET_MORE = """
    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"  # the name of the one that there is
"""


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
            refuse(
                f"{tool} {pinned[tool]} is needed, {installed} is installed in {sys.executable}.\n"
                "Run scripts/test once, then .venv/bin/python scripts/regenerate.py."
            )


def generate(spec: Path, package: Path) -> None:
    document = read_document(spec)
    run(
        *("openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--path", spec, "--config", SETTINGS, "--output-path", package),
    )
    for arguments in FORMATTERS:
        run("ruff", *arguments, package)
    make_unset_a_constant(package / "types.py")
    (package / "py.typed").touch()
    (package / "openapi.json").write_text(as_json(document), encoding="utf-8")
    for file in marked_files(package):
        text = file.read_text(encoding="utf-8")
        file.write_text(f"# {origin()}\n\n{text}".rstrip() + "\n", encoding="utf-8")


def make_unset_a_constant(types: Path) -> None:
    """Let UNSET, which the models tell an absent field by, survive a copy and a pickle, and show as what it is."""
    text = types.read_text(encoding="utf-8")
    if text.count(UNSET_BEFORE) != 1:
        refuse(f"{types.name}: the generator writes `class Unset` in another way now; adapt UNSET_BEFORE.")
    types.write_text(text.replace(UNSET_BEFORE, UNSET_BEFORE + UNSET_MORE), encoding="utf-8")


def run(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # no set's order may reach the output
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        refuse(f"{module} failed on this document:\n{done.stdout}{done.stderr}")


def read_document(spec: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML  # only here, so that the message about missing tools comes first

    if not spec.is_file():
        refuse(f"{spec}: there is no such file.")
    document: dict[str, Any] = YAML(typ="safe").load(spec)  # pyright: ignore[reportUnknownMemberType]
    parts = [cast("dict[str, Any]", part) for item in document["paths"].values() for part in item.values()]
    names = [part["operationId"] for part in parts if "operationId" in part]
    if len(set(names)) < len(names):
        # The generator would write one file for both, and say nothing.
        refuse(f"{spec}: an operationId is given twice: {', '.join(sorted(names))}.")
    return document


def as_json(document: dict[str, Any]) -> str:
    """The document as JSON, which travels in the package: who needs it at run time needs no YAML library."""
    return json.dumps({"openapi": document["openapi"], "x-origin": origin(), **document}, indent=1) + "\n"


def origin() -> str:
    version = importlib.metadata.version("openapi-python-client")
    return f"Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client {version}). Do not edit."


def marked_files(package: Path) -> Iterator[Path]:
    yield from package.rglob("*.py")
    yield from package.rglob("py.typed")


def replace(package: Path, fresh: Path) -> None:
    """Swap the whole folder, so that files which are no longer generated vanish."""
    if package.is_dir() and any(package.iterdir()) and not (package / "openapi.json").is_file():
        refuse(f"{package} is not a generated package: it is left alone.")
    shutil.rmtree(package, ignore_errors=True)
    package.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(fresh, package)


def report_stale(package: Path, fresh: Path) -> int:
    committed, wanted = read_files(package), read_files(fresh)
    if committed == wanted:
        return 0
    for name in sorted(committed.keys() | wanted.keys()):
        before, after = committed.get(name), wanted.get(name)
        if before is None or after is None:
            print(f"only in the {'committed' if after is None else 'generated'} package: {name}")
        elif before != after:
            print(*show_difference(name, before, after), sep="\n")
    print("\nThe generated package is stale. Run: .venv/bin/python scripts/regenerate.py", file=sys.stderr)
    return 1


def show_difference(name: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (content.decode("utf-8", errors="replace").splitlines() for content in (before, after))
    difference = list(difflib.unified_diff(old, new, f"committed/{name}", f"generated/{name}", lineterm=""))
    yield from difference or [f"{name}: the bytes differ, such as the ends of lines"]


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files; Python's own caches do not count."""
    files = (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    names = {path.relative_to(folder): path for path in files}
    return {
        str(name): path.read_bytes() if path.is_file() else b"not a file"
        for name, path in names.items()
        if "__pycache__" not in name.parts[:-1]
    }


def refuse(message: str) -> NoReturn:
    """End with the status of wrong usage: 1 says that the package is stale."""
    print(message, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())
