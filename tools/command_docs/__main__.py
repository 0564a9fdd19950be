"""Write the page and the picture."""

from tools.command_docs.page import PAGE, write_page
from tools.command_docs.picture import PICTURE, draw_demo

if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(write_page(), encoding="utf-8")
    PICTURE.write_text(draw_demo(), encoding="utf-8")
