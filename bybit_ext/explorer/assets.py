"""The files of the page: its own, and those of Swagger UI.

These come with the package flask-swagger-ui. It is not imported, nor is Flask: only its files are read.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

_OWN = Path(__file__).with_name("static")
_PACKAGE = "flask_swagger_ui"
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html"}

PAGE = _OWN / "index.html"


def find_swagger_ui() -> Path | None:
    """Return the folder with the files of Swagger UI; None if they are not installed."""
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folders = [Path(place) / "dist" for place in places or ()]
    return next((folder for folder in folders if (folder / "swagger-ui-bundle.js").is_file()), None)


def files_of_page() -> Mapping[str, Path]:
    """Return the files that the page loads, by their names.

    Raises:
        ModuleNotFoundError: those of Swagger UI are not installed.
    """
    swagger_ui = find_swagger_ui()
    if swagger_ui is None:
        raise ModuleNotFoundError(
            "The files of Swagger UI are not installed: the page needs pip install 'bybit-v5[explore]'", name=_PACKAGE
        )
    own = [_OWN / name for name in ("explorer.css", "explorer.js", "report.js", "icon.svg")]
    return {file.name: file for file in (*own, swagger_ui / "swagger-ui.css", swagger_ui / "swagger-ui-bundle.js")}


def media_type_of(file: Path) -> str:
    """Return the media type of a file of the page."""
    return _MEDIA_TYPES[file.suffix]
