"""A virtual environment with exactly the lowest versions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tools.project import ROOT, refuse

_INSTALL_LIMIT = 300.0  # seconds; 20 are usual


def make_environment(folder: Path, python: str, versions: dict[str, str], extra: str) -> Path:
    """Install the project with an extra and these versions; return the environment's Python.

    Args:
        folder: where it stands. One that was made of the same versions is used as it is.
        python: the version of Python, like `3.11`.
        versions: the version of each direct dependency; pip chooses those of the others.
        extra: what the project is installed with.
    """
    interpreter = folder / "bin" / "python"
    stamp = folder / "installed.json"
    wanted = json.dumps({"project": str(ROOT), "python": python, "extra": extra, "versions": versions}, indent=1)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return interpreter
    _run(find_python(python), "-m", "venv", "--clear", folder)
    exact = [f"{name}=={version}" for name, version in sorted(versions.items())]
    _run(
        interpreter,
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
        *exact,
        "--editable",
        f"{ROOT}[{extra}]",
    )
    stamp.write_text(wanted, encoding="utf-8")
    return interpreter


def find_python(version: str) -> str:
    """Return a Python of this version that can make virtual environments; end the program if there is none."""
    candidates = [path for path in map(shutil.which, (sys.executable, f"python{version}", "python3")) if path]
    found = [path for path in candidates if _version_of(path) == version]
    if not found:
        refuse(f"Python {version} with ensurepip is needed; none was found.")
    return found[0]


def _version_of(python: str) -> str:
    """Return a Python's version, like `3.11`; nothing if it cannot make virtual environments."""
    program = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", program], check=False, capture_output=True, text=True, timeout=30)
    return done.stdout.strip()


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, timeout=_INSTALL_LIMIT)
    if done.returncode:
        refuse(f"{' '.join(map(str, command))} failed.")
