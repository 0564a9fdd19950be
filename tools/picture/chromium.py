"""Where Chromium is: the pictures and the tests of the page are made with it."""

from __future__ import annotations

import shutil

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "There is no Chromium. As root, scripts/setup dev installs it; otherwise install the package chromium."
ARGUMENTS = ["--no-sandbox", "--no-proxy-server"]


def find_chromium() -> str | None:
    """Return the path of the browser; None if there is none."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)
