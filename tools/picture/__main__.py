"""`scripts/picture_explorer`."""

from tools.picture.chromium import MISSING, find_chromium
from tools.picture.explorer import take_picture
from tools.project import ROOT, refuse

chromium = find_chromium() or refuse(MISSING)
take_picture(chromium, ROOT / "docs" / "pictures" / "explorer.png")
