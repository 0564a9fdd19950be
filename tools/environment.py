"""A virtual environment with the project, on a Python of a given version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

from tools.project import ROOT, refuse

_INSTALL_LIMIT = 600.0  # seconds; 40 are usual


def make_environment(folder: Path, python: str, requirements: Sequence[str], extra: str) -> Path:
    """Install the project with an extra, beside other requirements; return the environment's Python.

    Args:
        folder: where it stands. One that was made of the same is used as it is.
        python: the version of Python, like `3.11`.
        requirements: what is installed beside it, like `attrs==22.2`; pip chooses the rest.
        extra: what the project is installed with.
    """
    interpreter = folder / "bin" / "python"
    stamp = folder / "installed.json"
    declared = crc32((ROOT / "pyproject.toml").read_bytes())
    facts = {"project": str(ROOT), "declared": declared, "python": python, "extra": extra}
    wanted = json.dumps({**facts, "requirements": list(requirements)}, indent=1)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return interpreter
    _run(find_python(python), "-m", "venv", "--clear", folder)
    options = ("-qq", "--disable-pip-version-check")
    _run(interpreter, "-m", "pip", "install", *options, *requirements, "--editable", f"{ROOT}[{extra}]")
    stamp.write_text(wanted, encoding="utf-8")
    return interpreter


def find_python(version: str) -> str:
    """Return a Python of this version that can make virtual environments; end the program if there is none."""
    found = look_for_python(version)
    if found is None:
        refuse(f"Python {version} with ensurepip is needed; none was found.")
    return found


def look_for_python(version: str) -> str | None:
    """Return a Python of this version that can make virtual environments; None if there is none."""
    return next((path for path in _candidates(version) if _version_of(path) == version), None)


def _candidates(version: str) -> Iterator[str]:
    """Return the Pythons that may have a version: those that a shell finds, and those of pyenv."""
    yield from filter(None, map(shutil.which, (sys.executable, f"python{version}", "python3")))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(map(str, pyenv.glob(f"versions/{version}*/bin/python")))


def _version_of(python: str) -> str:
    """Return a Python's version, like `3.11`; nothing if it cannot make virtual environments."""
    program = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", program], check=False, capture_output=True, text=True, timeout=30)
    return done.stdout.strip()


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, timeout=_INSTALL_LIMIT)
    if done.returncode:
        refuse(f"{' '.join(map(str, command))} failed.")
