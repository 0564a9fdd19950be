from xml.etree import ElementTree as ET

from tools.benchmark.chart import draw
from tools.benchmark.figures import Measurement

from .measured import calls, sandbox

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg: str) -> list[tuple[str | None, float]]:
    return [(bar.get("class"), float(bar.get("width", 0))) for bar in ET.fromstring(svg).iter(f"{SVG}rect")]


def texts(svg: str) -> list[str | None]:
    return [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_each_client_has_a_bar_the_shortest_first() -> None:
    (ours, pybit, httpx) = bars(draw([calls()]))
    assert (ours[0], pybit[0], httpx[0]) == ("bar ours", "bar", "bar")
    assert round(pybit[1] / ours[1], 1) == round(1 / 0.15, 1)


def test_a_long_bar_is_cut_and_its_number_tells() -> None:
    svg = draw([calls()])
    assert bars(svg)[2][1] < 2 * bars(svg)[1][1]
    assert "20.00 »" in texts(svg)


def test_titles_names_and_numbers_are_texts() -> None:
    assert texts(draw([calls()])) == [
        "One call in flight",
        "CPU, pybit = 1",
        "bybit-v5-fast",
        "0.15",
        "pybit",
        "1.00",
        "httpx",
        "20.00 »",
    ]


def test_all_stands_within_the_picture() -> None:
    root = ET.fromstring(draw([calls(), calls()]))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for part in (*root.iter(f"{SVG}rect"), *root.iter(f"{SVG}text")):
        assert 0 <= float(part.get("x", -1)) <= width
        assert 0 < float(part.get("y", -1)) <= height


def test_what_is_not_charted_has_no_bars() -> None:
    assert bars(draw([sandbox(), Measurement("one", "", {"cpu": "µs"})])) == []


def test_special_characters_are_escaped() -> None:
    measured = Measurement("one", "a < b & c", {"cpu": "µs"})
    measured.add("pybit", {"cpu": 1.0})
    assert texts(draw([measured]))[0] == "a < b & c"
