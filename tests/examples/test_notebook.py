"""The notebook, run by a kernel, whose event loop runs while its cells do."""

from pathlib import Path
from typing import Any

import pytest

nbclient: Any = pytest.importorskip("nbclient")
nbformat: Any = pytest.importorskip("nbformat")
NOTEBOOK = Path(__file__).parent.parent.parent / "examples" / "notebook.ipynb"


def outputs_of(notebook: Any) -> list[Any]:
    """Return what the cells show."""
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.get("text") or output["data"]["text/plain"] for output in shown]


def test_it_shows_what_the_file_shows() -> None:
    stored, run = (nbformat.read(NOTEBOOK, as_version=4) for _ in range(2))
    nbclient.NotebookClient(run, timeout=120).execute()
    assert outputs_of(run) == outputs_of(stored) != []
