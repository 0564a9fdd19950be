"""The picture of the demo shows what the demo says today, and loads nothing over the network."""

import html
import re

import pytest
from rich.console import Console

from tools.command_docs import picture
from tools.command_docs.picture import PICTURE, draw_demo


def words_of(svg: str) -> str:
    """Return what a picture says, without the times, which differ each time."""
    lines: dict[str, str] = {}
    for line, text in re.findall(r'<text[^>]*clip-path="url\(#demo-line-(\d+)\)"[^>]*>(.*?)</text>', svg):
        lines[line] = lines.get(line, "") + html.unescape(text).replace("\xa0", " ")
    said = re.sub(r" *●─*● \d+ ms *", " ", "\n".join(lines.values()))
    return " ".join(said.split())


def test_the_picture_is_fresh() -> None:
    committed = words_of(PICTURE.read_text(encoding="utf-8"))
    assert committed == words_of(draw_demo()), "it is stale: run scripts/command_docs"
    assert committed.startswith("$ bybit demo The answer to a cancel is not how the order ends:")
    assert committed.endswith("try: bybit explore")


def test_it_loads_nothing() -> None:
    svg = PICTURE.read_text(encoding="utf-8")
    assert "url(http" not in svg
    assert "@font-face" not in svg
    assert "@import" not in svg


def test_a_demo_that_does_not_go_right_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def go_wrong(_: Console) -> bool:
        return False

    monkeypatch.setattr(picture, "run", go_wrong)
    with pytest.raises(SystemExit, match="2"):
        draw_demo()
    assert "bybit demo" in capsys.readouterr().err
